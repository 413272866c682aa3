"""The curve of the vertebral column between two clicks: the best of many smooth candidates.

Candidates are the chord plus a few sine waves, scored by the column evidence under them; a path
that follows the evidence step by step drifts into the tissue in front of the spine (algorithms
document, section 1, step 3).
"""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from workstation.base.task import CancelToken
from workstation.imaging.spine.profile import bilinear
from workstation.imaging.spine.span import SpanGrid

Array = NDArray[np.float64]

SHORT_AMPLITUDES_MM = (36.0, 15.0, 6.0)
SHORT_STEP_MM = 3.0
LONG_SPREADS_MM = (25.0, 20.0, 12.0, 6.0, 4.0, 3.0)
DRAWS = 15_000
ASCENDED = 60
MAX_CURVES = 8
MIN_DIFFERENCE_MM = 4.0
SHORT_GAPS = 8
SAMPLE_MM = 4.0
SEED = 20

LONG_MM = 220.0
"""A shorter span bends to one side only."""

SIDE_SHARE = 0.08
"""Largest wave from side to side, as a share of the length of the span."""

SIDE_COSTS = (0.001, 0.0005)
"""Per mm of the waves in a short and a long span: straight unless the images say otherwise."""


def best_curves(
    evidence: Array, grid: SpanGrid, gaps: int, cancel: CancelToken | None = None
) -> list[Array]:
    """Return amplitudes (mm) of the sine waves of the best curves that differ, best first.

    Parameters
    ----------
    evidence : ndarray, shape (n, m), float64
        Column evidence on the grid.
    grid : SpanGrid
    gaps : int
        Number of levels from the upper to the lower click.
    cancel : CancelToken, optional
    """
    samples = np.arange(0.0, grid.length_mm + 0.01, SAMPLE_MM)
    short = gaps < SHORT_GAPS
    amplitudes = _grid_of_amplitudes(grid) if short else _random_amplitudes()
    scores = _scores(evidence, grid, samples, amplitudes)
    if cancel is not None:
        cancel.check()
    if not short:
        best = np.argsort(scores)[-ASCENDED:]
        amplitudes = _ascend(evidence, grid, samples, amplitudes[best])
        scores = _scores(evidence, grid, samples, amplitudes)
    return _different(amplitudes, scores, grid, samples)


def curve_at(amplitudes: Array, grid: SpanGrid, s: Array) -> Array:
    """Return how far behind the chord a curve lies at places along it, mm."""
    waves = _waves(grid, s, len(amplitudes))
    behind: Array = amplitudes @ waves
    return behind


def side_line(evidence: Array, sides_mm: Array, grid: SpanGrid, every: int) -> Array:
    """Return how far left of the chord the column runs, shape (n,), mm.

    Parameters
    ----------
    evidence : ndarray, shape (p, n), float64
        Best column evidence per left-right place and place along the chord.
    sides_mm : ndarray, shape (p,), float64
        The left-right places.
    grid : SpanGrid
    every : int
        Rows of the grid per column of ``evidence``.
    """
    amplitudes = np.linspace(-SIDE_SHARE, SIDE_SHARE, 17) * grid.length_mm
    amplitudes = amplitudes[np.abs(amplitudes) <= 0.8 * grid.b_mm[-1]]
    long = grid.length_mm > LONG_MM
    waves = 3 if long else 1
    shares = (1.0, 0.6, 0.3)[:waves]
    pairs = np.array(list(itertools.product(*(share * amplitudes for share in shares))))
    samples = np.arange(0.0, grid.length_mm + 0.01, SAMPLE_MM)
    lines = pairs @ _waves(grid, samples, waves)
    rows = np.broadcast_to(grid.row(samples) / every, lines.shape)
    columns = (lines - sides_mm[0]) / (sides_mm[1] - sides_mm[0])
    scores = bilinear(evidence.T, rows, columns).mean(axis=1)
    scores -= SIDE_COSTS[long] * np.abs(pairs).sum(axis=1)
    line: Array = pairs[int(np.argmax(scores))] @ _waves(grid, grid.s_mm, waves)
    return line


def _waves(grid: SpanGrid, s: Array, count: int) -> Array:
    share = np.clip(s / grid.length_mm, -0.1, 1.1)
    waves: Array = np.sin(np.arange(1, count + 1)[:, None] * np.pi * share[None, :])
    return waves


def _grid_of_amplitudes(grid: SpanGrid) -> Array:
    """Return all combinations; short spans do not bend as far as long ones."""
    limits = [min(limit, 0.25 * grid.length_mm) for limit in SHORT_AMPLITUDES_MM]
    steps = [np.arange(-(n := int(x / SHORT_STEP_MM)), n + 1) * SHORT_STEP_MM for x in limits]
    return np.array(list(itertools.product(*steps)))


def _random_amplitudes() -> Array:
    random = np.random.default_rng(SEED)
    draws = random.standard_normal((DRAWS, len(LONG_SPREADS_MM)))
    amplitudes: Array = draws * np.array(LONG_SPREADS_MM)
    return amplitudes


def _scores(evidence: Array, grid: SpanGrid, samples: Array, amplitudes: Array) -> Array:
    """Return the mean evidence under each curve, shape (n,)."""
    curves = amplitudes @ _waves(grid, samples, amplitudes.shape[1])
    rows = np.rint(grid.row(samples)).astype(np.intp)[None, :]
    columns = np.rint(grid.column(curves)).astype(np.intp)
    inside = (columns >= 0) & (columns < evidence.shape[1])
    found = evidence[rows, np.clip(columns, 0, evidence.shape[1] - 1)]
    scores: Array = np.where(inside, found, -1.0).mean(axis=1)
    return scores


def _ascend(evidence: Array, grid: SpanGrid, samples: Array, amplitudes: Array) -> Array:
    """Return curves improved one wave at a time, all together."""
    current = amplitudes.copy()
    scores = _scores(evidence, grid, samples, current)
    for step in (4.0, 2.0, 1.0):
        for wave, sign in itertools.product(range(current.shape[1]), (1.0, -1.0)):
            trial = current.copy()
            trial[:, wave] += sign * step
            found = _scores(evidence, grid, samples, trial)
            better = found > scores
            current[better], scores[better] = trial[better], found[better]
    return current


def _different(amplitudes: Array, scores: Array, grid: SpanGrid, samples: Array) -> list[Array]:
    chosen: list[Array] = []
    lines: list[Array] = []
    waves = _waves(grid, samples, amplitudes.shape[1])
    for n in np.argsort(scores)[::-1]:
        line = amplitudes[n] @ waves
        if all(float(np.abs(line - other).max()) > MIN_DIFFERENCE_MM for other in lines):
            chosen.append(amplitudes[n])
            lines.append(line)
        if len(chosen) == MAX_CURVES:
            break
    return chosen
