"""Every way of storing pixels gives the same stored values."""

import struct
from dataclasses import replace

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    HTJ2KLossless,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from tests.support.phantom import MARKERS, Phantom, common_dataset, put_pixels, save, write_phantom
from workstation.base.errors import InputRefusedError
from workstation.imaging.catalog import load_volume, open_paths
from workstation.imaging.dicom_header import read_header
from workstation.imaging.image_frame import frames_of
from workstation.imaging.pixel_codecs import decode_frame
from workstation.imaging.pixel_read import read_stored
from workstation.imaging.resample import sample_nearest
from workstation.imaging.value_scale import rescale

PLAIN = Phantom(size=(56, 48, 30))


def rle(frame):
    """Return an RLE frame: high bytes, then low bytes, each byte literal or repeated."""
    planes = [frame.astype("<u2").view(np.uint8).reshape(-1, 2)[:, n].tobytes() for n in (1, 0)]
    segments = [imagecodecs.packbits_encode(plane) for plane in planes]
    offsets = [64, 64 + len(segments[0])]
    return struct.pack("<16I", 2, *offsets, *[0] * 13) + b"".join(segments)


ENCODERS = {
    "rle": (RLELossless, rle),
    "jpeg-ls": (JPEGLSLossless, imagecodecs.jpegls_encode),
    "jpeg lossless": (
        JPEGLosslessSV1,
        lambda frame: imagecodecs.ljpeg_encode(frame, bitspersample=16),
    ),
    "jpeg 2000": (
        JPEG2000Lossless,
        lambda frame: imagecodecs.jpeg2k_encode(frame, level=0, codecformat="j2k", reversible=True),
    ),
    "htj2k": (HTJ2KLossless, lambda frame: imagecodecs.htj2k_encode(frame, reversible=True)),
}


@pytest.mark.parametrize("name", sorted(ENCODERS))
def test_compressed_phantom_has_the_planted_values(read, name):
    syntax, encode = ENCODERS[name]
    volume = read(replace(PLAIN, syntax=str(syntax), encode=encode))
    points = np.array([marker.center for marker in MARKERS.values()])
    assert list(sample_nearest(volume, points)) == [1000, 600, 300, -150]
    assert (volume.array[15] == PLAIN.slice_values(15)).all()


@pytest.mark.parametrize(
    "syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian]
)
def test_native_syntaxes(read, syntax):
    volume = read(replace(PLAIN, size=(56, 48, 4), syntax=str(syntax)))
    assert (volume.array[2] == replace(PLAIN, size=(56, 48, 4)).slice_values(2)).all()


LARGEST_ERROR_HU = {
    "JPEGLSLossy": 4,
    "JPEG2000Transfer": 8,
    "JPEGProcess1Transfer": 80,
    "JPEGProcess2_4": 40,
    "JPEGProcess6_8": 40,
    "JPEGProcess10_12": 40,
}
"""Of the lossy encodings; those of 12 and 8 bits carry a rescale of their own."""


def _encodings(data):
    return sorted((data / "transfer_syntaxes").glob("CTImage*"))


def test_sixteen_encodings_of_one_slice(data):
    paths = _encodings(data)
    assert len(paths) == 16
    (frame,) = frames_of(read_header(data / "transfer_syntaxes" / "CTImage.dcm"))
    reference = read_stored(frame) - 1024.0
    for path in paths:
        (frame,) = frames_of(read_header(path))
        slope, intercept = rescale(frame)
        values = read_stored(frame) * slope + intercept
        limit = next((hu for name, hu in LARGEST_ERROR_HU.items() if name in path.name), 0.0)
        assert np.abs(values - reference).max() <= limit, path.name


def test_against_pydicom_on_native_samples(data):
    compared = 0
    for folder in ("pet_pelvis_sts007", "mr_cspine", "odd_mixed_orientation_mr", "multiframe"):
        for path in sorted((data / folder).rglob("*")):
            if not path.is_file():
                continue
            dataset = pydicom.dcmread(path)
            if dataset.file_meta.TransferSyntaxUID.is_compressed or "PixelData" not in dataset:
                continue
            header = read_header(path)
            theirs = dataset.pixel_array.reshape(-1, header.pixels.rows, header.pixels.columns)
            for frame in frames_of(header):
                assert (read_stored(frame) == theirs[frame.index]).all(), path.name
                compared += 1
    assert compared > 130


def test_fragmented_frames_without_offset_table(data):
    path = data / "transfer_syntaxes" / "CT0012.fragmented_no_bot_jpeg_baseline.51.dcm"
    frames = frames_of(read_header(path))
    assert len(frames) == 2
    first, second = (read_stored(frame) for frame in frames)
    assert first.shape == second.shape == (512, 512)
    assert (first != second).any()


@pytest.mark.parametrize("name", ["emri_small_RLE.dcm", "emri_small_jpeg_ls_lossless.dcm",
                                  "emri_small_big_endian.dcm"])  # fmt: skip
def test_multi_frame_encodings_agree(data, name):
    plain = frames_of(read_header(data / "multiframe" / "emri_small.dcm"))
    other = frames_of(read_header(data / "multiframe" / name))
    assert len(plain) == len(other) == 10
    for one, two in zip(plain, other, strict=True):
        assert (read_stored(one) == read_stored(two)).all()


def test_signed_pixels_in_an_unsigned_code_stream(data):
    (frame,) = frames_of(read_header(data / "malformed_pydicom" / "J2K_pixelrep_mismatch.dcm"))
    stored = read_stored(frame)
    assert stored.dtype == np.int16
    assert int(stored.min()) == -2000


def test_bits_above_the_stored_ones_are_dropped(read):
    phantom = replace(PLAIN, size=(56, 48, 4), bits_stored=12)

    def dirty(k):
        stored = phantom.stored(k) | 0xF000
        return {"PixelData": stored.astype(np.uint16).tobytes()}

    volume = read(replace(phantom, slice_tags=dirty))
    assert (volume.array[1] == phantom.slice_values(1)).all()


def test_twelve_bit_signed_values_keep_their_sign(read):
    phantom = replace(PLAIN, size=(56, 48, 4), bits_stored=12, signed=True, intercept=0.0)

    def masked(k):
        stored = phantom.stored(k).astype(np.int16) & 0x0FFF
        return {"PixelData": stored.astype(np.uint16).tobytes()}

    volume = read(replace(phantom, slice_tags=masked))
    assert (volume.array[1] == phantom.slice_values(1)).all()


def test_pixels_in_the_high_bits(read):
    phantom = replace(PLAIN, size=(56, 48, 4), bits_stored=12)

    def shifted(k):
        return {"PixelData": (phantom.stored(k) << 4).tobytes(), "HighBit": 15}

    volume = read(replace(phantom, slice_tags=shifted))
    assert (volume.array[1] == phantom.slice_values(1)).all()


def test_monochrome1_never_changes_numbers(read):
    volume = read(
        replace(PLAIN, size=(56, 48, 4), tags={"PhotometricInterpretation": "MONOCHROME1"})
    )
    assert (volume.array[1] == replace(PLAIN, size=(56, 48, 4)).slice_values(1)).all()


def test_values_beyond_int16_become_float(read):
    def bright(points):
        return np.where(points[..., 0] > 10, 39_000.0, 40.0)

    volume = read(replace(PLAIN, size=(56, 48, 4), values=bright))
    assert volume.array.dtype == np.float32
    assert volume.array.max() == 39_000.0


@pytest.mark.parametrize(
    ("tags", "unit", "code"),
    [
        ({}, "HU", None),
        ({"RescaleType": "HU"}, "HU", None),
        ({"RescaleType": "US"}, "a.u.", "no-hu"),
        ({"RescaleSlope": None, "RescaleIntercept": None}, "a.u.", "no-hu"),
        ({"RescaleIntercept": 60_000}, "a.u.", "no-hu"),
    ],
)
def test_when_values_are_hu(read, tags, unit, code):
    phantom = replace(PLAIN, size=(56, 48, 4))
    volume = read(replace(phantom, slice_tags=lambda k: tags))
    assert volume.unit.value == unit
    assert [finding.code for finding in volume.findings] == ([code] if code else [])


def test_one_slice_without_rescale_takes_hu_away(read):
    def tags(k):
        return {"RescaleSlope": None, "RescaleIntercept": None} if k == 2 else {}

    volume = read(replace(PLAIN, size=(56, 48, 4), slice_tags=tags))
    assert volume.unit.value == "a.u."
    assert "1 of 4 images" in volume.findings[0].message


def test_rescale_is_applied_per_slice(read):
    phantom = replace(PLAIN, size=(56, 48, 4))
    volume = read(replace(phantom, slice_tags=lambda k: {"RescaleIntercept": -1024 + 10 * k}))
    for k in range(4):
        assert (volume.array[k] == phantom.slice_values(k) + 10 * k).all()


@pytest.mark.parametrize("tags", [{"RescaleSlope": 0}])
def test_zero_slope_is_refused(opened, tags):
    (entry,) = opened(replace(PLAIN, size=(8, 8, 4), slice_tags=lambda k: tags)).volumes
    with pytest.raises(InputRefusedError) as caught:
        load_volume(entry)
    assert caught.value.code == "bad-rescale"


def test_padding_is_known(read):
    phantom = replace(PLAIN, size=(56, 48, 4), signed=True, intercept=-1024.0)
    volume = read(replace(phantom, tags={"PixelPaddingValue": -2000}))
    assert volume.padding_range == (-3024.0, -3024.0)


def compressed_slice(tmp_path, stream, **tags):
    dataset = common_dataset(PLAIN)
    phantom = replace(PLAIN, syntax=str(JPEG2000Lossless), encode=lambda frame: stream)
    put_pixels(dataset, phantom, PLAIN.stored(3))
    for keyword, value in tags.items():
        setattr(dataset, keyword, value)
    save(dataset, tmp_path / "slice", phantom.syntax)
    (frame,) = frames_of(read_header(tmp_path / "slice"))
    return frame


def test_code_stream_of_another_size_is_not_decoded(tmp_path):
    large = imagecodecs.jpeg2k_encode(np.zeros((400, 400), np.uint16), level=0, codecformat="j2k")
    with pytest.raises(InputRefusedError, match="not that of the header"):
        read_stored(compressed_slice(tmp_path, large))


@pytest.mark.parametrize(
    "stream", [b"\xff\x4f\xff\x51" + b"\0" * 60, b"nothing", b"\xff\xd8\xff\xd9"]
)
def test_damaged_code_streams(tmp_path, stream):
    with pytest.raises(InputRefusedError) as caught:
        read_stored(compressed_slice(tmp_path, stream))
    assert caught.value.code == "damaged-pixels"


def test_unknown_syntax_is_refused_before_grouping(tmp_path):
    dataset = common_dataset(PLAIN)
    put_pixels(dataset, replace(PLAIN, encode=lambda frame: b"x"), PLAIN.stored(3))
    save(dataset, tmp_path / "slice", "1.2.840.10008.1.2.4.100")
    (item,) = open_paths([tmp_path]).rejected
    assert item.code == "unsupported-syntax"


def test_one_damaged_slice_is_a_gap(tmp_path):
    syntax, encode = ENCODERS["jpeg-ls"]
    phantom = replace(PLAIN, size=(24, 20, 8), syntax=str(syntax), encode=encode)
    paths = write_phantom(tmp_path, phantom)
    content = paths[4].read_bytes()
    start = content.rindex(b"\xff\xd8\xff\xf7") + 40
    paths[4].write_bytes(content[:start] + b"\xff" * 30 + content[start + 30 :])
    volume = load_volume(open_paths([tmp_path]).volumes[0])
    assert volume.missing_slices == (4,)
    assert [item.path for item in volume.rejected] == [str(paths[4])]
    assert (volume.array[3] == phantom.slice_values(3)).all()


def test_mostly_damaged_series_is_refused(tmp_path):
    syntax, _ = ENCODERS["jpeg-ls"]
    phantom = replace(PLAIN, size=(24, 20, 4), syntax=str(syntax), encode=lambda frame: b"\xff\xd8")
    write_phantom(tmp_path, phantom)
    with pytest.raises(InputRefusedError, match="4 of 4 images cannot be read"):
        load_volume(open_paths([tmp_path]).volumes[0])


@pytest.mark.parametrize(
    ("tags", "code"),
    [
        ({"Rows": 60_000, "Columns": 60_000}, "truncated"),
        ({"NumberOfFrames": 90_000}, "truncated"),
        ({"NumberOfFrames": 2_000_000_000}, "unsupported-format"),
        ({"BitsAllocated": 12}, "unsupported-format"),
        ({"BitsStored": 20}, "unsupported-format"),
        ({"SamplesPerPixel": 2}, "unsupported-format"),
    ],
)
def test_absurd_sizes_are_refused_from_the_header(tmp_path, tags, code):
    write_phantom(tmp_path, replace(PLAIN, size=(8, 8, 1), slice_tags=lambda k: tags))
    (item,) = open_paths([tmp_path]).rejected
    assert item.code == code


@pytest.mark.parametrize(
    ("rows", "syntax", "code"),
    [
        (20_000, JPEGLSLossless, "unsupported-format"),
        (20_000, DeflatedExplicitVRLittleEndian, "unsupported-format"),
        (9_000, DeflatedExplicitVRLittleEndian, "truncated"),
    ],
)
def test_small_files_that_claim_large_pictures(tmp_path, rows, syntax, code):
    encode = (lambda frame: b"\xff\xd8") if syntax == JPEGLSLossless else None
    phantom = replace(PLAIN, size=(8, 8, 1), syntax=str(syntax), encode=encode)
    claim = {"Rows": rows, "Columns": rows}
    write_phantom(tmp_path, replace(phantom, slice_tags=lambda k: claim))
    (item,) = open_paths([tmp_path]).rejected
    assert item.code == code


def test_truncated_rle_segment(data):
    (frame,) = frames_of(read_header(data / "malformed_pydicom" / "MR_small_RLE.dcm"))
    with pytest.raises(InputRefusedError, match=r"end too early|cannot be decompressed"):
        decode_frame(struct.pack("<16I", 2, 64, 66, *[0] * 13) + b"\x01ab", frame.layout)
    with pytest.raises(InputRefusedError, match="end too early"):
        decode_frame(b"abc", frame.layout)
    with pytest.raises(InputRefusedError, match="do not fit"):
        decode_frame(struct.pack("<16I", 9, *[64] * 15), frame.layout)
