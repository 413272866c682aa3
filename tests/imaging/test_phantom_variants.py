"""The same object, written in every way, has the same values at the same LPS points."""

import numpy as np
import pytest

from tests.support.phantom import HEAD, LEFT, MARKERS, Phantom, variants
from workstation.imaging.catalog import load_volume, open_paths
from workstation.imaging.resample import sample_linear, sample_nearest

NAMES = sorted(variants())


def _volume(phantom_folder, name):
    (entry,) = open_paths([phantom_folder(name)]).volumes
    return load_volume(entry)


@pytest.mark.parametrize("name", NAMES)
def test_planted_values_are_found_at_their_points(phantom_folder, name):
    volume = _volume(phantom_folder, name)
    points = np.array([marker.center for marker in MARKERS.values()])
    expected = [marker.value for marker in MARKERS.values()]
    assert sample_linear(volume, points) == pytest.approx(expected, abs=1e-3)
    assert sample_nearest(volume, points) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("name", NAMES)
def test_left_is_left_and_head_is_up(phantom_folder, name):
    volume = _volume(phantom_folder, name)
    bright = np.argwhere(volume.array > 900)[:, ::-1].astype(float)
    left = volume.geometry.index_to_lps(bright).mean(axis=0)
    assert left == pytest.approx(LEFT.center, abs=1.0)
    higher = np.argwhere((volume.array > 250) & (volume.array < 350))[:, ::-1].astype(float)
    head = volume.geometry.index_to_lps(higher)
    near = head[np.linalg.norm(head - np.asarray(HEAD.center), axis=1) < 12]
    assert near.mean(axis=0) == pytest.approx(HEAD.center, abs=1.0)


@pytest.mark.parametrize("name", NAMES)
def test_geometry_is_that_of_the_written_slices(phantom_folder, name):
    phantom = variants()[name]
    geometry = _volume(phantom_folder, name).geometry
    assert geometry.spacing_ijk == pytest.approx(phantom.spacing, abs=1e-3)
    assert np.linalg.det(geometry.direction) == pytest.approx(1.0)
    assert geometry.direction[:, 0] == pytest.approx(phantom.axes[0], abs=1e-6)
    assert geometry.direction[:, 1] == pytest.approx(phantom.axes[1], abs=1e-6)
    if not phantom.shear_mm:
        assert geometry.size_ijk == phantom.size
        assert geometry.origin_lps == pytest.approx(phantom.origin(0), abs=1e-3)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "tilted"])
def test_every_voxel_is_the_sampled_object(phantom_folder, name):
    phantom = variants()[name]
    volume = _volume(phantom_folder, name)
    for k in (0, 7, phantom.size[2] - 1):
        expected = np.rint(phantom.slice_values(k) / phantom.slope) * phantom.slope
        assert np.abs(volume.array[k] - expected).max() <= phantom.slope / 2


def test_whole_numbers_stay_int16_and_fractions_do_not(phantom_folder):
    assert _volume(phantom_folder, "axial").array.dtype == np.int16
    assert _volume(phantom_folder, "signed").array.dtype == np.int16
    assert _volume(phantom_folder, "fractional slope").array.dtype == np.float32


def test_volume_is_contiguous_and_frozen(axial):
    assert axial.array.flags["C_CONTIGUOUS"]
    with pytest.raises(ValueError, match="read-only"):
        axial.array[0, 0, 0] = 1


def test_slice_numbers_follow_positions(phantom_folder):
    assert _volume(phantom_folder, "axial").slice_numbers == tuple(range(1, 31))
    assert _volume(phantom_folder, "reversed").slice_numbers == tuple(range(30, 0, -1))


def test_rods_through_a_tilted_stack_stay_straight(read):
    def rods(points):
        x, y = points[..., 0], points[..., 1]
        inside = np.zeros(points.shape[:-1], dtype=bool)
        for center in ((-20.0, -9.0), (6.0, 8.0), (30.0, -15.0)):
            inside |= (x - center[0]) ** 2 + (y - center[1]) ** 2 <= 5.0**2
        return np.where(inside, 1000.0, 0.0)

    phantom = Phantom(values=rods, shear_mm=-0.83, spacing=(1.0, 1.0, 3.0), size=(112, 96, 25))
    volume = read(phantom)
    geometry = volume.geometry
    for center in ((-20.0, -9.0), (6.0, 8.0), (30.0, -15.0)):
        for k in range(geometry.shape_kji[0]):
            j, i = np.indices(volume.array.shape[1:])
            index = np.stack([i, j, np.full_like(i, k)], axis=-1).astype(float)
            points = geometry.index_to_lps(index)
            near = np.linalg.norm(points[..., :2] - center, axis=-1) < 8
            weight = np.where(near, volume.array[k], 0.0)
            middle = (points[..., :2] * weight[..., None]).sum(axis=(0, 1)) / weight.sum()
            assert np.abs(middle - center).max() < 0.25


def test_tilted_stack_says_so(phantom_folder):
    volume = _volume(phantom_folder, "tilted")
    assert volume.resampled == "gantry tilt corrected"
    (finding,) = volume.findings
    assert finding.code == "tilted"
    assert "14.9°" in finding.message
