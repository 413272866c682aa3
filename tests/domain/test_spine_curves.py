"""The level of a point on curved spines whose bends are circles: lordosis, kyphosis, scoliosis."""

from __future__ import annotations

import math
import random

import pytest

from workstation.domain.spine import Landmark, PointLps, Spine, VertebralLevel

LEVELS = tuple(VertebralLevel(f"T{number}") for number in range(3, 13))
STEP_MM = 24.0
RADIUS_MM = 180.0
"""A bend of 180 mm over ten vertebrae is a strong kyphosis: about 70 degrees."""

TURN = STEP_MM / RADIUS_MM
"""Angle from one body center to the next, radians."""

PLANES = {
    "kyphosis": (0.0, 1.0),
    "lordosis": (0.0, -1.0),
    "scoliosis to the left": (1.0, 0.0),
    "scoliosis to the right": (-1.0, 0.0),
    "both": (math.sqrt(0.5), math.sqrt(0.5)),
}
"""Where the bend bulges: left and back."""


def on_bend(angle: float, out_mm: float, bulge: tuple[float, float]) -> PointLps:
    """The point at ``angle`` below the middle of the bend, ``out_mm`` outside its line."""
    middle = TURN * (len(LEVELS) - 1) / 2.0
    reach = (RADIUS_MM + out_mm) * math.cos(angle - middle) - RADIUS_MM * math.cos(middle)
    return (bulge[0] * reach, bulge[1] * reach, -(RADIUS_MM + out_mm) * math.sin(angle - middle))


def bent(bulge: tuple[float, float]) -> Spine:
    marks = tuple(
        Landmark(level=level, center_lps=on_bend(TURN * n, 0.0, bulge))
        for n, level in enumerate(LEVELS)
    )
    return Spine(frame_of_reference_uid="1", series_uid="2", landmarks=marks)


@pytest.mark.parametrize("plane", list(PLANES))
@pytest.mark.parametrize("share", [-0.45, -0.2, 0.0, 0.2, 0.45])
@pytest.mark.parametrize("out_mm", [-40.0, -15.0, 0.0, 15.0, 40.0])
def test_a_point_beside_the_line_belongs_to_the_body_at_its_angle(plane, share, out_mm) -> None:
    spine = bent(PLANES[plane])
    for number, level in list(enumerate(LEVELS))[1:-1]:
        point = on_bend(TURN * (number + share), out_mm, PLANES[plane])
        assert spine.level_at(point) is level


@pytest.mark.parametrize("plane", list(PLANES))
@pytest.mark.parametrize("number", range(len(LEVELS) - 1))
def test_the_border_lies_half_way_along_the_bend(plane: str, number: int) -> None:
    spine, bulge = bent(PLANES[plane]), PLANES[plane]
    above = on_bend(TURN * (number + 0.499), 0.0, bulge)
    below = on_bend(TURN * (number + 0.501), 0.0, bulge)
    assert spine.level_at(above) is LEVELS[number]
    assert spine.level_at(below) is LEVELS[number + 1]


@pytest.mark.parametrize("plane", list(PLANES))
def test_half_a_step_beyond_the_ends_is_named_and_no_more(plane: str) -> None:
    spine = bent(PLANES[plane])
    ends = ((spine.landmarks[0], spine.landmarks[1]), (spine.landmarks[-1], spine.landmarks[-2]))
    for last, before in ends:
        for share, level in ((0.49, last.level), (0.51, None)):
            point = tuple(
                a + share * (a - b) for a, b in zip(last.center_lps, before.center_lps, strict=True)
            )
            assert spine.level_at(point) is level


@pytest.mark.parametrize("plane", list(PLANES))
@pytest.mark.parametrize("number", range(1, len(LEVELS) - 1))
def test_down_is_the_tangent_of_the_bend(plane: str, number: int) -> None:
    bulge = PLANES[plane]
    angle = TURN * number - TURN * (len(LEVELS) - 1) / 2.0
    tangent = (-bulge[0] * math.sin(angle), -bulge[1] * math.sin(angle), -math.cos(angle))
    assert bent(bulge).caudal_direction(LEVELS[number]) == pytest.approx(tangent, abs=1e-12)


@pytest.mark.parametrize("plane", list(PLANES))
@pytest.mark.parametrize(("end", "other"), [(0, 1), (-1, -2)])
def test_at_the_ends_down_is_along_the_last_step(plane: str, end: int, other: int) -> None:
    spine = bent(PLANES[plane])
    a, b = spine.landmarks[end].center_lps, spine.landmarks[other].center_lps
    upper, lower = (a, b) if a[2] > b[2] else (b, a)
    length = math.dist(upper, lower)
    expected = tuple((low - high) / length for high, low in zip(upper, lower, strict=True))
    assert spine.caudal_direction(LEVELS[end]) == pytest.approx(expected)


def moved(point: PointLps, turn_deg: float, shift: PointLps) -> PointLps:
    """A point turned about the left-right axis and shifted."""
    cos, sin = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))
    x, y, z = point
    return (x + shift[0], cos * y - sin * z + shift[1], sin * y + cos * z + shift[2])


@pytest.mark.parametrize("turn_deg", [0.0, 15.0, -30.0, 60.0])
@pytest.mark.parametrize("shift", [(0.0, 0.0, 0.0), (35.0, -120.0, 980.0)])
def test_how_the_patient_lies_changes_no_level(turn_deg: float, shift: PointLps) -> None:
    chance = random.Random(11)
    spine = bent(PLANES["kyphosis"])
    lying = spine.with_landmarks(
        tuple(
            Landmark(level=mark.level, center_lps=moved(mark.center_lps, turn_deg, shift))
            for mark in spine.landmarks
        )
    )
    named = 0
    for _ in range(200):
        point = tuple(chance.uniform(-side, side) for side in (60.0, 90.0, 140.0))
        expected = spine.level_at(point)
        named += expected is not None
        assert lying.level_at(moved(point, turn_deg, shift)) is expected
    assert named > 150


@pytest.mark.parametrize("plane", ["scoliosis to the left", "both"])
def test_the_mirrored_patient_has_the_same_levels(plane: str) -> None:
    bulge = PLANES[plane]
    spine, mirrored = bent(bulge), bent((-bulge[0], bulge[1]))
    chance = random.Random(3)
    for _ in range(200):
        x, y, z = (chance.uniform(-80.0, 80.0) for _ in range(3))
        assert mirrored.level_at((-x, y, z)) is spine.level_at((x, y, z))


@pytest.mark.parametrize("gap", range(1, len(LEVELS) - 1))
def test_where_a_level_was_skipped_its_neighbors_share_its_place(gap: int) -> None:
    whole = bent(PLANES["kyphosis"])
    marks = tuple(mark for mark in whole.landmarks if mark.level is not LEVELS[gap])
    spine = whole.with_landmarks(marks)
    above = on_bend(TURN * (gap - 0.1), 0.0, PLANES["kyphosis"])
    below = on_bend(TURN * (gap + 0.1), 0.0, PLANES["kyphosis"])
    assert spine.level_at(above) is LEVELS[gap - 1]
    assert spine.level_at(below) is LEVELS[gap + 1]
    assert spine.landmark(LEVELS[gap]) is None
    assert spine.caudal_direction(LEVELS[gap]) is None
