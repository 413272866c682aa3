"""Color maps as plain tables of 256 RGBA rows; a window decides which value meets which row."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.float64]
"""Shape (256, 4), RGBA from 0 to 1, lowest value first."""

ROWS = 256
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
    # Red fills first, then green, then blue: DICOM PS3.6 B.1.1 (Hot Iron).
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
