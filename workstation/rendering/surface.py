"""Surfaces of equal value as plain arrays, and where a ray meets them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkFiltersCore import (
    vtkBinnedDecimation,
    vtkFlyingEdges3D,
    vtkPolyDataNormals,
)

from workstation.base.errors import RenderError
from workstation.rendering.corridor import Grid
from workstation.rendering.plane import Vector, as_vector
from workstation.rendering.vtk_errors import vtk_errors_raised
from workstation.rendering.vtk_image import to_numpy_array

BONE_HU = 200.0
"""Value of the surface drawn as bone: above soft tissue and contrast-free blood, below cortex."""
TRIANGLES_WANTED = 120_000
SMALLEST_BINS = 32


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Surface:
    """A surface of equal value.

    Parameters
    ----------
    mesh : vtkPolyData
        Triangles with normals, LPS mm.
    grid : Grid
        What it was made from.
    threshold : float
        The value, in the unit of the volume.
    point_colors : ndarray, shape (n, 3), uint8, or None
        RGB per point, for coloring by level or lesion.
    """

    mesh: vtkPolyData
    grid: Grid
    threshold: float
    point_colors: NDArray[np.uint8] | None = None

    @property
    def points_lps(self) -> NDArray[np.float64]:
        """Points of the mesh, shape (n, 3), float64, mm."""
        points: NDArray[np.float64] = to_numpy_array(self.mesh.GetPoints().GetData()).astype(
            np.float64
        )
        return points

    @property
    def triangle_count(self) -> int:
        """Number of triangles."""
        return int(self.mesh.GetNumberOfPolys())


def iso_surface(grid: Grid, threshold: float = BONE_HU) -> Surface:
    """Return the surface of one value, thinned to what a CPU can turn smoothly.

    Raises
    ------
    RenderError
        When no voxel reaches the value.
    """
    edges = vtkFlyingEdges3D()
    edges.SetInputData(grid.image())
    edges.SetValue(0, threshold)
    edges.ComputeNormalsOff()
    edges.ComputeScalarsOff()
    with vtk_errors_raised():
        edges.Update()
        mesh = edges.GetOutput()
        if mesh.GetNumberOfPolys() == 0:
            raise RenderError("Nothing in this region is as dense as bone.", code="no-surface")
        mesh = _with_normals(_thinned(mesh, grid))
    return Surface(mesh=mesh, grid=grid, threshold=threshold)


def ray_hit(
    grid: Grid, threshold: float, start_lps: ArrayLike, direction: ArrayLike
) -> Vector | None:
    """Return the first point, LPS mm, where a ray rises through a value; None when it never does.

    Parameters
    ----------
    grid : Grid
    threshold : float
        In the unit of the volume.
    start_lps : array-like, shape (3,)
        Anywhere on the ray, mm; what lies before it counts as well.
    direction : array-like, shape (3,)
        Unit vector away from the eye.
    """
    points, values = _along_ray(grid, start_lps, direction)
    above = np.nonzero(values >= threshold)[0]
    if len(above) == 0:
        return None
    return as_vector(_crossing(points, values, int(above[0]), threshold))


def ray_maximum(grid: Grid, start_lps: ArrayLike, direction: ArrayLike) -> Vector | None:
    """Return the point, LPS mm, of the largest value on a ray; None when it misses the grid.

    Parameters
    ----------
    grid : Grid
    start_lps : array-like, shape (3,)
        Anywhere on the ray, mm.
    direction : array-like, shape (3,)
        Unit vector away from the eye; of equal values the nearest to the eye counts.
    """
    points, values = _along_ray(grid, start_lps, direction)
    if bool(np.isnan(values).all()):
        return None
    return as_vector(points[int(np.nanargmax(values))])


def _along_ray(
    grid: Grid, start_lps: ArrayLike, direction: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return points (n, 3) and values (n,) half a voxel apart through the whole grid."""
    forward = np.asarray(direction, dtype=np.float64)
    depth = float(np.dot(np.subtract(start_lps, grid.center_lps), forward))
    reach = float(np.linalg.norm(grid.extent_mm)) / 2.0 + grid.spacing_mm
    steps = np.arange(-depth - reach, -depth + reach, grid.spacing_mm / 2.0)
    points = np.asarray(start_lps, dtype=np.float64) + steps[:, np.newaxis] * forward
    return points, grid.linear(points)


def _crossing(
    points: NDArray[np.float64], values: NDArray[np.float64], first: int, threshold: float
) -> NDArray[np.float64]:
    """Return the point between the last value below and the first above the threshold."""
    if first == 0 or np.isnan(values[first - 1]):
        at_border: NDArray[np.float64] = points[first]
        return at_border
    part = (threshold - values[first - 1]) / (values[first] - values[first - 1])
    point: NDArray[np.float64] = points[first - 1] + part * (points[first] - points[first - 1])
    return point


def _thinned(mesh: vtkPolyData, grid: Grid) -> vtkPolyData:
    count = mesh.GetNumberOfPolys()
    if count <= TRIANGLES_WANTED:
        return mesh
    # Bins as wide as this leave about the wanted number: triangles fall with the square of it.
    bin_mm = grid.spacing_mm * (count / TRIANGLES_WANTED) ** 0.5
    bins = [max(SMALLEST_BINS, round(side / bin_mm)) for side in grid.extent_mm]
    decimation = vtkBinnedDecimation()
    decimation.SetInputData(mesh)
    decimation.SetNumberOfDivisions(*bins)
    decimation.Update()
    thinned: vtkPolyData = decimation.GetOutput()
    return thinned


def _with_normals(mesh: vtkPolyData) -> vtkPolyData:
    normals = vtkPolyDataNormals()
    normals.SetInputData(mesh)
    normals.SplittingOff()
    normals.ConsistencyOff()
    normals.Update()
    shaded: vtkPolyData = normals.GetOutput()
    return shaded
