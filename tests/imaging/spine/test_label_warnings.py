"""What is said about a doubtful numbering, and when nothing is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from workstation.domain.spine import VertebralLevel
from workstation.imaging.spine.label_warnings import CountCheck, proposal_warnings
from workstation.imaging.spine.span_solver import SpanResult

V = VertebralLevel

GOOD = SpanResult(
    levels=(V.L2, V.L3, V.L4, V.L5),
    ends_lps=np.zeros((2, 3)),
    centers_lps=np.zeros((2, 3)),
    discs_lps=np.zeros((3, 3)),
    contrasts=np.array([0.6, 0.7, 0.5]),
    deviations=np.zeros(4),
    gap_ratios=np.ones(4),
    scale=1.0,
    side_mm=1.0,
    count_scores={-1: 0.2, 0: 0.6, 1: 0.3},
)


def codes(span=GOOD, scale=1.0, named=(V.L2, V.L5)):
    checks = [CountCheck.of(span)]
    return [warning.code for warning in proposal_warnings([span], checks, scale, named)]


def test_a_good_stretch_has_no_warning():
    assert codes() == []


@pytest.mark.parametrize(
    ("scores", "best"),
    [
        ({-1: 0.2, 0: 0.6, 1: 0.3}, 0),
        ({-1: 0.7, 0: 0.6, 1: 0.3}, -1),
        ({-1: 0.2, 0: 0.6, 1: 0.7}, 1),
        # A hair better is not better.
        ({-1: 0.2, 0: 0.6, 1: 0.61}, 0),
        ({-1: 0.7, 0: 0.6, 1: 0.8}, 1),
    ],
)
def test_the_count_check_takes_the_best(scores, best):
    check = CountCheck.of(replace(GOOD, count_scores=scores))
    assert (check.best, check.upper, check.lower) == (best, V.L2, V.L5)


def test_a_better_count_names_both_levels_and_the_variants():
    span = replace(GOOD, count_scores={-1: 0.2, 0: 0.4, 1: 0.7})
    warning = proposal_warnings([span], [CountCheck.of(span)], 1.0, (V.L2, V.L5))[0]
    assert "One level more between L2 and L5" in warning.message
    assert "T13" in warning.message


@pytest.mark.parametrize(
    ("scale", "warned"), [(0.79, True), (0.8, False), (1.0, False), (1.25, False), (1.26, True)]
)
def test_the_limits_of_the_scale(scale, warned):
    assert ("scale" in codes(scale=scale)) is warned


@pytest.mark.parametrize(
    ("ratio", "warned"), [(0.59, True), (0.6, False), (1.6, False), (1.61, True)]
)
def test_the_limits_of_a_distance(ratio, warned):
    span = replace(GOOD, gap_ratios=np.array([1.0, ratio, 1.0, 1.0]))
    assert ("gap" in codes(span)) is warned


def test_a_hidden_disc_is_named_by_its_levels():
    span = replace(GOOD, contrasts=np.array([0.6, 0.05, 0.5]))
    found = proposal_warnings([span], [], 1.0, (V.L2, V.L5))
    assert [warning.code for warning in found] == ["low-contrast"]
    assert "L3/L4" in found[0].message


@pytest.mark.parametrize(("side_mm", "warned"), [(11.0, False), (13.0, True)])
def test_a_scoliosis_asks_for_a_click_at_the_apex(side_mm, warned):
    assert ("scoliosis" in codes(replace(GOOD, side_mm=side_mm))) is warned


@pytest.mark.parametrize(
    ("named", "warned"),
    [
        ((V.C2, V.T12), False),
        ((V.C1, V.T12), False),
        ((V.T6, V.L5), False),
        ((V.T6, V.S1), False),
        ((V.C3, V.L4), True),
    ],
)
def test_an_anchor_is_c2_or_the_sacrum(named, warned):
    assert ("no-anchor" in codes(named=named)) is warned


def test_the_count_comes_first():
    span = replace(
        GOOD, count_scores={-1: 0.2, 0: 0.4, 1: 0.7}, contrasts=np.array([0.6, 0.05, 0.5])
    )
    assert codes(span, scale=1.4)[:2] == ["count", "scale"]
