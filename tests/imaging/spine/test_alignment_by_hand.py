"""Angles and shifts of end-plates given as plain points, worked out by hand.

An end-plate that falls by 10 mm over 10 mm to the back is tilted by 45 degrees. Points are LPS mm:
x to the left, y to the back, z to the head.
"""

from __future__ import annotations

import math

import pytest

from workstation.base.errors import InputRefusedError
from workstation.domain.spine import VertebralLevel
from workstation.imaging.spine.alignment import (
    coronal_angle,
    local_kyphosis,
    segmental_kyphosis,
    translation,
)
from workstation.imaging.spine.heights import SixPoints

T11, L1 = VertebralLevel.T11, VertebralLevel.L1


def plate(fall_mm: float, *, over_mm: float = 30.0, y: float = 0.0, z: float = 0.0, x: float = 0.0):
    """An end-plate from front to back that falls by ``fall_mm`` over ``over_mm``."""
    return tuple((x, y + share * over_mm, z - share * fall_mm) for share in (-0.5, 0.0, 0.5))


def body(level=T11, upper_fall: float = 0.0, lower_fall: float = 0.0, **place: float) -> SixPoints:
    z = place.pop("z", 0.0)
    return SixPoints(
        level=level,
        upper=plate(upper_fall, z=z + 12.0, **place),
        lower=plate(lower_fall, z=z - 12.0, **place),
    )


TILTS = [
    (0.0, 0.0),
    (30.0, 45.0),
    (-30.0, -45.0),
    (30.0 * math.tan(math.radians(10.0)), 10.0),
    (30.0 / math.sqrt(3.0), 30.0),
    (30.0 * math.sqrt(3.0), 60.0),
]


@pytest.mark.parametrize(("fall", "angle"), TILTS)
def test_the_lower_plate_that_falls_to_the_back_is_kyphosis(fall: float, angle: float) -> None:
    assert local_kyphosis(body(lower_fall=fall)).value == pytest.approx(angle)
    assert local_kyphosis(body(upper_fall=fall)).value == pytest.approx(-angle)
    above, below = body(z=40.0), body(L1, lower_fall=fall)
    assert segmental_kyphosis(above, below).value == pytest.approx(angle)


@pytest.mark.parametrize(("first", "first_deg"), TILTS)
@pytest.mark.parametrize(("second", "second_deg"), TILTS)
def test_only_the_difference_of_the_tilts_counts(first, first_deg, second, second_deg) -> None:
    found = local_kyphosis(body(upper_fall=first, lower_fall=second)).value
    expected = (second_deg - first_deg + 180.0) % 360.0 - 180.0
    assert found == pytest.approx(expected)


@pytest.mark.parametrize("left_mm", [-40.0, -5.0, 12.0])
def test_points_beside_the_middle_give_the_same_angle(left_mm: float) -> None:
    aside = body(upper_fall=5.0, lower_fall=12.0, x=left_mm)
    middle = body(upper_fall=5.0, lower_fall=12.0)
    assert local_kyphosis(aside).value == pytest.approx(local_kyphosis(middle).value)


@pytest.mark.parametrize("reach", [2.0, 15.0, 60.0])
def test_the_size_of_the_patient_changes_no_angle(reach: float) -> None:
    fall = reach * math.tan(math.radians(20.0))
    points = SixPoints(
        level=T11,
        upper=plate(0.0, over_mm=reach, z=12.0),
        lower=plate(fall, over_mm=reach, z=-12.0),
    )
    assert local_kyphosis(points).value == pytest.approx(20.0)


def line(fall_to_left_mm: float, z: float):
    """An end-plate from the right end to the left end, 40 mm wide."""
    return ((-20.0, 0.0, z + fall_to_left_mm / 2.0), (20.0, 0.0, z - fall_to_left_mm / 2.0))


@pytest.mark.parametrize(
    ("upper", "lower", "angle"),
    [
        (0.0, 0.0, 0.0),
        (0.0, 40.0, 45.0),
        (0.0, -40.0, -45.0),
        (40.0, 0.0, -45.0),
        (40.0, 40.0, 0.0),
        (-40.0, 40.0, 90.0),
        (0.0, 40.0 * math.tan(math.radians(12.0)), 12.0),
    ],
)
def test_the_coronal_angle_is_open_to_the_left(upper: float, lower: float, angle: float) -> None:
    found = coronal_angle(line(upper, 20.0), line(lower, -20.0))
    assert found.value == pytest.approx(angle)
    assert found.unit == "°"


@pytest.mark.parametrize(("upper", "lower"), [(0.0, 10.0), (5.0, -8.0), (-3.0, 20.0)])
def test_the_mirrored_patient_has_the_opposite_coronal_angle(upper: float, lower: float) -> None:
    def mirrored(ends):
        (right, left) = ends
        return ((-left[0], *left[1:]), (-right[0], *right[1:]))

    plain = coronal_angle(line(upper, 20.0), line(lower, -20.0)).value
    other = coronal_angle(mirrored(line(upper, 20.0)), mirrored(line(lower, -20.0))).value
    assert other == pytest.approx(-plain)


@pytest.mark.parametrize(
    ("forward_mm", "percent", "grade"),
    [
        (0.0, 0, "I"),
        (3.0, 10, "I"),
        (7.5, 25, "I"),
        (9.0, 30, "II"),
        (15.0, 50, "II"),
        (18.0, 60, "III"),
        (27.0, 90, "IV"),
        (30.0, 100, "IV"),
        (33.0, 110, "V"),
        (-3.0, -10, "I"),
        (-9.0, -30, "II"),
    ],
)
def test_a_slip_is_measured_along_the_plate_below(forward_mm, percent, grade) -> None:
    # The front is at smaller y, so a body that slipped forward lies at smaller y.
    found = translation(body(T11, z=30.0, y=-forward_mm), body(L1))
    assert found.value == pytest.approx(forward_mm)
    assert found.unit == "mm"
    assert found.notes[0] == f"{percent} % of the end-plate, Meyerding {grade}"


@pytest.mark.parametrize("fall_deg", [-25.0, -10.0, 15.0, 30.0])
@pytest.mark.parametrize("slip_mm", [-4.0, 0.0, 6.0])
def test_on_a_tilted_plate_the_slip_is_along_the_tilt(fall_deg: float, slip_mm: float) -> None:
    tilt = math.radians(fall_deg)
    depth = 30.0 / math.cos(tilt)
    lower = body(L1, upper_fall=30.0 * math.tan(tilt))
    back = lower.upper[2]
    # Along the plate to the front, and 6 mm of disc at right angles to it.
    ahead = (0.0, -math.cos(tilt), math.sin(tilt))
    up = (0.0, math.sin(tilt), math.cos(tilt))
    corner = tuple(b + slip_mm * a + 6.0 * u for b, a, u in zip(back, ahead, up, strict=True))
    upper = SixPoints(level=T11, upper=plate(0.0, z=60.0), lower=(corner, corner, corner))
    found = translation(upper, lower)
    assert found.value == pytest.approx(slip_mm)
    assert found.notes[0].startswith(f"{100.0 * slip_mm / depth:.0f} %")


SAME = ((1.0, 2.0, 3.0),) * 3


@pytest.mark.parametrize("which", ["upper", "lower"])
def test_a_plate_that_is_a_point_has_no_angle(which: str) -> None:
    fields = {"upper": plate(0.0, z=12.0), "lower": plate(0.0, z=-12.0)} | {which: SAME}
    points = SixPoints(level=T11, **fields)
    for measure in (local_kyphosis, lambda p: segmental_kyphosis(p, p)):
        with pytest.raises(InputRefusedError) as caught:
            measure(points)
        assert caught.value.code == "same-points"


def test_a_plate_from_side_to_side_has_no_sagittal_angle() -> None:
    sideways = ((-15.0, 0.0, 12.0), (0.0, 0.0, 12.0), (15.0, 0.0, 12.0))
    points = SixPoints(level=T11, upper=sideways, lower=plate(0.0, z=-12.0))
    with pytest.raises(InputRefusedError, match="no length in the sagittal plane"):
        local_kyphosis(points)


def test_a_line_from_front_to_back_has_no_coronal_angle() -> None:
    along = ((0.0, -15.0, 0.0), (0.0, 15.0, 0.0))
    with pytest.raises(InputRefusedError, match="no length in the coronal plane"):
        coronal_angle(along, line(0.0, -20.0))


def test_a_slip_needs_a_plate_to_slip_on() -> None:
    flat = SixPoints(level=L1, upper=SAME, lower=plate(0.0, z=-12.0))
    with pytest.raises(InputRefusedError, match="lie on each other"):
        translation(body(z=30.0), flat)
