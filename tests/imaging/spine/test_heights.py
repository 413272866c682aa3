"""Height loss from six points against named references."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.spine_phantom import PhantomVertebra, SpineRecipe, build_spine
from workstation.base.errors import InputRefusedError
from workstation.domain.spine import VertebralLevel
from workstation.imaging.spine.heights import (
    HeightReference,
    SixPoints,
    height_loss,
    reference_heights,
)

V = VertebralLevel


def handles(body: PhantomVertebra) -> SixPoints:
    """Exact handles: the end-plates of the phantom at front, middle and back."""
    places = np.array([-0.5, 0.0, 0.5]) * body.depth_mm
    heights = body.height_at(places)
    upper, lower = (
        tuple(
            body.point(0.0, float(v), sign * float(h) / 2.0)
            for v, h in zip(places, heights, strict=True)
        )
        for sign in (1.0, -1.0)
    )
    return SixPoints(level=body.level, upper=upper, lower=lower)


def box(level: V, front: float, middle: float, back: float, at=(0.0, 0.0, 0.0)) -> SixPoints:
    """A body with a flat lower end-plate, 30 mm deep."""
    x, y, z = at
    lower = tuple((x, y + v, z) for v in (-15.0, 0.0, 15.0))
    upper = tuple(
        (x, y + v, z + h) for v, h in zip((-15.0, 0.0, 15.0), (front, middle, back), strict=True)
    )
    return SixPoints(level=level, upper=upper, lower=lower)


@pytest.mark.parametrize("lost", [0.0, 0.25, 0.5, 0.6])
def test_phantom_losses_within_two_points(lost):
    recipe = SpineRecipe(first=V.T10, last=V.L2, collapse={V.T12: (lost, lost / 2.0, 0.0)}, seed=3)
    whole = build_spine(SpineRecipe(first=V.T10, last=V.L2, seed=3)).vertebra(V.T12)
    wedge = build_spine(recipe).vertebra(V.T12)
    reference = reference_heights(handles(wedge), prior=handles(whole))
    found = height_loss(handles(wedge), reference)
    assert found.value == pytest.approx(100.0 * lost, abs=2.0)
    assert found.borderline is (lost == 0.5)
    assert found.unit == "%"


@pytest.mark.parametrize(
    ("front", "percent", "borderline"),
    # Test vectors of the clinical reference, section 7.5: neighbors 25 and 27 mm.
    [(12.0, 53.8, True), (18.0, 30.8, False), (13.0, 50.0, True), (10.0, 61.5, False)],
)
def test_the_mean_of_both_neighbors_is_the_reference(front, percent, borderline):
    own = box(V.T12, front, 26.0, 26.0)
    reference = reference_heights(
        own, above=box(V.T11, 25.0, 25.0, 25.0), below=box(V.L1, 27.0, 27.0, 27.0)
    )
    found = height_loss(own, reference)
    assert found.value == pytest.approx(percent, abs=0.05)
    assert found.borderline is borderline
    assert reference.kind is HeightReference.BOTH_NEIGHBORS
    assert reference.levels == (V.T11, V.L1)
    assert "T11, L1" in found.method
    assert found.notes[0] == "largest at the anterior site"


def test_borderline_is_said():
    own = box(V.T12, 14.0, 26.0, 26.0)
    same = box(V.T12, 26.0, 26.0, 26.0)
    found = height_loss(own, reference_heights(own, prior=same))
    assert found.value == pytest.approx(46.2, abs=0.1)
    assert any("borderline" in note for note in found.notes)


def test_the_largest_of_the_sites_counts():
    own = box(V.L1, 24.0, 13.0, 20.0)
    found = height_loss(own, reference_heights(own, prior=box(V.L1, 26.0, 26.0, 26.0)))
    assert found.value == pytest.approx(50.0)
    assert found.notes[0] == "largest at the middle site"
    assert "biconcavity ratio 0.65" in found.notes[1]


def test_a_gain_is_printed_as_zero():
    own = box(V.L1, 27.0, 27.0, 27.0)
    found = height_loss(own, reference_heights(own, prior=box(V.L1, 26.0, 26.0, 26.0)))
    assert found.value == 0.0


def test_one_normal_neighbor_stands_alone():
    own = box(V.T12, 13.0, 20.0, 24.0)
    reference = reference_heights(own, below=box(V.L1, 26.0, 26.0, 26.0))
    assert reference.kind is HeightReference.ONE_NEIGHBOR
    assert height_loss(own, reference).value == pytest.approx(50.0)


def test_a_farther_reference_is_scaled_by_the_adult_heights():
    own = box(V.T12, 24.8, 24.8, 24.8)
    reference = reference_heights(own, below=box(V.L3, 27.4, 27.4, 27.4))
    assert reference.heights_mm["anterior"] == pytest.approx(24.8)
    near = reference_heights(own, below=box(V.L1, 27.4, 27.4, 27.4))
    assert near.heights_mm["anterior"] == pytest.approx(27.4)


def test_without_neighbors_the_posterior_height_is_a_weak_reference():
    own = box(V.T12, 15.0, 10.0, 25.0)
    reference = reference_heights(own)
    found = height_loss(own, reference)
    assert reference.kind is HeightReference.INTRINSIC
    # The middle has no reference of its own and does not count.
    assert found.value == pytest.approx(40.0)
    assert any("reference weak" in note for note in found.notes)


def test_heights_stand_at_right_angles_to_the_lower_end_plate():
    turn = np.radians(25.0)
    rotation = np.array(
        [[1, 0, 0], [0, np.cos(turn), -np.sin(turn)], [0, np.sin(turn), np.cos(turn)]]
    )
    own = box(V.T12, 12.0, 20.0, 25.0, at=(5.0, -8.0, 40.0))
    turned = SixPoints(
        level=own.level,
        upper=tuple(tuple(rotation @ point) for point in own.upper),
        lower=tuple(tuple(rotation @ point) for point in own.lower),
    )
    assert turned.heights_mm() == pytest.approx({"anterior": 12, "middle": 20, "posterior": 25})


def test_impossible_points_are_refused():
    same = ((0.0, 0.0, 0.0),) * 3
    good = box(V.L1, 25.0, 25.0, 25.0)
    with pytest.raises(InputRefusedError, match="lower end-plate"):
        SixPoints(level=V.L1, upper=good.upper, lower=same).heights_mm()
    with pytest.raises(InputRefusedError, match="lie on each other"):
        SixPoints(level=V.L1, upper=good.lower, lower=good.lower).heights_mm()
    with pytest.raises(InputRefusedError, match="another vertebra"):
        reference_heights(good, prior=box(V.L2, 25.0, 25.0, 25.0))
