"""Which vertebrae a set of points belongs to, along the labelled spine."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workstation.domain.spine import Landmark, VertebralLevel
from workstation.imaging.spine.straighten import SpinePath, path_of

REACH_MM = 100.0
"""Points farther from the line through the bodies belong to no level."""

LEAST_SHARE = 0.1
"""A level counts for a lesion when it holds at least this share of it."""


class LevelZones:
    """The stretch of each labelled level: from half way to the one above to half way below.

    Parameters
    ----------
    landmarks : sequence of Landmark
        At least two, from the head.

    Raises
    ------
    InputRefusedError
        When there are fewer than two.
    """

    def __init__(self, landmarks: Sequence[Landmark]) -> None:
        self.path: SpinePath = path_of(landmarks)
        self.levels = tuple(mark.level for mark in landmarks)
        arcs = self.path.center_arcs_mm
        self._borders = (arcs[:-1] + arcs[1:]) / 2.0

    def level_numbers(self, points_lps: NDArray[np.float64]) -> NDArray[np.intp]:
        """Return the position in ``levels`` per point, -1 where there is none, shape (n,)."""
        places = self.path.from_lps(points_lps)
        numbers = np.searchsorted(self._borders, places[:, 0])
        foot = self.path.to_lps(places * np.array([1.0, 0.0, 0.0]))
        away = np.linalg.norm(points_lps - foot, axis=1)
        beyond = away**2 - (places[:, 1:] ** 2).sum(axis=1) > 1.0
        outside = (away > REACH_MM) | beyond
        numbers[outside] = -1
        return numbers

    def levels_of(
        self, points_lps: NDArray[np.float64], least_share: float = LEAST_SHARE
    ) -> tuple[VertebralLevel, ...]:
        """Return the levels that hold at least a share of the points, from the head."""
        numbers = self.level_numbers(points_lps)
        count = max(len(numbers), 1)
        return tuple(
            level
            for n, level in enumerate(self.levels)
            if np.count_nonzero(numbers == n) >= least_share * count
        )
