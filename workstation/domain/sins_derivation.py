"""SINS answers from raw findings, by the derivation of clinical reference section 12.

Only what the raw findings state becomes an answer: a missing finding leaves its component missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from workstation.base.errors import CommandRefusedError
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, Missing, YesNo
from workstation.domain.sins_options import (
    PosterolateralPart,
    SinsAlignment,
    SinsAnswers,
    SinsBoneLesion,
    SinsCollapse,
    SinsContext,
    SinsLocation,
    SinsPain,
    SinsPosterolateral,
    has_costovertebral_joint,
    sides_marked,
)
from workstation.domain.spine import VertebralLevel


class AlignmentFinding(StrEnum):
    """What is seen of the alignment."""

    TRANSLATION = "translation"
    NEW_KYPHOSIS = "new_kyphosis"
    NEW_SCOLIOSIS = "new_scoliosis"
    PREEXISTING_DEFORMITY = "preexisting_deformity"


class RawPart(StrEnum):
    """A part behind the body; only facet, pedicle and costovertebral joint count (S-19, S-21)."""

    PEDICLE = "pedicle"
    FACET = "facet"
    COSTOVERTEBRAL = "cvj"
    LAMINA = "lamina"
    TRANSVERSE = "transverse"
    SPINOUS = "spinous"
    RIB_HEAD = "rib_head"


_COUNTED = {
    RawPart.PEDICLE: PosterolateralPart.PEDICLE,
    RawPart.FACET: PosterolateralPart.FACET,
    RawPart.COSTOVERTEBRAL: PosterolateralPart.COSTOVERTEBRAL,
}
_OTHER_ARCH = frozenset({RawPart.LAMINA, RawPart.TRANSVERSE, RawPart.SPINOUS})
_NEW_DEFORMITY = frozenset({AlignmentFinding.NEW_KYPHOSIS, AlignmentFinding.NEW_SCOLIOSIS})
_HALF_PCT = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RawSins:
    """Raw findings of one lesion, valid for each of its levels.

    Parameters
    ----------
    height_loss_pct, involved_pct : float or Missing
        Percent, 0 to 100.
    collapse : YesNo or Missing
        Whether the reader confirmed tumor collapse.
    location : SinsLocation or Missing
        Chosen by hand, only for transitional anatomy.
    """

    pain: SinsPain | Missing = NOT_ASSESSED
    lesion: SinsBoneLesion | Missing = NOT_ASSESSED
    alignment: frozenset[AlignmentFinding] | Missing = NOT_ASSESSED
    height_loss_pct: float | Missing = NOT_ASSESSED
    collapse: YesNo | Missing = NOT_ASSESSED
    involved_pct: float | Missing = NOT_ASSESSED
    parts_right: frozenset[RawPart] | Missing = NOT_ASSESSED
    parts_left: frozenset[RawPart] | Missing = NOT_ASSESSED
    location: SinsLocation | Missing = NOT_ASSESSED
    context: frozenset[SinsContext] = frozenset()


def derive_answers(raw: RawSins, level: VertebralLevel) -> SinsAnswers:
    """Return the answers that the raw findings amount to at ``level``.

    Raises
    ------
    CommandRefusedError
        When a costovertebral joint is named where there is none (S-20).
    """
    right, left = _counted(raw.parts_right, level), _counted(raw.parts_left, level)
    return SinsAnswers(
        location=raw.location,
        pain=raw.pain,
        bone_lesion=raw.lesion,
        alignment=derive_alignment(raw.alignment),
        collapse=derive_collapse(raw),
        posterolateral=_posterolateral(right, left),
        posterolateral_right=frozenset() if isinstance(right, Missing) else right,
        posterolateral_left=frozenset() if isinstance(left, Missing) else left,
        context=raw.context | _derived_context(raw),
    )


def derive_alignment(findings: frozenset[AlignmentFinding] | Missing) -> SinsAlignment | Missing:
    """Return the alignment option: translation outranks new deformity (S-15), old is normal."""
    if isinstance(findings, Missing):
        return findings
    if AlignmentFinding.TRANSLATION in findings:
        return SinsAlignment.TRANSLATION
    return SinsAlignment.DEFORMITY if findings & _NEW_DEFORMITY else SinsAlignment.NORMAL


def derive_collapse(raw: RawSins) -> SinsCollapse | Missing:
    """Return the collapse option: collapse outranks involvement (S-03), exactly 50 % is not more.

    Without the reader's word on collapse, or without the number that decides, it stays missing.
    """
    if isinstance(raw.collapse, Missing):
        return raw.collapse
    if raw.collapse is YesNo.YES:
        return _over_half(raw.height_loss_pct, SinsCollapse.GT50, SinsCollapse.LT50)
    return _over_half(raw.involved_pct, SinsCollapse.INVOLVED_GT50, SinsCollapse.NONE)


def _over_half(
    percent: float | Missing, above: SinsCollapse, otherwise: SinsCollapse
) -> SinsCollapse | Missing:
    if isinstance(percent, Missing):
        return percent
    return above if percent > _HALF_PCT else otherwise


def _counted(
    parts: frozenset[RawPart] | Missing, level: VertebralLevel
) -> frozenset[PosterolateralPart] | Missing:
    if isinstance(parts, Missing):
        return parts
    if RawPart.COSTOVERTEBRAL in parts and not has_costovertebral_joint(level):
        raise CommandRefusedError(
            f"the costovertebral joint exists only at T1 to T12, not at {level}.",
            code="no-costovertebral-joint",
        )
    return frozenset(_COUNTED[part] for part in parts if part in _COUNTED)


def _posterolateral(
    right: frozenset[PosterolateralPart] | Missing, left: frozenset[PosterolateralPart] | Missing
) -> SinsPosterolateral | Missing:
    if not isinstance(right, Missing) and not isinstance(left, Missing):
        return sides_marked(right, left)
    return NOT_ASSESSED if NOT_ASSESSED in (right, left) else UNKNOWN


def _derived_context(raw: RawSins) -> frozenset[SinsContext]:
    holds = _collapse_context(raw) | _alignment_context(raw) | _part_context(raw)
    return frozenset(item for item, true in holds.items() if true)


def _collapse_context(raw: RawSins) -> dict[SinsContext, bool]:
    collapsed, intact = raw.collapse is YesNo.YES, raw.collapse is YesNo.NO
    over_half = not isinstance(raw.involved_pct, Missing) and raw.involved_pct > _HALF_PCT
    return {
        SinsContext.BORDERLINE_COLLAPSE: collapsed and raw.height_loss_pct == _HALF_PCT,
        SinsContext.BORDERLINE_INVOLVEMENT: intact and raw.involved_pct == _HALF_PCT,
        SinsContext.INVOLVED_WITH_COLLAPSE: collapsed and over_half,
    }


def _alignment_context(raw: RawSins) -> dict[SinsContext, bool]:
    findings = frozenset() if isinstance(raw.alignment, Missing) else raw.alignment
    translated = AlignmentFinding.TRANSLATION in findings
    return {
        SinsContext.DEFORMITY_WITH_TRANSLATION: translated and bool(findings & _NEW_DEFORMITY),
        SinsContext.PREEXISTING_DEFORMITY: AlignmentFinding.PREEXISTING_DEFORMITY in findings,
    }


def _part_context(raw: RawSins) -> dict[SinsContext, bool]:
    sides = [side for side in (raw.parts_right, raw.parts_left) if not isinstance(side, Missing)]
    parts = frozenset[RawPart]().union(*sides)
    rib_head = RawPart.RIB_HEAD in parts and RawPart.COSTOVERTEBRAL not in parts
    return {
        SinsContext.OTHER_ARCH_PARTS: bool(parts & _OTHER_ARCH) and parts.isdisjoint(_COUNTED),
        SinsContext.RIB_HEAD_ONLY: rib_head,
    }
