"""Planted lesions on phantom images, made once for all tests of outlines."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tests.support.spine_phantom import (
    Acquisition,
    Contrast,
    LesionKind,
    PlantedLesion,
    SpineRecipe,
    build_spine,
    grid_around,
    image_of,
    lesion_mask,
    paint_spine,
)
from workstation.domain.spine import VertebralLevel
from workstation.imaging.mask import inside_box
from workstation.imaging.measure import Region
from workstation.imaging.volume import Volume


@dataclass(frozen=True, kw_only=True, eq=False)
class Planted:
    """An image with one planted lesion and its truth."""

    volume: Volume
    mask: NDArray[np.bool_]
    center_lps: tuple[float, float, float]
    radius_mm: float

    def dice(self, region: Region) -> float:
        found = self.on_grid(region)
        return float(2.0 * (found & self.mask).sum() / (found.sum() + self.mask.sum()))

    def volume_ratio(self, region: Region) -> float:
        return float(self.on_grid(region).sum() / self.mask.sum())

    def on_grid(self, region: Region) -> NDArray[np.bool_]:
        return inside_box(region, ((0, 0, 0), self.mask.shape))


@cache
def planted_lesion(
    contrast: Contrast,
    kind: LesionKind,
    radius_mm: float,
    offset_mm: tuple[float, float, float] = (3.0, 1.0, 0.0),
    spacing_mm: tuple[float, float, float] = (1.0, 1.0, 1.0),
) -> Planted:
    """Return a lesion in T12 with noise; PET without."""
    lesion = PlantedLesion(
        level=VertebralLevel.T12, kind=kind, offset_mm=offset_mm, radius_mm=radius_mm
    )
    spine = build_spine(
        SpineRecipe(first=VertebralLevel.T12, last=VertebralLevel.L1, lesions=(lesion,))
    )
    grid = grid_around(spine, spacing_mm)
    tissue = paint_spine(spine, grid)
    noise = 0.0 if contrast is Contrast.PET else 30.0
    volume = image_of(spine, grid, Acquisition(contrast=contrast, noise_sd=noise), tissue)
    mask = lesion_mask(tissue, grid, spine, lesion)
    index = np.argwhere(mask)[:, ::-1].astype(np.float64)
    x, y, z = grid.index_to_lps(index).mean(axis=0)
    return Planted(
        volume=volume,
        mask=mask,
        center_lps=(float(x), float(y), float(z)),
        radius_mm=radius_mm,
    )
