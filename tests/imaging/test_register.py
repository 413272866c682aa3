"""Two series relate by scanner space or by one rigid movement per labelled vertebra."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.spine_phantom import SpineRecipe, build_spine
from workstation.base.errors import InputRefusedError
from workstation.domain.spine import Landmark, VertebralLevel
from workstation.imaging.register import (
    Agreement,
    RigidMovement,
    horn,
    register,
    same_space,
)

V = VertebralLevel
SPINE = build_spine(SpineRecipe(first=V.T4, last=V.L5, seed=7))


def turn(axis: int, angle_deg: float) -> np.ndarray:
    a, b = ((1, 2), (2, 0), (0, 1))[axis]
    matrix = np.eye(3)
    matrix[a, a] = matrix[b, b] = np.cos(np.radians(angle_deg))
    matrix[b, a] = np.sin(np.radians(angle_deg))
    matrix[a, b] = -matrix[b, a]
    return matrix


def marks(points: dict[VertebralLevel, np.ndarray]) -> tuple[Landmark, ...]:
    return tuple(
        Landmark(level=level, center_lps=tuple(point.tolist())) for level, point in points.items()
    )


def centers(spine=SPINE) -> dict[VertebralLevel, np.ndarray]:
    return {body.level: body.center_lps for body in spine.vertebrae}


def bent(sagittal: float = 0.6) -> dict[VertebralLevel, np.ndarray]:
    """The same anatomy lying flatter on another table."""
    other = build_spine(SpineRecipe(first=V.T4, last=V.L5, seed=7, sagittal=sagittal))
    return {level: point + np.array([12.0, -30.0, 80.0]) for level, point in centers(other).items()}


def targets(spine, level) -> np.ndarray:
    """Places of a vertebra that a reader compares: pedicles, walls, spinous process."""
    body = spine.vertebra(level)
    places = [(12.0, 20.0, 4.0), (-12.0, 20.0, 4.0), (0.0, 15.0, 0.0), (0.0, -15.0, 0.0)]
    return np.array([body.point(*place) for place in places])


def test_the_same_scanner_space_is_exactly_identity():
    found = register((), (), fixed_frame_uid="1.2.3", moving_frame_uid="1.2.3")
    assert found.is_identity
    assert found.method == "scanner coordinates"
    points = np.random.default_rng(0).normal(size=(20, 3)) * 100.0
    np.testing.assert_array_equal(found.at(V.T8).apply(points), points)
    found.check_measurable(V.T8)


@pytest.mark.parametrize(("a", "b", "same"), [("1", "1", True), ("1", "2", False), ("", "", False)])
def test_an_empty_frame_is_no_space(a, b, same):
    assert same_space(a, b) is same


def test_a_known_rigid_movement_is_found():
    rotation, shift = turn(0, 7.0) @ turn(1, 4.0), np.array([15.0, -22.0, 130.0])
    moving = {level: rotation @ point + shift for level, point in centers().items()}
    found = register(marks(centers()), marks(moving))
    for item in found.levels:
        assert item.residual_mm < 0.5
        assert item.agreement is Agreement.GOOD
    inner = targets(SPINE, V.T10)
    wanted = inner @ rotation.T + shift
    assert np.linalg.norm(found.at(V.T10).apply(inner) - wanted, axis=1).max() < 2.0


def test_a_change_of_posture_is_followed_at_every_level():
    other = build_spine(SpineRecipe(first=V.T4, last=V.L5, seed=7, sagittal=0.6))
    found = register(marks(centers()), marks(bent()))
    errors = []
    for body in SPINE.vertebrae:
        moved = found.at(body.level).apply(targets(SPINE, body.level))
        errors.append(moved - (targets(other, body.level) + np.array([12.0, -30.0, 80.0])))
    per_level = np.linalg.norm(np.array(errors), axis=-1)
    assert per_level.mean() < 2.0
    fixed, moving = (np.array(list(points.values())) for points in (centers(), bent()))
    rigid = np.linalg.norm(horn(fixed, moving).apply(fixed) - moving, axis=1)
    assert rigid.max() > 4.0
    assert all(item.agreement is not Agreement.RED for item in found.levels)


def test_label_noise_of_two_millimeters_stays_measurable():
    random = np.random.default_rng(5)
    noisy = {level: point + random.normal(0.0, 1.2, 3) for level, point in bent().items()}
    found = register(marks(centers()), marks(noisy))
    assert np.mean([item.residual_mm for item in found.levels]) < 3.0


def test_a_misplaced_label_is_red_and_blocks_measuring_there_only():
    wrong = bent()
    wrong[V.T12] = wrong[V.T12] + (14.0, 9.0, 0.0)
    found = register(marks(centers()), marks(wrong))
    by_level = {item.level: item for item in found.levels}
    assert by_level[V.T12].agreement is Agreement.RED
    assert not by_level[V.T12].may_measure
    with pytest.raises(InputRefusedError, match="at T12"):
        found.check_measurable(V.T12)
    found.check_measurable(V.T6)
    assert "residual" in [warning.code for warning in found.warnings]


def test_labels_shifted_by_one_are_named():
    names = list(centers())
    points = [centers()[level] for level in names]
    # Irregular distances, as in a patient; every label of the other series one level too low.
    shifted = dict(
        zip(names[1:], [p + np.array([5.0, 5.0, 5.0]) for p in points[:-1]], strict=True)
    )
    found = register(marks(centers()), marks(shifted))
    assert "shifted" in [warning.code for warning in found.warnings]
    right = register(marks(centers()), marks(bent()))
    assert "shifted" not in [warning.code for warning in right.warnings]


def test_labels_that_disagree_in_one_space_are_an_alarm():
    names = list(centers())
    points = [centers()[level] for level in names]
    shifted = dict(zip(names[1:], points[:-1], strict=True))
    frames = {"fixed_frame_uid": "1.2", "moving_frame_uid": "1.2"}
    found = register(marks(centers()), marks(shifted), **frames)
    assert found.is_identity
    assert [warning.code for warning in found.warnings] == ["shifted"]
    moved = {level: point + np.array([7.0, 0.0, 0.0]) for level, point in centers().items()}
    codes = [w.code for w in register(marks(centers()), marks(moved), **frames).warnings]
    assert codes == ["moved"]
    assert register(marks(centers()), marks(centers()), **frames).warnings == ()


def test_levels_missing_on_one_series_are_left_out():
    moving = bent()
    del moving[V.T9]
    found = register(marks(centers()), marks(moving))
    assert V.T9 not in [item.level for item in found.levels]
    with pytest.raises(InputRefusedError, match="T9 is not labelled"):
        found.at(V.T9)
    assert len(found.levels) == len(moving)


def test_one_common_level_is_not_enough():
    one = {V.T8: centers()[V.T8]}
    with pytest.raises(InputRefusedError, match="two common levels"):
        register(marks(centers()), marks(one))


def test_two_common_levels_are():
    two = {level: bent()[level] for level in (V.T8, V.T9)}
    found = register(marks(centers()), marks(two))
    assert [item.level for item in found.levels] == [V.T8, V.T9]


def test_a_movement_goes_there_and_back():
    movement = RigidMovement(rotation=turn(2, 30.0), shift_mm=np.array([1.0, -2.0, 3.0]))
    points = np.random.default_rng(1).normal(size=(10, 3))
    np.testing.assert_allclose(movement.inverse().apply(movement.apply(points)), points, atol=1e-12)


def test_horn_never_mirrors():
    points = np.array(list(centers().values()))
    found = horn(points, points * (-1.0, 1.0, 1.0))
    assert np.linalg.det(found.rotation) == pytest.approx(1.0)
