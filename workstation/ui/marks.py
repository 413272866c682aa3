"""Marks on images that are not part of the case yet, in patient coordinates."""

from __future__ import annotations

import math
from dataclasses import dataclass

from workstation.domain.spine import PointLps, VertebralLevel
from workstation.imaging.quantity import Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class DistanceMark:
    """A measured line.

    Parameters
    ----------
    start_lps, end_lps : PointLps
        Ends, mm.
    frame_of_reference_uid : str
        The space it was drawn in; it is shown in every pane of that space.
    refusal : str
        Why no length can be given; empty when there is one.
    """

    start_lps: PointLps
    end_lps: PointLps
    frame_of_reference_uid: str
    refusal: str = ""

    @property
    def length(self) -> Quantity:
        """The length in patient millimeters, or the reason why there is none."""
        if self.refusal:
            return Quantity.refused("mm", self.refusal)
        return Quantity(value=math.dist(self.start_lps, self.end_lps), unit="mm")


@dataclass(frozen=True, slots=True, kw_only=True)
class SphereMark:
    """A lesion that is being drawn: center and radius, mm."""

    center_lps: PointLps
    radius_mm: float
    frame_of_reference_uid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LandmarkMark:
    """A vertebra that is being dragged or named; ``level`` is None before it has a name."""

    center_lps: PointLps
    level: VertebralLevel | None
    frame_of_reference_uid: str


Mark = DistanceMark | SphereMark | LandmarkMark
