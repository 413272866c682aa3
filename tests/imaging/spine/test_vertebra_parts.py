"""Parts and sides of a vertebra from where a lesion lies in the patient."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.spine_phantom import SpineRecipe, build_spine
from workstation.domain.lesion import VertebraPart
from workstation.domain.spine import VertebralLevel
from workstation.imaging.spine.frame import frame_of
from workstation.imaging.spine.vertebra_parts import VertebraPlace, suggest_parts

V = VertebralLevel
P = VertebraPart

SPINE = build_spine(SpineRecipe(first=V.T8, last=V.L3, scoliosis_mm=10.0, seed=8))


def place_of(level: V) -> VertebraPlace:
    body = SPINE.vertebra(level)
    left, back, head = body.axes
    return VertebraPlace(
        level=level,
        center_lps=body.point(0.0, 0.0, 0.0),
        frame=frame_of(np.stack([-head, back, left])),
    )


def ball(level: V, place: tuple[float, float, float], radius: float = 3.0) -> np.ndarray:
    """Voxel centers of a ball given by (left, back, head) from the body center."""
    axes = np.arange(-radius, radius + 0.1, 0.8)
    grid = np.stack(np.meshgrid(axes, axes, axes, indexing="ij"), axis=-1).reshape(-1, 3)
    inside = grid[(grid**2).sum(axis=1) <= radius**2]
    body = SPINE.vertebra(level)
    return body.center_lps + (inside + place) @ body.axes


@pytest.mark.parametrize(
    ("level", "place", "part"),
    [
        (V.L1, (8.0, -12.0, 0.0), P.BODY_ANTERIOR_LEFT),
        (V.L1, (-8.0, -12.0, 0.0), P.BODY_ANTERIOR_RIGHT),
        (V.L1, (8.0, 0.0, 0.0), P.BODY_MIDDLE_LEFT),
        (V.L1, (-8.0, 10.0, 0.0), P.BODY_POSTERIOR_RIGHT),
        (V.L1, (13.0, 20.0, 5.0), P.PEDICLE_LEFT),
        (V.L1, (-13.0, 20.0, 5.0), P.PEDICLE_RIGHT),
        (V.L1, (13.0, 29.0, 0.0), P.FACET_LEFT),
        (V.L1, (-25.0, 26.0, 3.0), P.TRANSVERSE_RIGHT),
        (V.L1, (0.0, 45.0, -5.0), P.SPINOUS),
        (V.T9, (21.0, 14.0, 6.0), P.COSTOVERTEBRAL_LEFT),
        (V.T9, (-21.0, 14.0, 6.0), P.COSTOVERTEBRAL_RIGHT),
    ],
)
def test_a_lesion_in_each_part_is_named(level, place, part):
    found = suggest_parts(ball(level, place), place_of(level))
    assert max(found.shares, key=lambda key: found.shares[key].share) is part


@pytest.mark.parametrize(
    ("places", "sides"),
    [
        ([(13.0, 20.0, 5.0)], {"L"}),
        ([(-13.0, 20.0, 5.0)], {"R"}),
        ([(13.0, 20.0, 5.0), (-13.0, 29.0, 0.0)], {"L", "R"}),
        ([(0.0, 45.0, -5.0)], set()),
        ([(8.0, -8.0, 0.0)], set()),
    ],
)
def test_posterolateral_sides(places, sides):
    points = np.concatenate([ball(V.L1, place) for place in places])
    assert suggest_parts(points, place_of(V.L1)).posterolateral_sides == sides


def test_swapping_left_and_right_swaps_the_sides():
    place = place_of(V.L1)
    points = np.concatenate([ball(V.L1, (13.0, 20.0, 5.0)), ball(V.L1, (8.0, -8.0, 0.0))])
    mirror = np.array([-1.0, 1.0, 1.0])
    down, back, left = place.frame.matrix * mirror
    swapped = VertebraPlace(
        level=place.level,
        center_lps=tuple((np.array(place.center_lps) * mirror).tolist()),
        frame=frame_of(np.stack([down, back, -left])),
    )
    before, after = suggest_parts(points, place), suggest_parts(points * mirror, swapped)
    other = {"R": "L", "L": "R"}
    assert {part.value[:-1] + other[part.side] for part in before.parts} == {
        part.value for part in after.parts
    }
    assert before.posterolateral_sides == {"L"}
    assert after.posterolateral_sides == {"R"}


def test_a_touch_that_is_small_in_share_and_extent_does_not_count():
    mostly = np.concatenate([ball(V.L1, (8.0, -8.0, 0.0), 8.0), ball(V.L1, (13.0, 21.0, 5.0), 0.9)])
    found = suggest_parts(mostly, place_of(V.L1))
    assert P.PEDICLE_LEFT in found.shares
    assert P.PEDICLE_LEFT not in found.parts
    assert found.posterolateral_sides == frozenset()


def test_parts_that_do_not_exist_are_not_suggested():
    lumbar = suggest_parts(ball(V.L1, (24.0, 15.0, 6.0)), place_of(V.L1))
    assert not any(part.structure == "costovertebral" for part in lumbar.shares)


def test_a_midline_lesion_has_no_side():
    found = suggest_parts(ball(V.L1, (0.0, 45.0, -5.0)), place_of(V.L1))
    assert found.parts == {P.SPINOUS}
    thin = np.array([SPINE.vertebra(V.L1).point(0.0, float(v), 0.0) for v in range(-12, 12)])
    assert suggest_parts(thin, place_of(V.L1)).shares == {}


def test_what_lies_in_the_canal_is_outside_the_parts():
    found = suggest_parts(ball(V.L1, (0.0, 24.0, 0.0)), place_of(V.L1))
    assert found.outside_share > 0.95
