"""Which parts of a vertebra a lesion touches, from its outline and the frame of the vertebra.

Sides come from the sign of the left axis in patient coordinates, never from a picture. The parts
are boxes of adult size around the canal, so they are suggestions (algorithms document, section 4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workstation.domain.lesion import VertebraPart, parts_at
from workstation.domain.spine import PointLps, VertebralLevel
from workstation.imaging.spine.frame import SpineFrame
from workstation.imaging.spine.priors import body_depth_mm, body_height_mm

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

CANAL_HALF_WIDTH_MM = 11.0
CANAL_DEPTH_MM = 16.0
PEDICLE_MM = 7.0
SPINOUS_HALF_WIDTH_MM = 4.0
LEAST_SHARE = 0.10
LEAST_EXTENT_MM = 3.0
MIDLINE_MM = 1.0
"""Voxels nearer to the midline than this speak for no side."""

COUNTED = frozenset({"pedicle", "facet", "costovertebral"})
"""Parts that count for SINS, rules S-19 and S-21."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VertebraPlace:
    """Where a vertebra lies and how it is turned.

    Parameters
    ----------
    level : VertebralLevel
    center_lps : PointLps
        Body center, mm.
    frame : SpineFrame
    scale : float
        Size of the patient against the adult mean.
    """

    level: VertebralLevel
    center_lps: PointLps
    frame: SpineFrame
    scale: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PartShare:
    """How much of a lesion lies in one part.

    Parameters
    ----------
    share : float
        Of the lesion's voxels, 0 to 1.
    extent_mm : float
        Longest side of the box around them, in the axes of the vertebra.
    """

    share: float
    extent_mm: float

    @property
    def counts(self) -> bool:
        """Whether it is enough to suggest the part: 10 % of the lesion or 3 mm."""
        return self.share >= LEAST_SHARE or self.extent_mm >= LEAST_EXTENT_MM


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsSuggestion:
    """The parts that an outline touches.

    Parameters
    ----------
    shares : mapping of VertebraPart to PartShare
        Every part that holds at least one voxel.
    outside_share : float
        Share of the lesion in none of the parts (canal, soft tissue).
    """

    shares: Mapping[VertebraPart, PartShare]
    outside_share: float

    @property
    def parts(self) -> frozenset[VertebraPart]:
        """The parts that are suggested."""
        return frozenset(part for part, share in self.shares.items() if share.counts)

    @property
    def posterolateral_sides(self) -> frozenset[str]:
        """``"R"`` and ``"L"`` of the pedicle, facet and costovertebral joint that are touched."""
        return frozenset(part.side for part in self.parts if part.structure in COUNTED)


def suggest_parts(points_lps: Array, place: VertebraPlace) -> PartsSuggestion:
    """Return the parts of one vertebra that the voxels of a lesion lie in.

    Parameters
    ----------
    points_lps : ndarray, shape (n, 3), float64, mm
        Voxel centers of the lesion.
    place : VertebraPlace
    """
    local = (points_lps - np.asarray(place.center_lps)) @ place.frame.matrix.T
    down, back, left = local[:, 0], local[:, 1], local[:, 2]
    shares: dict[VertebraPart, PartShare] = {}
    claimed = np.zeros(len(local), dtype=np.bool_)
    existing = set(parts_at(place.level))
    for part, inside in _zones(down, back, left, place).items():
        own = inside & ~claimed
        if part in existing and own.any():
            claimed |= own
            extent = float(np.ptp(local[own], axis=0).max())
            shares[part] = PartShare(share=float(own.mean()), extent_mm=extent)
    return PartsSuggestion(shares=shares, outside_share=float((~claimed).mean()))


def _zones(down: Array, back: Array, left: Array, place: VertebraPlace) -> dict[VertebraPart, Mask]:
    """Return each part's zone; where two overlap the first one has it."""
    zones: dict[VertebraPart, Mask] = {}
    for side, half in (("R", left < -MIDLINE_MM), ("L", left > MIDLINE_MM)):
        for name, zone in _sided_zones(down, back, np.abs(left), place).items():
            zones[VertebraPart(f"{name}_{side}")] = zone & half
    wall = _wall_mm(place)
    height = body_height_mm(place.level) * place.scale
    behind = back > wall + CANAL_DEPTH_MM * place.scale
    zones[VertebraPart.SPINOUS] = behind & (np.abs(left) <= SPINOUS_HALF_WIDTH_MM * place.scale)
    if place.level is VertebralLevel.C2:
        zones[VertebraPart.DENS] = (back <= wall) & (down < -height / 2.0)
    return zones


def _sided_zones(down: Array, back: Array, aside: Array, place: VertebraPlace) -> dict[str, Mask]:
    """Return the zones of one side, ``aside`` being the distance from the midline, mm."""
    wall, scale = _wall_mm(place), place.scale
    height = body_height_mm(place.level) * scale
    canal, middle = CANAL_HALF_WIDTH_MM * scale, wall + CANAL_DEPTH_MM * scale / 2.0
    rear = wall + CANAL_DEPTH_MM * scale
    body_half = 1.6 * wall
    in_body = (back <= wall) & (np.abs(down) <= 0.6 * height) & (aside <= body_half)
    third = 2.0 * wall / 3.0
    pedicle = (back > wall) & (back <= middle) & (aside > 0.75 * canal)
    outer = canal + PEDICLE_MM * scale
    joint = (np.abs(back - wall) <= 7.0 * scale) & (aside > body_half - 3.0 * scale)
    return {
        "costovertebral": joint & (down < 0.0),
        "body_anterior": in_body & (back <= -wall + third),
        "body_middle": in_body & (np.abs(back) < wall - third),
        "body_posterior": in_body,
        "pedicle": pedicle & (aside <= outer) & (down <= 0.15 * height),
        "transverse": (back > wall) & (aside > outer),
        "facet": (back > wall) & (back <= rear + 3.0 * scale) & (aside > 0.75 * canal),
        "lamina": (back > rear - 2.0 * scale) & (aside > SPINOUS_HALF_WIDTH_MM * scale),
    }


def _wall_mm(place: VertebraPlace) -> float:
    """Return how far the back wall of the body lies behind its center, mm."""
    return body_depth_mm(place.level) * place.scale / 2.0
