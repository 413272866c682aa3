"""A prior reading of the same patient, kept in the case as a snapshot of what was read then.

A snapshot holds values and no answers: what a prior case computed, or what a reader took from an
older report. It never changes when that case does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from workstation.domain.answers import NOT_ASSESSED, Missing, YesNo
from workstation.domain.escc_options import EsccGrade
from workstation.domain.lesion import Matrix, VertebraPart
from workstation.domain.spine import PointLps, VertebralLevel

BY_HAND = "entered by hand"
"""The source of a prior that a reader typed from an older report."""

DRAWN_CIRCLE = "drawn circle"
"""How a lesion's longest axis is measured here."""


LONGEST_TEXT = 1000
"""Characters of one text of a prior."""

LONGEST_MM = 500.0
"""No lesion of a spine is longer, mm."""


class ChangeVerdict(StrEnum):
    """How a lesion changed; only a reader says so (clinical reference 9.2)."""

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"
    NOT_COMPARABLE = "not_comparable"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorLesion:
    """One lesion as it was.

    Parameters
    ----------
    id : str
        Names the lesion within its prior; never shown.
    number : int
        Its number then.
    long_axis_mm : float or Missing
        Longest extent, mm.
    offset_lps : PointLps, optional
        From the center of its vertebral body to its own, mm; the place without a registration.
    modality, sequence, method : str
        What it was measured on and how; a comparison needs all three to agree.
    """

    id: str
    number: int
    levels: tuple[VertebralLevel, ...] = ()
    parts: frozenset[VertebraPart] = frozenset()
    long_axis_mm: float | Missing = NOT_ASSESSED
    body_involved_pct: float | Missing = NOT_ASSESSED
    matrix: Matrix | Missing = NOT_ASSESSED
    treated: YesNo | Missing = NOT_ASSESSED
    offset_lps: PointLps | None = None
    modality: str = ""
    sequence: str = ""
    method: str = DRAWN_CIRCLE


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorLevel:
    """The grades of one vertebra as they were.

    ``sins_low`` and ``sins_high`` are equal for a complete score and None where none was given.
    """

    level: VertebralLevel
    sins_low: int | None = None
    sins_high: int | None = None
    escc: EsccGrade | Missing = NOT_ASSESSED
    height_loss_pct: float | Missing = NOT_ASSESSED
    height_reference: tuple[VertebralLevel, ...] = ()
    """The vertebrae that the height was compared with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDecision:
    """What a reader decided about one lesion of the case, or of the prior if it is only there."""

    lesion_id: str
    verdict: ChangeVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """A prior reading.

    Parameters
    ----------
    id : str
        Names the prior within the case.
    date : str
        ISO date of the prior study.
    source : str
        Where the values come from: a case and its version, or :data:`BY_HAND`.
    entered_by : str
        Who typed it; empty for a prior taken from a case.
    """

    id: str
    date: str
    source: str = BY_HAND
    study_uid: str = ""
    description: str = ""
    entered_by: str = ""
    lesions: tuple[PriorLesion, ...] = ()
    levels: tuple[PriorLevel, ...] = ()
    decisions: tuple[ChangeDecision, ...] = ()

    def lesion(self, lesion_id: str) -> PriorLesion | None:
        """Return the lesion named ``lesion_id``."""
        return next((lesion for lesion in self.lesions if lesion.id == lesion_id), None)

    def at_level(self, level: VertebralLevel) -> PriorLevel | None:
        """Return the grades of ``level``, or None where none were given."""
        return next((item for item in self.levels if item.level is level), None)

    def verdict(self, lesion_id: str) -> ChangeVerdict | Missing:
        """Return what the reader decided about a lesion."""
        found = (item.verdict for item in self.decisions if item.lesion_id == lesion_id)
        return next(found, NOT_ASSESSED)


_SEQUENCES = (
    ("STIR", r"stir|tirm|ir[-_ ]?fse|spair"),
    ("DWI", r"dwi|diff|adc"),
    ("T1", r"t1w?"),
    ("T2", r"t2w?|frfse"),
)
_CONTRAST = re.compile(r"(?<![a-z0-9])(?:post|\+c|gad|gd|km|ce)(?![a-z0-9])")


def sequence_words(modality: str, description: str) -> str:
    """Return the MR sequence that a series description names, "T1 with contrast"; empty if none.

    Other modalities have none: their numbers depend on the modality alone.
    """
    if modality != "MR":
        return ""
    words = description.lower()
    for name, pattern in _SEQUENCES:
        if re.search(rf"(?<![a-z0-9])(?:{pattern})(?![a-z0-9])", words):
            return f"{name} with contrast" if _CONTRAST.search(words) else name
    return ""


def prior_refusal(prior: Prior) -> str:
    """Return why a prior cannot be taken, as one sentence; empty when it can."""
    refusals = (_date_refusal, _text_refusal, _double_refusal, _lesion_refusal, _level_refusal)
    return next((sentence for refusal in refusals if (sentence := refusal(prior))), "")


def _date_refusal(prior: Prior) -> str:
    try:
        date.fromisoformat(prior.date[:10])
    except ValueError:
        return "A prior needs its date as year-month-day."
    return ""


def _text_refusal(prior: Prior) -> str:
    texts = (prior.description, prior.source, prior.entered_by)
    if any(len(text) > LONGEST_TEXT for text in texts):
        return f"A text of a prior has at most {LONGEST_TEXT} characters."
    return ""


def _double_refusal(prior: Prior) -> str:
    if len({lesion.id for lesion in prior.lesions}) != len(prior.lesions):
        return "A lesion stands twice in this prior."
    if len({item.level for item in prior.levels}) != len(prior.levels):
        return "A level stands twice in this prior."
    return ""


def _lesion_refusal(prior: Prior) -> str:
    if not all(_in_range(lesion.long_axis_mm, 0.0, LONGEST_MM) for lesion in prior.lesions):
        return f"A lesion measures 0 to {LONGEST_MM:.0f} mm."
    if not all(_in_range(lesion.body_involved_pct, 0.0, 100.0) for lesion in prior.lesions):
        return "A share of the body is 0 to 100 %."
    return ""


def _level_refusal(prior: Prior) -> str:
    if not all(_sins_in_range(item) for item in prior.levels):
        return "A SINS is 0 to 18, the lower end of a range first."
    if not all(_in_range(item.height_loss_pct, 0.0, 100.0) for item in prior.levels):
        return "A height loss is 0 to 100 %."
    return ""


def _in_range(value: float | Missing, low: float, high: float) -> bool:
    return isinstance(value, Missing) or low <= value <= high


def _sins_in_range(item: PriorLevel) -> bool:
    if item.sins_low is None or item.sins_high is None:
        return item.sins_low is item.sins_high
    return 0 <= item.sins_low <= item.sins_high <= 18
