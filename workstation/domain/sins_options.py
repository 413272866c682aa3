"""SINS vocabulary: components, options, their points, and the answers of one level.

Source: Fisher et al., Spine 2010;35:E1221, table of the six components.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from workstation.domain.answers import NOT_ASSESSED, Missing
from workstation.domain.spine import Region, VertebralLevel


class SinsComponent(StrEnum):
    """The six components, in the order of the score."""

    LOCATION = "location"
    PAIN = "pain"
    BONE_LESION = "bone_lesion"
    ALIGNMENT = "alignment"
    COLLAPSE = "collapse"
    POSTEROLATERAL = "posterolateral"


class SinsLocation(StrEnum):
    """Zone of the spine."""

    RIGID = "rigid"
    SEMIRIGID = "semirigid"
    MOBILE = "mobile"
    JUNCTIONAL = "junctional"


class SinsPain(StrEnum):
    """Kind of pain; any mechanical element decides (S-09)."""

    NONE = "none"
    NONMECHANICAL = "nonmechanical"
    MECHANICAL = "mechanical"


class SinsBoneLesion(StrEnum):
    """Bone lesion quality, read on CT."""

    BLASTIC = "blastic"
    MIXED = "mixed"
    LYTIC = "lytic"


class SinsAlignment(StrEnum):
    """Radiographic alignment; only what is new counts (S-16)."""

    NORMAL = "normal"
    DEFORMITY = "deformity"
    TRANSLATION = "translation"


class SinsCollapse(StrEnum):
    """Vertebral body collapse, or involvement without collapse."""

    NONE = "none"
    INVOLVED_GT50 = "involved_gt50"
    LT50 = "lt50"
    GT50 = "gt50"


class SinsPosterolateral(StrEnum):
    """Sides on which facet, pedicle or costovertebral joint is fractured or replaced."""

    NONE = "none"
    UNILATERAL = "unilateral"
    BILATERAL = "bilateral"


class PosterolateralPart(StrEnum):
    """The structures that count as posterolateral (S-19)."""

    PEDICLE = "pedicle"
    FACET = "facet"
    COSTOVERTEBRAL = "costovertebral"


class SinsCategory(StrEnum):
    """Meaning of the total: 0-6, 7-12, 13-18."""

    STABLE = "stable"
    POTENTIALLY_UNSTABLE = "potentially_unstable"
    UNSTABLE = "unstable"


class SinsContext(StrEnum):
    """What a reader states about the level; each calls a convention of section 1.4."""

    MRI_ONLY = "mri_only"
    SUPINE_ONLY = "supine_only"
    NO_PRIOR = "no_prior"
    AUGMENTED = "augmented"
    TREATED = "treated"
    IRRADIATED = "irradiated"
    INSTRUMENTED = "instrumented"
    PRIMARY_TUMOR = "primary_tumor"
    OLD_FRACTURE = "old_fracture"
    NIGHT_PAIN = "night_pain"
    CONSTANT_PAIN = "constant_pain"
    RADICULAR_ONLY = "radicular_only"
    PREEXISTING_DEFORMITY = "preexisting_deformity"
    OTHER_ARCH_PARTS = "other_arch_parts"
    RIB_HEAD_ONLY = "rib_head_only"
    BORDERLINE_COLLAPSE = "borderline_collapse"
    BORDERLINE_INVOLVEMENT = "borderline_involvement"
    INVOLVED_WITH_COLLAPSE = "involved_with_collapse"
    DEFORMITY_WITH_TRANSLATION = "deformity_with_translation"
    CONTIGUOUS = "contiguous"


SinsOption = (
    SinsLocation | SinsPain | SinsBoneLesion | SinsAlignment | SinsCollapse | SinsPosterolateral
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SinsAnswers:
    """What a reader answered for one level; every field starts as not assessed.

    Parameters
    ----------
    location : SinsLocation or Missing
        Only what a reader chose by hand (transitional anatomy); otherwise it follows the level.
    posterolateral_right, posterolateral_left : frozenset of PosterolateralPart
        The parts marked on the patient's right and left.
    pain_source : str
        Who stated the pain, as printed; empty when nobody did.
    historical_total : int or None
        A total from before surgery, entered by hand (S-24).
    """

    location: SinsLocation | Missing = NOT_ASSESSED
    pain: SinsPain | Missing = NOT_ASSESSED
    bone_lesion: SinsBoneLesion | Missing = NOT_ASSESSED
    alignment: SinsAlignment | Missing = NOT_ASSESSED
    collapse: SinsCollapse | Missing = NOT_ASSESSED
    posterolateral: SinsPosterolateral | Missing = NOT_ASSESSED
    posterolateral_right: frozenset[PosterolateralPart] = frozenset()
    posterolateral_left: frozenset[PosterolateralPart] = frozenset()
    context: frozenset[SinsContext] = frozenset()
    pain_source: str = ""
    historical_total: int | None = None


POINTS: Mapping[SinsComponent, Mapping[SinsOption, int]] = {
    SinsComponent.LOCATION: {
        SinsLocation.RIGID: 0,
        SinsLocation.SEMIRIGID: 1,
        SinsLocation.MOBILE: 2,
        SinsLocation.JUNCTIONAL: 3,
    },
    SinsComponent.PAIN: {
        SinsPain.NONE: 0,
        SinsPain.NONMECHANICAL: 1,
        SinsPain.MECHANICAL: 3,
    },
    SinsComponent.BONE_LESION: {
        SinsBoneLesion.BLASTIC: 0,
        SinsBoneLesion.MIXED: 1,
        SinsBoneLesion.LYTIC: 2,
    },
    SinsComponent.ALIGNMENT: {
        SinsAlignment.NORMAL: 0,
        SinsAlignment.DEFORMITY: 2,
        SinsAlignment.TRANSLATION: 4,
    },
    SinsComponent.COLLAPSE: {
        SinsCollapse.NONE: 0,
        SinsCollapse.INVOLVED_GT50: 1,
        SinsCollapse.LT50: 2,
        SinsCollapse.GT50: 3,
    },
    SinsComponent.POSTEROLATERAL: {
        SinsPosterolateral.NONE: 0,
        SinsPosterolateral.UNILATERAL: 1,
        SinsPosterolateral.BILATERAL: 3,
    },
}
"""Published points of each option, by component: options of two components may share a word."""

_V = VertebralLevel
_ZONES: Mapping[SinsLocation, tuple[VertebralLevel, ...]] = {
    SinsLocation.JUNCTIONAL: (
        *(_V.C0, _V.C1, _V.C2),
        *(_V.C7, _V.T1, _V.T2),
        *(_V.T11, _V.T12, _V.L1),
        *(_V.L5, _V.S1),
    ),
    SinsLocation.MOBILE: (_V.C3, _V.C4, _V.C5, _V.C6, _V.L2, _V.L3, _V.L4),
    SinsLocation.SEMIRIGID: (_V.T3, _V.T4, _V.T5, _V.T6, _V.T7, _V.T8, _V.T9, _V.T10),
    SinsLocation.RIGID: (_V.S2, _V.S3, _V.S4, _V.S5),
}
_LOCATION = {level: zone for zone, levels in _ZONES.items() for level in levels}


def location_of(level: VertebralLevel) -> SinsLocation | None:
    """Return the zone of ``level`` in regular anatomy.

    None for the coccyx, which the score does not cover, and for T13 and L6, where a reader
    chooses (S-26).
    """
    return _LOCATION.get(level)


def sides_marked(
    right: frozenset[PosterolateralPart], left: frozenset[PosterolateralPart]
) -> SinsPosterolateral:
    """Return the option that the marked parts amount to: the side counts, not the part (S-18)."""
    if right and left:
        return SinsPosterolateral.BILATERAL
    return SinsPosterolateral.UNILATERAL if right or left else SinsPosterolateral.NONE


def has_costovertebral_joint(level: VertebralLevel) -> bool:
    """Return whether the level carries ribs (S-20): T1 to T12, and T13 where it is declared."""
    return level.region is Region.THORACIC
