"""Lesions and grades as CSV, for spreadsheets and statistics (RFC 4180, UTF-8).

The files name the case and no person. A text that a spreadsheet would run as a formula is preceded
by an apostrophe (OWASP, CSV injection). Numbers have a point and no grouping; units are in the
heads; "not assessed" and "unknown" are words, never empty and never zero.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from enum import Enum

from workstation.domain.answers import UNKNOWN, Missing
from workstation.domain.case import Case, CaseStatus
from workstation.domain.escc import EsccGrade
from workstation.domain.grading import CATEGORY_WORDS, escc_of, noms_of, sins_of
from workstation.domain.lesion import Lesion, parts_sentence
from workstation.domain.sins import SinsResult
from workstation.domain.spine import VertebralLevel

Cell = str | float | int | None
Row = Mapping[str, Cell]

_STARTS_A_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_STARTS_A_CELL = ("\t", "\r", "\n")
_NOT_COMPUTED = "not computed"


def lesions_csv(case: Case) -> bytes:
    """Return one line for each lesion, in the order of their numbers."""
    return _csv(_LESION_HEADS, (_lesion(case, lesion) for lesion in case.lesions))


def grades_csv(case: Case) -> bytes:
    """Return one line for each level with a lesion or a grade, from the head."""
    return _csv(_GRADE_HEADS, (_grades(case, level) for level in case.levels_with_findings))


def _csv(heads: tuple[str, ...], rows: Iterable[Row]) -> bytes:
    # Spreadsheets take a file for UTF-8 only when it begins with the byte order mark.
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(heads)
    for row in rows:
        writer.writerow([_cell(row[head]) for head in heads])
    return buffer.getvalue().encode("utf-8-sig", "backslashreplace")


def _cell(value: Cell) -> str:
    if isinstance(value, str):
        return guarded(value)
    return "" if value is None else repr(value)


def guarded(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula; NUL, which CSV cannot hold, shown."""
    shown = text.replace("\0", "[U+0000]")
    risky = shown.lstrip().startswith(_STARTS_A_FORMULA) or shown.startswith(_STARTS_A_CELL)
    return f"'{shown}" if risky else shown


_CASE_HEADS = ("case", "version", "status")
_LESION_HEADS = (
    *_CASE_HEADS,
    "lesion",
    "levels",
    "center_x_to_left_mm",
    "center_y_to_back_mm",
    "center_z_to_head_mm",
    "long_axis_mm",
    "body_involved_pct",
    "type",
    "parts",
    "posterior_wall",
    "endplates",
    "fracture",
    "soft_tissue",
    "treated",
    "note",
)


def _case(case: Case) -> dict[str, Cell]:
    signed = case.status is CaseStatus.SIGNED
    return {
        "case": case.id,
        "version": case.version,
        "status": "signed" if signed else "draft, not signed",
    }


def _lesion(case: Case, lesion: Lesion) -> Row:
    x, y, z = lesion.center_lps
    soft = lesion.soft_tissue
    return {
        **_case(case),
        "lesion": lesion.number,
        "levels": _listed(level.value for level in lesion.levels) or "level not confirmed",
        "center_x_to_left_mm": x,
        "center_y_to_back_mm": y,
        "center_z_to_head_mm": z,
        "long_axis_mm": lesion.long_axis_mm,
        "body_involved_pct": _number(lesion.body_involved_pct),
        "type": _word(lesion.matrix),
        "parts": parts_sentence(lesion),
        "posterior_wall": _word(lesion.posterior_wall),
        "endplates": _word(lesion.endplates),
        "fracture": _word(lesion.fracture),
        "soft_tissue": _word(soft)
        if isinstance(soft, Missing)
        else _listed(_word(item) for item in sorted(soft)) or "not assessed",
        "treated": _word(lesion.treated),
        "note": lesion.note,
    }


_SINS_HEADS = (
    *(f"sins_{name}" for name in ("location", "pain", "bone_lesion", "alignment")),
    *("sins_collapse", "sins_posterolateral"),
)
_GRADE_HEADS = (
    *_CASE_HEADS,
    "level",
    *(head for name in _SINS_HEADS for head in (name, f"{name}_points")),
    "sins_total_points",
    "sins_minimum_points",
    "sins_maximum_points",
    "sins_category",
    "escc_grade",
    "escc_read_on",
    "escc_cause",
    "escc_position",
    "cauda_equina",
    "noms_neurologic",
    "noms_oncologic",
    "noms_mechanical",
    "noms_systemic",
    "noms_suggestion",
    "noms_branches",
    "noms_row",
)


def _grades(case: Case, level: VertebralLevel) -> Row:
    return {
        **_case(case),
        "level": level.value,
        **_sins(sins_of(case, level)),
        **_escc(case, level),
        **_noms(case, level),
    }


def _sins(result: SinsResult) -> dict[str, Cell]:
    cells: dict[str, Cell] = {}
    for name, item in result.components.items():
        cells[f"sins_{name.value}"] = _word(item.answer)
        cells[f"sins_{name.value}_points"] = (
            _word(item.answer) if item.points is None else item.points
        )
    computed = result.minimum is not None
    words = " or ".join(CATEGORY_WORDS[item] for item in result.categories)
    cells["sins_total_points"] = result.total if result.total is not None else _no_total(result)
    cells["sins_minimum_points"] = result.minimum if computed else _NOT_COMPUTED
    cells["sins_maximum_points"] = result.maximum if computed else _NOT_COMPUTED
    cells["sins_category"] = words if computed and result.refused is None else _NOT_COMPUTED
    return cells


def _no_total(result: SinsResult) -> str:
    return _NOT_COMPUTED if result.refused is not None else "incomplete"


def _escc(case: Case, level: VertebralLevel) -> dict[str, Cell]:
    result = escc_of(case, level)
    answers = case.assessment(level).escc
    if result.grade is not None:
        grade = result.grade.value
    elif not result.applicable:
        grade = "not applicable"
    elif len(result.possible) == len(EsccGrade):
        grade = "unknown" if UNKNOWN in answers.questions else "not assessed"
    else:
        grade = " or ".join(item.value for item in result.possible)
    return {
        "escc_grade": grade,
        "escc_read_on": _word(result.modality),
        "escc_cause": _word(result.cause),
        "escc_position": _listed(_word(item) for item in sorted(answers.positions))
        or "not assessed",
        "cauda_equina": result.descriptor or "not applicable",
    }


def _noms(case: Case, level: VertebralLevel) -> dict[str, Cell]:
    result = noms_of(case, level)
    branches = (f"{key}: {decision.value}" for key, decision in result.branches.items())
    return {
        "noms_neurologic": _word(result.axes.neurologic),
        "noms_oncologic": _word(result.axes.oncologic),
        "noms_mechanical": _word(result.axes.mechanical),
        "noms_systemic": _word(result.axes.systemic),
        "noms_suggestion": result.decision.value if result.decision else "open",
        "noms_branches": _listed(branches),
        "noms_row": result.row,
    }


def _word(answer: Enum | Missing) -> str:
    word = str(answer.value)
    side = {"_R": " right", "_L": " left"}.get(word[-2:], "")
    return (word[:-2] if side else word).replace("_", " ") + side


def _number(value: float | Missing) -> Cell:
    return _word(value) if isinstance(value, Missing) else value


def _listed(words: Iterable[str]) -> str:
    return "; ".join(words)
