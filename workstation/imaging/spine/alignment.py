"""Alignment: segmental and local kyphosis, the coronal angle, and translation, in patient space.

Clinical reference, section 7.7. Angles are those of end-plate lines projected on the patient's
sagittal or coronal plane, not of a picture. No threshold decides anything here: whether a new
deformity or a subluxation is present is the reader's answer.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from workstation.base.errors import InputRefusedError
from workstation.domain.spine import PointLps
from workstation.imaging.spine.heights import SixPoints
from workstation.imaging.spine.suggestion import Suggestion

Vector = NDArray[np.float64]

SUPINE = "supine images hide instability"
MEYERDING = ((25.0, "I"), (50.0, "II"), (75.0, "III"), (100.0, "IV"), (math.inf, "V"))


def segmental_kyphosis(above: SixPoints, below: SixPoints) -> Suggestion:
    """Return the angle from the upper end-plate above to the lower end-plate below a lesion.

    Parameters
    ----------
    above, below : SixPoints
        Vertebrae above and below the affected one.

    Raises
    ------
    InputRefusedError
        When an end-plate has no length in the sagittal plane.
    """
    return Suggestion(
        name="segmental kyphosis",
        value=_kyphosis_deg(above.upper, below.lower),
        unit="°",
        method=f"Cobb, upper end-plate of {above.level} to lower end-plate of {below.level}, "
        "sagittal plane of the patient; kyphosis positive",
        uncertainty="± 3°",
        notes=(SUPINE,),
    )


def local_kyphosis(points: SixPoints) -> Suggestion:
    """Return the angle between the two end-plates of one vertebra.

    Raises
    ------
    InputRefusedError
        When an end-plate has no length in the sagittal plane.
    """
    return Suggestion(
        name="local kyphosis",
        value=_kyphosis_deg(points.upper, points.lower),
        unit="°",
        method=f"upper to lower end-plate of {points.level}, sagittal plane of the patient; "
        "kyphosis positive",
        uncertainty="± 3°",
    )


def coronal_angle(upper: tuple[PointLps, PointLps], lower: tuple[PointLps, PointLps]) -> Suggestion:
    """Return the angle of two end-plate lines in the coronal plane, open to the left positive.

    Parameters
    ----------
    upper, lower : tuple of PointLps
        Right and left end of each end-plate, mm.

    Raises
    ------
    InputRefusedError
        When an end-plate has no length in the coronal plane.
    """
    tilts = [_tilt_deg(line[0], line[1], axis=0) for line in (upper, lower)]
    return Suggestion(
        name="coronal angle",
        value=_wrapped(tilts[1] - tilts[0]),
        unit="°",
        method="end-plate lines in the coronal plane of the patient; open to the left positive",
        uncertainty="± 3°",
        notes=(SUPINE,),
    )


def translation(upper: SixPoints, lower: SixPoints) -> Suggestion:
    """Return how far the upper body stands in front of or behind the lower one, mm.

    The posterior-inferior corner of the upper body against the posterior-superior corner of the
    lower, along the upper end-plate of the lower body; forward slip is positive.

    Parameters
    ----------
    upper, lower : SixPoints
        Two neighbors.

    Raises
    ------
    InputRefusedError
        When the end-plate has no length.
    """
    front, back = (np.asarray(lower.upper[n], dtype=np.float64) for n in (0, 2))
    along = front - back
    depth = float(np.linalg.norm(along))
    if depth < 1.0:
        raise InputRefusedError(
            "The points of the end-plate lie on each other.", code="same-points"
        )
    corner = np.asarray(upper.lower[2], dtype=np.float64)
    shift = float((corner - back) @ along) / depth
    percent = 100.0 * shift / depth
    grade = next(name for limit, name in MEYERDING if abs(percent) <= limit)
    return Suggestion(
        name="translation",
        value=shift,
        unit="mm",
        method=f"posterior-inferior corner of {upper.level} on the upper end-plate of "
        f"{lower.level}; forward positive",
        uncertainty="± 1.5 mm",
        notes=(f"{percent:z.0f} % of the end-plate, Meyerding {grade}", SUPINE),
    )


def _kyphosis_deg(
    upper: tuple[PointLps, PointLps, PointLps], lower: tuple[PointLps, PointLps, PointLps]
) -> float:
    """Return how much more the lower line falls to the back than the upper: kyphosis positive."""
    tilts = [_endplate_tilt_deg(line) for line in (upper, lower)]
    return _wrapped(tilts[1] - tilts[0])


def _endplate_tilt_deg(line: tuple[PointLps, PointLps, PointLps]) -> float:
    """Return how steeply an end-plate falls to the back, by least squares in the sagittal plane."""
    points = np.asarray(line, dtype=np.float64)
    flat = points[:, 1:] - points[:, 1:].mean(axis=0)
    if float(np.ptp(flat[:, 0])) + float(np.ptp(flat[:, 1])) < 1.0:
        raise InputRefusedError(
            "The end-plate has no length in the sagittal plane.", code="same-points"
        )
    _, _, ways = np.linalg.svd(flat)
    y, z = ways[0] if ways[0] @ (points[2, 1:] - points[0, 1:]) >= 0.0 else -ways[0]
    return math.degrees(math.atan2(-z, y))


def _tilt_deg(first: PointLps, second: PointLps, axis: int) -> float:
    run, fall = second[axis] - first[axis], first[2] - second[2]
    if math.hypot(run, fall) < 1.0:
        raise InputRefusedError(
            "The end-plate has no length in the coronal plane.", code="same-points"
        )
    return math.degrees(math.atan2(fall, run))


def _wrapped(angle_deg: float) -> float:
    return (angle_deg + 180.0) % 360.0 - 180.0
