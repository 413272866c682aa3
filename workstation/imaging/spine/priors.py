"""How far apart neighboring vertebral bodies lie in an adult; only ratios matter.

Body heights and discs of C2 to L5: algorithms document, section 1 (after Panjabi 1991/1992, Gilad
and Nissan, Fletcher 2015). C1, the supernumerary levels and the sacral segments are design values
of ours, used only when a reader has named such a level.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from workstation.domain.spine import VertebralLevel

_HEIGHTS = {
    "C0": (4.0, 6.0),
    "C1": (10.0, 2.0),
    "C2": (22.0, 4.8),
    "C3": (13.5, 5.0),
    "C4": (13.2, 5.2),
    "C5": (12.8, 5.4),
    "C6": (13.0, 5.4),
    "C7": (14.5, 5.0),
    "T1": (16.5, 4.6),
    "T2": (17.5, 4.0),
    "T3": (17.9, 3.6),
    "T4": (18.2, 3.4),
    "T5": (18.7, 3.6),
    "T6": (19.3, 4.0),
    "T7": (19.8, 4.4),
    "T8": (20.4, 4.8),
    "T9": (21.2, 5.2),
    "T10": (22.4, 5.8),
    "T11": (23.2, 6.4),
    "T12": (24.8, 7.4),
    "T13": (25.6, 7.9),
    "L1": (26.4, 8.4),
    "L2": (27.2, 9.8),
    "L3": (27.4, 10.8),
    "L4": (27.2, 11.4),
    "L5": (27.0, 10.6),
    "L6": (27.0, 10.6),
    "S1": (30.0, 0.0),
    "S2": (25.0, 0.0),
    "S3": (20.0, 0.0),
    "S4": (17.0, 0.0),
    "S5": (15.0, 0.0),
    "Co": (15.0, 0.0),
}
"""Height of the body and of the disc below it, mm."""

_DEPTHS = (
    (VertebralLevel.C2, 15.0),
    (VertebralLevel.C7, 17.0),
    (VertebralLevel.T12, 31.0),
    (VertebralLevel.L5, 34.0),
)
"""Front-to-back depth of the body at some levels, mm; straight lines between them."""


def body_height_mm(level: VertebralLevel) -> float:
    """Return the adult mean height of a vertebral body, mm."""
    return _HEIGHTS[level.value][0]


def disc_height_mm(level: VertebralLevel) -> float:
    """Return the adult mean height of the disc below a vertebral body, mm."""
    return _HEIGHTS[level.value][1]


def body_depth_mm(level: VertebralLevel) -> float:
    """Return the expected front-to-back depth of a vertebral body, mm."""
    order = level.order
    upper, lower = max(
        (pair for pair in pairwise(_DEPTHS) if pair[0][0].order <= order),
        key=lambda pair: pair[0][0].order,
        default=(_DEPTHS[0], _DEPTHS[1]),
    )
    share = (order - upper[0].order) / (lower[0].order - upper[0].order)
    return upper[1] + min(max(share, 0.0), 1.0) * (lower[1] - upper[1])


def center_distance_mm(upper: VertebralLevel, lower: VertebralLevel) -> float:
    """Return the prior distance between the body centers of two neighbors, mm."""
    body, disc = _HEIGHTS[upper.value]
    return body / 2.0 + disc + _HEIGHTS[lower.value][0] / 2.0


def prior_positions_mm(chain: Sequence[VertebralLevel]) -> tuple[float, ...]:
    """Return how far along the spine each level of a chain lies from the first, mm."""
    positions = [0.0]
    for upper, lower in pairwise(chain):
        positions.append(positions[-1] + center_distance_mm(upper, lower))
    return tuple(positions)
