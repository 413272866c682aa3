"""Siemens mosaics: one large picture that holds every slice of a volume as a tile.

The header's position is that of the large picture; the tiles share its center (dicom position of
tile 0 = position + (large - tile) / 2 pixels along both axes). Where the header does not prove in
which direction the tiles follow each other, they are not made a volume.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.imaging.dicom_tags import TagValues
from workstation.imaging.pixel_layout import PixelLayout

Vector = NDArray[np.float64]

SAME_CENTER_MM = 1.0
"""How near tile 0 must be to an end of the protocol's slices."""


@dataclass(frozen=True, slots=True)
class Tile:
    """The part of a stored picture that is one slice."""

    top: int
    left: int
    rows: int
    columns: int


def is_mosaic(tags: TagValues) -> bool:
    """Whether a picture is a mosaic of slices."""
    return "MOSAIC" in tags.texts("ImageType")


def mosaic_tiles(tags: TagValues, layout: PixelLayout) -> list[tuple[Tile, dict[str, Any]]]:
    """Return the tiles and the header values of each; empty where the header is not enough."""
    count = tags.integer("MosaicTiles") or tags.integer("ProtocolSlices") or 0
    across = _tiles_across(count, layout)
    if not across:
        return []
    rows, columns = layout.rows // across, layout.columns // across
    placed = _first_and_step(tags, layout, rows, columns, count)
    if placed is None:
        return []
    first, step = placed
    tiles = []
    for number in range(count):
        down, right = divmod(number, across)
        position = [float(value) for value in first + number * step]
        tile = Tile(down * rows, right * columns, rows, columns)
        tiles.append((tile, {"ImagePositionPatient": position, "InStackPositionNumber": number}))
    return tiles


def _tiles_across(count: int, layout: PixelLayout) -> int:
    """Return how many tiles stand side by side, 0 where the picture cannot be divided so."""
    if count < 2 or layout.frames != 1:
        return 0
    across = math.ceil(math.sqrt(count))
    return 0 if layout.rows % across or layout.columns % across else across


def _first_and_step(
    tags: TagValues, layout: PixelLayout, rows: int, columns: int, count: int
) -> tuple[Vector, Vector] | None:
    """Return the position of tile 0 and the way to the next tile, mm."""
    corner = tags.numbers("ImagePositionPatient", 3)
    axes = tags.numbers("ImageOrientationPatient", 6)
    spacing = tags.numbers("PixelSpacing", 2)
    if corner is None or axes is None or spacing is None:
        return None
    row, column = np.array(axes[:3]) * spacing[1], np.array(axes[3:]) * spacing[0]
    margin = row * (layout.columns - columns) / 2 + column * (layout.rows - rows) / 2
    first = np.array(corner) + margin
    step = _step_by_normal(tags)
    if step is None:
        center = first + row * columns / 2 + column * rows / 2
        step = _step_by_protocol(tags, center, count)
    return None if step is None else (first, step)


def _step_by_normal(tags: TagValues) -> Vector | None:
    normal = tags.numbers("MosaicNormal", 3)
    apart_mm = tags.number("SpacingBetweenSlices")
    if normal is None or not apart_mm or apart_mm <= 0:
        return None
    return np.array(normal) * apart_mm


def _step_by_protocol(tags: TagValues, center: Vector, count: int) -> Vector | None:
    """Return the step when tile 0 lies at one end of the protocol's slices."""
    ends = tags.numbers("MosaicEnds", 6)
    if ends is None or tags.integer("ProtocolSlices") != count:
        return None
    start, stop = np.array(ends[:3]), np.array(ends[3:])
    if np.linalg.norm(stop - center) < np.linalg.norm(start - center):
        start, stop = stop, start
    if np.linalg.norm(start - center) > SAME_CENTER_MM:
        return None
    step: Vector = (stop - start) / (count - 1)
    return step
