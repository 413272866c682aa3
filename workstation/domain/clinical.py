"""What only a clinician knows: neurology, performance, systemic disease, prior radiation.

Scales: AIS (ASIA/ISCoS), Frankel 1969, Karnofsky, ECOG. AIS and Frankel share letters but not
definitions and are never converted (clinical reference 5.3).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from workstation.domain.answers import NOT_ASSESSED, Missing, YesNo
from workstation.domain.spine import VertebralLevel


class Kps(IntEnum):
    """Karnofsky performance status."""

    K0 = 0
    K10 = 10
    K20 = 20
    K30 = 30
    K40 = 40
    K50 = 50
    K60 = 60
    K70 = 70
    K80 = 80
    K90 = 90
    K100 = 100


class Ecog(IntEnum):
    """ECOG performance status."""

    E0 = 0
    E1 = 1
    E2 = 2
    E3 = 3
    E4 = 4
    E5 = 5


_ECOG_HINTS = {
    **dict.fromkeys((Kps.K100, Kps.K90), Ecog.E0),
    **dict.fromkeys((Kps.K80, Kps.K70), Ecog.E1),
    **dict.fromkeys((Kps.K60, Kps.K50), Ecog.E2),
    **dict.fromkeys((Kps.K40, Kps.K30), Ecog.E3),
    **dict.fromkeys((Kps.K20, Kps.K10), Ecog.E4),
    Kps.K0: Ecog.E5,
}


def ecog_hint(kps: Kps) -> Ecog:
    """Return the ECOG status that roughly corresponds; a hint only, both are stored separately."""
    return _ECOG_HINTS[kps]


class AisGrade(StrEnum):
    """ASIA Impairment Scale as a clinician stated it; ``INTACT`` for who never had a deficit."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"
    INTACT = "intact"


class FrankelGrade(StrEnum):
    """Frankel grade as a clinician stated it."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"


class Ambulation(StrEnum):
    """How the patient walks."""

    INDEPENDENT = "independent"
    WITH_AID = "with_aid"
    NOT_AMBULATORY = "not_ambulatory"


class DeficitStatus(StrEnum):
    """Course of one deficit."""

    NONE = "none"
    STABLE = "stable"
    NEW = "new"
    PROGRESSIVE = "progressive"


class OrganMetastases(StrEnum):
    """Metastases in major internal organs (Tokuhashi)."""

    NONE = "none"
    REMOVABLE = "removable"
    UNREMOVABLE = "unremovable"


class VisceralMetastases(StrEnum):
    """Visceral metastases (Tomita)."""

    NONE = "none"
    TREATABLE = "treatable"
    UNTREATABLE = "untreatable"


class BoneMetastases(StrEnum):
    """Bone metastases, the spine included (Tomita)."""

    SOLITARY = "solitary"
    MULTIPLE = "multiple"


class GrowthClass(StrEnum):
    """Growth of the primary tumor (Tomita)."""

    SLOW = "slow"
    MODERATE = "moderate"
    RAPID = "rapid"


class PrimarySite(StrEnum):
    """Primary site as the survival scores name it."""

    LUNG = "lung"
    OSTEOSARCOMA = "osteosarcoma"
    STOMACH = "stomach"
    BLADDER = "bladder"
    ESOPHAGUS = "esophagus"
    PANCREAS = "pancreas"
    LIVER = "liver"
    GALLBLADDER = "gallbladder"
    UNIDENTIFIED = "unidentified"
    KIDNEY = "kidney"
    UTERUS = "uterus"
    RECTUM = "rectum"
    COLON = "colon"
    THYROID = "thyroid"
    BREAST = "breast"
    PROSTATE = "prostate"
    CARCINOID = "carcinoid"
    MELANOMA = "melanoma"
    SARCOMA = "sarcoma"
    OVARY = "ovary"
    MYELOMA = "myeloma"
    PLASMACYTOMA = "plasmacytoma"
    LYMPHOMA = "lymphoma"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorRadiation:
    """One course of radiation at one level.

    Parameters
    ----------
    dose_gy : float or Missing
        Total dose, Gy.
    date : str or Missing
        ISO 8601 date of the last fraction.
    """

    level: VertebralLevel
    dose_gy: float | Missing = NOT_ASSESSED
    fractions: int | Missing = NOT_ASSESSED
    date: str | Missing = NOT_ASSESSED


@dataclass(frozen=True, slots=True, kw_only=True)
class NeurologicFacts:
    """The patient's neurology as a clinician stated it; it belongs to the patient, not a level.

    ``deficit_since_hours`` is the age of the deficit, of complete paralysis under AIS A.
    ``attributed_level`` is the level a clinician holds responsible for the deficit (N-01).
    """

    myelopathy: YesNo | Missing = NOT_ASSESSED
    functional_radiculopathy: YesNo | Missing = NOT_ASSESSED
    weakness: DeficitStatus | Missing = NOT_ASSESSED
    gait_loss: DeficitStatus | Missing = NOT_ASSESSED
    sensory: DeficitStatus | Missing = NOT_ASSESSED
    sphincter: DeficitStatus | Missing = NOT_ASSESSED
    cauda_equina_symptoms: YesNo | Missing = NOT_ASSESSED
    deficit_since_hours: float | Missing = NOT_ASSESSED
    ais: AisGrade | Missing = NOT_ASSESSED
    frankel: FrankelGrade | Missing = NOT_ASSESSED
    ambulation: Ambulation | Missing = NOT_ASSESSED
    attributed_level: VertebralLevel | None = None
    attribution_reason: str = ""
    stated_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemicFacts:
    """Disease and fitness as a clinician stated them."""

    kps: Kps | Missing = NOT_ASSESSED
    ecog: Ecog | Missing = NOT_ASSESSED
    primary_site: PrimarySite | Missing = NOT_ASSESSED
    growth: GrowthClass | Missing = NOT_ASSESSED
    organs: OrganMetastases | Missing = NOT_ASSESSED
    visceral: VisceralMetastases | Missing = NOT_ASSESSED
    bone: BoneMetastases | Missing = NOT_ASSESSED
    solitary_skeletal: YesNo | Missing = NOT_ASSESSED
    extraspinal_bone_count: int | Missing = NOT_ASSESSED
    vertebral_count: int | Missing = NOT_ASSESSED
    brain_metastases: YesNo | Missing = NOT_ASSESSED
    albumin_g_dl: float | Missing = NOT_ASSESSED
    stated_by: str = ""
