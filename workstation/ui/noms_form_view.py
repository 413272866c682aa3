"""What the NOMS form says about one level, from the rules and their words."""

from __future__ import annotations

from workstation.domain.answers import NOT_ASSESSED, Missing
from workstation.domain.case import Case
from workstation.domain.escc import EsccResult
from workstation.domain.escc_options import EsccGrade, EsccModality
from workstation.domain.escc_texts import MODALITY_TITLES
from workstation.domain.grading import CATEGORY_WORDS, escc_of, index_level_of, noms_of, sins_of
from workstation.domain.noms import NomsResult, condition_words
from workstation.domain.noms_table import (
    DECISION_WORDS,
    NOMS_ROWS,
    MechanicalAxis,
    NeurologicAxis,
    NomsDecision,
    OncologicAxis,
    SystemicAxis,
)
from workstation.domain.sins import SinsResult
from workstation.domain.spine import VertebralLevel
from workstation.ui.components.level_strip import LevelChipView
from workstation.ui.components.marks import Mark, category_mark
from workstation.ui.components.score_bar import ScoreView
from workstation.ui.components.trace_path import TraceRow, TraceView
from workstation.ui.escc_widget_view import grade_words

_NODES = {
    NeurologicAxis.LOW: "low",
    NeurologicAxis.HIGH: "high",
    OncologicAxis.SENSITIVE: "sens.",
    OncologicAxis.RESISTANT: "resist.",
    MechanicalAxis.STABLE: "stable",
    MechanicalAxis.UNSTABLE: "unst.",
    SystemicAxis.ABLE: "able",
    SystemicAxis.UNABLE: "unable",
}
_TRACE_WORDS = {
    NomsDecision.CEBRT: ("cEBRT", "cEBRT"),
    NomsDecision.SRS: ("SRS", "SRS"),
    NomsDecision.STAB_CEBRT: ("stabilization, then cEBRT", "stab., then cEBRT"),
    NomsDecision.STAB_SRS: ("stabilization, then SRS", "stab., then SRS"),
    NomsDecision.DECOMP_STAB_SRS: (
        "decomp. + stabilization, then SRS",
        "decomp. + stab., then SRS",
    ),
}
MISSING_WORDS = {
    "N": "neurologic: grade ESCC, or below the conus choose low or high",
    "O": "oncologic: histology, or sensitive or resistant",
    "M": "mechanical: complete SINS; for 7 to 12 a surgeon says stable or unstable",
    "S": "systemic: able or unable to tolerate the surgery in question",
    "prior_rt": "prior radiation at this level",
}
"""What is asked for where a letter is missing."""

_HIGH = (EsccGrade.G2, EsccGrade.G3)

AxisWord = tuple[str, Mark, str]
"""Word, shape and color token of a letter's value."""

_NONE_YET: AxisWord = ("Not assessed", Mark.RING, "text_muted")


def trace_rows() -> tuple[TraceRow, ...]:
    """Return the ten published rows; S is a node only where it decides."""
    rows: dict[str, TraceRow] = {}
    counts = {row.published: 0 for row in NOMS_ROWS}
    for row in NOMS_ROWS:
        counts[row.published] += 1
    for row in NOMS_ROWS:
        nodes = [_NODES[row.neurologic], _NODES[row.oncologic], _NODES[row.mechanical]]
        if counts[row.published] == 1:
            nodes.append(_NODES[row.systemic])
        decision, short = _TRACE_WORDS[row.decision]
        rows[row.published] = TraceRow(
            name=row.published, nodes=tuple(nodes), decision=decision, short=short
        )
    return tuple(rows.values())


_TRACE_ROWS = trace_rows()


def reachable_rows(result: NomsResult) -> tuple[str, ...]:
    """Return the published rows that are left, in order of the table."""
    if result.published is not None:
        return (result.published,)
    left = {row.published for rows in result.branch_rows.values() for row in rows}
    return tuple(row.name for row in _TRACE_ROWS if row.name in left)


def trace_view(result: NomsResult) -> TraceView:
    """Return the trace of a result."""
    stop = None
    if result.axes.neurologic is NeurologicAxis.DISCORDANT:
        stop = (
            "No row applies",
            "Myelopathy with ESCC 0–1c is not in the table. The trace stops at N.",
        )
    reachable = frozenset() if stop else frozenset(reachable_rows(result))
    return TraceView(rows=_TRACE_ROWS, reachable=reachable, stop=stop)


def row_words(result: NomsResult) -> str:
    """Return the row or rows, "P9", "P3 or P4", "no row"; a dash while all are left."""
    if result.axes.neurologic is NeurologicAxis.DISCORDANT:
        return "no row"
    rows = reachable_rows(result)
    if len(rows) > 3:
        return "–"
    return " or ".join(rows)


def neurologic_word(result: NomsResult) -> AxisWord:
    """Return N in words."""
    words: dict[NeurologicAxis | Missing, AxisWord] = {
        NeurologicAxis.LOW: ("Low", Mark.DISC, "good"),
        NeurologicAxis.HIGH: ("High", Mark.TRIANGLE, "critical"),
        NeurologicAxis.DISCORDANT: ("Discordant", Mark.TRIANGLE, "critical"),
        NeurologicAxis.NOT_APPLICABLE: ("Clinician chooses", Mark.RING, "caution"),
    }
    return words.get(result.axes.neurologic, _missing(result.axes.neurologic))


def oncologic_word(result: NomsResult) -> AxisWord:
    """Return O in words."""
    words: dict[OncologicAxis | Missing, AxisWord] = {
        OncologicAxis.SENSITIVE: ("Radiosensitive", Mark.DISC, "good"),
        OncologicAxis.RESISTANT: ("Radioresistant", Mark.DIAMOND, "caution"),
    }
    return words.get(result.axes.oncologic, _missing(result.axes.oncologic))


def mechanical_word(result: NomsResult) -> AxisWord:
    """Return M in words."""
    words: dict[MechanicalAxis | Missing, AxisWord] = {
        MechanicalAxis.STABLE: ("Stable", Mark.DISC, "good"),
        MechanicalAxis.UNSTABLE: ("Unstable", Mark.TRIANGLE, "critical"),
        MechanicalAxis.INDETERMINATE: ("Undecided", Mark.DIAMOND, "caution"),
    }
    return words.get(result.axes.mechanical, _missing(result.axes.mechanical))


def systemic_word(result: NomsResult) -> AxisWord:
    """Return S in words."""
    words: dict[SystemicAxis | Missing, AxisWord] = {
        SystemicAxis.ABLE: ("Able", Mark.DISC, "good"),
        SystemicAxis.UNABLE: ("Unable", Mark.DIAMOND, "caution"),
    }
    return words.get(result.axes.systemic, _missing(result.axes.systemic))


def _missing(value: object) -> AxisWord:
    if value is NOT_ASSESSED:
        return _NONE_YET
    return ("Unknown", Mark.RING, "text_muted")


def escc_line(case: Case, level: VertebralLevel) -> str:
    """Return the ESCC grade as N takes it, "2, MRI, T12"."""
    result: EsccResult = escc_of(case, level)
    words = grade_words(result)
    if result.descriptor and result.grade is None:
        return result.descriptor
    if words == "–":
        return "Not assessed"
    parts = [words]
    if isinstance(result.modality, EsccModality):
        parts.append(MODALITY_TITLES[result.modality])
    return ", ".join([*parts, str(level)])


def sins_line(result: SinsResult) -> str:
    """Return the total as M takes it, "8 potentially unstable"."""
    if result.minimum is None:
        return "Not computed"
    view = ScoreView(minimum=result.minimum, maximum=result.maximum)
    if result.category is None:
        return f"{view.words}, no single category"
    return f"{view.words} {CATEGORY_WORDS[result.category]}"


def outcome_title(result: NomsResult) -> str:
    """Return the suggestion, or each branch with its condition."""
    if result.decision is not None:
        words = DECISION_WORDS[result.decision]
        return words[0].upper() + words[1:]
    if result.axes.neurologic is NeurologicAxis.DISCORDANT:
        return "No suggestion"
    ways: dict[NomsDecision, list[str]] = {}
    for key, decision in result.branches.items():
        ways.setdefault(decision, []).append(condition_words(key))
    if len(result.branches) > 4:
        return "Not yet decided"
    shown = [f"{' / '.join(keys).capitalize()}: {_TRACE_WORDS[d][0]}" for d, keys in ways.items()]
    return " · ".join(shown)


def outcome_text(result: NomsResult) -> str:
    """Return the sentence below the suggestion."""
    review = "Multidisciplinary review required."
    if result.decision is not None:
        return review
    if result.axes.neurologic is NeurologicAxis.DISCORDANT:
        return f"The deficit is not explained at this level. {review}"
    if len(result.branches) > 4:
        return f"Too much is open for a suggestion; see what is missing. {review}"
    return f"Each branch stands until its letter is decided. {review}"


def row_flag(result: NomsResult) -> str:
    """Return the row as a flag: "Row P9 (15 of 16)"."""
    if result.published is None:
        words = row_words(result)
        return f"Row {words}" if words.startswith("P") else ""
    number = f" ({result.row} of {len(NOMS_ROWS)})" if result.row else ""
    return f"Row {result.published}{number}"


def chip_views(case: Case) -> list[LevelChipView]:
    """Return one chip for each level."""
    index = index_level_of(case)
    views = []
    for level in case.levels_with_findings:
        mark, token = category_mark(sins_of(case, level).category)
        words = row_words(noms_of(case, level))
        views.append(
            LevelChipView(
                level=level,
                value=words,
                mark=mark,
                token=token,
                is_index=level is index,
                words=f"NOMS {words}" if words != "–" else "NOMS open",
            )
        )
    return views


def worse_level(case: Case, level: VertebralLevel) -> VertebralLevel | None:
    """Return another level with ESCC 2 or 3 that may explain a deficit; the highest first."""
    others: list[tuple[str, int, VertebralLevel]] = []
    for other in case.levels_with_findings:
        grade = escc_of(case, other)
        if other is not level and grade.grade is not None and grade.grade in _HIGH:
            others.append((grade.grade.value, -other.order, other))
    return max(others)[2] if others else None
