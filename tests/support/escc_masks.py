"""Six sets of sac, cord and tumor masks, one for each ESCC grade, and an uninvolved slice.

Ellipses after the pictograms of the clinical reference, section 2.7, in mm: the canal is 22 x 17,
the sac 18.4 x 14, the cord 12.4 x 8.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workstation.imaging.spine.canal import CanalSlice

PIXEL_MM = 0.4
SIZE = 81
GRADES = ("0", "1a", "1b", "1c", "2", "3")

_DOME_MM = {"1a": -7.1, "1b": -5.7, "1c": -4.1, "2": -2.2}
"""How far back the tumor reaches in the midline."""


def _grid(pixel_mm: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    size = int(SIZE * PIXEL_MM / pixel_mm) | 1
    places = (np.arange(size) - size // 2) * pixel_mm
    back, left = np.meshgrid(places, places, indexing="ij")
    return back, left


def ellipse(
    half_left: float, half_back: float, back_mm: float = 0.0, pixel_mm: float = PIXEL_MM
) -> NDArray[np.bool_]:
    back, left = _grid(pixel_mm)
    return (left / half_left) ** 2 + ((back - back_mm) / half_back) ** 2 <= 1.0


def canal_slice(
    grade: str, pixel_mm: float = PIXEL_MM, slice_mm: float = 3.0, mirrored: bool = False
) -> CanalSlice:
    """Return the contours of a slice of that grade; tumor in front, or behind when mirrored."""
    back, left = _grid(pixel_mm)
    canal = ellipse(11.0, 8.5, 0.0, pixel_mm)
    sac, cord = ellipse(9.2, 7.0, 0.0, pixel_mm), ellipse(6.2, 4.0, 0.0, pixel_mm)
    tumor = np.zeros_like(sac)
    if grade in _DOME_MM:
        reach = _DOME_MM[grade]
        tumor = canal & (back <= reach - 0.02 * left**2)
        sac = sac & ~tumor
    if grade == "2":
        cord = ellipse(6.6, 2.9, 1.4, pixel_mm)
    if grade == "3":
        sac, cord = ellipse(7.2, 3.2, 3.4, pixel_mm), ellipse(7.0, 3.0, 3.4, pixel_mm)
        tumor = canal & ~sac & (back <= 3.0)
    masks = [np.ascontiguousarray(m[::-1]) if mirrored else m for m in (sac, cord, tumor)]
    return CanalSlice(
        sac=masks[0], cord=masks[1], tumor=masks[2], pixel_mm=pixel_mm, slice_mm=slice_mm
    )


def normal_slice(pixel_mm: float = PIXEL_MM) -> CanalSlice:
    """Return an uninvolved slice."""
    return canal_slice("0", pixel_mm)
