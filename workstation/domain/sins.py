"""Spinal Instability Neoplastic Score: options, points, totals with unknowns, categories.

Source: Fisher et al., Spine 2010;35:E1221 (the score); Fourney et al., J Clin Oncol 2011;29:3072
(the categories). What the published score leaves open is settled by the conventions S-01 to S-28
of the clinical reference, section 1.4; each acts as a named flag.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from workstation.domain.answers import NOT_ASSESSED, Missing
from workstation.domain.flags import Flag
from workstation.domain.spine import VertebralLevel

RULE_SET = "SINS-2010"
SOURCES = (
    "Fisher CG et al. Spine 2010;35:E1221-E1229 (score)",
    "Fourney DR et al. J Clin Oncol 2011;29:3072-3077 (categories, reliability)",
)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentPoints:
    """One component's answer with the points it may still give.

    ``points`` is None while the answer is missing; then ``minimum`` and ``maximum`` are the range.
    """

    answer: SinsOption | Missing
    points: int | None
    minimum: int
    maximum: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SinsResult:
    """The score of one level.

    ``total`` is None while anything is missing or the score is refused; ``minimum`` and
    ``maximum`` are None only where the score must not be computed at all. ``category`` is None
    when more than one is possible; ``categories`` lists the possible ones. ``consult`` says
    whether surgical consultation is recommended, None when the score must not be computed.
    """

    level: VertebralLevel
    components: Mapping[SinsComponent, ComponentPoints]
    minimum: int | None
    maximum: int | None
    total: int | None
    category: SinsCategory | None
    categories: tuple[SinsCategory, ...]
    consult: bool | None
    missing: tuple[SinsComponent, ...]
    flags: tuple[Flag, ...] = ()
    refused: str | None = None
    historical_total: int | None = None
    rule_set: str = RULE_SET
    sources: tuple[str, ...] = SOURCES


def assess_sins(
    level: VertebralLevel, answers: SinsAnswers, *, transitional: bool = False
) -> SinsResult:
    """Return the score of ``level``."""
    raise NotImplementedError


def category_of(total: int) -> SinsCategory:
    """Return the category of a complete total, 0 to 18."""
    raise NotImplementedError


def index_level(results: Mapping[VertebralLevel, SinsResult]) -> VertebralLevel | None:
    """Return the level with the highest total, the most cranial of equals."""
    raise NotImplementedError
