"""ESCC vocabulary: grades, modality, cause, position, and the answers of one level.

Source: Bilsky et al., J Neurosurg Spine 2010;13:324; the descriptor below the conus is a 2025
proposal (Vanderbilt group, AANS poster abstract), not validated.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from workstation.domain.answers import NOT_ASSESSED, Missing, YesNo
from workstation.domain.spine import VertebralLevel


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
"""The answer to one of the five questions."""

UNANSWERED: tuple[Reply, Reply, Reply, Reply, Reply] = (NOT_ASSESSED,) * 5


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

    questions: tuple[Reply, Reply, Reply, Reply, Reply] = UNANSWERED
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
