"""The curve of the column: the best of many smooth candidates."""

from __future__ import annotations

import numpy as np
import pytest

from workstation.base.errors import CancelledError
from workstation.base.task import CancelToken
from workstation.imaging.spine.path_search import (
    MAX_CURVES,
    best_curves,
    curve_at,
    side_line,
)
from workstation.imaging.spine.span import span_grid


def grid_of(length_mm):
    return span_grid(np.array([0.0, 0.0, length_mm]), np.zeros(3))


def ridge(grid, behind):
    """Column evidence that is 1 along ``behind(s)`` and falls off within a few mm."""
    off = grid.a_mm[None, :] - behind(grid.s_mm)[:, None]
    return np.exp(-0.5 * (off / 5.0) ** 2)


@pytest.mark.parametrize("bow_mm", [-24.0, 0.0, 15.0])
def test_a_short_bow_is_found(bow_mm):
    grid = grid_of(160.0)

    def wanted(s):
        return bow_mm * np.sin(np.pi * s / 160.0)

    best = best_curves(ridge(grid, wanted), grid, gaps=5)[0]
    s = np.linspace(0.0, 160.0, 50)
    np.testing.assert_allclose(curve_at(best, grid, s), wanted(s), atol=2.0)


def test_kyphosis_and_two_lordoses_are_found_in_a_whole_spine():
    grid = grid_of(560.0)

    def wanted(s):
        share = s / 560.0
        return 8.0 * np.sin(np.pi * share) + 18.0 * np.sin(3.0 * np.pi * share)

    best = best_curves(ridge(grid, wanted), grid, gaps=22)[0]
    s = np.linspace(0.0, 560.0, 100)
    assert np.abs(curve_at(best, grid, s) - wanted(s)).mean() < 2.5


def test_curves_pass_through_both_clicks():
    grid = grid_of(200.0)
    for amplitudes in best_curves(ridge(grid, lambda s: 10.0 + 0.0 * s), grid, gaps=6):
        np.testing.assert_allclose(
            curve_at(amplitudes, grid, np.array([0.0, 200.0])), 0.0, atol=1e-9
        )


def test_candidates_differ_and_are_few():
    grid = grid_of(200.0)
    curves = best_curves(ridge(grid, lambda s: 12.0 * np.sin(np.pi * s / 200.0)), grid, gaps=6)
    assert 1 < len(curves) <= MAX_CURVES
    s = np.arange(0.0, 201.0, 4.0)
    lines = [curve_at(amplitudes, grid, s) for amplitudes in curves]
    for n, line in enumerate(lines):
        assert all(np.abs(line - other).max() > 4.0 for other in lines[:n])


def test_the_search_is_the_same_every_time():
    grid = grid_of(560.0)
    evidence = ridge(grid, lambda s: 20.0 * np.sin(2.0 * np.pi * s / 560.0))
    first, second = (best_curves(evidence, grid, gaps=22)[0] for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_the_search_can_be_cancelled():
    grid = grid_of(160.0)
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(CancelledError):
        best_curves(ridge(grid, lambda s: 0.0 * s), grid, gaps=5, cancel=cancel)


@pytest.mark.parametrize("bow_mm", [-18.0, 0.0, 12.0])
def test_a_bow_to_the_side_is_followed(bow_mm):
    grid = grid_of(400.0)
    sides = grid.b_mm[::2]
    wanted = bow_mm * np.sin(np.pi * np.clip(grid.s_mm / 400.0, 0.0, 1.0))
    # A body is about as wide as this plateau.
    evidence = np.exp(-0.5 * ((sides[:, None] - wanted[None]) / 10.0) ** 4)
    line = side_line(evidence, sides, grid, every=1)
    inside = (grid.s_mm > 0.0) & (grid.s_mm < 400.0)
    assert np.abs(line - wanted)[inside].mean() < 5.0


def test_without_evidence_the_line_stays_straight():
    grid = grid_of(400.0)
    sides = grid.b_mm[::2]
    flat = np.full((len(sides), len(grid.s_mm)), 0.3)
    np.testing.assert_allclose(side_line(flat, sides, grid, every=1), 0.0, atol=1e-9)
