"""Between two series: the same scanner space, or one rigid movement per vertebra from the labels.

One rigid movement for the whole spine cannot follow a change of posture, and a deformable one hides
change (algorithms document, section 6). Every level tells how far its neighbors miss; above 5 mm
nothing is measured across the two series.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from workstation.base.errors import InputRefusedError
from workstation.domain.spine import Landmark, VertebralLevel
from workstation.imaging.spine.curve import SpineCurve
from workstation.imaging.spine.frame import sagittal_axes
from workstation.imaging.volume import Finding

Array = NDArray[np.float64]

AMBER_MM = 3.0
RED_MM = 5.0
SHIFTED_MM = 15.0
"""Residuals this large are those of labels that are off by one level."""

NEIGHBOR_WEIGHT = 0.25
LEAST_COMMON = 2


class Agreement(StrEnum):
    """How well two series agree at a level."""

    GOOD = "good"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RigidMovement:
    """Turn about the origin, then shift: ``p -> rotation @ p + shift``.

    Parameters
    ----------
    rotation : ndarray, shape (3, 3), float64
    shift_mm : ndarray, shape (3,), float64
    """

    rotation: Array
    shift_mm: Array

    def apply(self, points_lps: Array) -> Array:
        """Return moved points (..., 3), LPS mm."""
        moved: Array = points_lps @ self.rotation.T + self.shift_mm
        return moved

    def inverse(self) -> RigidMovement:
        """Return the movement back."""
        return RigidMovement(rotation=self.rotation.T, shift_mm=-self.rotation.T @ self.shift_mm)


IDENTITY = RigidMovement(rotation=np.eye(3), shift_mm=np.zeros(3))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LevelMovement:
    """The movement of one level from the fixed to the moving series.

    Parameters
    ----------
    level : VertebralLevel
    movement : RigidMovement
    residual_mm : float
        How far the neighbors' centers miss theirs under this movement.
    """

    level: VertebralLevel
    movement: RigidMovement
    residual_mm: float

    @property
    def agreement(self) -> Agreement:
        """Good up to 3 mm, amber up to 5 mm, red above."""
        if self.residual_mm > RED_MM:
            return Agreement.RED
        return Agreement.AMBER if self.residual_mm > AMBER_MM else Agreement.GOOD

    @property
    def may_measure(self) -> bool:
        """Whether a measurement across both series is allowed at this level."""
        return self.agreement is not Agreement.RED


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SpineRegistration:
    """How points of the fixed series are found in the moving one.

    Parameters
    ----------
    method : str
        As shown: "scanner coordinates" or "per vertebra, from labels".
    levels : tuple of LevelMovement
        From the head; empty in the same scanner space.
    warnings : tuple of Finding
    """

    method: str
    levels: tuple[LevelMovement, ...] = ()
    warnings: tuple[Finding, ...] = ()

    @property
    def is_identity(self) -> bool:
        """Whether both series share scanner coordinates."""
        return not self.levels

    def at(self, level: VertebralLevel) -> RigidMovement:
        """Return the exact movement at a level.

        Raises
        ------
        InputRefusedError
            When the level is not labelled on both series.
        """
        return IDENTITY if self.is_identity else self._level(level).movement

    def check_measurable(self, level: VertebralLevel) -> None:
        """Refuse to measure across both series where they do not agree.

        Raises
        ------
        InputRefusedError
            When the level misses by more than 5 mm or is not labelled on both series.
        """
        if self.is_identity:
            return
        found = self._level(level)
        if not found.may_measure:
            raise InputRefusedError(
                f"The two series differ by {found.residual_mm:.1f} mm at {level}; nothing is "
                "measured across them there.",
                code="not-registered",
            )

    def _level(self, level: VertebralLevel) -> LevelMovement:
        found = next((item for item in self.levels if item.level is level), None)
        if found is None:
            raise InputRefusedError(
                f"{level} is not labelled on both series.", code="not-registered"
            )
        return found


def same_space(fixed_frame_uid: str, moving_frame_uid: str) -> bool:
    """Whether two series share scanner coordinates; an empty UID is no frame of reference."""
    return bool(fixed_frame_uid) and fixed_frame_uid == moving_frame_uid


def register(
    fixed: Sequence[Landmark],
    moving: Sequence[Landmark],
    *,
    fixed_frame_uid: str = "",
    moving_frame_uid: str = "",
) -> SpineRegistration:
    """Return how two series relate: scanner coordinates where they can be trusted, else labels.

    Parameters
    ----------
    fixed, moving : sequence of Landmark
        Confirmed labels of both series; not needed in the same space.
    fixed_frame_uid, moving_frame_uid : str
        Frame of Reference UIDs.

    Raises
    ------
    InputRefusedError
        When the series share no space and fewer than two levels.
    """
    if same_space(fixed_frame_uid, moving_frame_uid):
        return SpineRegistration(
            method="scanner coordinates", warnings=_disagreement(fixed, moving)
        )
    pairs = _common(fixed, moving)
    if len(pairs) < LEAST_COMMON:
        raise InputRefusedError(
            "Label at least two common levels on both series to relate them.",
            code="no-common-levels",
        )
    levels = _per_level(pairs)
    return SpineRegistration(
        method="per vertebra, from labels", levels=levels, warnings=_warnings(levels, pairs)
    )


def horn(fixed: Array, moving: Array) -> RigidMovement:
    """Return the rigid movement that brings points (n, 3) onto others best (least squares)."""
    middle_fixed, middle_moving = fixed.mean(axis=0), moving.mean(axis=0)
    u, _, vt = np.linalg.svd((fixed - middle_fixed).T @ (moving - middle_moving))
    turn = np.diag([1.0, 1.0, float(np.sign(np.linalg.det(vt.T @ u.T)))])
    rotation = vt.T @ turn @ u.T
    return RigidMovement(rotation=rotation, shift_mm=middle_moving - rotation @ middle_fixed)


_Pairs = Mapping[VertebralLevel, tuple[Array, Array]]


def _common(fixed: Sequence[Landmark], moving: Sequence[Landmark]) -> _Pairs:
    other = {mark.level: mark for mark in moving}
    return {
        mark.level: (np.asarray(mark.center_lps), np.asarray(other[mark.level].center_lps))
        for mark in sorted(fixed, key=lambda mark: mark.level.order)
        if mark.level in other
    }


def _per_level(pairs: _Pairs) -> tuple[LevelMovement, ...]:
    names = list(pairs)
    fixed, moving = (np.array([pairs[level][side] for level in names]) for side in (0, 1))
    frames_fixed, frames_moving = _frames(fixed), _frames(moving)
    found = []
    for n, level in enumerate(names):
        rotation = frames_moving[n].T @ frames_fixed[n]
        # A single label is off by 1 to 2 mm: the neighbors, moved with it, share in the shift.
        weights = _weights(n, len(names))
        shift = weights @ (moving - fixed @ rotation.T)
        movement = RigidMovement(rotation=rotation, shift_mm=shift)
        found.append(
            LevelMovement(
                level=level,
                movement=movement,
                residual_mm=_residual_mm(movement, fixed, moving, n),
            )
        )
    return tuple(found)


def _frames(centers: Array) -> Array:
    """Return the frame at each center, from the curve through all of them, shape (n, 3, 3)."""
    curve = SpineCurve(centers)
    arcs = curve.knot_arc_mm
    return sagittal_axes(curve.at_arc(arcs + 1.0) - curve.at_arc(arcs - 1.0))


def _weights(number: int, count: int) -> Array:
    weights = np.zeros(count)
    weights[number] = 0.5
    for beside in (number - 1, number + 1):
        if 0 <= beside < count:
            weights[beside] = NEIGHBOR_WEIGHT
    total: Array = weights / weights.sum()
    return total


def _residual_mm(movement: RigidMovement, fixed: Array, moving: Array, number: int) -> float:
    near = slice(max(number - 1, 0), number + 2)
    apart = np.linalg.norm(movement.apply(fixed[near]) - moving[near], axis=1)
    return float(np.sqrt((apart**2).mean()))


def _warnings(levels: Sequence[LevelMovement], pairs: _Pairs) -> tuple[Finding, ...]:
    warnings = []
    red = [item.level.value for item in levels if item.agreement is Agreement.RED]
    if red:
        warnings.append(
            Finding(
                code="residual",
                message=f"The two series differ by more than {RED_MM:g} mm at {', '.join(red)}; "
                "nothing is measured across them there.",
            )
        )
    if _shifted(pairs):
        warnings.append(
            Finding(
                code="shifted",
                message="The distances between the levels do not match; the labels of one series "
                "may be shifted by one.",
            )
        )
    return tuple(warnings)


SPACING_TOLERANCE = 0.02
"""Mean relative difference of the distances between levels from which a shift is looked for."""


def _shifted(pairs: _Pairs) -> bool:
    """Whether distances between neighbors fit one level further along better than here."""
    fixed, moving = (np.array([pair[side] for pair in pairs.values()]) for side in (0, 1))
    gaps = [np.linalg.norm(np.diff(points, axis=0), axis=1) for points in (fixed, moving)]
    if len(gaps[0]) < 3:
        return False
    here = _mismatch(gaps[0], gaps[1])
    beside = min(_mismatch(gaps[0][1:], gaps[1][:-1]), _mismatch(gaps[0][:-1], gaps[1][1:]))
    return here > SPACING_TOLERANCE and beside < 0.5 * here


def _mismatch(first: Array, second: Array) -> float:
    return float(np.abs(first / second - 1.0).mean())


def _disagreement(fixed: Sequence[Landmark], moving: Sequence[Landmark]) -> tuple[Finding, ...]:
    """Return the alarm when labels in one scanner space lie apart: moved patient or misnamed."""
    apart = {
        level: float(np.linalg.norm(pair[0] - pair[1]))
        for level, pair in _common(fixed, moving).items()
    }
    far = [level.value for level, distance in apart.items() if distance > RED_MM]
    if not far:
        return ()
    shifted = float(np.median(list(apart.values()))) > SHIFTED_MM
    why = (
        "the labels of one series may be shifted by one"
        if shifted
        else "the patient may have moved"
    )
    return (
        Finding(
            code="shifted" if shifted else "moved",
            message=f"Labels of the same space lie apart at {', '.join(far)}; {why}.",
        ),
    )
