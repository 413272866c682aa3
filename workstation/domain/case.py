"""The case: one patient's reading as a frozen value.

An edit makes a new :class:`Case` that shares its unchanged parts. Totals, categories and decisions
are not fields here: :mod:`workstation.domain.grading` computes them from the answers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from workstation.domain.answers import NOT_ASSESSED, Missing, YesNo
from workstation.domain.clinical import NeurologicFacts, PriorRadiation, SystemicFacts
from workstation.domain.escc import EsccAnswers
from workstation.domain.lesion import Lesion
from workstation.domain.mark import Mark
from workstation.domain.noms_table import (
    MechanicalAxis,
    NeurologicAxis,
    OncologicAxis,
    SystemicAxis,
)
from workstation.domain.prior import Prior
from workstation.domain.radiosensitivity import Histology
from workstation.domain.sins import SinsAnswers
from workstation.domain.spine import PointLps, Spine, VertebralLevel


class CaseStatus(StrEnum):
    """Where a case stands."""

    DRAFT = "draft"
    SIGNED = "signed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """Who is being read, as the images' own headers say."""

    id: str = ""
    issuer: str = ""
    name: str = ""
    """DICOM person name of the alphabetic group, "FAMILY^Given"."""
    birth_date: str = ""
    """ISO date or empty."""
    sex: str = ""

    @property
    def display_name(self) -> str:
        """The name as it is shown: "FAMILY, Given", or "No name" when the images carry none."""
        family, _, given = self.name.partition("^")
        given = given.replace("^", " ").strip()
        if not family.strip():
            return given or "No name"
        return f"{family.strip()}, {given}" if given else family.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyReference:
    """A study the case was read from."""

    study_uid: str
    date: str = ""
    """ISO date, with time where known."""
    description: str = ""
    accession: str = ""
    modalities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesReference:
    """A series the case points at, so that it can be found again."""

    series_uid: str
    study_uid: str
    number: int | None = None
    description: str = ""
    modality: str = ""
    frame_of_reference_uid: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyImage:
    """What a pane showed: enough to show exactly that again.

    Directions are unit vectors in LPS; ``center_lps`` and ``field_mm`` (the height shown) in mm.
    ``proves`` names the form fields it is evidence for, such as ``"sins.T9.bone_lesion"``.
    """

    id: str
    study_uid: str
    series_uid: str
    volume_index: int
    frame_of_reference_uid: str
    center_lps: PointLps
    direction: PointLps
    up: PointLps
    field_mm: float
    window_center: float
    window_width: float
    plane: str
    """The plane in words ("Axial", "Sagittal", "Coronal", "Oblique")."""
    caption: str = ""
    lesion_number: int | None = None
    proves: tuple[str, ...] = ()
    created_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NomsLevelAnswers:
    """What only a clinician knows about one level."""

    surgeon_says: MechanicalAxis | Missing = NOT_ASSESSED
    """Stable or unstable for a SINS of 7 to 12, where nothing is mapped automatically."""
    systemic: SystemicAxis | Missing = NOT_ASSESSED
    clinician_neurologic: NeurologicAxis | Missing = NOT_ASSESSED
    """Low or high, chosen by a clinician below the conus."""
    prior_radiation: YesNo | Missing = NOT_ASSESSED
    radiation: PriorRadiation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelAssessment:
    """The grades of one vertebra."""

    level: VertebralLevel
    sins: SinsAnswers = field(default_factory=SinsAnswers)
    escc: EsccAnswers = field(default_factory=EsccAnswers)
    noms: NomsLevelAnswers = field(default_factory=NomsLevelAnswers)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondReading:
    """What another reader answered without seeing the first answers.

    ``closed_at`` is local time with offset, ISO 8601; empty while the reading is open.
    """

    reader: str
    assessments: tuple[LevelAssessment, ...] = ()
    closed_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Oncology:
    """The tumor, as far as it decides the oncologic letter of NOMS."""

    histology: Histology | Missing = NOT_ASSESSED
    primary_text: str = ""
    override: OncologicAxis | Missing = NOT_ASSESSED
    override_reason: str = ""
    markers: str = ""
    targeted_option: YesNo | Missing = NOT_ASSESSED
    """Whether an effective targeted or immune therapy exists, as medical oncology says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Communication:
    """How a critical result was passed on (clinical reference 5.4)."""

    to_whom: str
    at: str
    """Local time with offset, ISO 8601."""
    how: str
    read_back: YesNo | Missing = NOT_ASSESSED
    said: str = ""

    @property
    def is_told(self) -> bool:
        """Whether it says to whom, how and when; a record without them tells nobody."""
        return all(part.strip() for part in (self.to_whom, self.how, self.at))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence of the report and the values it came from.

    ``sources`` are field names such as ``"sins.T9"``; empty for text typed by hand. ``made_from``
    holds their values in words when the sentence was made or last kept, so that it is seen to be
    stale when one of them changes.
    """

    text: str
    sources: tuple[str, ...] = ()
    made_from: str = field(default="", metadata={"later": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportText:
    """The words of the report; None means "as proposed from the data"."""

    impression: tuple[Sentence, ...] | None = None
    findings: tuple[Sentence, ...] | None = None
    indication: str = ""
    technique: str = ""
    limits: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a contradiction stands: one printed line for the check of one field (R-01)."""

    code: str
    field: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who signed a version, in which role, when (local time with offset)."""

    name: str
    role: str
    at: str
    second_reader: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One patient's reading.

    ``illustration`` holds the sentence that marks invented grades (the shipped demo); it is
    printed on every page. ``version`` counts from 1 and rises with each amendment.
    """

    id: str
    created_at: str
    patient: Patient = field(default_factory=Patient)
    studies: tuple[StudyReference, ...] = ()
    series: tuple[SeriesReference, ...] = ()
    spines: tuple[Spine, ...] = ()
    lesions: tuple[Lesion, ...] = ()
    lesion_count: int = 0
    """How many lesion numbers were given so far; numbers are not given again."""
    assessments: tuple[LevelAssessment, ...] = ()
    conus: VertebralLevel | Missing = NOT_ASSESSED
    neurologic: NeurologicFacts = field(default_factory=NeurologicFacts)
    oncology: Oncology = field(default_factory=Oncology)
    systemic: SystemicFacts = field(default_factory=SystemicFacts)
    communication: Communication | None = None
    text: ReportText = field(default_factory=ReportText)
    key_images: tuple[KeyImage, ...] = ()
    institution: str = ""
    reader: str = ""
    status: CaseStatus = CaseStatus.DRAFT
    version: int = 1
    signature: Signature | None = None
    amends: str = ""
    """Why this version replaces the one before; empty for the first."""
    illustration: str = ""
    marks: tuple[Mark, ...] = ()
    second_readings: tuple[SecondReading, ...] = ()
    """What was measured and pointed at on the images, in the order of drawing."""
    priors: tuple[Prior, ...] = ()
    """Prior readings of the patient to compare with, the oldest first."""
    explanations: tuple[Explanation, ...] = ()
    """Why contradictions stand that the reader does not mend."""

    def spine_for(self, frame_of_reference_uid: str) -> Spine | None:
        """Return the labelled spine of one frame of reference."""
        wanted = frame_of_reference_uid
        return next((s for s in self.spines if s.frame_of_reference_uid == wanted), None)

    def lesion(self, lesion_id: str) -> Lesion | None:
        """Return the lesion named ``lesion_id``."""
        return next((lesion for lesion in self.lesions if lesion.id == lesion_id), None)

    def mark(self, mark_id: str) -> Mark | None:
        """Return the mark named ``mark_id``."""
        return next((mark for mark in self.marks if mark.id == mark_id), None)

    def prior(self, prior_id: str) -> Prior | None:
        """Return the prior named ``prior_id``."""
        return next((prior for prior in self.priors if prior.id == prior_id), None)

    def assessment(self, level: VertebralLevel) -> LevelAssessment:
        """Return the grades of ``level``; nothing assessed where there are none yet."""
        found = next((item for item in self.assessments if item.level is level), None)
        return found or LevelAssessment(level=level)

    @property
    def levels_with_findings(self) -> tuple[VertebralLevel, ...]:
        """The levels that carry a lesion or an assessment, from the head."""
        levels = {level for lesion in self.lesions for level in lesion.levels}
        levels.update(item.level for item in self.assessments)
        return tuple(sorted(levels, key=lambda level: level.order))


def same_person(one: Patient, other: Patient) -> bool:
    """Whether two identities are held to be one person.

    The key is issuer and exact id; without an id nobody is held to be anybody else. A differing
    name or birth date under one id is not the same person until a reader says so.
    """
    if not one.id or not other.id:
        return False
    return (one.id, one.issuer, one.name, one.birth_date) == (
        other.id,
        other.issuer,
        other.name,
        other.birth_date,
    )
