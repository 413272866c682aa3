"""Small pictures: shape in mm, gray, and the middle slice of a real series."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from tests.support.phantom import write_phantom
from workstation.app.thumbnails import THUMBNAIL_PX, middle_slice_entry, thumbnail_of
from workstation.imaging.catalog import load_volume, open_paths
from workstation.imaging.geometry import VolumeGeometry
from workstation.imaging.nifti import VolumeFile
from workstation.imaging.volume import SeriesIdentity, Unit, Volume, WindowSetting


def spaced(spacing: tuple[float, float, float], array: Any, **changes: Any) -> Volume:
    geometry = VolumeGeometry(
        shape_kji=array.shape,
        spacing_ijk=spacing,
        origin_lps=(0.0, 0.0, 0.0),
        direction=np.eye(3),
    )
    identity = SeriesIdentity(series_uid="a")
    return Volume(array=array, geometry=geometry, unit=Unit.HU, identity=identity, **changes)


def test_pixels_keep_their_shape_in_mm() -> None:
    # 40 columns of 0.5 mm and 10 rows of 4 mm: twice as high as wide.
    picture = thumbnail_of(spaced((0.5, 4.0, 3.0), np.zeros((3, 10, 40), np.int16)))
    assert picture.shape == (THUMBNAIL_PX, THUMBNAIL_PX // 2)


def test_middle_slice_and_its_sides() -> None:
    array = np.zeros((5, 96, 96), np.int16)
    array[2, :10, :] = 1000
    array[2, :, :10] = 500
    window = WindowSetting(center=500.0, width=1000.0)
    picture = thumbnail_of(spaced((1.0, 1.0, 1.0), array, header_window=window))
    assert picture.shape == (96, 96)
    assert picture[0, 50] == 255
    assert picture[50, 0] == 128
    assert picture[50, 50] == 0


def test_without_a_window_gray_runs_over_the_percentiles() -> None:
    array = np.linspace(-1000, 1000, 96 * 96).reshape(1, 96, 96).astype(np.int16)
    array[0, 0, 0], array[0, 95, 95] = -30000, 30000
    picture = thumbnail_of(spaced((1.0, 1.0, 1.0), array))
    assert picture[0, 5] == 0
    assert picture[95, 90] == 255
    assert 120 <= picture[48, 0] <= 136


def test_flat_slice_and_single_pixel_give_a_picture() -> None:
    for shape in ((1, 1, 1), (2, 1, 300), (2, 300, 1)):
        picture = thumbnail_of(spaced((1.0, 1.0, 1.0), np.full(shape, 7, np.int16)))
        assert max(picture.shape) == THUMBNAIL_PX
        assert min(picture.shape) >= 1


def test_middle_slice_of_a_series_is_read_alone(tmp_path: Path) -> None:
    write_phantom(tmp_path / "ct")
    (series,) = open_paths([tmp_path / "ct"]).series
    (entry,) = series.volumes
    single = middle_slice_entry(entry)
    whole = load_volume(entry)
    alone = load_volume(single)
    assert single.key == entry.key
    assert alone.array.shape == (1, *whole.array.shape[1:])
    np.testing.assert_array_equal(alone.array[0], whole.array[whole.array.shape[0] // 2])
    np.testing.assert_array_equal(thumbnail_of(alone), thumbnail_of(whole))


def test_file_that_is_read_as_a_whole_has_no_middle_slice(tmp_path: Path) -> None:
    write_phantom(tmp_path / "ct")
    (entry,) = open_paths([tmp_path / "ct"]).series[0].volumes
    volume_file = VolumeFile.__new__(VolumeFile)
    assert middle_slice_entry(replace(entry, source=volume_file)) is None


def test_tilted_stack_has_no_single_slice(tmp_path: Path) -> None:
    write_phantom(tmp_path / "ct")
    (entry,) = open_paths([tmp_path / "ct"]).series[0].volumes
    tilted = replace(entry, source=replace(entry.source, shear_ij_mm=(0.0, 0.5)))
    assert middle_slice_entry(tilted) is None
