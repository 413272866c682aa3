"""Epidural spinal cord compression (ESCC, Bilsky) as five questions, with the conus rule.

Source: Bilsky et al., J Neurosurg Spine 2010;13:324 (six grades on axial T2). Conus rule, N-03 and
N-04: conventions of the clinical reference, sections 2.5 and 3.6.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from workstation.domain.answers import NOT_ASSESSED, Missing, YesNo
from workstation.domain.flags import Flag
from workstation.domain.spine import VertebralLevel

RULE_SET = "ESCC-2010"
SOURCES = ("Bilsky MH et al. J Neurosurg Spine 2010;13:324-328",)


class EsccGrade(StrEnum):
    """The six published grades."""

    G0 = "0"
    G1A = "1a"
    G1B = "1b"
    G1C = "1c"
    G2 = "2"
    G3 = "3"


class EsccModality(StrEnum):
    """What the grade was read on."""

    MRI = "mri"
    CT_MYELOGRAM = "ct_myelogram"
    CT_SCREENING = "ct_screening"


class CompressionCause(StrEnum):
    """What compresses; fragments, disc and hematoma are not tumor."""

    TUMOR = "tumor"
    BONE = "bone"
    DISC = "disc"
    HEMATOMA = "hematoma"
    MIXED = "mixed"


class EpiduralPosition(StrEnum):
    """Where epidural tumor lies; all four together are circumferential."""

    ANTERIOR = "anterior"
    LATERAL_RIGHT = "lateral_right"
    LATERAL_LEFT = "lateral_left"
    POSTERIOR = "posterior"


class CaudaEquinaGrade(IntEnum):
    """Descriptor below the conus, proposed 2025 in a conference abstract, not validated."""

    BONE_ONLY = 0
    SAC_LT50 = 1
    SAC_GE50 = 2
    SAC_EFFACED = 3
    ROOTS_BUNCHED = 4


class EsccConvention(StrEnum):
    """Which grades are called high; a site setting."""

    NOMS = "noms"
    REFERENCE_SITE = "reference_site"
    SINGAPORE = "singapore"


class ScreeningAnswer(StrEnum):
    """What a screening CT can say."""

    NONE = "none"
    LOW = "low"
    HIGH = "high"


class MyelogramBlock(StrEnum):
    """Whether contrast passes the level on a CT myelogram."""

    NONE = "none"
    PARTIAL = "partial"
    COMPLETE = "complete"


Reply = YesNo | Missing
_UNANSWERED: tuple[Reply, Reply, Reply, Reply, Reply] = (NOT_ASSESSED,) * 5


@dataclass(frozen=True, slots=True, kw_only=True)
class EsccAnswers:
    """What a reader answered for one level.

    Parameters
    ----------
    questions : tuple of five YesNo or Missing
        Epidural tumor, sac deformed, cord touched, cord compressed or displaced, CSF visible.
    cauda_equina : CaudaEquinaGrade or Missing
        Only below the conus.
    block_level : VertebralLevel or Missing
        Where the contrast column stops on a CT myelogram.
    """

    questions: tuple[Reply, Reply, Reply, Reply, Reply] = _UNANSWERED
    modality: EsccModality | Missing = NOT_ASSESSED
    cause: CompressionCause | Missing = NOT_ASSESSED
    positions: frozenset[EpiduralPosition] = frozenset()
    cauda_equina: CaudaEquinaGrade | Missing = NOT_ASSESSED
    foraminal_right: bool = False
    foraminal_left: bool = False
    screening: ScreeningAnswer | Missing = NOT_ASSESSED
    block: MyelogramBlock | Missing = NOT_ASSESSED
    block_level: VertebralLevel | Missing = NOT_ASSESSED

    @property
    def circumferential(self) -> bool:
        """Whether tumor lies on all four sides."""
        return len(self.positions) == len(EpiduralPosition)


@dataclass(frozen=True, slots=True, kw_only=True)
class EsccResult:
    """The grade of one level.

    ``grade`` is None while several are possible or the scale does not apply; ``high_grade`` is
    None when it is not decided by the convention in use. ``applicable`` is False where the
    answers describe what the scale does not define (sac deformed below the conus); ``refused``
    then says why.
    """

    grade: EsccGrade | None
    possible: tuple[EsccGrade, ...]
    high_grade: bool | None
    applicable: bool
    below_conus: bool
    modality: EsccModality | Missing
    cause: CompressionCause | Missing
    cauda_equina: CaudaEquinaGrade | Missing
    descriptor: str
    """Below the conus, in words: "cauda equina 2 +F left"; empty elsewhere."""
    convention: EsccConvention
    flags: tuple[Flag, ...] = ()
    notes: tuple[str, ...] = ()
    refused: str | None = None
    rule_set: str = RULE_SET
    sources: tuple[str, ...] = SOURCES


def answers_for_grade(grade: EsccGrade) -> EsccAnswers:
    """Return the answers to the five questions that give ``grade``."""
    raise NotImplementedError


def answer_question(answers: EsccAnswers, number: int, value: Reply) -> EsccAnswers:
    """Return the answers with question ``number`` (1 to 5) answered.

    Raises
    ------
    CommandRefusedError
        When the answer contradicts another one.
    """
    raise NotImplementedError


def assess_escc(
    answers: EsccAnswers,
    *,
    level: VertebralLevel | None = None,
    conus: VertebralLevel | Missing = NOT_ASSESSED,
    convention: EsccConvention = EsccConvention.NOMS,
) -> EsccResult:
    """Return the grade of ``level``, or the set that is still possible."""
    raise NotImplementedError
