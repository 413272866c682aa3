"""What speaks for a vertebral column and for a disc, in the sagittal picture of a span.

Terms and weights: algorithms document, section 1. Marrow is what the clicks show, so the same
evidence serves T1, T2 and STIR; CT adds a valley between two bright end-plates.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workstation.imaging.spine.profile import (
    normalized,
    running_median,
    smoothed,
    window_sums,
)
from workstation.imaging.spine.span import SLAB_HALF_MM, SpanGrid

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

RECENTER_MM = 14
"""How far from the curve the middle of a body is looked for."""

EDGE_MM = 6
DEPTH_FACTORS = (0.9, 1.0, 1.1, 1.2)
DEPTH_COST = 0.5
SHIFT_COST = 0.004

CLICK_RADIUS_MM = 5.0
FLANK_MM = 8.0
COLUMN_SMOOTH_MM = (4.5, 1.2)
MIN_RELATIVE_SPREAD = 0.08
"""Least spread of marrow, as a share of the spread of the whole picture."""

LIKELIHOOD_WIDTH = 2.0
MEDIAN_WINDOW_MM = 45.0
DISC_WEIGHTS = (0.45, 0.35, 0.20)
CT_WEIGHTS = (0.4, 0.6)
VALLEY_OFFSETS_MM = (2.5, 3.5, 4.5, 5.5, 6.5)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sheet:
    """The sagittal picture of a span with its marrow likelihood.

    Parameters
    ----------
    values, likelihood : ndarray, shape (n, m), float64
        Down the chord by front-back.
    side_mm : ndarray, shape (n,), float64
        How far left of the chord's plane the picture runs.
    """

    values: Array
    likelihood: Array
    side_mm: Array


def marrow_statistics(values: Array, inside: Mask, grid: SpanGrid) -> tuple[Array, Array]:
    """Return center and spread of marrow at each place along the span, each shape (n,).

    Median and scaled median deviation around both clicks, straight lines between them.
    """
    centers, spreads = [], []
    whole = values[inside]
    least = MIN_RELATIVE_SPREAD * float(np.std(whole)) if whole.size else 1.0
    s, a, b = grid.s_mm, grid.a_mm, grid.b_mm
    for click in (0.0, grid.length_mm):
        near = (
            (b[:, None, None] ** 2 + (s[None, :, None] - click) ** 2 + a[None, None, :] ** 2)
            <= CLICK_RADIUS_MM**2
        ) & inside
        around = values[near] if near.any() else np.zeros(1)
        center = float(np.median(around))
        centers.append(center)
        spreads.append(max(1.4826 * float(np.median(np.abs(around - center))), least, 1e-6))
    ends = (0.0, grid.length_mm)
    return np.interp(s, ends, centers), np.interp(s, ends, spreads)


class SlabSource:
    """Sagittal pictures of a span at any left-right place.

    Parameters
    ----------
    values, inside : ndarray, shape (p, n, m)
        As :func:`sample_span` gives them.
    grid : SpanGrid
    """

    def __init__(self, values: Array, inside: Mask, grid: SpanGrid) -> None:
        self._grid = grid
        self._center, self._spread = marrow_statistics(values, inside, grid)
        none = np.zeros((1, *values.shape[1:]))
        self._sums = np.concatenate([none, np.cumsum(values, axis=0, dtype=np.float64)])
        self._counts = np.concatenate([none, np.cumsum(inside, axis=0, dtype=np.float64)])

    def sheet(self, side_mm: Array, every: int = 1) -> Sheet:
        """Return the picture averaged to both sides of a line.

        Parameters
        ----------
        side_mm : ndarray, shape (n,), float64
            How far left of the chord's plane the line runs at each place.
        every : int
            Leaves out rows: every second, every third.
        """
        rows = np.arange(0, len(side_mm), every)
        side = side_mm[rows]
        low = np.searchsorted(self._grid.b_mm, side - SLAB_HALF_MM - 1e-6)
        high = np.searchsorted(self._grid.b_mm, side + SLAB_HALF_MM + 1e-6)
        count = self._counts[high, rows] - self._counts[low, rows]
        mean = (self._sums[high, rows] - self._sums[low, rows]) / np.maximum(count, 1.0)
        off = (mean - self._center[rows, None]) / (LIKELIHOOD_WIDTH * self._spread[rows, None])
        likelihood = np.where(count > 0.0, np.exp(-0.5 * off**2), 0.0)
        return Sheet(values=mean, likelihood=likelihood, side_mm=side)


def column_evidence(likelihood: Array, depth_mm: Array) -> Array:
    """Return how well a body of the expected depth is centered at each place.

    Parameters
    ----------
    likelihood : ndarray, shape (n, m), float64
    depth_mm : ndarray, shape (n,), float64
        Expected depth of the bodies along the span.
    """
    columns = np.arange(likelihood.shape[1])[None, :]
    half = np.rint(depth_mm / 2.0).astype(np.intp)[:, None]
    flank = int(FLANK_MM)
    low, high = columns - half, columns + half + 1
    body = window_sums(likelihood, low, high) / (2.0 * half + 1.0)
    front = window_sums(likelihood, low - flank, low) / flank
    back = window_sums(likelihood, high, high + flank) / flank
    raw = body - 0.5 * (front + back)
    return smoothed(smoothed(raw, COLUMN_SMOOTH_MM[0], 0), COLUMN_SMOOTH_MM[1], 1)


def box_middle(profile: Array, across_mm: Array, depth_mm: float) -> float:
    """Return where the middle of a body lies in a front-back profile of marrow likelihood, mm.

    Front and back edge are looked for together, with a body a little deeper or flatter than
    expected: likelihood inside against that just outside both edges.

    Parameters
    ----------
    profile : ndarray, shape (m,), float64
    across_mm : ndarray, shape (m,), float64
        Places, in steps of 1 mm.
    depth_mm : float
        Expected depth.
    """
    best = (-np.inf, 0.0)
    places = np.arange(len(profile))[None]
    tried = np.abs(across_mm) <= RECENTER_MM
    for factor in DEPTH_FACTORS:
        half = int(np.rint(factor * depth_mm / 2.0))
        low, high = places - half, places + half + 1
        inner = window_sums(profile[None], low, high)[0] / (2.0 * half + 1.0)
        front = window_sums(profile[None], low - EDGE_MM, low)[0] / EDGE_MM
        back = window_sums(profile[None], high, high + EDGE_MM)[0] / EDGE_MM
        score = inner - 0.5 * (front + back) - DEPTH_COST * (factor - 1.0) ** 2
        score = np.where(tried, score - SHIFT_COST * np.abs(across_mm), -np.inf)
        place = int(np.argmax(score))
        best = max(best, (float(score[place]), float(across_mm[place])))
    return best[1]


def disc_evidence(
    values: Array, likelihood: Array, discs_mm: Array, step_mm: float, *, ct: bool
) -> Array:
    """Return how much each place along a straightened span looks like a disc, shape (n,), 0 to 1.

    Parameters
    ----------
    values, likelihood : ndarray, shape (n, m), float64
        Straightened band inside the bodies: along the curve by front-back.
    discs_mm : ndarray, shape (n,), float64
        Expected height of a disc at each place.
    step_mm : float
        Between the rows.
    ct : bool
        Whether the values are HU.
    """
    profile = smoothed(values.mean(axis=1), 0.5 / step_mm)
    unlike = 1.0 - likelihood.mean(axis=1)
    slope = np.abs(np.gradient(smoothed(values, 1.0 / step_mm), axis=0).mean(axis=1))
    slope = normalized(smoothed(slope, 2.0 / step_mm))
    away = normalized(np.abs(profile - running_median(profile, int(MEDIAN_WINDOW_MM / step_mm))))
    weights = DISC_WEIGHTS
    evidence = weights[0] * unlike + weights[1] * slope + weights[2] * away
    evidence = _over_disc(evidence, discs_mm / step_mm)
    if not ct:
        return evidence
    return CT_WEIGHTS[0] * evidence + CT_WEIGHTS[1] * _valley(profile, step_mm)


def _over_disc(evidence: Array, discs: Array) -> Array:
    """Return the mean over the height of a disc, so that both of its edges pull to its middle."""
    half = np.rint(np.maximum(discs, 4.0) / 2.0).astype(np.intp)[None]
    places = np.arange(len(evidence))[None]
    sums = window_sums(evidence[None], places - half, places + half + 1)
    return smoothed((sums / (2.0 * half + 1.0))[0], 2.0)


def _valley(profile: Array, step_mm: float) -> Array:
    """Return the depth of a dark disc between two bright end-plates, normalized."""
    deepest = np.zeros_like(profile)
    for offset_mm in VALLEY_OFFSETS_MM:
        offset = round(offset_mm / step_mm)
        above = np.concatenate([profile[:1].repeat(offset), profile[:-offset]])
        below = np.concatenate([profile[offset:], profile[-1:].repeat(offset)])
        deepest = np.maximum(deepest, np.minimum(above, below) - profile)
    return normalized(smoothed(deepest, 1.0 / step_mm))
