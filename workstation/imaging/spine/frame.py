"""The local frame of the spine: down, back and left at a place on its curve.

The frame is fixed to the sagittal direction of the patient, not carried along the curve, because a
carried frame rolls away from sagittal on a bent spine and left-right reading breaks (algorithms
document, section 2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workstation.base.errors import InputRefusedError
from workstation.domain.spine import PointLps

Vector = NDArray[np.float64]

MAX_ALONG_LEFT = 0.9
"""A curve whose direction is closer to left-right than this has no sagittal frame."""

_LEFT = np.array([1.0, 0.0, 0.0])


@dataclass(frozen=True, slots=True, kw_only=True)
class SpineFrame:
    """Three unit vectors at right angles, in LPS.

    Parameters
    ----------
    down : PointLps
        Along the spine, from head to foot.
    back : PointLps
        To the back.
    left : PointLps
        To the patient's left.
    """

    down: PointLps
    back: PointLps
    left: PointLps

    @property
    def matrix(self) -> Vector:
        """The vectors down, back and left as rows, shape (3, 3)."""
        return np.array([self.down, self.back, self.left])


def sagittal_axes(tangents: Vector) -> Vector:
    """Return frames for directions along the spine.

    Parameters
    ----------
    tangents : ndarray, shape (n, 3), float64
        From head to foot; any length above zero.

    Returns
    -------
    ndarray, shape (n, 3, 3), float64
        Per place the unit vectors down, back and left as rows.

    Raises
    ------
    InputRefusedError
        When a direction runs from side to side, so that no sagittal plane contains it.
    """
    down = tangents / np.linalg.norm(tangents, axis=-1, keepdims=True)
    if float(np.abs(down[:, 0]).max()) > MAX_ALONG_LEFT:
        raise InputRefusedError(
            "The line through the levels runs from side to side; check the marked points.",
            code="sideways-spine",
        )
    left = _LEFT - down[:, :1] * down
    left /= np.linalg.norm(left, axis=-1, keepdims=True)
    return np.stack([down, np.cross(left, down), left], axis=1)


def frame_of(axes: Vector) -> SpineFrame:
    """Return one frame of three rows as a frozen value."""
    down, back, left = ((float(x), float(y), float(z)) for x, y, z in axes)
    return SpineFrame(down=down, back=back, left=left)
