"""What can be done to a case, as frozen commands; :mod:`~workstation.domain.changes` applies them.

Every change is one command, so that undo, the history on disk and the command line share one
vocabulary. A command that a rule forbids raises :class:`CommandRefusedError` and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from workstation.domain.answers import Missing
from workstation.domain.case import (
    Communication,
    KeyImage,
    LevelAssessment,
    NomsLevelAnswers,
    Oncology,
    Patient,
    ReportText,
    SeriesReference,
    Signature,
    StudyReference,
)
from workstation.domain.clinical import NeurologicFacts, SystemicFacts
from workstation.domain.escc import EsccAnswers
from workstation.domain.lesion import Lesion
from workstation.domain.mark import Mark
from workstation.domain.prior import ChangeVerdict, Prior
from workstation.domain.sins import SinsAnswers
from workstation.domain.spine import (
    PointLps,
    Spine,
    VertebralLevel,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Base of every command; ``label`` names it in the undo list."""

    title: ClassVar[str] = "Change the case"

    @property
    def label(self) -> str:
        """The command in words, as undo shows it; with its level where it has one."""
        level = getattr(self, "level", None)
        return f"{self.title} {level}" if level else self.title

    @property
    def merge_key(self) -> str:
        """Commands in a row with the same key fold into one undo step; empty never folds."""
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddStudy(Command):
    """Take a study of the same patient into the case."""

    patient: Patient
    study: StudyReference
    series: tuple[SeriesReference, ...]

    title: ClassVar[str] = "Add a study"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSpine(Command):
    """Put a proposed numbering in place; it is not confirmed by this."""

    spine: Spine

    title: ClassVar[str] = "Number the spine"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveLandmark(Command):
    """Put the body center of one level somewhere else, mm."""

    frame_of_reference_uid: str
    level: VertebralLevel
    center_lps: PointLps

    title: ClassVar[str] = "Move"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmSpine(Command):
    """State that the numbering is right; lesions take their levels from it."""

    frame_of_reference_uid: str
    by: str
    at: str

    title: ClassVar[str] = "Confirm levels"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveSpine(Command):
    """Take the numbering of one frame of reference away."""

    frame_of_reference_uid: str

    title: ClassVar[str] = "Remove the numbering"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddLesion(Command):
    """Mark a lesion; its number and its level are given by the case."""

    id: str
    center_lps: PointLps
    radius_mm: float
    frame_of_reference_uid: str
    series_uid: str
    created_at: str = ""

    title: ClassVar[str] = "Mark a lesion"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceLesion(Command):
    """Change the fields of a lesion; its id must exist."""

    lesion: Lesion

    title: ClassVar[str] = "Change lesion"

    @property
    def merge_key(self) -> str:
        """Notes typed in a row are one step."""
        return f"lesion-note {self.lesion.id}" if self.lesion.note else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveLesion(Command):
    """Take a lesion away; grades of its level stay."""

    id: str

    title: ClassVar[str] = "Remove a lesion"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSins(Command):
    """Answer the SINS items of one level."""

    level: VertebralLevel
    answers: SinsAnswers

    title: ClassVar[str] = "SINS"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetEscc(Command):
    """Answer the ESCC questions of one level."""

    level: VertebralLevel
    answers: EsccAnswers

    title: ClassVar[str] = "ESCC"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetNomsLevel(Command):
    """Answer the clinician's part of NOMS for one level."""

    level: VertebralLevel
    answers: NomsLevelAnswers

    title: ClassVar[str] = "NOMS"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveAssessment(Command):
    """Take all grades of one level away."""

    level: VertebralLevel

    title: ClassVar[str] = "Remove grades of"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetConus(Command):
    """State where the conus ends."""

    conus: VertebralLevel | Missing

    title: ClassVar[str] = "Conus level"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetNeurologic(Command):
    """State the neurologic facts of the patient."""

    facts: NeurologicFacts

    title: ClassVar[str] = "Neurologic facts"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetOncology(Command):
    """State the tumor and its radiosensitivity."""

    oncology: Oncology

    title: ClassVar[str] = "Oncologic facts"

    @property
    def merge_key(self) -> str:
        """Text typed in a row is one step."""
        return "oncology"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSystemic(Command):
    """State the systemic facts of the patient."""

    facts: SystemicFacts

    title: ClassVar[str] = "Systemic facts"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetCommunication(Command):
    """Record how a critical result was passed on, or take the record away."""

    communication: Communication | None

    title: ClassVar[str] = "Critical result communicated"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetText(Command):
    """Replace the words of the report."""

    text: ReportText

    title: ClassVar[str] = "Edit text"

    @property
    def merge_key(self) -> str:
        """Text typed in a row is one step."""
        return "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddKeyImage(Command):
    """Keep what a pane shows as evidence."""

    image: KeyImage

    title: ClassVar[str] = "Key image"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceKeyImage(Command):
    """Change the caption of a key image, or what it proves."""

    image: KeyImage

    title: ClassVar[str] = "Edit key image"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveKeyImage(Command):
    """Take a key image away."""

    id: str

    title: ClassVar[str] = "Remove key image"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddMark(Command):
    """Keep a mark that was drawn."""

    mark: Mark

    title: ClassVar[str] = "Draw a mark"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceMark(Command):
    """Change a mark: its points were dragged; its id must exist."""

    mark: Mark

    title: ClassVar[str] = "Change a mark"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMarkLabel(Command):
    """Change the text of a mark."""

    id: str
    text: str

    title: ClassVar[str] = "Label a mark"

    @property
    def merge_key(self) -> str:
        """Text typed in a row is one step."""
        return f"mark-label {self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveMark(Command):
    """Take a mark away."""

    id: str

    title: ClassVar[str] = "Remove a mark"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPrior(Command):
    """Put a prior beside the case, or replace the one of the same id.

    ``patient`` is whom the prior was read from; None for one that the reader types.
    """

    prior: Prior
    patient: Patient | None = None

    title: ClassVar[str] = "Compare with a prior"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovePrior(Command):
    """Take a prior away, with what was decided against it."""

    id: str

    title: ClassVar[str] = "Remove a prior"


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideChange(Command):
    """State how one lesion changed since a prior, or take the statement back."""

    prior_id: str
    lesion_id: str
    verdict: ChangeVerdict | Missing

    title: ClassVar[str] = "Decide on a change"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explain(Command):
    """State in one line why a contradiction stands; without a text the statement goes."""

    code: str
    field: str
    text: str

    title: ClassVar[str] = "Explain"


class ReportSection(StrEnum):
    """A section of the report that is made of sentences."""

    IMPRESSION = "impression"
    FINDINGS = "findings"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateSentence(Command):
    """Give a stale sentence the words that its values propose now."""

    section: ReportSection
    position: int

    title: ClassVar[str] = "Update words"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepSentence(Command):
    """State that a stale sentence still holds as it stands."""

    section: ReportSection
    position: int

    title: ClassVar[str] = "Keep words"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSecondAssessment(Command):
    """Answer one level as a second reader who does not see the first answers."""

    reader: str
    assessment: LevelAssessment

    title: ClassVar[str] = "Second reading"


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseSecondReading(Command):
    """End a second reading; it does not change any more and may be compared."""

    reader: str
    at: str

    title: ClassVar[str] = "Close the second reading"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign(Command):
    """Freeze this version."""

    signature: Signature

    title: ClassVar[str] = "Sign"


@dataclass(frozen=True, slots=True, kw_only=True)
class Amend(Command):
    """Open a new version of a signed case, saying why."""

    reason: str

    title: ClassVar[str] = "Amend"
