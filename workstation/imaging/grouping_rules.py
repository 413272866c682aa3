"""What tells one volume of a series from another: a list of small named rules.

Each rule gives a value per picture; pictures that agree in all values belong together. Position
is not a rule: slabs and repetitions are found from positions afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

import numpy as np

from workstation.imaging.image_frame import ImageFrame, PlacedFrame
from workstation.imaging.volume import Finding

SAME_DIRECTION = 2e-3
"""Largest difference of a direction cosine within one orientation (0.1 degree)."""


@dataclass(frozen=True, slots=True)
class GroupingRule:
    """One property that splits a series into volumes.

    Parameters
    ----------
    name : str
    key : callable
        ImageFrame to the value compared.
    finding : Finding or None
        What the reader is told when a series differs in this property.
    """

    name: str
    key: Callable[[ImageFrame], Hashable]
    finding: Finding | None = None


def _rounded(keyword: str, digits: int) -> Callable[[ImageFrame], Hashable]:
    def key(frame: ImageFrame) -> Hashable:
        value = frame.tags.number(keyword)
        return None if value is None else round(value, digits)

    return key


def _spacing(frame: ImageFrame) -> Hashable:
    spacing = frame.pixel_spacing
    return None if spacing is None else (round(spacing[0], 4), round(spacing[1], 4))


def _flavor(frame: ImageFrame) -> Hashable:
    """Values 3 and later of Image Type: magnitude or phase, water or fat, localizer, ADC."""
    return frame.tags.texts("ImageType")[2:]


def b_value(frame: ImageFrame) -> float | None:
    """Return the diffusion b-value in s/mm2, standard element first, or None."""
    standard = frame.tags.number("DiffusionBValue")
    return frame.tags.number("PrivateBValue") if standard is None else standard


RULES = (
    GroupingRule(
        "frame of reference",
        lambda frame: frame.tags.text("FrameOfReferenceUID"),
        Finding(
            code="mixed-frames-of-reference",
            message="The series holds images of different coordinate systems; they are kept apart.",
        ),
    ),
    GroupingRule(
        "matrix",
        lambda frame: (frame.rows, frame.columns, frame.layout.samples),
        Finding(code="mixed-matrix", message="The series holds images of different size."),
    ),
    GroupingRule(
        "pixel spacing",
        _spacing,
        Finding(code="mixed-spacing", message="The series holds images of different pixel size."),
    ),
    GroupingRule("image type", _flavor),
    GroupingRule("echo time", _rounded("EchoTime", 2)),
    GroupingRule("inversion time", _rounded("InversionTime", 1)),
    GroupingRule("b-value", b_value),
    GroupingRule("temporal position", _rounded("TemporalPositionIdentifier", 0)),
    GroupingRule("stack", lambda frame: frame.tags.text("StackID")),
)
"""The rules that split a series into volumes, before orientation and position are looked at."""


def split_by_rules(
    frames: Iterable[PlacedFrame],
) -> tuple[list[list[PlacedFrame]], tuple[Finding, ...]]:
    """Return groups of pictures that agree in every rule, and what to tell the reader."""
    groups: dict[tuple[Hashable, ...], list[PlacedFrame]] = {}
    for placed in frames:
        key = tuple(rule.key(placed.frame) for rule in RULES)
        groups.setdefault(key, []).append(placed)
    findings = [
        rule.finding
        for number, rule in enumerate(RULES)
        if rule.finding and len({key[number] for key in groups}) > 1
    ]
    return list(groups.values()), tuple(findings)


def split_by_orientation(frames: Iterable[PlacedFrame]) -> list[list[PlacedFrame]]:
    """Return groups of pictures with the same row and column directions."""
    groups: list[list[PlacedFrame]] = []
    for placed in frames:
        for group in groups:
            if _same_direction(group[0], placed):
                group.append(placed)
                break
        else:
            groups.append([placed])
    return groups


def _same_direction(first: PlacedFrame, second: PlacedFrame) -> bool:
    a, b = first.place, second.place
    apart = max(np.abs(a.row - b.row).max(), np.abs(a.column - b.column).max())
    return bool(apart <= SAME_DIRECTION)
