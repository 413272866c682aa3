"""Points belong to the vertebra at their height along the spine."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.spine_phantom import SpineRecipe, build_spine
from workstation.base.errors import InputRefusedError
from workstation.domain.spine import Landmark, VertebralLevel
from workstation.imaging.spine.levels import LevelZones

V = VertebralLevel

SPINE = build_spine(SpineRecipe(first=V.T10, last=V.L3, scoliosis_mm=10.0, seed=6))
MARKS = tuple(
    Landmark(level=body.level, center_lps=body.point(0.0, 0.0, 0.0)) for body in SPINE.vertebrae
)
ZONES = LevelZones(MARKS)


@pytest.mark.parametrize("place", [(0.0, 0.0, 0.0), (18.0, 22.0, 0.0), (0.0, 45.0, 0.0)])
def test_body_pedicle_and_spinous_process_belong_to_their_level(place):
    points = np.array([body.point(*place) for body in SPINE.vertebrae])
    found = [ZONES.levels[n] for n in ZONES.level_numbers(points)]
    assert found == [body.level for body in SPINE.vertebrae]


def test_a_lesion_over_a_disc_has_two_levels():
    disc = SPINE.vertebra(V.T12).disc_below_lps
    random = np.random.default_rng(0)
    points = disc + random.uniform(-12.0, 12.0, (500, 3))
    assert ZONES.levels_of(points) == (V.T12, V.L1)
    mostly = np.concatenate([points, SPINE.vertebra(V.T12).center_lps + np.zeros((9000, 3))])
    assert ZONES.levels_of(mostly) == (V.T12,)


def test_nothing_far_away_or_beyond_the_ends_is_named():
    top = np.array(SPINE.vertebra(V.T10).point(0.0, 0.0, 60.0))
    beside = np.array(SPINE.vertebra(V.L1).point(150.0, 0.0, 0.0))
    assert ZONES.level_numbers(np.stack([top, beside])).tolist() == [-1, -1]
    assert ZONES.levels_of(np.stack([top, beside])) == ()


def test_one_level_alone_has_no_zones():
    with pytest.raises(InputRefusedError, match="two levels"):
        LevelZones(MARKS[:1])
