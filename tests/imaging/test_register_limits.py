"""Limits of agreement between two series, and movements worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from workstation.base.errors import InputRefusedError
from workstation.domain.spine import Landmark, VertebralLevel
from workstation.imaging.register import (
    IDENTITY,
    Agreement,
    LevelMovement,
    RigidMovement,
    SpineRegistration,
    horn,
    register,
)

V = VertebralLevel
LEVELS = (V.T10, V.T11, V.T12, V.L1, V.L2)
HEIGHTS_MM = (300.0, 276.0, 251.0, 224.0, 195.0)
TURNS = {
    "none": np.eye(3),
    "about head": np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]]),
    "about left": np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]]),
    "half about back": np.diag([-1.0, 1.0, -1.0]),
    "3-4-5": np.array([[1.0, 0, 0], [0, 0.8, -0.6], [0, 0.6, 0.8]]),
}


def straight(shift=(0.0, 0.0, 0.0), levels=LEVELS):
    """Landmarks straight down the body, moved by a shift, mm."""
    return tuple(
        Landmark(level=level, center_lps=(shift[0], 10.0 + shift[1], z + shift[2]))
        for level, z in zip(LEVELS, HEIGHTS_MM, strict=True)
        if level in levels
    )


def missing_by(residual_mm):
    return LevelMovement(level=V.T12, movement=IDENTITY, residual_mm=residual_mm)


@pytest.mark.parametrize(
    ("residual_mm", "agreement"),
    [
        (0.0, Agreement.GOOD),
        (3.0, Agreement.GOOD),
        (3.001, Agreement.AMBER),
        (5.0, Agreement.AMBER),
        (5.001, Agreement.RED),
        (40.0, Agreement.RED),
    ],
)
def test_three_and_five_millimeters_are_the_limits(residual_mm, agreement):
    found = missing_by(residual_mm)
    assert found.agreement is agreement
    assert found.may_measure is (agreement is not Agreement.RED)


@pytest.mark.parametrize(
    ("residual_mm", "words"), [(5.04, "5.0 mm"), (7.25, "7.2 mm"), (12.0, "12.0 mm")]
)
def test_a_red_level_is_refused_with_its_distance(residual_mm, words):
    registration = SpineRegistration(method="m", levels=(missing_by(residual_mm),))
    with pytest.raises(InputRefusedError) as caught:
        registration.check_measurable(V.T12)
    assert caught.value.code == "not-registered"
    assert caught.value.message == (
        f"The two series differ by {words} at T12; nothing is measured across them there."
    )


@pytest.mark.parametrize("call", ["at", "check_measurable"])
def test_a_level_that_is_not_labelled_is_refused_by_both(call):
    registration = SpineRegistration(method="m", levels=(missing_by(0.0),))
    with pytest.raises(InputRefusedError, match="L4 is not labelled on both series"):
        getattr(registration, call)(V.L4)


@pytest.mark.parametrize(
    "shift", [(0.0, 0.0, 0.0), (12.0, -30.0, 80.0), (-4.0, 0.0, 0.0), (0.0, 0.0, -500.0)]
)
def test_a_pure_shift_is_found_at_every_level(shift):
    found = register(straight(), straight(shift))
    assert [item.level for item in found.levels] == list(LEVELS)
    assert found.warnings == ()
    assert not found.is_identity
    for item in found.levels:
        np.testing.assert_allclose(item.movement.rotation, np.eye(3), atol=1e-9)
        np.testing.assert_allclose(item.movement.shift_mm, shift, atol=1e-9)
        assert item.residual_mm == pytest.approx(0.0, abs=1e-9)


def test_levels_come_from_the_head_in_whatever_order_they_were_marked():
    found = register(straight()[::-1], straight((5.0, 0.0, 0.0))[2:] + straight()[:2])
    assert [item.level for item in found.levels] == list(LEVELS)


@pytest.mark.parametrize(
    ("here", "there", "common"),
    [
        (LEVELS, (V.T10, V.L2), [V.T10, V.L2]),
        (LEVELS[:3], LEVELS[1:], [V.T11, V.T12]),
        (LEVELS[:2], LEVELS[2:], None),
        (LEVELS, LEVELS[:1], None),
        ((), (), None),
    ],
)
def test_only_common_levels_relate(here, there, common):
    fixed, moving = straight(levels=here), straight((3.0, 0.0, 0.0), levels=there)
    if common is None:
        with pytest.raises(InputRefusedError) as caught:
            register(fixed, moving)
        assert caught.value.code == "no-common-levels"
    else:
        assert [item.level for item in register(fixed, moving).levels] == common


@pytest.mark.parametrize(
    ("shift", "code", "words"),
    [
        ((0.0, 0.0, 0.0), None, ""),
        ((5.0, 0.0, 0.0), None, ""),
        ((5.1, 0.0, 0.0), "moved", "the patient may have moved"),
        ((0.0, -6.0, 8.0), "moved", "the patient may have moved"),
        ((0.0, 0.0, 15.0), "moved", "the patient may have moved"),
        ((0.0, 0.0, 15.1), "shifted", "the labels of one series may be shifted by one"),
        ((-9.0, 0.0, -12.1), "shifted", "the labels of one series may be shifted by one"),
    ],
)
def test_labels_apart_in_one_space_raise_an_alarm(shift, code, words):
    found = register(straight(), straight(shift), fixed_frame_uid="1.2", moving_frame_uid="1.2")
    assert found.is_identity
    assert [warning.code for warning in found.warnings] == ([] if code is None else [code])
    if code is not None:
        assert found.warnings[0].message == (
            f"Labels of the same space lie apart at T10, T11, T12, L1, L2; {words}."
        )


def test_only_the_levels_that_lie_apart_are_named():
    moving = list(straight())
    moving[2] = Landmark(level=V.T12, center_lps=(0.0, 40.0, 251.0))
    frames = {"fixed_frame_uid": "1.2", "moving_frame_uid": "1.2"}
    (warning,) = register(straight(), moving, **frames).warnings
    assert warning.code == "moved"
    assert "apart at T12;" in warning.message


@pytest.mark.parametrize("shift", [(0.0, 0.0, 0.0), (3.0, -4.0, 12.0)])
@pytest.mark.parametrize("turn", list(TURNS))
def test_horn_finds_a_known_turn_and_shift(turn, shift):
    points = np.array([[0.0, 0, 0], [10, 0, 0], [0, 20, 0], [0, 0, 30], [5, 6, 7]])
    found = horn(points, points @ TURNS[turn].T + shift)
    np.testing.assert_allclose(found.rotation, TURNS[turn], atol=1e-9)
    np.testing.assert_allclose(found.shift_mm, shift, atol=1e-9)


@pytest.mark.parametrize("turn", list(TURNS))
@pytest.mark.parametrize(
    "point", [(0.0, 0.0, 0.0), (10.0, 0.0, 0.0), (0.0, 10.0, 0.0), (0.0, 0.0, 10.0)]
)
def test_a_movement_turns_first_and_shifts_then(turn, point):
    movement = RigidMovement(rotation=TURNS[turn], shift_mm=np.array([1.0, 2.0, 3.0]))
    column = TURNS[turn] @ point
    moved = movement.apply(np.array(point))
    np.testing.assert_allclose(moved, np.add(column, (1.0, 2.0, 3.0)))
    np.testing.assert_allclose(movement.inverse().apply(moved), point, atol=1e-12)
