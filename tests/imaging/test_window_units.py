"""Presets and starting windows for every unit; percentile windows on planted distributions."""

import numpy as np
import pytest

from tests.support.frames import volume_of
from workstation.imaging.volume import Unit, WindowSetting
from workstation.imaging.window import (
    CT_PRESETS,
    PET_PRESETS,
    WindowPreset,
    percentile_window,
    presets_for,
    starting_window,
)

SUV_UNITS = (Unit.SUVBW, Unit.SUVLBM, Unit.SUVIBW)


def ramp(unit, **changes):
    values = np.linspace(0.0, 1000.0, 1000).reshape(10, 10, 10).astype(np.float32)
    return volume_of(values, unit=unit, **changes)


def ends(window):
    return window.center - window.width / 2, window.center + window.width / 2


@pytest.mark.parametrize(
    ("key", "name", "low", "high"),
    [
        (1, "Soft tissue", -125, 225),
        (2, "Bone", -500, 1500),
        (3, "Epidural", -90, 210),
        (4, "Myelogram", -350, 1150),
        (5, "Lung", -1350, 150),
        (6, "Spine bone", -500, 1300),
        (7, "Spine soft tissue", -75, 175),
        (8, "Myelogram, canal", -100, 500),
    ],
)
def test_ct_presets_by_their_digit(key, name, low, high):
    preset = CT_PRESETS[key - 1]
    assert preset.name == name
    assert ends(preset.setting) == (low, high)


@pytest.mark.parametrize(("key", "upper"), list(enumerate((5, 7, 10, 15, 20), 1)))
def test_pet_presets_begin_at_zero(key, upper):
    preset = PET_PRESETS[key - 1]
    assert preset.name == f"SUV 0–{upper}"
    assert ends(preset.setting) == (0.0, upper)


@pytest.mark.parametrize("unit", SUV_UNITS)
def test_suv_volumes_have_suv_presets(unit):
    volume = ramp(unit, header_window=WindowSetting(center=1.0, width=1.0))
    assert presets_for(volume) == PET_PRESETS
    assert starting_window(volume) == WindowSetting(center=2.5, width=5.0)


@pytest.mark.parametrize("unit", sorted(set(Unit) - {Unit.HU, *SUV_UNITS}))
def test_other_units_have_windows_from_their_values(unit):
    volume = ramp(unit)
    auto, narrow, wide = presets_for(volume)
    assert [preset.name for preset in (auto, narrow, wide)] == ["Auto", "Narrow", "Wide"]
    assert auto.setting == starting_window(volume)
    assert narrow.setting.width == pytest.approx(0.8 * auto.setting.width)
    assert wide.setting.width == pytest.approx(1.2 * auto.setting.width)
    assert narrow.setting.center == wide.setting.center == auto.setting.center


@pytest.mark.parametrize("unit", [Unit.ARBITRARY, Unit.BQML, Unit.COUNTS, Unit.ADC])
def test_header_windows_count_for_ct_only(unit):
    header = WindowSetting(center=7.0, width=3.0)
    assert starting_window(ramp(unit, header_window=header)) != header
    assert starting_window(ramp(Unit.HU, header_window=header)) == header


def test_the_adc_window_does_not_follow_the_values():
    assert starting_window(ramp(Unit.ADC)) == WindowSetting(center=1.25, width=2.5)


def test_presets_are_said_as_width_and_level():
    preset = WindowPreset.of("X", 350, 50)
    assert (preset.setting.width, preset.setting.center) == (350, 50)


@pytest.mark.parametrize(
    ("tissue", "air", "low", "high"),
    [
        (np.linspace(100, 1100, 1001), 0, 110.0, 1095.0),
        (np.linspace(-50, 50, 1001), -1024, -49.0, 49.5),
        (np.linspace(1000, 2000, 1001), 0, 1010.0, 1995.0),
    ],
)
def test_air_does_not_count(tissue, air, low, high):
    for share in (0, 500, 4000):
        values = np.concatenate([tissue, np.full(share, air)])
        if share == 0:
            values = np.append(values, air)
        found = ends(percentile_window(values))
        assert found == pytest.approx((low, high), abs=6.0)


@pytest.mark.parametrize("outlier", [5_000, 32_000, 1_000_000])
def test_a_few_bright_voxels_do_not_widen_the_window(outlier):
    values = np.concatenate([np.zeros(500), np.linspace(100, 1100, 4000), [outlier] * 5])
    _, high = ends(percentile_window(values))
    assert high < 1200


@pytest.mark.parametrize("value", [0.0, 7.0, -1024.0])
@pytest.mark.parametrize("shape", [(1,), (3, 3, 3)])
def test_a_constant_still_has_a_window(value, shape):
    assert percentile_window(np.full(shape, value)) == WindowSetting(center=value, width=1.0)


def test_two_values_still_have_a_width():
    window = percentile_window(np.array([0.0] * 50 + [10.0] * 50))
    assert window.width > 0
    assert window.center == pytest.approx(10.0, abs=0.01)


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.float32, np.float64])
def test_the_type_of_the_voxels_does_not_matter(dtype):
    values = np.concatenate([np.zeros(100), np.arange(20, 120).repeat(3)]).astype(dtype)
    assert ends(percentile_window(values)) == pytest.approx((20.99, 118.5), abs=1.0)


def test_large_volumes_are_sampled_alike():
    rng = np.random.default_rng(4)
    small = rng.normal(500, 50, 200_000)
    large = np.tile(small, 6)
    one, other = percentile_window(small), percentile_window(large)
    assert other.center == pytest.approx(one.center, rel=0.01)
    assert other.width == pytest.approx(one.width, rel=0.03)
