"""Angles and slips of end-plates drawn by hand: signs, limits, mirrored patients, units."""

from __future__ import annotations

import numpy as np
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

V = VertebralLevel
RUN_MM = 30.0
ROOT_3 = float(np.sqrt(3.0))


def plate(drop_mm, z=0.0, x=0.0, y=0.0):
    """Front, middle and back of an end-plate that falls to the back by ``drop_mm`` over 30."""
    return tuple((x, y + share * RUN_MM, z - share * drop_mm) for share in (-0.5, 0.0, 0.5))


def body(level, upper_drop, lower_drop, z=0.0, **place):
    return SixPoints(
        level=level, upper=plate(upper_drop, z + 12.0, **place), lower=plate(lower_drop, z - 12.0)
    )


def mirrored(points):
    flip = lambda line: tuple((-x, y, z) for x, y, z in line)  # noqa: E731
    return SixPoints(level=points.level, upper=flip(points.upper), lower=flip(points.lower))


ANGLES = [
    (0.0, 0.0, 0.0),
    (0.0, RUN_MM, 45.0),
    (RUN_MM, 0.0, -45.0),
    (-RUN_MM, 0.0, 45.0),
    (-RUN_MM, RUN_MM, 90.0),
    (RUN_MM, RUN_MM, 0.0),
    (0.0, RUN_MM / ROOT_3, 30.0),
    (0.0, RUN_MM * ROOT_3, 60.0),
    (RUN_MM / ROOT_3, RUN_MM * ROOT_3, 30.0),
    (-RUN_MM * ROOT_3, RUN_MM * ROOT_3, 120.0),
    (RUN_MM * ROOT_3, -RUN_MM / ROOT_3, -90.0),
]


@pytest.mark.parametrize(("upper", "lower", "degrees"), ANGLES)
def test_the_angle_in_one_vertebra(upper, lower, degrees):
    points = body(V.T12, upper, lower)
    assert local_kyphosis(points).value == pytest.approx(degrees, abs=1e-9)
    assert local_kyphosis(mirrored(points)).value == pytest.approx(degrees, abs=1e-9)


@pytest.mark.parametrize(("upper", "lower", "degrees"), ANGLES)
def test_the_angle_over_three_uses_the_outer_end_plates_only(upper, lower, degrees):
    above, below = body(V.T11, upper, 5.0, z=30.0), body(V.L1, -7.0, lower, z=-30.0)
    found = segmental_kyphosis(above, below)
    assert found.value == pytest.approx(degrees, abs=1e-9)
    assert found.method == (
        "Cobb, upper end-plate of T11 to lower end-plate of L1, sagittal plane of the patient; "
        "kyphosis positive"
    )
    assert (found.unit, found.uncertainty) == ("°", "± 3°")


def test_points_beside_the_midline_do_not_change_the_angle():
    upper = tuple((n * 4.0, y, z) for n, (_, y, z) in enumerate(plate(0.0, 12.0)))
    points = SixPoints(level=V.L2, upper=upper, lower=plate(RUN_MM, -12.0))
    assert local_kyphosis(points).value == pytest.approx(45.0)


@pytest.mark.parametrize(
    ("ends", "refused"),
    [
        (((0.0, -0.4, 0.0), (0.0, 0.4, 0.0)), True),
        (((0.0, -0.3, 0.1), (0.0, 0.3, -0.1)), True),
        (((-20.0, 0.0, 0.0), (20.0, 0.0, 0.0)), True),
        (((0.0, -0.6, 0.0), (0.0, 0.6, 0.0)), False),
        (((0.0, -0.3, 0.3), (0.0, 0.3, -0.3)), False),
    ],
)
def test_an_end_plate_needs_a_millimeter_in_the_sagittal_plane(ends, refused):
    short = (ends[0], tuple(np.mean(ends, axis=0).tolist()), ends[1])
    points = SixPoints(level=V.L2, upper=short, lower=plate(0.0, -12.0))
    if refused:
        with pytest.raises(InputRefusedError) as caught:
            local_kyphosis(points)
        assert caught.value.code == "same-points"
    else:
        assert local_kyphosis(points).unit == "°"


def line(rise_mm, z=0.0):
    """The right and the left end of an end-plate that rises to the left over 30 mm."""
    return ((-RUN_MM / 2.0, 0.0, z), (RUN_MM / 2.0, 0.0, z + rise_mm))


CORONAL = [
    (0.0, 0.0, 0.0),
    (RUN_MM, 0.0, 45.0),
    (0.0, RUN_MM, -45.0),
    (-RUN_MM, 0.0, -45.0),
    (0.0, -RUN_MM, 45.0),
    (RUN_MM / ROOT_3, -RUN_MM / ROOT_3, 60.0),
    (RUN_MM, RUN_MM, 0.0),
    (RUN_MM * ROOT_3, RUN_MM / ROOT_3, 30.0),
]


@pytest.mark.parametrize(("upper", "lower", "degrees"), CORONAL)
def test_the_coronal_angle_opens_to_the_left(upper, lower, degrees):
    found = coronal_angle(line(upper, 24.0), line(lower))
    assert found.value == pytest.approx(degrees, abs=1e-9)
    assert found.unit == "°"


@pytest.mark.parametrize(("upper", "lower", "degrees"), CORONAL)
def test_the_mirrored_patient_opens_to_the_other_side(upper, lower, degrees):
    def flipped(ends):
        return tuple((-x, y, z) for x, y, z in reversed(ends))

    found = coronal_angle(flipped(line(upper, 24.0)), flipped(line(lower)))
    assert found.value == pytest.approx(-degrees, abs=1e-9)


@pytest.mark.parametrize("wrong", ["upper", "lower"])
@pytest.mark.parametrize(("half", "refused"), [(0.0, True), (0.49, True), (0.51, False)])
def test_a_coronal_line_needs_a_millimeter(wrong, half, refused):
    short = ((-half, -20.0, 0.0), (half, 20.0, 0.0))
    lines = {"upper": line(0.0, 24.0), "lower": line(0.0), wrong: short}
    if refused:
        with pytest.raises(InputRefusedError, match="coronal plane") as caught:
            coronal_angle(lines["upper"], lines["lower"])
        assert caught.value.code == "same-points"
    else:
        assert coronal_angle(lines["upper"], lines["lower"]).value == pytest.approx(0.0)


def slipped(forward_mm, drop=0.0):
    """Two neighbors, the upper one ``forward_mm`` in front of the lower."""
    lower = SixPoints(level=V.L5, upper=plate(drop), lower=plate(0.0, -26.0))
    back = np.array(lower.upper[2])
    along = (np.array(lower.upper[0]) - back) / np.linalg.norm(np.array(lower.upper[0]) - back)
    corner = back + forward_mm * along
    ends = (corner + 30.0 * along, corner + 15.0 * along, corner)
    upper = SixPoints(
        level=V.L4, upper=plate(0.0, 40.0), lower=tuple(tuple(p.tolist()) for p in ends)
    )
    return upper, lower


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize(
    ("shift_mm", "percent", "grade"),
    [
        (0.3, 1, "I"),
        (7.49, 25, "I"),
        (7.51, 25, "II"),
        (14.99, 50, "II"),
        (15.01, 50, "III"),
        (22.49, 75, "III"),
        (22.51, 75, "IV"),
        (29.99, 100, "IV"),
        (30.01, 100, "V"),
        (45.0, 150, "V"),
    ],
)
def test_meyerding_grades_at_their_limits_forward_and_back(sign, shift_mm, percent, grade):
    found = translation(*slipped(sign * shift_mm))
    assert found.value == pytest.approx(sign * shift_mm)
    told = f"{sign * percent:.0f}"
    assert found.notes[0] == f"{told} % of the end-plate, Meyerding {grade}"
    assert found.unit == "mm"


@pytest.mark.parametrize("drop", [0.0, 10.0, -25.0, 40.0])
def test_a_slip_is_measured_along_the_end_plate_below(drop):
    upper, lower = slipped(6.0, drop)
    assert translation(upper, lower).value == pytest.approx(6.0)
    assert translation(mirrored(upper), mirrored(lower)).value == pytest.approx(6.0)


@pytest.mark.parametrize("lift_mm", [0.0, 8.0, 20.0])
def test_the_height_of_the_disc_is_no_slip(lift_mm):
    upper, lower = slipped(6.0)
    lifted = SixPoints(
        level=V.L4,
        upper=upper.upper,
        lower=tuple((x, y, z + lift_mm) for x, y, z in upper.lower),
    )
    assert translation(lifted, lower).value == pytest.approx(6.0)


def test_the_method_names_both_corners():
    assert translation(*slipped(2.0)).method == (
        "posterior-inferior corner of L4 on the upper end-plate of L5; forward positive"
    )
