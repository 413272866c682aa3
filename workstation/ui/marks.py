"""What a tool is drawing right now and no command has taken into the case yet."""

from __future__ import annotations

from dataclasses import dataclass

from workstation.domain.mark import Mark
from workstation.domain.spine import PointLps, VertebralLevel


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


Draft = Mark | SphereMark | LandmarkMark
