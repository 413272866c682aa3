"""A smooth curve through points in space: natural cubic spline over chord length."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workstation.base.errors import InputRefusedError

Points = NDArray[np.float64]

SAMPLES_PER_SPAN = 200


class SpineCurve:
    """A curve through points, sampled by arc length.

    Two points give a straight line.

    Parameters
    ----------
    points_lps : ndarray, shape (n, 3), float64, mm
        At least two, no two neighbors the same.

    Raises
    ------
    InputRefusedError
        When there are fewer than two points or two neighbors coincide.
    """

    def __init__(self, points_lps: Points) -> None:
        points = np.asarray(points_lps, dtype=np.float64)
        steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
        if len(points) < 2 or float(steps.min()) <= 0.0:
            raise InputRefusedError("Two of the points are the same.", code="same-points")
        self._points = points
        self._knots = np.concatenate([[0.0], np.cumsum(steps)])
        self._bends = _second_derivatives(self._knots, points)
        count = SAMPLES_PER_SPAN * len(steps) + 1
        self._parameters = np.interp(
            np.linspace(0.0, len(steps), count), np.arange(len(points)), self._knots
        )
        lengths = np.linalg.norm(np.diff(self.at_parameter(self._parameters), axis=0), axis=1)
        self._arc_mm = np.concatenate([[0.0], np.cumsum(lengths)])

    @property
    def knot_arc_mm(self) -> Points:
        """Arc length at each of the points, shape (n,), mm."""
        arcs: Points = np.interp(self._knots, self._parameters, self._arc_mm)
        return arcs

    def at_arc(self, arc_mm: Points) -> Points:
        """Return the points (n, 3) at arc lengths (n,), clamped to the ends, mm."""
        return self.at_parameter(np.interp(arc_mm, self._arc_mm, self._parameters))

    def at_parameter(self, parameters: Points) -> Points:
        """Return the points (n, 3) at chord-length parameters (n,), mm."""
        knots = self._knots
        span = np.clip(np.searchsorted(knots, parameters, side="right") - 1, 0, len(knots) - 2)
        step = (knots[span + 1] - knots[span])[:, None]
        after = (parameters - knots[span])[:, None] / step
        before = 1.0 - after
        bend = (before**3 - before) * self._bends[span] + (after**3 - after) * self._bends[span + 1]
        line = before * self._points[span] + after * self._points[span + 1]
        curve: Points = line + bend * step**2 / 6.0
        return curve


def _second_derivatives(knots: Points, points: Points) -> Points:
    """Return the second derivatives (n, 3) at the knots of a natural cubic spline."""
    count = len(knots)
    bends = np.zeros_like(points)
    if count < 3:
        return bends
    steps = np.diff(knots)
    slopes = np.diff(points, axis=0) / steps[:, None]
    matrix = np.diag(2.0 * (steps[:-1] + steps[1:]))
    matrix += np.diag(steps[1:-1], 1) + np.diag(steps[1:-1], -1)
    bends[1:-1] = np.linalg.solve(matrix, 6.0 * np.diff(slopes, axis=0))
    return bends
