"""Native pixels that do not fill whole bytes or share their chroma; deflated multi-frames."""

import numpy as np
import pytest
from pydicom.uid import DeflatedExplicitVRLittleEndian, SecondaryCaptureImageStorage

from tests.support.phantom import Phantom, common_dataset, save
from workstation.base.errors import InputRefusedError
from workstation.imaging.catalog import load_image, open_paths
from workstation.imaging.flat_image import ybr_to_rgb
from workstation.imaging.pixel_read import read_stored


def captured(path, raw, *, rows, columns, syntax="1.2.840.10008.1.2.1", **tags):
    dataset = common_dataset(Phantom())
    dataset.SOPClassUID = SecondaryCaptureImageStorage
    dataset.SOPInstanceUID = "1.2.3"
    dataset.Modality = "OT"
    dataset.Rows, dataset.Columns = rows, columns
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated = dataset.BitsStored = 8
    dataset.HighBit, dataset.PixelRepresentation = 7, 0
    for keyword, value in tags.items():
        setattr(dataset, keyword, value)
    dataset.PixelData = raw + b"\0" * (len(raw) % 2)
    dataset["PixelData"].VR = "OB"
    save(dataset, path, syntax)
    return open_paths([path])


def frames_of(catalog):
    (series,) = catalog.series
    return [image.frame for image in series.images]


HALF = {
    "SamplesPerPixel": 3,
    "PhotometricInterpretation": "YBR_FULL_422",
    "PlanarConfiguration": 0,
}


def test_shared_chroma_counts_for_both_neighbors(tmp_path):
    raw = bytes([10, 20, 128, 200, 30, 40, 90, 128])
    catalog = captured(tmp_path / "a", raw, rows=2, columns=2, **HALF)
    (frame,) = frames_of(catalog)
    expected = [[[10, 128, 200], [20, 128, 200]], [[30, 90, 128], [40, 90, 128]]]
    assert read_stored(frame).tolist() == expected


def test_shared_chroma_becomes_rgb(tmp_path):
    rng = np.random.default_rng(4)
    raw = rng.integers(0, 256, 4 * 6 * 2, dtype=np.uint8).tobytes()
    (series,) = captured(tmp_path / "a", raw, rows=4, columns=6, **HALF).series
    image = load_image(series.images[0])
    pairs = np.frombuffer(raw, np.uint8).reshape(4, 3, 4)
    full = np.stack(
        [pairs[..., :2].reshape(4, 6)] + [pairs[..., n].repeat(2, axis=1) for n in (2, 3)], axis=-1
    )
    assert (image.array == ybr_to_rgb(full)).all()


def test_gray_stays_gray_with_shared_chroma(tmp_path):
    raw = bytes([77, 77, 128, 128] * 4)
    (series,) = captured(tmp_path / "a", raw, rows=2, columns=4, **HALF).series
    assert (load_image(series.images[0]).array == 77).all()


def test_an_odd_width_cannot_share_chroma(tmp_path):
    catalog = captured(tmp_path / "a", bytes(30), rows=5, columns=3, **HALF)
    assert [item.code for item in catalog.rejected] == ["unsupported-format"]


def test_shared_chroma_that_ends_too_early_is_refused(tmp_path):
    catalog = captured(tmp_path / "a", bytes(20), rows=4, columns=4, **HALF)
    assert [item.code for item in catalog.rejected] == ["truncated"]


BITS = {"BitsAllocated": 1, "BitsStored": 1, "HighBit": 0, "NumberOfFrames": 3}


@pytest.mark.parametrize("deflated", [False, True])
def test_single_bits_run_on_from_frame_to_frame(tmp_path, deflated):
    planes = np.random.default_rng(1).integers(0, 2, (3, 5, 7), dtype=np.uint8)
    raw = np.packbits(planes.reshape(-1), bitorder="little").tobytes()
    syntax = str(DeflatedExplicitVRLittleEndian) if deflated else "1.2.840.10008.1.2.1"
    catalog = captured(tmp_path / "a", raw, rows=5, columns=7, syntax=syntax, **BITS)
    found = [read_stored(frame) for frame in frames_of(catalog)]
    assert (np.stack(found) == planes).all()


def test_single_bits_need_no_more_bytes_than_they_fill(tmp_path):
    raw = np.packbits(np.ones(3 * 5 * 7, np.uint8), bitorder="little").tobytes()
    assert len(raw) == 14
    assert not captured(tmp_path / "a", raw, rows=5, columns=7, **BITS).rejected
    assert captured(tmp_path / "b", raw[:12], rows=5, columns=7, **BITS).rejected


def test_single_bits_in_color_are_refused(tmp_path):
    catalog = captured(
        tmp_path / "a", bytes(20), rows=4, columns=4, **(BITS | {"SamplesPerPixel": 3})
    )
    assert [item.code for item in catalog.rejected] == ["unsupported-format"]


def test_every_frame_of_a_deflated_file_is_read(tmp_path):
    planes = np.random.default_rng(2).integers(0, 256, (5, 40, 30), dtype=np.uint8)
    syntax = str(DeflatedExplicitVRLittleEndian)
    catalog = captured(
        tmp_path / "a", planes.tobytes(), rows=40, columns=30, syntax=syntax, NumberOfFrames=5
    )
    found = [read_stored(frame) for frame in frames_of(catalog)]
    assert (np.stack(found) == planes).all()


def test_a_deflated_file_that_inflates_beyond_its_picture_is_refused(tmp_path):
    catalog = captured(
        tmp_path / "a",
        bytes(16) + bytes(300 * 1024**2),
        rows=4,
        columns=4,
        syntax=str(DeflatedExplicitVRLittleEndian),
    )
    codes = {item.code for item in catalog.rejected}
    if not codes:
        with pytest.raises(InputRefusedError):
            read_stored(frames_of(catalog)[0])
    else:
        assert codes == {"too-large"}
