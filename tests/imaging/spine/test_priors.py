"""The level table: heights, discs, depths and distances."""

from __future__ import annotations

from itertools import pairwise

import pytest

from workstation.domain.spine import Variant, VertebralLevel, level_chain
from workstation.imaging.spine.priors import (
    body_depth_mm,
    body_height_mm,
    center_distance_mm,
    disc_height_mm,
    prior_positions_mm,
)

V = VertebralLevel


@pytest.mark.parametrize(
    ("level", "body", "disc"),
    # The table of the algorithms document, section 1.
    [
        (V.C2, 22.0, 4.8),
        (V.C7, 14.5, 5.0),
        (V.T1, 16.5, 4.6),
        (V.T6, 19.3, 4.0),
        (V.T12, 24.8, 7.4),
        (V.L1, 26.4, 8.4),
        (V.L4, 27.2, 11.4),
        (V.L5, 27.0, 10.6),
    ],
)
def test_heights_are_those_of_the_table(level, body, disc):
    assert body_height_mm(level) == body
    assert disc_height_mm(level) == disc


@pytest.mark.parametrize(
    ("level", "depth"),
    [(V.C2, 15.0), (V.C7, 17.0), (V.T12, 31.0), (V.L5, 34.0), (V.C1, 15.0), (V.S1, 34.0)],
)
def test_depths_at_the_named_levels(level, depth):
    assert body_depth_mm(level) == pytest.approx(depth)


def test_depths_grow_toward_the_foot():
    depths = [body_depth_mm(level) for level in level_chain() if level.order <= V.L5.order]
    assert all(upper <= lower for upper, lower in pairwise(depths))
    assert 17.0 < body_depth_mm(V.T6) < 31.0


def test_a_distance_is_half_bodies_and_the_disc():
    assert center_distance_mm(V.L1, V.L2) == pytest.approx(26.4 / 2 + 8.4 + 27.2 / 2)


@pytest.mark.parametrize("variants", [frozenset(), frozenset([Variant.THIRTEEN_RIBS])])
def test_positions_add_the_distances_up(variants):
    chain = [v for v in level_chain(variants) if V.T10.order <= v.order <= V.L3.order]
    positions = prior_positions_mm(chain)
    assert positions[0] == 0.0
    steps = [lower - upper for upper, lower in pairwise(positions)]
    assert steps == pytest.approx([center_distance_mm(a, b) for a, b in pairwise(chain)])
