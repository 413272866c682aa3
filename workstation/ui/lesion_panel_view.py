"""What the Lesions tab says about each lesion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workstation.domain.answers import Missing
from workstation.domain.case import Case
from workstation.domain.grading import CATEGORY_WORDS, escc_of, sins_of
from workstation.domain.lesion import (
    Endplates,
    Fracture,
    Lesion,
    Matrix,
    PosteriorWall,
    SoftTissue,
    VertebraPart,
    parts_at,
)
from workstation.domain.sins import SinsResult
from workstation.domain.spine import Region, VertebralLevel
from workstation.ui.components.evidence import EvidenceState
from workstation.ui.components.lesion_row import LesionRowView
from workstation.ui.components.marks import Mark, category_mark
from workstation.ui.components.score_bar import ScoreView
from workstation.ui.escc_widget_view import grade_words

FIELD_TITLES = {
    "matrix": "Type",
    "posterior_wall": "Posterior wall",
    "endplates": "Endplates",
    "fracture": "Fracture",
    "soft_tissue": "Soft tissue",
    "treated": "Treated",
}
"""The chip rows of the detail card, by field of the lesion."""

FIELD_CHOICES: Mapping[str, Mapping[str, str]] = {
    "matrix": {
        Matrix.LYTIC: "Lytic",
        Matrix.MIXED: "Mixed",
        Matrix.BLASTIC: "Blastic",
        Matrix.INFERRED_FROM_MRI: "From MRI",
        Matrix.NOT_ASSESSABLE: "Not assessable",
    },
    "posterior_wall": {
        PosteriorWall.INTACT: "Intact",
        PosteriorWall.BULGING: "Bulging",
        PosteriorWall.BREACHED: "Breached",
        PosteriorWall.RETROPULSED: "Retropulsed",
    },
    "endplates": {
        Endplates.INTACT: "Intact",
        Endplates.SUPERIOR_BREACHED: "Superior breached",
        Endplates.INFERIOR_BREACHED: "Inferior breached",
        Endplates.BOTH_BREACHED: "Both",
    },
    "fracture": {
        Fracture.NONE: "None",
        Fracture.PATHOLOGICAL: "Pathological",
        Fracture.OSTEOPOROTIC: "Osteoporotic",
        Fracture.INDETERMINATE: "Indeterminate",
    },
    "soft_tissue": {
        SoftTissue.NONE: "None",
        SoftTissue.EPIDURAL: "Epidural",
        SoftTissue.FORAMINAL_RIGHT: "Foraminal R",
        SoftTissue.FORAMINAL_LEFT: "Foraminal L",
        SoftTissue.PARASPINAL_RIGHT: "Paraspinal R",
        SoftTissue.PARASPINAL_LEFT: "Paraspinal L",
        SoftTissue.PREVERTEBRAL: "Prevertebral",
    },
    "treated": {"no": "No", "yes": "Yes"},
}
"""The words of each field."""

_DRAWN = frozenset(
    part for part in VertebraPart
    if part.structure not in ("lateral mass", "dens")
)  # fmt: skip
_RIBS = frozenset({"rib_R", "rib_L", "costovertebral_R", "costovertebral_L"})


def part_words(part: VertebraPart) -> str:
    """Return a part in words, side as the patient's."""
    side = {"R": "right", "L": "left", "": ""}[part.side]
    if part.structure.startswith("body"):
        return f"Body, {part.structure.removeprefix('body ')} {side}"
    words = {
        "transverse": "transverse process",
        "costovertebral": "costovertebral joint",
        "spinous": "spinous process",
    }.get(part.structure, part.structure)
    return f"{side} {words}".strip().capitalize()


def drawn_parts(level: VertebralLevel | None) -> tuple[dict[str, str], frozenset[str]]:
    """Return the parts of the axial drawing that exist at a level, and what is hidden."""
    existing = parts_at(level) if level is not None else tuple(VertebraPart)
    shown = {part.value: part_words(part) for part in existing if part in _DRAWN}
    has_ribs = level is None or level.region is Region.THORACIC
    hidden = frozenset() if has_ribs else _RIBS
    bodies = frozenset(p.value for p in _DRAWN if p.structure.startswith("body"))
    if level in (VertebralLevel.C0, VertebralLevel.C1):
        hidden |= bodies
    return shown, hidden


def listed_parts(level: VertebralLevel | None) -> dict[str, str]:
    """Return the parts that are not in the drawing: dens and lateral masses."""
    existing = parts_at(level) if level is not None else ()
    return {part.value: part_words(part) for part in existing if part not in _DRAWN}


def extents(lesion: Lesion) -> tuple[str, ...]:
    """Return the extent in words, from the longest form to the shortest."""
    if not lesion.parts:
        return ("Parts not assessed",)
    thirds = sorted({p.structure.removeprefix("body ") for p in lesion.parts if _is_body(p)})
    others = [part_words(part).lower() for part in VertebraPart
              if part in lesion.parts and not _is_body(part)]  # fmt: skip
    count = f"{len(lesion.parts)} parts" if len(lesion.parts) > 1 else "1 part"
    forms = [
        ", ".join(_body_words(thirds) + others),
        ", ".join(["body"] * bool(thirds) + others),
        count,
    ]
    return tuple(form[0].upper() + form[1:] for form in forms)


def _body_words(thirds: list[str]) -> list[str]:
    """Return the body with its thirds; all three need no names."""
    if not thirds:
        return []
    return [f"body {', '.join(thirds)}"] if len(thirds) < 3 else ["body"]


def _is_body(part: VertebraPart) -> bool:
    return part.structure.startswith("body")


def row_view(case: Case, lesion: Lesion) -> LesionRowView:
    """Return the row of a lesion."""
    level = lesion.level
    result = sins_of(case, level) if level is not None else None
    graded = result.category if result is not None else None
    mark, token = category_mark(graded)
    sins = sins_words(result)
    escc = escc_short(case, level)
    where = ", ".join(item.value for item in lesion.levels) or "level open"
    category = CATEGORY_WORDS[graded] if graded else "not graded"
    evidence = lesion_evidence(case, lesion)
    return LesionRowView(
        lesion_id=lesion.id,
        title=f"{lesion.number} · {where}",
        extents=extents(lesion),
        size=f"{lesion.long_axis_mm:.1f} mm",
        sins=sins,
        escc=escc,
        mark=mark,
        token=token,
        evidence=evidence,
        note="" if level is not None else "Number the spine to give it a level",
        words=f"Lesion {lesion.number}, {where}, {category}, SINS {sins}, ESCC {escc}, "
        f"{evidence.value}",
    )


def lesion_evidence(case: Case, lesion: Lesion) -> EvidenceState:
    """Return whether a key image shows the lesion or proves a grade of its level."""
    proven = any(
        image.lesion_number == lesion.number or _proves(image.proves, lesion, lesion.level)
        for image in case.key_images
    )
    return EvidenceState.IMAGE if proven else EvidenceState.NONE


def _proves(fields: tuple[str, ...], lesion: Lesion, level: VertebralLevel | None) -> bool:
    prefixes = (f"lesion.{lesion.id}", f"sins.{level}.", f"escc.{level}")
    return any(field.startswith(prefixes) for field in fields)


def sins_words(result: SinsResult | None) -> str:
    """Return total, range, or a dash."""
    if result is None or result.minimum is None:
        return "–"
    return ScoreView(minimum=result.minimum, maximum=result.maximum).words


def escc_short(case: Case, level: VertebralLevel | None) -> str:
    """Return the grade, the set left, or a dash, short enough for a column."""
    if level is None:
        return "–"
    result = escc_of(case, level)
    answers = case.assessment(level).escc
    if result.below_conus and not isinstance(answers.cauda_equina, Missing):
        return f"CE {answers.cauda_equina.value}"
    if result.grade is None and 1 < len(result.possible) < 6:
        return f"{result.possible[0].value}–{result.possible[-1].value}"
    return grade_words(result)


def stability_words(result: SinsResult | None) -> tuple[str, str, Mark]:
    """Return words, color token and mark of a level's stability."""
    if result is None or result.minimum is None:
        return ("Not graded", "muted", Mark.RING)
    mark, token = category_mark(result.category)
    words = CATEGORY_WORDS[result.category].capitalize() if result.category else "Incomplete"
    shown = "muted" if result.category is None else token
    return (f"{words} · SINS {sins_words(result)}", shown, mark)


def answered_fields(case: Case) -> tuple[int, int, int]:
    """Return how many lesion fields are answered, how many there are, lesions without image."""
    names = (*FIELD_TITLES, "body_involved_pct")
    values: list[Any] = [getattr(lesion, name) for lesion in case.lesions for name in names]
    values += [lesion.parts or None for lesion in case.lesions]
    known = [value for value in values if value is not None and not isinstance(value, Missing)]
    bare = [v for v in case.lesions if lesion_evidence(case, v) is EvidenceState.NONE]
    return (len(known), len(values), len(bare))
