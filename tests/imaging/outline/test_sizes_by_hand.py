"""Sizes of boxes of voxels whose diameters are worked out by hand, on turned and mirrored grids."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.support.spine_phantom import AXIAL, CORONAL, SAGITTAL, rotated
from workstation.base.errors import InputRefusedError
from workstation.imaging.geometry import VolumeGeometry
from workstation.imaging.mask import EMPTY
from workstation.imaging.measure import Region
from workstation.imaging.outline.sizes import involved_percent, is_axial, lesion_sizes
from workstation.imaging.volume import SeriesIdentity, Unit, Volume

MIRRORED = AXIAL * np.array([-1.0, 1.0, 1.0])
DIRECTIONS = {
    "axial": AXIAL,
    "mirrored": MIRRORED,
    "feet first": AXIAL * np.array([1.0, 1.0, -1.0]),
    "tilted": rotated(AXIAL, 0, 12.0),
}


def grid(spacing=(1.0, 1.0, 1.0), direction=AXIAL, unit=Unit.HU, value: int = 40) -> Volume:
    geometry = VolumeGeometry(
        shape_kji=(12, 14, 16),
        spacing_ijk=spacing,
        origin_lps=(10.0, -20.0, 30.0),
        direction=np.ascontiguousarray(direction),
    )
    array = np.full(geometry.shape_kji, value, dtype=np.int16)
    return Volume(array=array, geometry=geometry, unit=unit, identity=SeriesIdentity())


def box(i: int, j: int, k: int) -> Region:
    """A box of voxels away from the edge."""
    return Region(low_kji=(2, 3, 4), mask=np.ones((k, j, i), dtype=bool))


@pytest.mark.parametrize("name", list(DIRECTIONS))
@pytest.mark.parametrize("spacing", [(1.0, 1.0, 1.0), (0.5, 0.5, 2.0), (0.8, 0.6, 3.0)])
@pytest.mark.parametrize("size", [(1, 1, 1), (5, 1, 1), (3, 4, 5), (8, 2, 3)])
def test_the_volume_is_the_count_times_the_voxel(name, spacing, size) -> None:
    sizes = lesion_sizes(grid(spacing, DIRECTIONS[name]), box(*size))
    assert sizes.volume_ml == pytest.approx(math.prod(size) * math.prod(spacing) / 1000.0)
    assert sizes.values.count == math.prod(size)


@pytest.mark.parametrize("name", list(DIRECTIONS))
@pytest.mark.parametrize(
    ("size", "length"),
    [((1, 1, 1), 1.0), ((7, 1, 1), 7.0), ((1, 6, 1), 6.0), ((1, 1, 5), 5.0)],
)
def test_a_row_of_voxels_is_as_long_as_its_voxels(name, size, length) -> None:
    sizes = lesion_sizes(grid(direction=DIRECTIONS[name]), box(*size))
    assert sizes.max_diameter_mm == pytest.approx(length)


@pytest.mark.parametrize("name", list(DIRECTIONS))
def test_a_box_is_measured_over_its_corners(name: str) -> None:
    # Centers lie 6, 3 and 2 mm apart: 7 mm, and one voxel of 1 mm along the way.
    sizes = lesion_sizes(grid(direction=DIRECTIONS[name]), box(7, 4, 3))
    assert sizes.max_diameter_mm == pytest.approx(7.0 + 1.0)
    # In one slice 6 by 3 mm.
    assert sizes.axial_long_mm == pytest.approx(math.sqrt(45.0) + 1.0)
    assert sizes.axial_short_mm < sizes.axial_long_mm


@pytest.mark.parametrize("name", list(DIRECTIONS))
@pytest.mark.parametrize("size", [(5, 3, 3), (2, 6, 4), (1, 1, 1)])
def test_the_centroid_is_the_middle_of_the_box(name: str, size) -> None:
    volume = grid((0.7, 0.9, 2.5), DIRECTIONS[name])
    i, j, k = size
    middle = np.array([4 + (i - 1) / 2.0, 3 + (j - 1) / 2.0, 2 + (k - 1) / 2.0])
    sizes = lesion_sizes(volume, box(*size))
    np.testing.assert_allclose(sizes.centroid_lps, volume.geometry.index_to_lps(middle), atol=1e-9)


@pytest.mark.parametrize(
    ("direction", "tilt_deg", "axial"),
    [
        (AXIAL, 0.0, True),
        (MIRRORED, 0.0, True),
        (AXIAL, 19.9, True),
        (AXIAL, -19.9, True),
        (AXIAL, 20.1, False),
        (AXIAL, 160.1, True),
        (SAGITTAL, 0.0, False),
        (CORONAL, 0.0, False),
    ],
)
@pytest.mark.parametrize("slice_mm", [1.0, 5.0, 5.1])
def test_native_means_axial_slices_of_at_most_5_mm(direction, tilt_deg, axial, slice_mm) -> None:
    volume = grid((1.0, 1.0, slice_mm), rotated(direction, 0, tilt_deg))
    assert is_axial(volume.geometry) is axial
    assert lesion_sizes(volume, box(3, 3, 3)).axial_native is (axial and slice_mm <= 5.0)


@pytest.mark.parametrize("unit", list(Unit))
def test_uptake_exists_only_for_suv(unit: Unit) -> None:
    sizes = lesion_sizes(grid(unit=unit, value=6), box(5, 4, 3))
    assert sizes.unit is unit
    if "SUV" in unit.name:
        assert sizes.total_uptake == pytest.approx(6.0 * 0.060)
    else:
        assert sizes.total_uptake is None


@pytest.mark.parametrize(
    ("lesion", "percent"),
    [(box(4, 4, 4), 100.0), (box(2, 4, 4), 50.0), (box(1, 1, 1), 100.0 / 64.0), (EMPTY, 0.0)],
)
def test_the_share_of_a_body_is_counted_in_voxels(lesion: Region, percent: float) -> None:
    assert involved_percent(lesion, box(4, 4, 4)) == pytest.approx(percent)


def test_without_an_outline_there_is_nothing_to_measure() -> None:
    with pytest.raises(InputRefusedError) as caught:
        lesion_sizes(grid(), EMPTY)
    assert caught.value.code == "empty-outline"
    with pytest.raises(InputRefusedError) as caught:
        involved_percent(box(1, 1, 1), EMPTY)
    assert caught.value.code == "no-body"
