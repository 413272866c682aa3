"""Angles and translation in patient space, kyphosis positive, forward slip positive."""

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


def body(
    level: V,
    tilt_deg: float = 0.0,
    center=(0.0, 0.0, 0.0),
    wedge_deg: float = 0.0,
    turn_deg: float = 0.0,
) -> SixPoints:
    """A body 30 mm deep and 25 mm high, tilted forward by ``tilt_deg``; turned about the axis."""
    plates = []
    for half, tilt in ((12.5, tilt_deg + wedge_deg), (-12.5, tilt_deg)):
        t, up = np.radians(tilt), np.radians(tilt_deg)
        middle = np.array([0.0, -np.sin(up), np.cos(up)]) * half
        # Forward tilt: the front of the end-plate is lower.
        along = np.array([0.0, np.cos(t), np.sin(t)])
        points = [middle + v * along for v in (-15.0, 0.0, 15.0)]
        turn = np.radians(turn_deg)
        matrix = np.array(
            [[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]]
        )
        plates.append(tuple(tuple(matrix @ point + center) for point in points))
    return SixPoints(level=level, upper=plates[0], lower=plates[1])


@pytest.mark.parametrize("angle_deg", [-20.0, 0.0, 7.0, 31.0])
def test_segmental_kyphosis_within_a_degree(angle_deg):
    above = body(V.T11, angle_deg, (0.0, 0.0, 30.0))
    below = body(V.L1, 0.0, (0.0, 0.0, -30.0))
    found = segmental_kyphosis(above, below)
    assert found.value == pytest.approx(angle_deg, abs=1e-6)
    assert "T11" in found.method
    assert "L1" in found.method
    assert found.unit == "°"
    assert "supine" in found.notes[0]


def test_a_wedge_is_a_local_kyphosis():
    found = local_kyphosis(body(V.T12, 10.0, wedge_deg=18.0))
    assert found.value == pytest.approx(18.0, abs=1e-6)
    assert local_kyphosis(body(V.L5, -30.0, wedge_deg=-9.0)).value == pytest.approx(-9.0)


def test_noise_of_a_millimeter_stays_below_three_degrees():
    random = np.random.default_rng(4)
    errors = []
    for _ in range(50):
        noisy = []
        for exact in (body(V.T11, 15.0, (0, 0, 30)), body(V.L1, 0.0, (0, 0, -30))):
            plates = [
                tuple(tuple(np.add(p, random.normal(0, 0.6, 3))) for p in plate)
                for plate in (exact.upper, exact.lower)
            ]
            noisy.append(SixPoints(level=exact.level, upper=plates[0], lower=plates[1]))
        errors.append(abs(segmental_kyphosis(*noisy).value - 15.0))
    assert np.mean(errors) < 3.0


def test_the_angle_is_that_of_the_patients_sagittal_plane():
    # Seen along the body's own plane the wedge is 20 degrees; turned 60 degrees, less is sagittal
    # run and the same fall: tan(20) / cos(60).
    found = local_kyphosis(body(V.T12, 0.0, wedge_deg=20.0, turn_deg=60.0))
    wanted = np.degrees(np.arctan(np.tan(np.radians(20.0)) / np.cos(np.radians(60.0))))
    assert found.value == pytest.approx(wanted, abs=0.5)


@pytest.mark.parametrize("shift_mm", [-4.0, 0.0, 2.5, 9.0])
@pytest.mark.parametrize("tilt_deg", [0.0, 25.0])
def test_translation_within_half_a_millimeter(shift_mm, tilt_deg):
    tilt = np.radians(tilt_deg)
    up = np.array([0.0, -np.sin(tilt), np.cos(tilt)])
    forward = np.array([0.0, -np.cos(tilt), -np.sin(tilt)])
    lower = body(V.L5, tilt_deg)
    upper = body(V.L4, tilt_deg, tuple(35.0 * up + shift_mm * forward))
    found = translation(upper, lower)
    assert found.value == pytest.approx(shift_mm, abs=1e-6)
    assert found.unit == "mm"


@pytest.mark.parametrize(
    ("shift_mm", "grade"), [(2.0, "I"), (9.0, "II"), (16.0, "III"), (29, "IV")]
)
def test_translation_in_percent_of_the_end_plate(shift_mm, grade):
    found = translation(body(V.L4, center=(0.0, -shift_mm, 35.0)), body(V.L5))
    share = round(100.0 * shift_mm / 30.0)
    assert found.notes[0] == f"{share} % of the end-plate, Meyerding {grade}"


def test_the_coronal_angle_is_open_to_the_left():
    flat = ((-15.0, 0.0, 0.0), (15.0, 0.0, 0.0))
    rising = ((-15.0, 0.0, 30.0), (15.0, 0.0, 30.0 + 30.0 * np.tan(np.radians(12.0))))
    assert coronal_angle(rising, flat).value == pytest.approx(12.0)
    # The mirrored patient opens to the right.
    mirrored = tuple((-x, y, z) for x, y, z in reversed(rising))
    assert coronal_angle(mirrored, flat).value == pytest.approx(-12.0)


def test_points_without_extent_are_refused():
    same = ((1.0, 2.0, 3.0),) * 3
    good = body(V.L4)
    bad = SixPoints(level=V.L5, upper=same, lower=same)
    with pytest.raises(InputRefusedError, match="sagittal plane"):
        local_kyphosis(bad)
    with pytest.raises(InputRefusedError, match="lie on each other"):
        translation(good, bad)
    with pytest.raises(InputRefusedError, match="coronal plane"):
        coronal_angle(same[:2], same[:2])
