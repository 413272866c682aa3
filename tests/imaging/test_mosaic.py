import struct
from dataclasses import replace

import numpy as np
import pytest
from pydicom.uid import MRImageStorage

from tests.support.phantom import MARKERS, Phantom, common_dataset, put_pixels, save
from workstation.imaging.catalog import load_volume, open_paths
from workstation.imaging.resample import sample_nearest
from workstation.imaging.siemens_csa import mosaic_values

PHANTOM = Phantom(modality="MR", size=(56, 48, 30))
ACROSS = 6


def csa(items):
    """Return a Siemens header with these named text items."""
    content = b"SV10\x04\x03\x02\x01" + struct.pack("<II", len(items), 77)
    for name, values in items.items():
        content += name.encode().ljust(64, b"\0") + struct.pack(
            "<i4sIII", 1, b"FD\0\0", 0, len(values), 77
        )
        for value in values:
            raw = str(value).encode() + b"\0"
            content += struct.pack("<4I", len(raw), len(raw), 77, len(raw))
            content += raw + b"\0" * (-len(raw) % 4)
    return content


def protocol(phantom, *, upwards):
    """Return the part of the protocol text that lists the slice centers."""
    size = np.array(phantom.size[:2]) * np.array(phantom.spacing[:2]) / 2
    count = phantom.size[2]
    order = range(count) if upwards else range(count - 1, -1, -1)
    lines = [f"sSliceArray.lSize = {count}"]
    for number, k in enumerate(order):
        row, column = (np.array(axis, float) for axis in phantom.axes)
        center = phantom.origin(k) + row * size[0] + column * size[1]
        lines += [
            f"sSliceArray.asSlice[{number}].sPosition.d{axis} = {value:.6f}"
            for axis, value in zip(("Sag", "Cor", "Tra"), center, strict=True)
        ]
    return "\n".join(lines)


def write_mosaic(path, phantom, header, *, downwards=False):
    columns, rows, count = phantom.size
    large = np.zeros((rows * ACROSS, columns * ACROSS), np.uint16)
    for number in range(count):
        k = count - 1 - number if downwards else number
        top, left = divmod(number, ACROSS)
        place = np.s_[top * rows : (top + 1) * rows, left * columns : (left + 1) * columns]
        large[place] = phantom.stored(k)
    first = phantom.origin(count - 1 if downwards else 0)
    row, column = (np.array(axis, float) for axis in phantom.axes)
    corner = (
        first
        - row * phantom.spacing[0] * columns * (ACROSS - 1) / 2
        - column * phantom.spacing[1] * rows * (ACROSS - 1) / 2
    )
    dataset = common_dataset(phantom)
    dataset.SOPClassUID = MRImageStorage
    dataset.SOPInstanceUID = "1.2.3.4.5"
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "M", "ND", "MOSAIC"]
    dataset.ImagePositionPatient = [float(value) for value in corner]
    dataset.ImageOrientationPatient = [float(v) for axis in phantom.axes for v in axis]
    dataset.PixelSpacing = [phantom.spacing[1], phantom.spacing[0]]
    dataset.SpacingBetweenSlices = phantom.spacing[2]
    dataset.RescaleSlope, dataset.RescaleIntercept = 1, -1024
    put_pixels(dataset, phantom, large)
    if header:
        dataset.add_new(0x00291010, "OB", header)
    save(dataset, path)
    return path


def check(path):
    (entry,) = open_paths([path]).volumes
    volume = load_volume(entry)
    points = np.array([marker.center for marker in MARKERS.values()])
    assert list(sample_nearest(volume, points)) == [marker.value for marker in MARKERS.values()]
    assert volume.geometry.size_ijk == PHANTOM.size


def test_tiles_follow_the_slice_normal(tmp_path):
    header = csa({"NumberOfImagesInMosaic": [30], "SliceNormalVector": [0.0, 0.0, 1.0]})
    check(write_mosaic(tmp_path / "m", PHANTOM, header))


def test_tiles_may_run_downwards(tmp_path):
    header = csa({"NumberOfImagesInMosaic": [30], "SliceNormalVector": [0.0, 0.0, -1.0]})
    check(write_mosaic(tmp_path / "m", PHANTOM, header, downwards=True))


@pytest.mark.parametrize("upwards", [True, False])
@pytest.mark.parametrize("downwards", [True, False])
def test_tiles_by_the_protocol_alone(tmp_path, upwards, downwards):
    header = csa({"MrPhoenixProtocol": [protocol(PHANTOM, upwards=upwards)]})
    check(write_mosaic(tmp_path / "m", PHANTOM, header, downwards=downwards))


def test_protocol_of_another_place_is_not_believed(tmp_path):
    elsewhere = protocol(replace(PHANTOM, shear_mm=9.0), upwards=True)
    path = write_mosaic(tmp_path / "m", PHANTOM, csa({"MrPhoenixProtocol": [elsewhere]}))
    (series,) = open_paths([path]).series
    assert series.volumes == ()
    assert series.images[0].finding.code == "missing-geometry"


@pytest.mark.parametrize("header", [b"", b"SV10", csa({"NumberOfImagesInMosaic": [29]})])
def test_mosaic_without_direction_is_a_picture_only(tmp_path, header):
    (series,) = open_paths([write_mosaic(tmp_path / "m", PHANTOM, header)]).series
    assert series.volumes == ()
    assert len(series.images) == 1


def test_damaged_siemens_headers():
    whole = csa({"NumberOfImagesInMosaic": [30], "SliceNormalVector": [0, 0, "x"]})
    assert mosaic_values(whole) == {"MosaicTiles": 30}
    assert mosaic_values(whole[:40]) == {}
    assert mosaic_values(b"SV10\x04\x03\x02\x01\xff\xff\xff\xff" + b"\0" * 20) == {}


def test_real_mosaic(data):
    (entry,) = open_paths([data / "siemens_mosaic"]).volumes
    assert entry.geometry.size_ijk == (80, 80, 50)
    assert entry.geometry.spacing_ijk == pytest.approx((2.5, 2.5, 3.08))
    assert load_volume(entry).array.max() > 0
