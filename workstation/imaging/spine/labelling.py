"""Vertebra labels from a few clicks: every level between them as a proposal for the reader.

Method: algorithms document, section 1. The clicked points stay where the reader put them, a
dragged point is another click, and only the stretches beside a changed point are solved again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from workstation.base.errors import InputRefusedError
from workstation.base.task import CancelToken, Progress, no_progress
from workstation.domain.spine import PointLps, Variant, VertebralLevel, level_chain
from workstation.imaging.spine.curve import SpineCurve
from workstation.imaging.spine.frame import SpineFrame, frame_of, sagittal_axes
from workstation.imaging.spine.interpolate import NO_VARIANTS, prior_scale
from workstation.imaging.spine.label_warnings import CountCheck, proposal_warnings
from workstation.imaging.spine.priors import body_height_mm, disc_height_mm
from workstation.imaging.spine.span_solver import SpanResult, solve_span
from workstation.imaging.volume import Finding, Unit, Volume

Array = NDArray[np.float64]

METHOD = "few-click labelling"
VERSION = "1"
CONTRAST_MIDDLE = 0.2
CONTRAST_WIDTH = 0.06
HU_LIKE = -500.0
"""Values of unknown unit that go below this are taken for HU, only to choose the disc evidence."""


class ClickPlace(StrEnum):
    """Where in a level the reader clicked."""

    BODY = "body"
    DISC_BELOW = "disc below"


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """A point that the reader named.

    Parameters
    ----------
    level : VertebralLevel
    point_lps : PointLps
        mm.
    place : ClickPlace
    """

    level: VertebralLevel
    point_lps: PointLps
    place: ClickPlace = ClickPlace.BODY


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedLevel:
    """One level of a proposal.

    Parameters
    ----------
    level : VertebralLevel
    center_lps, disc_below_lps : PointLps
        Body center and the middle of the disc below, mm.
    frame : SpineFrame
        Down, back and left at the body.
    confidence : float
        0 to 1, from the contrast of the neighboring discs and their distances; 1 when clicked.
        A weak sign: it flags about half of the wrong places.
    clicked : bool
        Whether the reader put the center there.
    """

    level: VertebralLevel
    center_lps: PointLps
    disc_below_lps: PointLps
    frame: SpineFrame
    confidence: float
    clicked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelProposal:
    """The proposed numbering of a spine; nothing uses it before the reader confirms.

    Parameters
    ----------
    levels : tuple of ProposedLevel
        From the head.
    count_checks : tuple of CountCheck
        One for each stretch that is long enough.
    scale : float
        Length of the spine over that of the adult mean.
    counted_from : str
        How the numbering is anchored, as printed.
    evidence : str
        ``"CT"`` or ``"MR"``: how discs were looked for.
    warnings : tuple of Finding
    spans : tuple of SpanResult
        Kept so that a moved point solves only its own stretches again.
    """

    levels: tuple[ProposedLevel, ...]
    count_checks: tuple[CountCheck, ...]
    scale: float
    counted_from: str
    evidence: str
    warnings: tuple[Finding, ...]
    spans: tuple[SpanResult, ...] = ()

    def level(self, level: VertebralLevel) -> ProposedLevel | None:
        """Return what is proposed for a level, or None where nothing is."""
        return next((item for item in self.levels if item.level is level), None)


def propose_levels(
    volume: Volume,
    clicks: Sequence[Click],
    variants: frozenset[Variant] = NO_VARIANTS,
    *,
    previous: LabelProposal | None = None,
    progress: Progress = no_progress,
    cancel: CancelToken | None = None,
) -> LabelProposal:
    """Return every level between the uppermost and the lowest click.

    Parameters
    ----------
    volume : Volume
        CT or MR.
    clicks : sequence of Click
        At least two levels, in any order; dragged points count as clicks.
    variants : frozenset of Variant
        Declared variants; they decide which levels exist.
    previous : LabelProposal, optional
        Of the same volume and variants: stretches between unchanged clicks are taken from it.
    progress, cancel
        One step for each stretch.

    Raises
    ------
    InputRefusedError
        When the clicks contradict each other, lie outside the images or leave no room for the
        levels between them.
    CancelledError
        When ``cancel`` was used.
    """
    chain = level_chain(variants)
    points = _body_points(volume, clicks, chain)
    named = sorted(points, key=lambda level: level.order)
    ct = is_hu(volume)
    known = {_key(span): span for span in (previous.spans if previous else ())}
    spans = []
    for done, (upper, lower) in enumerate(pairwise(named)):
        progress(done, len(named) - 1)
        levels = chain[chain.index(upper) : chain.index(lower) + 1]
        ends = np.array([points[upper], points[lower]])
        span = known.get((levels, ends.tobytes()))
        spans.append(span or solve_span(volume, ends, levels, ct=ct, cancel=cancel))
    progress(len(spans), len(spans))
    return _proposal(tuple(spans), points, chain, "CT" if ct else "MR")


def is_hu(volume: Volume) -> bool:
    """Whether discs are looked for between bright end-plates, as in CT."""
    if volume.unit is Unit.ARBITRARY and not volume.identity.modality:
        return float(volume.array.min()) <= HU_LIKE
    return volume.unit is Unit.HU


def anchor_words(named: Sequence[VertebralLevel]) -> str:
    """Return how a numbering is anchored by the clicked levels, as printed."""
    top = min(named, key=lambda level: level.order)
    bottom = max(named, key=lambda level: level.order)
    if top.order <= VertebralLevel.C2.order:
        return f"counted from {top}"
    if bottom.order >= VertebralLevel.L5.order:
        return f"counted from {bottom}/S1" if bottom.region.value == "lumbar" else "from the sacrum"
    return f"counted from {top}, as named by the reader"


def _key(span: SpanResult) -> tuple[tuple[VertebralLevel, ...], bytes]:
    return (span.levels, span.ends_lps.tobytes())


def _body_points(
    volume: Volume, clicks: Sequence[Click], chain: tuple[VertebralLevel, ...]
) -> dict[VertebralLevel, PointLps]:
    """Return a body center per clicked level, discs converted, or refuse."""
    by_level = {click.level: click for click in clicks}
    if len(by_level) < 2:
        raise InputRefusedError("Mark at least two different levels.", code="too-few-points")
    for click in clicks:
        if click.level not in chain:
            raise InputRefusedError(
                f"{click.level} does not exist unless the variant is declared.",
                code="absent-level",
            )
        if not volume.geometry.contains(click.point_lps):
            raise InputRefusedError(
                f"The point of {click.level} lies outside the images.", code="outside"
            )
    _check_order(by_level)
    return _centers_of(by_level, chain)


def _check_order(clicks: Mapping[VertebralLevel, Click]) -> None:
    named = sorted(clicks, key=lambda level: level.order)
    for upper, lower in pairwise(named):
        if clicks[upper].point_lps[2] <= clicks[lower].point_lps[2]:
            raise InputRefusedError(
                f"{upper} was marked below {lower}; check the names of both.",
                code="reversed-levels",
            )


def _centers_of(
    clicks: Mapping[VertebralLevel, Click], chain: tuple[VertebralLevel, ...]
) -> dict[VertebralLevel, PointLps]:
    """Return body centers: a disc click lies half a body and half a disc below its center."""
    scale = prior_scale({level: click.point_lps for level, click in clicks.items()}, chain)
    named = sorted(clicks, key=lambda level: level.order)
    points = np.array([clicks[level].point_lps for level in named])
    centers: dict[VertebralLevel, PointLps] = {}
    for n, level in enumerate(named):
        center = points[n]
        if clicks[level].place is ClickPlace.DISC_BELOW:
            chord = points[min(n + 1, len(points) - 1)] - points[max(n - 1, 0)]
            up = (body_height_mm(level) + disc_height_mm(level)) / 2.0 * scale
            center = center - chord / np.linalg.norm(chord) * up
        centers[level] = _point(center)
    return centers


def _proposal(
    spans: tuple[SpanResult, ...],
    points: Mapping[VertebralLevel, PointLps],
    chain: tuple[VertebralLevel, ...],
    evidence: str,
) -> LabelProposal:
    levels = [spans[0].levels[0], *(level for span in spans for level in span.levels[1:])]
    centers = np.concatenate(
        [spans[0].ends_lps[:1], *(np.concatenate([s.centers_lps, s.ends_lps[1:]]) for s in spans)]
    )
    scale = prior_scale({level: _point(p) for level, p in zip(levels, centers, strict=True)}, chain)
    discs = np.concatenate([span.discs_lps for span in spans])
    axes = _axes(centers, discs)
    below = (body_height_mm(levels[-1]) + disc_height_mm(levels[-1])) / 2.0 * scale
    discs = np.concatenate([discs, (centers[-1] + below * axes[-1, 0])[None]])
    confidence = _confidences(spans)
    checks = tuple(CountCheck.of(span) for span in spans if span.count_scores)
    return LabelProposal(
        levels=tuple(
            ProposedLevel(
                level=level,
                center_lps=_point(centers[n]),
                disc_below_lps=_point(discs[n]),
                frame=frame_of(axes[n]),
                confidence=1.0 if level in points else confidence[n],
                clicked=level in points,
            )
            for n, level in enumerate(levels)
        ),
        count_checks=checks,
        scale=scale,
        counted_from=anchor_words(list(points)),
        evidence=evidence,
        warnings=proposal_warnings(spans, checks, scale, list(points)),
        spans=spans,
    )


def _axes(centers: Array, discs: Array) -> Array:
    """Return the frames at the bodies: from the disc above to the disc below, else the curve."""
    curve = SpineCurve(centers)
    arcs = curve.knot_arc_mm
    tangents = curve.at_arc(arcs + 1.0) - curve.at_arc(arcs - 1.0)
    tangents[1:-1] = discs[1:] - discs[:-1]
    return sagittal_axes(tangents)


def _confidences(spans: tuple[SpanResult, ...]) -> list[float]:
    contrasts = np.concatenate([span.contrasts for span in spans])
    values = [1.0]
    offset = 0
    for span in spans:
        for n in range(len(span.levels) - 1):
            beside = contrasts[offset + n : offset + n + 2]
            worst = float(np.abs(span.deviations[n : n + 2]).max())
            contrast = 1.0 / (
                1.0 + math.exp(-(float(beside.min()) - CONTRAST_MIDDLE) / CONTRAST_WIDTH)
            )
            values.append(round(contrast * math.exp(-0.5 * max(worst - 1.0, 0.0) ** 2 / 2.0), 2))
        offset += len(span.levels) - 1
    return values


def _point(values: Array | PointLps) -> PointLps:
    x, y, z = values
    return (float(x), float(y), float(z))
