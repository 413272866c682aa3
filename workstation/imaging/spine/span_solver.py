"""The levels between two clicked bodies: curve, discs, body centers and the count check."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workstation.base.errors import InputRefusedError
from workstation.base.task import CancelToken
from workstation.domain.spine import VertebralLevel
from workstation.imaging.spine.disc_chain import DiscChain, best_chain
from workstation.imaging.spine.evidence import (
    FLANK_MM,
    RECENTER_MM,
    Sheet,
    SlabSource,
    box_middle,
    column_evidence,
    disc_evidence,
)
from workstation.imaging.spine.path_search import best_curves, curve_at, side_line
from workstation.imaging.spine.priors import (
    body_depth_mm,
    body_height_mm,
    disc_height_mm,
    prior_positions_mm,
)
from workstation.imaging.spine.profile import bilinear, smoothed
from workstation.imaging.spine.span import BENDING_MM, SpanGrid, sample_span, span_grid
from workstation.imaging.volume import Volume

Array = NDArray[np.float64]

STEP_MM = 0.5
BAND_SHARE = 0.35
"""Half the band in which discs are looked for, as a share of the body depth."""

OUTLIER_MM = 4.0
PATH_WEIGHT = 1.0
SIDE_ROWS = 3
"""The search from side to side uses every third row."""

POSSIBLE_SCALES = (0.4, 2.0)
"""Length of a span against the adult mean beyond which nobody has such a spine."""

MIN_GAPS_TO_COUNT = 4
"""Spans with fewer discs cannot tell a missing level from a small patient."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SpanResult:
    """What was found between two clicks.

    Parameters
    ----------
    levels : tuple of VertebralLevel
        From the upper to the lower click, both included.
    ends_lps : ndarray, shape (2, 3), float64, mm
    centers_lps : ndarray, shape (n - 2, 3), float64, mm
        Bodies between the clicks.
    discs_lps : ndarray, shape (n - 1, 3), float64, mm
    contrasts : ndarray, shape (n - 1,), float64
        Of the discs, 0 to 1.
    deviations : ndarray, shape (n,), float64
        Distances between neighbors against the prior, in standard deviations.
    gap_ratios : ndarray, shape (n,), float64
        Distances click to disc, disc to disc, disc to click, over the scaled prior.
    scale : float
        Length of the span over that of the adult mean.
    side_mm : float
        Largest distance of the spine from the straight line between the clicks, left or right.
    count_scores : mapping of int to float
        Score with one level less, the same, one more; empty for short spans.
    """

    levels: tuple[VertebralLevel, ...]
    ends_lps: Array
    centers_lps: Array
    discs_lps: Array
    contrasts: Array
    deviations: Array
    gap_ratios: Array
    scale: float
    side_mm: float
    count_scores: Mapping[int, float]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Track:
    """A candidate curve straightened: places per half millimeter along it."""

    s_mm: Array
    a_mm: Array
    normal: Array
    arcs_mm: Array
    evidence: Array
    path: float


def solve_span(
    volume: Volume,
    ends_lps: Array,
    levels: Sequence[VertebralLevel],
    *,
    ct: bool,
    cancel: CancelToken | None = None,
) -> SpanResult:
    """Return the levels between two body centers.

    Parameters
    ----------
    volume : Volume
    ends_lps : ndarray, shape (2, 3), float64, mm
        Centers of the first and the last of ``levels``.
    levels : sequence of VertebralLevel
        At least two, from the head.
    ct : bool
        Whether the values are HU, so that discs lie between bright end-plates.

    Raises
    ------
    InputRefusedError
        When so many levels do not fit between the clicks.
    CancelledError
        When ``cancel`` was used.
    """
    grid = span_grid(ends_lps[0], ends_lps[1])
    scale = grid.length_mm / prior_positions_mm(levels)[-1]
    if not POSSIBLE_SCALES[0] <= scale <= POSSIBLE_SCALES[1]:
        raise _do_not_fit(levels)
    values, inside = sample_span(volume, grid)
    depth = _along(grid.s_mm, grid.length_mm, levels, body_depth_mm)
    sheet = _sheet(values, inside, grid, depth)
    _check(cancel)
    tracks = _tracks(sheet, grid, levels, ct=ct, cancel=cancel)
    best: tuple[float, _Track, DiscChain] | None = None
    for track in tracks:
        chain = best_chain(track.evidence, STEP_MM, _prior_gaps(levels, track.arcs_mm[-1]))
        if chain is not None:
            score = chain.score + PATH_WEIGHT * track.path
            best = max(best or (-np.inf, track, chain), (score, track, chain), key=_first)
        _check(cancel)
    if best is None:
        raise _do_not_fit(levels)
    return _result(best[1], best[2], sheet, grid, tuple(levels), ends_lps)


def _do_not_fit(levels: Sequence[VertebralLevel]) -> InputRefusedError:
    return InputRefusedError(
        f"{len(levels)} levels from {levels[0]} to {levels[-1]} do not fit between the two "
        "points; check the names of both.",
        code="levels-do-not-fit",
    )


def _first(item: tuple[float, _Track, DiscChain]) -> float:
    return item[0]


def _check(cancel: CancelToken | None) -> None:
    if cancel is not None:
        cancel.check()


def _sheet(values: Array, inside: NDArray[np.bool_], grid: SpanGrid, depth: Array) -> Sheet:
    """Return the sagittal picture, following the spine from side to side in a long span."""
    source = SlabSource(values, inside, grid)
    count = len(grid.s_mm)
    if grid.length_mm <= BENDING_MM:
        return source.sheet(np.zeros(count))
    sides = grid.b_mm[::2]
    evidence = []
    for side in sides:
        sheet = source.sheet(np.full(count, side), SIDE_ROWS)
        evidence.append(column_evidence(sheet.likelihood, depth[::SIDE_ROWS]).max(axis=1))
    found = smoothed(smoothed(np.array(evidence), 1.5, 0), 6.0 / SIDE_ROWS, 1)
    return source.sheet(side_line(found, sides, grid, SIDE_ROWS))


def _along(
    s_mm: Array,
    length_mm: float,
    levels: Sequence[VertebralLevel],
    size_mm: Callable[[VertebralLevel], float],
) -> Array:
    """Return a size of the levels table at places along the span, mm."""
    places = np.array(prior_positions_mm(levels))
    sizes = [size_mm(level) for level in levels]
    return np.interp(s_mm, places * length_mm / places[-1], sizes)


def _tracks(
    sheet: Sheet,
    grid: SpanGrid,
    levels: Sequence[VertebralLevel],
    *,
    ct: bool,
    cancel: CancelToken | None,
) -> list[_Track]:
    depth = _along(grid.s_mm, grid.length_mm, levels, body_depth_mm)
    evidence = column_evidence(sheet.likelihood, depth)
    curves = best_curves(evidence, grid, len(levels) - 1, cancel)
    return [_track(amplitudes, evidence, sheet, grid, levels, ct=ct) for amplitudes in curves]


def _track(
    amplitudes: Array,
    evidence: Array,
    sheet: Sheet,
    grid: SpanGrid,
    levels: Sequence[VertebralLevel],
    *,
    ct: bool,
) -> _Track:
    fine = np.arange(0.0, grid.length_mm + 0.01, STEP_MM)
    behind = curve_at(amplitudes, grid, fine)
    side = np.interp(fine, grid.s_mm, sheet.side_mm)
    steps = np.sqrt(np.diff(fine) ** 2 + np.diff(behind) ** 2 + np.diff(side) ** 2)
    lengths = np.concatenate([[0.0], np.cumsum(steps)])
    arcs = np.linspace(0.0, lengths[-1], int(np.rint(lengths[-1] / STEP_MM)) + 1)
    s, a = np.interp(arcs, lengths, fine), np.interp(arcs, lengths, behind)
    tangent = np.stack([np.gradient(s), np.gradient(a)], axis=-1)
    tangent /= np.linalg.norm(tangent, axis=-1, keepdims=True)
    normal = np.stack([-tangent[:, 1], tangent[:, 0]], axis=-1)
    half = BAND_SHARE * _along(s, grid.length_mm, levels, body_depth_mm)
    across = np.linspace(-1.0, 1.0, 15)[None, :] * half[:, None]
    rows, columns = _picture_places(s, a, normal, across, grid)
    return _Track(
        s_mm=s,
        a_mm=a,
        normal=normal,
        arcs_mm=arcs,
        evidence=disc_evidence(
            bilinear(sheet.values, rows, columns),
            bilinear(sheet.likelihood, rows, columns),
            _along(s, grid.length_mm, levels, disc_height_mm),
            STEP_MM,
            ct=ct,
        ),
        path=float(bilinear(evidence, grid.row(s), grid.column(a)).mean()),
    )


def _picture_places(
    s: Array, a: Array, normal: Array, across: Array, grid: SpanGrid
) -> tuple[Array, Array]:
    """Return rows and columns (n, m) of places ``across`` (n, m) mm behind the curve."""
    rows = grid.row(s[:, None] + across * normal[:, :1])
    columns = grid.column(a[:, None] + across * normal[:, 1:])
    return rows, columns


def _prior_gaps(levels: Sequence[VertebralLevel], length_mm: float) -> Array:
    """Return prior distances click to disc, disc to disc, disc to click, scaled to the length."""
    bodies = np.array([body_height_mm(level) for level in levels])
    discs = np.array([disc_height_mm(level) for level in levels[:-1]])
    first = bodies[0] / 2.0 + discs[0] / 2.0
    between = discs[:-1] / 2.0 + bodies[1:-1] + discs[1:] / 2.0
    last = discs[-1] / 2.0 + bodies[-1] / 2.0
    gaps = np.concatenate([[first], between, [last]])
    scaled: Array = gaps * length_mm / gaps.sum()
    return scaled


def _other_gaps(gaps_mm: Array, change: int) -> Array:
    """Return prior distances for one level more or less over the same length."""
    bodies = np.concatenate([[0.0], np.cumsum(gaps_mm)])
    count = len(gaps_mm) - 2
    inner = np.interp(
        np.linspace(0.0, count, count + change + 1), np.arange(count + 1), bodies[1:-1]
    )
    gaps = np.diff(np.concatenate([[0.0], inner, [bodies[-1]]]))
    # The half bodies at both clicks shrink or grow with the bodies between them.
    gaps[[0, -1]] *= (count + 1.0) / (count + 1.0 + change)
    scaled: Array = gaps * bodies[-1] / gaps.sum()
    return scaled


def _count_scores(track: _Track, gaps_mm: Array, chain: DiscChain) -> dict[int, float]:
    if len(gaps_mm) - 1 < MIN_GAPS_TO_COUNT:
        return {}
    scores = {0: chain.score}
    for change in (-1, 1):
        other = best_chain(track.evidence, STEP_MM, _other_gaps(gaps_mm, change))
        scores[change] = other.score if other is not None else -1.0
    return scores


def _result(
    track: _Track,
    chain: DiscChain,
    sheet: Sheet,
    grid: SpanGrid,
    levels: tuple[VertebralLevel, ...],
    ends_lps: Array,
) -> SpanResult:
    depth = _along(grid.s_mm, grid.length_mm, levels, body_depth_mm)
    gaps = _prior_gaps(levels, track.arcs_mm[-1])
    edges = np.concatenate([[0.0], chain.arcs_mm, track.arcs_mm[-1:]])
    bodies = (chain.arcs_mm[:-1] + chain.arcs_mm[1:]) / 2.0
    shifts = _recentered(track, bodies, chain.arcs_mm, sheet, grid, depth)
    return SpanResult(
        levels=levels,
        ends_lps=ends_lps,
        centers_lps=_to_lps(track, bodies, shifts, sheet, grid),
        discs_lps=_to_lps(
            track, chain.arcs_mm, _disc_shifts(chain.arcs_mm, bodies, shifts, edges), sheet, grid
        ),
        contrasts=chain.contrasts,
        deviations=chain.deviations,
        gap_ratios=np.diff(edges) / gaps,
        scale=float(track.arcs_mm[-1] / prior_positions_mm(levels)[-1]),
        side_mm=float(np.abs(sheet.side_mm).max()),
        count_scores=_count_scores(track, gaps, chain),
    )


def _disc_shifts(discs: Array, bodies: Array, shifts: Array, edges: Array) -> Array:
    """Return the shifts of the discs, between those of their neighbors; clicks do not shift."""
    known = np.concatenate([[edges[0]], bodies, [edges[-1]]])
    between: Array = np.interp(discs, known, np.concatenate([[0.0], shifts, [0.0]]))
    return between


def _recentered(
    track: _Track, bodies: Array, discs: Array, sheet: Sheet, grid: SpanGrid, depth: Array
) -> Array:
    """Return how far behind the curve the middle of each body lies, mm; outliers are replaced."""
    if len(bodies) == 0:
        return np.zeros(0)
    wide = RECENTER_MM + int(depth.max() / 2.0 + FLANK_MM) + 1
    across = np.arange(-wide, wide + 1, dtype=np.float64)
    shifts = []
    for number, body in enumerate(bodies):
        height = discs[number + 1] - discs[number]
        near = np.abs(track.arcs_mm - body) <= 0.3 * height
        rows, columns = _picture_places(
            track.s_mm[near], track.a_mm[near], track.normal[near], across[None, :], grid
        )
        profile = bilinear(sheet.likelihood, rows, columns).mean(axis=0)
        own = np.interp(np.interp(body, track.arcs_mm, track.s_mm), grid.s_mm, depth)
        shifts.append(box_middle(profile, across, float(own)))
    return _without_outliers(np.array(shifts))


def _without_outliers(shifts: Array) -> Array:
    padded: Array = np.pad(shifts, 2, mode="edge")
    medians = np.median(np.lib.stride_tricks.sliding_window_view(padded, 5), axis=-1)
    kept: Array = np.where(np.abs(shifts - medians) > OUTLIER_MM, medians, shifts)
    return kept


def _to_lps(track: _Track, arcs: Array, shifts: Array, sheet: Sheet, grid: SpanGrid) -> Array:
    s = np.interp(arcs, track.arcs_mm, track.s_mm)
    a = np.interp(arcs, track.arcs_mm, track.a_mm)
    normal = np.stack([np.interp(arcs, track.arcs_mm, track.normal[:, n]) for n in (0, 1)])
    s, a = s + shifts * normal[0], a + shifts * normal[1]
    side: Array = np.interp(s, grid.s_mm, sheet.side_mm)
    return grid.to_lps(s, a, side)
