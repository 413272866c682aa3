"""Values to colors: windows, tables of 256 rows, and layers one over the other. Plain numpy."""

from __future__ import annotations

from enum import StrEnum
from functools import cache

import numpy as np
from numpy.typing import NDArray

from workstation.imaging.volume import WindowSetting

Frame = NDArray[np.uint8]
"""One picture: shape (h, w, 4), RGBA with alpha 255, top row first, C-contiguous."""

Table = NDArray[np.float64]
"""Shape (256, 4), RGBA from 0 to 1, lowest value first."""

ROWS = 256
OUTSIDE_ROW = ROWS
"""Row after the table, for pixels without a voxel."""
ALPHA_RAMP_END = 0.25
"""Part of the range over which a fused color becomes opaque: low uptake leaves the anatomy bare."""


class ColorMap(StrEnum):
    """How values become colors."""

    GREY = "grey"
    INVERTED_GREY = "inverted grey"
    HOT_IRON = "hot iron"
    VIRIDIS = "viridis"


_ANCHORS: dict[ColorMap, tuple[tuple[float, float, float, float], ...]] = {
    ColorMap.GREY: ((0.0, 0, 0, 0), (1.0, 1, 1, 1)),
    ColorMap.INVERTED_GREY: ((0.0, 1, 1, 1), (1.0, 0, 0, 0)),
    # Red fills first, then green, then blue: Hot Iron of PS3.6 B.1.1.
    ColorMap.HOT_IRON: ((0.0, 0, 0, 0), (0.5, 1, 0, 0), (0.75, 1, 0.5, 0), (1.0, 1, 1, 1)),
    # Support points of the published map of van der Walt and Smith (2015), readable by all eyes.
    ColorMap.VIRIDIS: (
        (0.0, 0.267, 0.005, 0.329),
        (0.25, 0.229, 0.322, 0.546),
        (0.5, 0.128, 0.567, 0.551),
        (0.75, 0.369, 0.789, 0.383),
        (1.0, 0.993, 0.906, 0.144),
    ),
}


def color_table(color_map: ColorMap, *, see_through: bool = False) -> Table:
    """Return the table of a color map.

    Parameters
    ----------
    color_map : ColorMap
    see_through : bool
        Whether low values fade out, as a layer over other images needs.

    Returns
    -------
    ndarray, shape (256, 4), float64
        RGBA from 0 to 1.
    """
    anchors = np.asarray(_ANCHORS[color_map], dtype=np.float64)
    positions = np.linspace(0.0, 1.0, ROWS)
    columns = [np.interp(positions, anchors[:, 0], anchors[:, part]) for part in (1, 2, 3)]
    alpha = np.clip(positions / ALPHA_RAMP_END, 0.0, 1.0) if see_through else np.ones(ROWS)
    return np.column_stack([*columns, alpha])


def is_light(color_map: ColorMap) -> bool:
    """Whether the lowest value is white, so that everything outside must be white as well."""
    return color_map is ColorMap.INVERTED_GREY


def color_rows(values: NDArray[np.float32], window: WindowSetting) -> NDArray[np.uint8]:
    """Return the table row of each value.

    Values from center - width / 2 to center + width / 2 span the table: the function LINEAR_EXACT
    of PS3.3 C.11.2.1.3.2, rounded to the nearest row.
    """
    scale = np.float32((ROWS - 1) / window.width)
    rows = np.subtract(values, np.float32(window.center - window.width / 2.0))
    np.multiply(rows, scale, out=rows)
    np.clip(rows, 0.0, ROWS - 1.0, out=rows)
    np.add(rows, np.float32(0.5), out=rows)
    return rows.astype(np.uint8)


def opaque_pixels(rows: NDArray[np.uint8], color_map: ColorMap) -> Frame:
    """Return the RGBA pixels, shape (h, w, 4), uint8, alpha 255, of table rows (h, w)."""
    # One 32-bit look-up moves a whole pixel.
    pixels = np.take(_packed_table(color_map), rows)
    return pixels.view(np.uint8).reshape(*rows.shape, 4)


def cover(below: Frame, above: Frame, inside: NDArray[np.bool_]) -> Frame:
    """Return ``above`` where ``inside`` (h, w) is true and ``below`` elsewhere."""
    chosen = np.where(inside, _whole_pixels(above), _whole_pixels(below))
    return chosen.view(np.uint8).reshape(below.shape)


def blend(below: Frame, rows: NDArray[np.uint8], table: Table, inside: NDArray[np.bool_]) -> Frame:
    """Return ``below`` with a layer over it.

    Parameters
    ----------
    below : ndarray, shape (h, w, 4), uint8
    rows : ndarray, shape (h, w), uint8
        Table row of each pixel of the layer.
    table : ndarray, shape (256, 4), float64
        Colors and, in the last column, how much the layer covers.
    inside : ndarray, shape (h, w), bool
        Where the layer has voxels; elsewhere ``below`` stays as it is.
    """
    alpha = table[:, 3:]
    over = np.append(np.round(table[:, :3] * alpha * 255.0), np.zeros((1, 3)), axis=0)
    keep = np.append(np.round((1.0 - alpha[:, 0]) * 255.0), 255.0).astype(np.uint16)
    chosen = np.where(inside, rows.astype(np.uint16), np.uint16(OUTSIDE_ROW))
    kept = np.take(keep, chosen)
    result = below.copy()
    for part in range(3):
        added = np.take(over[:, part].astype(np.uint16), chosen)
        mixed = (below[..., part] * kept + np.uint16(127)) // np.uint16(255) + added
        result[..., part] = np.minimum(mixed, np.uint16(255))
    return result


def _whole_pixels(frame: Frame) -> NDArray[np.uint32]:
    return frame.view(np.uint32)[..., 0]


@cache
def _packed_table(color_map: ColorMap) -> NDArray[np.uint32]:
    table = np.round(color_table(color_map) * 255.0).astype(np.uint8)
    packed = np.ascontiguousarray(table).view(np.uint32).reshape(-1)
    packed.setflags(write=False)
    return packed
