"""One stretch between two clicks: what is found and what is kept of it."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from tests.support.spine_phantom import (
    Acquisition,
    Contrast,
    PhantomSpine,
    SpineRecipe,
    build_spine,
    grid_around,
    image_of,
)
from workstation.base.errors import InputRefusedError
from workstation.domain.spine import VertebralLevel
from workstation.imaging.spine.span_solver import MIN_GAPS_TO_COUNT, SpanResult, solve_span
from workstation.imaging.volume import Volume

V = VertebralLevel


@cache
def phantom(contrast: Contrast) -> tuple[PhantomSpine, Volume]:
    spine = build_spine(SpineRecipe(first=V.T9, last=V.L3, seed=12))
    grid = grid_around(spine, (2.0, 2.0, 2.0), margins_mm=(20.0, 50.0, 12.0))
    return spine, image_of(spine, grid, Acquisition(contrast=contrast, noise_sd=25.0))


def solved(contrast: Contrast, first: V, last: V) -> tuple[PhantomSpine, SpanResult]:
    spine, volume = phantom(contrast)
    levels = [
        body.level for body in spine.vertebrae if first.order <= body.level.order <= last.order
    ]
    ends = np.array([spine.vertebra(first).center_lps, spine.vertebra(last).center_lps])
    return spine, solve_span(volume, ends, levels, ct=contrast is Contrast.CT)


@pytest.mark.parametrize("contrast", [Contrast.CT, Contrast.T2])
def test_sizes_of_the_result_belong_together(contrast):
    _, span = solved(contrast, V.T9, V.L3)
    count = len(span.levels)
    assert count == 7
    assert span.centers_lps.shape == (count - 2, 3)
    assert span.discs_lps.shape == (count - 1, 3)
    assert span.contrasts.shape == (count - 1,)
    assert span.deviations.shape == span.gap_ratios.shape == (count,)


@pytest.mark.parametrize("contrast", [Contrast.CT, Contrast.T2])
def test_bodies_and_discs_are_found(contrast):
    spine, span = solved(contrast, V.T9, V.L3)
    bodies = np.array([spine.vertebra(level).center_lps for level in span.levels[1:-1]])
    discs = np.array([spine.vertebra(level).disc_below_lps for level in span.levels[:-1]])
    assert np.linalg.norm(span.centers_lps - bodies, axis=1).max() < 5.0
    assert np.linalg.norm(span.discs_lps - discs, axis=1).max() < 5.0


def test_bodies_and_discs_alternate_from_head_to_foot():
    _, span = solved(Contrast.T2, V.T9, V.L3)
    heights = np.empty(2 * len(span.levels) - 1)
    heights[::2] = [span.ends_lps[0, 2], *span.centers_lps[:, 2], span.ends_lps[1, 2]]
    heights[1::2] = span.discs_lps[:, 2]
    assert (np.diff(heights) < 0.0).all()


def test_the_clicks_are_kept_to_the_last_bit():
    spine, span = solved(Contrast.CT, V.T9, V.L3)
    np.testing.assert_array_equal(span.ends_lps[0], spine.vertebra(V.T9).center_lps)
    np.testing.assert_array_equal(span.ends_lps[1], spine.vertebra(V.L3).center_lps)


def test_the_scale_is_that_of_the_patient():
    _, span = solved(Contrast.CT, V.T9, V.L3)
    assert span.scale == pytest.approx(1.0, abs=0.06)
    assert span.gap_ratios.mean() == pytest.approx(1.0, abs=0.05)
    assert np.abs(span.deviations).max() < 3.0


@pytest.mark.parametrize(("last", "counted"), [(V.T12, False), (V.L1, True), (V.L3, True)])
def test_short_stretches_are_not_counted(last, counted):
    _, span = solved(Contrast.CT, V.T9, last)
    assert bool(span.count_scores) is counted
    assert (len(span.levels) - 1 >= MIN_GAPS_TO_COUNT) is counted


def test_the_right_count_scores_best():
    for contrast in (Contrast.CT, Contrast.T2):
        _, span = solved(contrast, V.T9, V.L3)
        assert max(span.count_scores, key=lambda change: span.count_scores[change]) == 0
        assert set(span.count_scores) == {-1, 0, 1}


def test_two_neighbors_have_one_disc_and_no_body_between():
    spine, span = solved(Contrast.CT, V.L1, V.L2)
    assert span.centers_lps.shape == (0, 3)
    disc = spine.vertebra(V.L1).disc_below_lps
    assert np.linalg.norm(span.discs_lps[0] - disc) < 4.0


def test_far_too_long_and_far_too_short_stretches_are_refused():
    spine, volume = phantom(Contrast.CT)
    ends = np.array([spine.vertebra(V.T9).center_lps, spine.vertebra(V.L3).center_lps])
    with pytest.raises(InputRefusedError, match="2 levels from L1 to L2 do not fit"):
        solve_span(volume, ends, [V.L1, V.L2], ct=True)
    near = np.array([ends[0], ends[0] - (0.0, 0.0, 9.0)])
    with pytest.raises(InputRefusedError, match="do not fit"):
        solve_span(volume, near, [V.L1, V.L2], ct=True)
