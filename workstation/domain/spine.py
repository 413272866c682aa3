"""Vertebral levels, regions, variants, and the spine as labelled landmarks of one patient.

Levels are counted from the head. Points are patient coordinates (DICOM LPS, mm). Source of the
level list: the clinical reference, section 0.3; S1-S5 and the coccyx end the list, T13 and L6 are
variants that must be declared before they can be used.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from workstation.base.errors import CommandRefusedError

PointLps = tuple[float, float, float]
"""A point (x, y, z) in patient coordinates: x to the patient's left, y to the back, z to the
head, in mm."""


class Region(StrEnum):
    """Part of the spine."""

    CERVICAL = "cervical"
    THORACIC = "thoracic"
    LUMBAR = "lumbar"
    SACRAL = "sacral"
    COCCYX = "coccyx"


class VertebralLevel(StrEnum):
    """A vertebra, in order from the head; the value is the label that is shown."""

    C0 = "C0"
    C1 = "C1"
    C2 = "C2"
    C3 = "C3"
    C4 = "C4"
    C5 = "C5"
    C6 = "C6"
    C7 = "C7"
    T1 = "T1"
    T2 = "T2"
    T3 = "T3"
    T4 = "T4"
    T5 = "T5"
    T6 = "T6"
    T7 = "T7"
    T8 = "T8"
    T9 = "T9"
    T10 = "T10"
    T11 = "T11"
    T12 = "T12"
    T13 = "T13"
    L1 = "L1"
    L2 = "L2"
    L3 = "L3"
    L4 = "L4"
    L5 = "L5"
    L6 = "L6"
    S1 = "S1"
    S2 = "S2"
    S3 = "S3"
    S4 = "S4"
    S5 = "S5"
    CO = "Co"

    @property
    def order(self) -> int:
        """Position from the head, C0 being 0."""
        return _ORDER[self]

    @property
    def region(self) -> Region:
        """The part of the spine the level belongs to."""
        return Region.COCCYX if self is VertebralLevel.CO else _REGIONS[self.value[0]]

    @property
    def is_supernumerary(self) -> bool:
        """Whether the level exists only as a declared variant (T13, L6)."""
        return self in (VertebralLevel.T13, VertebralLevel.L6)

    @classmethod
    def parse(cls, text: str) -> VertebralLevel:
        """Return the level named by ``text`` ("t12", " L1 ", "Co").

        Raises
        ------
        CommandRefusedError
            When the text names no vertebra.
        """
        wanted = text.strip().upper()
        for level in cls:
            if level.value.upper() == wanted:
                return level
        raise CommandRefusedError(
            f'"{text.strip()[:20]}" is not a vertebral level; use C1 to C7, T1 to T13, L1 to L6, '
            "S1 to S5 or Co.",
            code="bad-level",
        )


_ORDER = {level: position for position, level in enumerate(VertebralLevel)}
_REGIONS = {
    "C": Region.CERVICAL,
    "T": Region.THORACIC,
    "L": Region.LUMBAR,
    "S": Region.SACRAL,
}


class Variant(StrEnum):
    """Declared departures from 7 cervical, 12 thoracic and 5 lumbar vertebrae."""

    THIRTEEN_RIBS = "T13"
    """Thirteen rib-bearing vertebrae: T13 exists."""

    ELEVEN_RIBS = "11 ribs"
    """Eleven rib-bearing vertebrae: T12 does not exist."""

    SIX_LUMBAR = "L6"
    """Six lumbar vertebrae: L6 exists."""

    FOUR_LUMBAR = "4 lumbar"
    """Four lumbar vertebrae: L5 does not exist."""

    SACRALIZED_L5 = "sacralized L5"
    LUMBARIZED_S1 = "lumbarized S1"


def level_chain(variants: frozenset[Variant] = frozenset()) -> tuple[VertebralLevel, ...]:
    """Return the levels that exist in a patient with these variants, from the head."""
    absent = set()
    if Variant.THIRTEEN_RIBS not in variants:
        absent.add(VertebralLevel.T13)
    if Variant.SIX_LUMBAR not in variants:
        absent.add(VertebralLevel.L6)
    if Variant.ELEVEN_RIBS in variants:
        absent.add(VertebralLevel.T12)
    if Variant.FOUR_LUMBAR in variants:
        absent.add(VertebralLevel.L5)
    return tuple(level for level in VertebralLevel if level not in absent)


def transitional_levels(variants: frozenset[Variant]) -> frozenset[VertebralLevel]:
    """Return the levels whose zone cannot be looked up when these variants are declared.

    Automatic location scoring is disabled there (clinical reference 0.3 and rule S-26).
    """
    touched: dict[Variant, tuple[VertebralLevel, ...]] = {
        Variant.THIRTEEN_RIBS: (VertebralLevel.T12, VertebralLevel.T13, VertebralLevel.L1),
        Variant.ELEVEN_RIBS: (VertebralLevel.T11, VertebralLevel.L1),
        Variant.SIX_LUMBAR: (VertebralLevel.L5, VertebralLevel.L6, VertebralLevel.S1),
        Variant.FOUR_LUMBAR: (VertebralLevel.L4, VertebralLevel.S1),
        Variant.SACRALIZED_L5: (VertebralLevel.L5, VertebralLevel.S1),
        Variant.LUMBARIZED_S1: (VertebralLevel.L5, VertebralLevel.S1, VertebralLevel.S2),
    }
    return frozenset(level for variant in variants for level in touched[variant])


class LandmarkState(StrEnum):
    """How sure a landmark is; only a confirmed spine gives levels to findings."""

    PROPOSED = "proposed"
    CLICKED = "clicked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Landmark:
    """The body centre of one vertebra.

    Parameters
    ----------
    level : VertebralLevel
    center_lps : PointLps
        Body centre, mm.
    state : LandmarkState
        ``CLICKED`` when a reader put it there, ``PROPOSED`` when it was interpolated.
    """

    level: VertebralLevel
    center_lps: PointLps
    state: LandmarkState = LandmarkState.PROPOSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Spine:
    """The labelled levels of one patient in one frame of reference, ordered from the head."""

    frame_of_reference_uid: str
    series_uid: str
    landmarks: tuple[Landmark, ...] = ()
    variants: frozenset[Variant] = frozenset()
    counted_from: str = ""
    """How the numbering was anchored, as printed: "counted from C2", "from L5/S1"."""
    confirmed_by: str = ""
    confirmed_at: str = ""
    """ISO 8601 with offset; empty while the numbering is only proposed."""

    @property
    def confirmed(self) -> bool:
        """Whether the reader has confirmed the numbering."""
        return bool(self.confirmed_at)

    @property
    def levels(self) -> tuple[VertebralLevel, ...]:
        """The labelled levels, from the head."""
        return tuple(mark.level for mark in self.landmarks)

    def landmark(self, level: VertebralLevel) -> Landmark | None:
        """Return the landmark of ``level``, or None where it is not labelled."""
        return next((mark for mark in self.landmarks if mark.level is level), None)

    def with_landmarks(self, landmarks: tuple[Landmark, ...]) -> Spine:
        """Return the spine with these landmarks in order; a change takes the confirmation away."""
        ordered = tuple(sorted(landmarks, key=lambda mark: mark.level.order))
        return replace(self, landmarks=ordered, confirmed_by="", confirmed_at="")

    def level_at(self, point_lps: PointLps) -> VertebralLevel | None:
        """Return the vertebra nearest along the spine, or None outside the labelled stretch.

        The distance that counts is along the line from one body centre to the next: a point in a
        pedicle or spinous process belongs to the body at its height. Beyond the last labelled
        centre half the distance to its neighbor is still that level; more than 100 mm away from
        the centreline nothing is named.
        """
        marks = self.landmarks
        if not marks:
            return None
        if len(marks) == 1:
            near = math.dist(marks[0].center_lps, point_lps) <= _LONE_REACH_MM
            return marks[0].level if near else None
        best: tuple[float, VertebralLevel | None] = (math.inf, None)
        for upper, lower in itertools.pairwise(marks):
            best = min(best, _named_on_segment(upper, lower, point_lps), key=lambda item: item[0])
        distance, level = best
        return level if distance <= _REACH_MM else None

    def caudal_direction(self, level: VertebralLevel) -> PointLps | None:
        """Return the unit vector from head to foot along the spine at ``level``."""
        position = self.levels.index(level) if level in self.levels else -1
        if position < 0 or len(self.landmarks) < 2:
            return None
        upper = self.landmarks[max(position - 1, 0)].center_lps
        lower = self.landmarks[min(position + 1, len(self.landmarks) - 1)].center_lps
        length = math.dist(upper, lower)
        if length == 0.0:
            return None
        x, y, z = (b - a for a, b in zip(upper, lower, strict=True))
        return (x / length, y / length, z / length)


_LONE_REACH_MM = 20.0
_REACH_MM = 100.0
_OVERHANG = 0.5


def _named_on_segment(
    upper: Landmark, lower: Landmark, point: PointLps
) -> tuple[float, VertebralLevel | None]:
    """Return (distance to the segment's line, nearer level) or infinity outside its reach."""
    axis = [b - a for a, b in zip(upper.center_lps, lower.center_lps, strict=True)]
    squared = sum(value * value for value in axis)
    if squared == 0.0:
        return (math.inf, None)
    offset = [b - a for a, b in zip(upper.center_lps, point, strict=True)]
    along = sum(a * b for a, b in zip(axis, offset, strict=True)) / squared
    if not -_OVERHANG <= along <= 1.0 + _OVERHANG:
        return (math.inf, None)
    inside = min(max(along, 0.0), 1.0)
    foot = [a + inside * d for a, d in zip(upper.center_lps, axis, strict=True)]
    return (math.dist(foot, point), upper.level if along < 0.5 else lower.level)


def level_runs(levels: Iterable[VertebralLevel]) -> str:
    """Return levels in runs of three and more, "C5, T8–T11", by the chain without variants."""
    chain = list(level_chain())
    ordered = sorted(set(levels), key=lambda level: level.order)
    runs: list[list[VertebralLevel]] = []
    for level in ordered:
        known = level in chain and bool(runs) and runs[-1][-1] in chain
        if known and chain.index(level) == chain.index(runs[-1][-1]) + 1:
            runs[-1].append(level)
        else:
            runs.append([level])
    return ", ".join(_run_words(run) for run in runs)


def _run_words(run: list[VertebralLevel]) -> str:
    if len(run) < 3:
        return ", ".join(level.value for level in run)
    return f"{run[0]}\N{EN DASH}{run[-1]}"
