"""Loss of vertebral height from six confirmed points, with the reference named.

Clinical reference, section 7.5; algorithms document, section 4. Automatic end-plates are too
coarse for a limit of 50 %, so nothing is computed before the reader has set all six points.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from workstation.base.errors import InputRefusedError
from workstation.domain.spine import PointLps, VertebralLevel
from workstation.imaging.measure import height_loss_percent
from workstation.imaging.spine.priors import body_height_mm
from workstation.imaging.spine.suggestion import Suggestion

LIMIT_PCT = 50.0
BORDERLINE_PCT = 5.0
ROUNDING_PCT = 1e-9
"""What binary fractions may lose: 11 of 20 mm is exactly 45 %."""
SITES = ("anterior", "middle", "posterior")
METHOD = "six points, end-plate to end-plate at right angles to the lower end-plate"

Vector = NDArray[np.float64]


class HeightReference(StrEnum):
    """What a height is compared with, best first."""

    PRIOR_STUDY = "the same vertebra in a prior study"
    BOTH_NEIGHBORS = "the mean of the nearest normal vertebrae above and below"
    ONE_NEIGHBOR = "the nearest normal vertebra on one side"
    INTRINSIC = "its own posterior height"


@dataclass(frozen=True, slots=True, kw_only=True)
class SixPoints:
    """The end-plates of one vertebra in its mid-sagittal plane, LPS mm.

    Parameters
    ----------
    level : VertebralLevel
    upper, lower : tuple of PointLps
        Anterior, middle and posterior point of each end-plate.
    """

    level: VertebralLevel
    upper: tuple[PointLps, PointLps, PointLps]
    lower: tuple[PointLps, PointLps, PointLps]

    def heights_mm(self) -> dict[str, float]:
        """Return the height at each site, at right angles to the lower end-plate, mm.

        Raises
        ------
        InputRefusedError
            When the points of the lower end-plate coincide.
        """
        up = self._up()
        pairs = zip(SITES, self.upper, self.lower, strict=True)
        return {site: float(np.subtract(top, bottom) @ up) for site, top, bottom in pairs}

    def _up(self) -> Vector:
        """Return the unit vector to the head, at right angles to the lower end-plate."""
        front, _, back = (np.asarray(point, dtype=np.float64) for point in self.lower)
        along = back - front
        length = float(np.linalg.norm(along))
        if length < 1.0:
            raise InputRefusedError(
                "The points of the lower end-plate lie on each other.", code="same-points"
            )
        along /= length
        span = np.mean(np.asarray(self.upper), axis=0) - np.mean(np.asarray(self.lower), axis=0)
        up: Vector = span - (span @ along) * along
        height = float(np.linalg.norm(up))
        if height < 1e-6:
            raise InputRefusedError("The end-plates lie on each other.", code="same-points")
        return up / height


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceHeights:
    """Heights a vertebra is compared with.

    Parameters
    ----------
    heights_mm : mapping of str to float
        Per site; only those that can be compared.
    kind : HeightReference
    levels : tuple of VertebralLevel
        The vertebrae they come from.
    """

    heights_mm: Mapping[str, float]
    kind: HeightReference
    levels: tuple[VertebralLevel, ...] = ()

    @property
    def words(self) -> str:
        """The reference as printed."""
        where = ", ".join(level.value for level in self.levels)
        return f"{self.kind.value} ({where})" if where else self.kind.value


def reference_heights(
    points: SixPoints,
    *,
    prior: SixPoints | None = None,
    above: SixPoints | None = None,
    below: SixPoints | None = None,
) -> ReferenceHeights:
    """Return what a vertebra is compared with: prior study, then neighbors, then itself.

    Parameters
    ----------
    points : SixPoints
        The vertebra in question.
    prior : SixPoints, optional
        The same vertebra before.
    above, below : SixPoints, optional
        The nearest normal vertebra on each side. One that is not the direct neighbor is scaled by
        the ratio of the adult heights.

    Raises
    ------
    InputRefusedError
        When the prior is of another level.
    """
    if prior is not None:
        if prior.level is not points.level:
            raise InputRefusedError(
                "The prior heights are of another vertebra.", code="other-level"
            )
        return ReferenceHeights(
            heights_mm=prior.heights_mm(),
            kind=HeightReference.PRIOR_STUDY,
            levels=(prior.level,),
        )
    beside = [other for other in (above, below) if other is not None]
    if not beside:
        return ReferenceHeights(
            heights_mm={"anterior": points.heights_mm()["posterior"]},
            kind=HeightReference.INTRINSIC,
        )
    return _from_neighbors(points, beside)


def _from_neighbors(points: SixPoints, beside: Sequence[SixPoints]) -> ReferenceHeights:
    scaled = [_scaled(other, points.level) for other in beside]
    both = len(beside) == 2
    return ReferenceHeights(
        heights_mm={site: sum(item[site] for item in scaled) / len(scaled) for site in SITES},
        kind=HeightReference.BOTH_NEIGHBORS if both else HeightReference.ONE_NEIGHBOR,
        levels=tuple(other.level for other in beside),
    )


def height_loss(points: SixPoints, reference: ReferenceHeights) -> Suggestion:
    """Return the loss of height, the larger of the sites, never below 0.

    Parameters
    ----------
    points : SixPoints
        All six set by the reader.
    reference : ReferenceHeights

    Raises
    ------
    InputRefusedError
        When the points make no height or nothing can be compared.
    """
    heights = points.heights_mm()
    value, site = height_loss_percent(heights, reference.heights_mm)
    borderline = abs(value - LIMIT_PCT) <= BORDERLINE_PCT + ROUNDING_PCT
    notes = [f"largest at the {site} site", *_shape_notes(heights)]
    if borderline:
        notes.append("borderline: within 5 points of 50 %")
    if reference.kind is HeightReference.INTRINSIC:
        notes.append("reference weak: only the anterior height against its own posterior height")
    return Suggestion(
        name="height loss",
        value=value,
        unit="%",
        method=f"{METHOD}; against {reference.words}",
        uncertainty="± 5 points",
        borderline=borderline,
        notes=tuple(notes),
        inputs={site: f"{heights[site]:.1f} mm" for site in SITES},
    )


def _scaled(other: SixPoints, level: VertebralLevel) -> dict[str, float]:
    """Return heights of another vertebra as they would be at ``level``; neighbors as they are."""
    heights = other.heights_mm()
    if _are_neighbors(other.level, level):
        return heights
    ratio = body_height_mm(level) / body_height_mm(other.level)
    return {site: ratio * height for site, height in heights.items()}


def _are_neighbors(one: VertebralLevel, other: VertebralLevel) -> bool:
    """Whether no ordinary level lies between; T13 and L6 are in the list but rarely in a spine."""
    low, high = sorted((one.order, other.order))
    between = list(VertebralLevel)[low + 1 : high]
    return all(level.is_supernumerary for level in between)


def _shape_notes(heights: Mapping[str, float]) -> tuple[str, ...]:
    back = heights["posterior"]
    if back <= 0.0:
        return ()
    wedge, hollow = heights["anterior"] / back, heights["middle"] / back
    return (f"wedge ratio {wedge:.2f}, biconcavity ratio {hollow:.2f}",)
