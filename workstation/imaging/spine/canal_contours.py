"""Contours of cord and thecal sac from one click, as closed paths in polar coordinates.

Algorithms document, section 3: the cord is dark inside bright CSF on T2 and on a CT myelogram; the
sac ends where the likelihood of CSF ends, because the plain edge would take epidural fat. On other
images nothing is outlined. Every contour is a suggestion.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workstation.base.errors import InputRefusedError
from workstation.imaging.spine.profile import bilinear, smoothed

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

RAYS = 72
STEP_MM = 0.25
MAX_JUMP = 2
JUMP_COST = 0.12
CORD_RADII_MM = (1.5, 8.0)
SAC_RADII_MM = (4.0, 13.0)
CORD_ASPECT = 1.4
"""Left-right over front-back diameter of the cord."""

FULL_EDGE_PERCENTILES = {1.0: 90.0, -1.0: 98.0}
"""Edges above this count alike, outward to bright (cord) and to dark (sac): bone behind fat must
not outdo the CSF beside the cord."""

INNER_COST = 0.3
"""How much the outermost place costs for the cord: the first edge from inside is its own."""

CENTERINGS = 2
"""How often the cord is outlined again from its own middle."""

CSF_RING_MM = (0.5, 1.8)
CSF_PERCENTILE = 70.0
EDGE_SMOOTH = 1.2
LEAST_CONTRAST = 0.15
"""Least difference of CSF and cord, as a share of CSF, with which a cord is outlined."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PolarContour:
    """A closed outline around a point.

    Parameters
    ----------
    center : tuple of float
        Row and column, pixels.
    radii_mm : ndarray, shape (72,), float64
        Along rays every 5 degrees, from the patient's left toward the back.
    pixel_mm : float
    """

    center: tuple[float, float]
    radii_mm: Array
    pixel_mm: float

    def vertices(self) -> Array:
        """Return rows and columns of the outline, shape (72, 2), pixels."""
        angles = _angles()
        reach = self.radii_mm / self.pixel_mm
        return np.stack(
            [self.center[0] + np.sin(angles) * reach, self.center[1] + np.cos(angles) * reach],
            axis=-1,
        )

    def mask(self, shape: tuple[int, int]) -> Mask:
        """Return the pixels inside, shape (rows, columns), bool."""
        rows, columns = np.indices(shape, dtype=np.float64)
        down, right = rows - self.center[0], columns - self.center[1]
        angle = np.arctan2(down, right) % (2.0 * np.pi)
        closed = np.concatenate([self.radii_mm, self.radii_mm[:1]]) / self.pixel_mm
        limit = np.interp(angle, np.linspace(0.0, 2.0 * np.pi, RAYS + 1), closed)
        inside: Mask = np.hypot(down, right) <= limit
        return inside


def cord_contour(
    picture: Array,
    pixel_mm: float,
    click: tuple[float, float],
    pinned_mm: Mapping[int, float] | None = None,
) -> PolarContour:
    """Return the outline of the cord around a click.

    Parameters
    ----------
    picture : ndarray, shape (rows, columns), float64
        Axial T2 or CT myelogram: rows from front to back, columns from right to left.
    pixel_mm : float
    click : tuple of float
        Row and column near the cord, pixels.
    pinned_mm : mapping of int to float, optional
        Rays that the reader dragged, with their radius.

    Raises
    ------
    InputRefusedError
        When no dark cord lies in brighter CSF there.
    """
    center = click
    for _ in range(CENTERINGS):
        contour = _solve(picture, pixel_mm, center, CORD_RADII_MM, CORD_ASPECT, {}, 1.0)
        rows, columns = np.nonzero(contour.mask(picture.shape))
        center = (float(rows.mean()), float(columns.mean()))
    contour = _solve(picture, pixel_mm, center, CORD_RADII_MM, CORD_ASPECT, pinned_mm or {}, 1.0)
    inside = float(np.median(picture[contour.mask(picture.shape)]))
    csf = csf_level(picture, contour)
    if csf - inside < LEAST_CONTRAST * abs(csf):
        raise InputRefusedError(
            "No cord darker than its CSF is seen at that point; outline it by hand.",
            code="no-cord",
        )
    return contour


def sac_contour(
    picture: Array,
    pixel_mm: float,
    cord: PolarContour,
    pinned_mm: Mapping[int, float] | None = None,
) -> PolarContour:
    """Return the outline of the thecal sac around an outlined cord.

    Parameters
    ----------
    picture, pixel_mm
        As for :func:`cord_contour`.
    cord : PolarContour
    pinned_mm : mapping of int to float, optional
    """
    csf = csf_level(picture, cord)
    inside = cord.mask(picture.shape)
    spread = max(0.25 * (csf - float(np.median(picture[inside]))), 1e-6)
    likelihood = np.asarray(np.exp(-0.5 * ((picture - csf) / spread) ** 2), dtype=np.float64)
    # Brighter than CSF is still CSF; the cord itself lies inside the sac.
    likelihood[(picture >= csf) | inside] = 1.0
    return _solve(likelihood, pixel_mm, cord.center, SAC_RADII_MM, 1.0, pinned_mm or {}, -1.0)


def csf_level(picture: Array, cord: PolarContour) -> float:
    """Return the value of CSF: a high percentile of the ring just outside the cord."""
    near, far = (
        PolarContour(
            center=cord.center, radii_mm=cord.radii_mm + reach, pixel_mm=cord.pixel_mm
        ).mask(picture.shape)
        for reach in CSF_RING_MM
    )
    return float(np.percentile(picture[far & ~near], CSF_PERCENTILE))


def _angles() -> Array:
    angles: Array = np.arange(RAYS, dtype=np.float64) * (2.0 * np.pi / RAYS)
    return angles


def _solve(
    picture: Array,
    pixel_mm: float,
    center: tuple[float, float],
    radii_mm: tuple[float, float],
    aspect: float,
    pinned_mm: Mapping[int, float],
    sign: float,
) -> PolarContour:
    """Return the closed path along the strongest edges; ``sign`` 1 is dark to bright outward."""
    angles = _angles()
    stretch = 1.0 / np.hypot(np.cos(angles) / aspect, np.sin(angles))
    bins = np.arange(radii_mm[0], radii_mm[1] + 1e-9, STEP_MM)
    reach = bins[None, :] * stretch[:, None] / pixel_mm
    rows = center[0] + np.sin(angles)[:, None] * reach
    columns = center[1] + np.cos(angles)[:, None] * reach
    polar = smoothed(bilinear(picture, rows, columns), EDGE_SMOOTH, axis=1)
    edges = sign * np.gradient(polar, axis=1)
    top = max(float(np.percentile(edges, FULL_EDGE_PERCENTILES[sign])), 1e-9)
    cost = -np.clip(edges / top, 0.0, 1.0)
    if sign > 0.0:
        cost += INNER_COST * np.linspace(0.0, 1.0, len(bins))
    for ray, radius in pinned_mm.items():
        place = int(np.argmin(np.abs(bins * stretch[ray] - radius)))
        cost[ray] = np.where(np.arange(len(bins)) == place, -1.0, np.inf)
    path = _closed_path(cost)
    return PolarContour(center=center, radii_mm=bins[path] * stretch, pixel_mm=pixel_mm)


def _closed_path(cost: Array) -> NDArray[np.intp]:
    """Return the cheapest bin per ray with small jumps, the last ray joined to the first.

    The path is solved over the circle one and a half times; its middle turn is closed.
    """
    turns = np.concatenate([cost, cost, cost])
    count = cost.shape[1]
    total = turns[0].copy()
    origins = np.zeros(turns.shape, dtype=np.intp)
    jumps = np.arange(-MAX_JUMP, MAX_JUMP + 1)
    for ray in range(1, len(turns)):
        padded = np.pad(total, MAX_JUMP, constant_values=np.inf)
        steps = np.stack([padded[MAX_JUMP + j : MAX_JUMP + j + count] for j in jumps])
        steps += JUMP_COST * np.abs(jumps)[:, None]
        best = steps.argmin(axis=0)
        origins[ray] = np.clip(np.arange(count) + jumps[best], 0, count - 1)
        total = steps[best, np.arange(count)] + turns[ray]
    path = np.zeros(len(turns), dtype=np.intp)
    path[-1] = int(np.argmin(total))
    for ray in range(len(turns) - 1, 0, -1):
        path[ray - 1] = origins[ray, path[ray]]
    return path[RAYS : 2 * RAYS]
