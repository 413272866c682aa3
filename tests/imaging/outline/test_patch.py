"""The cube of even voxels around a lesion, and masks brought back from it."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.spine_phantom import AXIAL, SAGITTAL, rotated
from workstation.imaging.geometry import VolumeGeometry
from workstation.imaging.mask import points_of
from workstation.imaging.measure import sphere_region, voxel_mm3
from workstation.imaging.outline.patch import cube_around, sitk, to_native
from workstation.imaging.volume import SeriesIdentity, Unit, Volume

CENTER = np.array([3.0, -2.0, 4.0])
RADIUS_MM = 10.0


def graded(direction=AXIAL, spacing=(0.8, 1.0, 3.0)) -> Volume:
    """A volume whose values are 2x + 3y + 5z, about 80 mm wide around the origin."""
    size = [int(80.0 / step) for step in spacing]
    low = -direction @ (np.array(spacing) * (np.array(size) - 1) / 2.0)
    geometry = VolumeGeometry(
        shape_kji=(size[2], size[1], size[0]),
        spacing_ijk=spacing,
        origin_lps=tuple(low.tolist()),
        direction=np.ascontiguousarray(direction),
    )
    k, j, i = np.indices(geometry.shape_kji)
    points = geometry.index_to_lps(np.stack([i, j, k], axis=-1).astype(float))
    array = (points @ np.array([2.0, 3.0, 5.0])).astype(np.float32)
    return Volume(array=array, geometry=geometry, unit=Unit.HU, identity=SeriesIdentity())


DIRECTIONS = [AXIAL, SAGITTAL, rotated(rotated(SAGITTAL, 0, 20.0), 1, 10.0)]


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_the_cube_shows_the_values_of_its_places(direction):
    cube = cube_around(graded(direction), CENTER, RADIUS_MM, 60_000)
    values = sitk().GetArrayFromImage(cube.image)
    np.testing.assert_allclose(values, cube.points() @ (2.0, 3.0, 5.0), atol=0.02)


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_places_and_indices_belong_together(direction):
    cube = cube_around(graded(direction), CENTER, RADIUS_MM, 60_000)
    points = cube.points()
    k, j, i = np.indices(cube.shape_kji)
    np.testing.assert_allclose(cube.index(points), np.stack([i, j, k], axis=-1), atol=1e-9)
    middle = tuple(n // 2 for n in cube.shape_kji)
    np.testing.assert_allclose(points[middle], CENTER, atol=1e-9)


def test_the_cube_holds_the_sphere_with_a_margin():
    cube = cube_around(graded(), CENTER, RADIUS_MM, 60_000)
    half = (np.array(cube.shape_kji) - 1) / 2.0 * cube.voxel_mm
    assert (half >= RADIUS_MM + 2.0 * cube.voxel_mm).all()


@pytest.mark.parametrize("limit", [8_000, 60_000, 300_000])
def test_the_cube_keeps_to_its_number_of_voxels(limit):
    cube = cube_around(graded(), CENTER, 25.0, limit)
    assert np.prod(cube.shape_kji) <= 1.25 * limit
    assert cube.voxel_mm >= 0.4


def test_voxels_are_half_those_of_the_volume_where_that_is_affordable():
    assert cube_around(graded(), CENTER, 5.0, 300_000).voxel_mm == pytest.approx(0.4)
    coarse = graded(spacing=(4.0, 4.0, 4.0))
    assert cube_around(coarse, CENTER, 10.0, 300_000).voxel_mm == pytest.approx(2.0)


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("spacing", [(0.8, 1.0, 3.0), (1.0, 1.0, 1.0)])
def test_a_ball_comes_back_with_its_volume_and_place(direction, spacing):
    volume = graded(direction, spacing)
    cube = cube_around(volume, CENTER, RADIUS_MM, 60_000)
    ball = ((cube.points() - CENTER) ** 2).sum(axis=-1) <= 7.0**2
    limit = sphere_region(volume, tuple(CENTER.tolist()), RADIUS_MM)
    region = to_native(cube, ball, limit, volume)
    measured = region.mask.sum() * voxel_mm3(volume.geometry)
    assert measured == pytest.approx(4.0 / 3.0 * np.pi * 343.0, rel=0.06)
    np.testing.assert_allclose(points_of(region, volume.geometry).mean(axis=0), CENTER, atol=0.4)


def test_nothing_comes_back_beyond_the_limit():
    volume = graded()
    cube = cube_around(volume, CENTER, RADIUS_MM, 60_000)
    limit = sphere_region(volume, tuple(CENTER.tolist()), 5.0)
    region = to_native(cube, np.ones(cube.shape_kji, dtype=bool), limit, volume)
    np.testing.assert_array_equal(region.mask, limit.mask)


def test_at_the_edge_of_the_volume_the_cube_is_still_whole():
    volume = graded()
    corner = np.array([38.0, 38.0, 36.0])
    cube = cube_around(volume, corner, RADIUS_MM, 60_000)
    assert np.isfinite(cube.points()).all()
    middle = tuple(n // 2 for n in cube.shape_kji)
    np.testing.assert_allclose(cube.points()[middle], corner, atol=1e-9)
