from dataclasses import replace

import numpy as np
import pytest

from tests.support.phantom import LEFT, Phantom, pet_phantom
from workstation.imaging.resample import (
    interpolate,
    nearest_index,
    reformat,
    sample_linear,
    sample_nearest,
)
from workstation.imaging.volume import Unit, WindowSetting
from workstation.imaging.window import (
    CT_PRESETS,
    percentile_window,
    presets_for,
    starting_window,
)


def ramp(points):
    return np.rint(500.0 + 4.0 * points[..., 0] - 2.0 * points[..., 1] + 4.0 * points[..., 2])


@pytest.mark.parametrize(
    ("name", "width", "level"),
    [
        ("Bone", 2000, 500),
        ("Spine bone", 1800, 400),
        ("Soft tissue", 350, 50),
        ("Spine soft tissue", 250, 50),
        ("Myelogram", 1500, 400),
        ("Myelogram, canal", 600, 200),
        ("Epidural", 300, 60),
    ],
)
def test_ct_presets_are_those_of_the_table(name, width, level):
    (preset,) = [item for item in CT_PRESETS if item.name == name]
    assert preset.setting == WindowSetting(center=level, width=width)


def test_presets_by_unit(axial, read):
    assert presets_for(axial) == CT_PRESETS
    assert presets_for(read(pet_phantom()))[0].name == "SUV 0–5"
    assert presets_for(replace(axial, unit=Unit.ARBITRARY))[0].name == "Auto"


def test_ct_starts_with_a_sane_header_window(axial):
    header = WindowSetting(center=300, width=1500)
    assert starting_window(replace(axial, header_window=header)) == header
    assert starting_window(axial) == CT_PRESETS[0].setting


@pytest.mark.parametrize(
    ("center", "width", "kept"), [(40, 400, True), (40, 0, False), (40, -5, False), (4e9, 9, False)]
)
def test_insane_header_windows_are_dropped(read, center, width, kept):
    phantom = Phantom(size=(6, 6, 2), tags={"WindowCenter": center, "WindowWidth": width})
    assert (read(phantom).header_window is not None) is kept


def test_pet_ignores_the_header_window(read):
    volume = replace(read(pet_phantom()), header_window=WindowSetting(center=9, width=2))
    assert starting_window(volume) == WindowSetting(center=2.5, width=5)


def test_adc_has_a_fixed_window(axial):
    window = starting_window(replace(axial, unit=Unit.ADC))
    assert window == WindowSetting(center=1.25, width=2.5)


def test_percentiles_ignore_air_and_outliers():
    array = np.zeros((50, 50, 50), np.float32)
    array[10:40] = np.linspace(200, 400, 30)[:, None, None]
    array[20, 0, :3] = 30_000
    window = percentile_window(array)
    assert window.center - window.width / 2 == pytest.approx(200, abs=10)
    assert window.center + window.width / 2 == pytest.approx(400, abs=10)


def test_percentiles_of_a_constant():
    assert percentile_window(np.full((3, 3, 3), 7.0)) == WindowSetting(center=7.0, width=1.0)


def test_linear_sampling_reproduces_a_ramp(read):
    volume = read(Phantom(values=ramp, spacing=(2.0, 3.0, 2.5), size=(20, 16, 12)))
    rng = np.random.default_rng(3)
    indices = rng.uniform(0, 1, (200, 3)) * (np.array([20, 16, 12]) - 1)
    points = volume.geometry.index_to_lps(indices)
    exact = 500.0 + 4.0 * points[:, 0] - 2.0 * points[:, 1] + 4.0 * points[:, 2]
    assert np.abs(sample_linear(volume, points) - exact).max() <= 0.5


def test_interpolation_by_hand():
    array = np.arange(8.0).reshape(2, 2, 2)
    assert interpolate(array, np.array([0.5, 0.0, 0.0])) == 0.5
    assert interpolate(array, np.array([0.0, 0.5, 0.0])) == 1.0
    assert interpolate(array, np.array([0.0, 0.0, 0.5])) == 2.0
    assert interpolate(array, np.array([0.25, 0.5, 1.0])) == 5.25


def test_single_slice_can_be_sampled():
    array = np.arange(4.0).reshape(1, 2, 2)
    assert interpolate(array, np.array([1.0, 1.0, 0.0])) == 3.0


def test_outside_is_nan_and_the_rim_is_kept(axial):
    geometry = axial.geometry
    rim = geometry.index_to_lps(np.array([[-0.4, 0.0, 0.0], [-0.6, 0.0, 0.0]]))
    values = sample_linear(axial, rim)
    assert values[0] == axial.array[0, 0, 0]
    assert np.isnan(values[1])
    assert np.isnan(sample_nearest(axial, rim)[1])


def test_nearest_index_is_the_voxel_around_the_point(axial):
    index = np.array([20.0, 11.0, 7.0])
    for shift in (-0.49, 0.0, 0.49):
        point = axial.geometry.index_to_lps(index + shift)
        assert nearest_index(axial, tuple(point)) == (20, 11, 7)


def test_reformat_shows_the_left_marker_where_it_lies(axial):
    sagittal = reformat(axial, LEFT.center, ((0, 1, 0), (0, 0, -1)), (41, 31), 1.0)
    assert sagittal.shape == (31, 41)
    assert sagittal[15, 20] == LEFT.value
    coronal = reformat(axial, (0.0, *LEFT.center[1:]), ((1, 0, 0), (0, 0, -1)), (101, 31), 1.0)
    assert coronal[15, 50 + round(LEFT.center[0])] == LEFT.value
    assert coronal[15, 50 - round(LEFT.center[0])] != LEFT.value
