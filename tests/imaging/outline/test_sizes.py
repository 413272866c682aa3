"""Sizes of shapes whose sizes are known."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.spine_phantom import AXIAL, SAGITTAL, rotated
from workstation.base.errors import InputRefusedError
from workstation.imaging.geometry import VolumeGeometry
from workstation.imaging.mask import EMPTY, from_full
from workstation.imaging.measure import Region
from workstation.imaging.outline.sizes import (
    involved_percent,
    is_axial,
    lesion_sizes,
)
from workstation.imaging.volume import SeriesIdentity, Unit, Volume


def volume_of(
    inside,
    spacing=(1.0, 1.0, 1.0),
    direction=AXIAL,
    unit=Unit.HU,
) -> tuple[Volume, Region]:
    """A grid of 60 mm around the origin and the voxels whose LPS points ``inside`` accepts."""
    size = [int(60.0 / step) for step in spacing]
    low = -direction @ (np.array(spacing) * (np.array(size) - 1) / 2.0)
    geometry = VolumeGeometry(
        shape_kji=(size[2], size[1], size[0]),
        spacing_ijk=spacing,
        origin_lps=tuple(low.tolist()),
        direction=np.ascontiguousarray(direction),
    )
    k, j, i = np.indices(geometry.shape_kji)
    points = geometry.index_to_lps(np.stack([i, j, k], axis=-1).astype(float))
    array = np.rint(100.0 + points[..., 2]).astype(np.int16)
    volume = Volume(array=array, geometry=geometry, unit=unit, identity=SeriesIdentity())
    return volume, from_full(inside(points))


def ball(radius):
    return lambda at: (at**2).sum(axis=-1) <= radius**2


def ellipsoid(a, b, c, turn=None):
    axes = np.eye(3) if turn is None else turn
    return lambda at: (((at @ axes) / np.array([a, b, c])) ** 2).sum(axis=-1) <= 1.0


@pytest.mark.parametrize("spacing", [(1.0, 1.0, 1.0), (0.7, 0.7, 3.0)])
@pytest.mark.parametrize("direction", [AXIAL, SAGITTAL, rotated(AXIAL, 0, 35.0)])
def test_a_ball_has_its_volume_and_diameters(spacing, direction):
    sizes = lesion_sizes(*volume_of(ball(12.0), spacing, direction))
    assert sizes.volume_ml == pytest.approx(7.238, rel=0.03)
    assert sizes.max_diameter_mm == pytest.approx(24.0, abs=1.5)
    assert sizes.axial_long_mm == pytest.approx(24.0, abs=max(1.5, max(spacing)))
    assert sizes.axial_short_mm == pytest.approx(24.0, abs=max(2.0, max(spacing)))
    np.testing.assert_allclose(sizes.centroid_lps, 0.0, atol=0.3)


def test_an_ellipsoid_has_its_axes():
    sizes = lesion_sizes(*volume_of(ellipsoid(15.0, 8.0, 20.0)))
    assert sizes.max_diameter_mm == pytest.approx(40.0, abs=1.0)
    assert sizes.axial_long_mm == pytest.approx(30.0, abs=1.0)
    assert sizes.axial_short_mm == pytest.approx(16.0, abs=1.0)
    assert sizes.volume_ml == pytest.approx(4.0 / 3.0 * np.pi * 15 * 8 * 20 / 1000.0, rel=0.01)


def test_axial_means_the_patients_axial_plane_also_on_sagittal_slices():
    turned = rotated(np.eye(3), 2, 30.0)
    shape = ellipsoid(15.0, 8.0, 20.0, turned)
    for direction, native in ((AXIAL, True), (SAGITTAL, False)):
        sizes = lesion_sizes(*volume_of(shape, direction=direction))
        assert sizes.axial_long_mm == pytest.approx(30.0, abs=1.0)
        assert sizes.axial_short_mm == pytest.approx(16.0, abs=1.2)
        assert sizes.axial_native is native


def test_thick_slices_are_not_called_native():
    sizes = lesion_sizes(*volume_of(ball(12.0), (1.0, 1.0, 6.0)))
    assert not sizes.axial_native


def test_a_single_voxel_is_one_voxel_wide():
    sizes = lesion_sizes(*volume_of(ball(0.9)))
    assert sizes.values.count == 8
    one = lesion_sizes(*volume_of(lambda at: ((at - 0.5) ** 2).sum(axis=-1) < 0.1))
    assert one.values.count == 1
    assert one.max_diameter_mm == pytest.approx(1.0)
    assert one.volume_ml == pytest.approx(0.001)


def test_values_carry_their_unit():
    sizes = lesion_sizes(*volume_of(lambda at: np.abs(at).max(axis=-1) <= 5.0))
    assert sizes.unit is Unit.HU
    # Values are 100 plus the height: heights -4.5 to 4.5, rounded to even.
    assert sizes.values.mean == pytest.approx(100.0, abs=0.3)
    assert (sizes.values.low, sizes.values.high) == (96.0, 104.0)
    assert sizes.values.count == 1000
    assert sizes.total_uptake is None


def test_uptake_is_mean_times_volume():
    sizes = lesion_sizes(*volume_of(ball(10.0), unit=Unit.SUVBW))
    assert sizes.total_uptake == pytest.approx(sizes.values.mean * sizes.volume_ml)


def test_an_empty_outline_is_refused():
    volume, _ = volume_of(ball(5.0))
    with pytest.raises(InputRefusedError, match="empty"):
        lesion_sizes(volume, EMPTY)


def test_the_share_of_a_body_counts_what_lies_in_it():
    _, body = volume_of(lambda at: np.abs(at).max(axis=-1) <= 10.0)
    _, lesion = volume_of(lambda at: (np.abs(at).max(axis=-1) <= 20.0) & (at[..., 0] > 0.0))
    assert involved_percent(lesion, body) == pytest.approx(50.0)
    assert involved_percent(EMPTY, body) == 0.0
    with pytest.raises(InputRefusedError, match="no outline of the body"):
        involved_percent(lesion, EMPTY)


@pytest.mark.parametrize(("tilt_deg", "axial"), [(0.0, True), (15.0, True), (30.0, False)])
def test_what_counts_as_axial(tilt_deg, axial):
    volume, _ = volume_of(ball(5.0), direction=rotated(AXIAL, 0, tilt_deg))
    assert is_axial(volume.geometry) is axial
