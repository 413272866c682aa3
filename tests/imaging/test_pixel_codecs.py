"""The decoders themselves, without a worker process between."""

import struct
from dataclasses import replace

import imagecodecs
import numpy as np
import pytest
from pydicom.uid import (
    HTJ2KLossless,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from workstation.base.errors import InputRefusedError
from workstation.imaging.pixel_codecs import check_stream_size, decode_frame
from workstation.imaging.pixel_layout import COMPRESSED_SYNTAXES, PixelLayout

GRAY = np.random.default_rng(4).integers(0, 4000, (20, 24)).astype(np.uint16)
SOFT = np.add.outer(np.arange(20), np.arange(24)).astype(np.uint8) * 4
COLOR = np.stack([SOFT, SOFT[::-1], SOFT // 2], axis=-1)


def layout(syntax, picture, **changes):
    bits = picture.dtype.itemsize * 8
    made = PixelLayout(
        transfer_syntax=str(syntax),
        offset=0,
        length=-1,
        rows=picture.shape[0],
        columns=picture.shape[1],
        frames=1,
        samples=1 if picture.ndim == 2 else picture.shape[2],
        bits_allocated=bits,
        bits_stored=bits,
        high_bit=bits - 1,
        signed=False,
        floating=False,
        photometric="MONOCHROME2" if picture.ndim == 2 else "RGB",
        planar=False,
    )
    return replace(made, **changes)


def rle(picture):
    flat = picture.reshape(picture.shape[0] * picture.shape[1], -1)
    width = picture.dtype.itemsize
    planes = [
        np.ascontiguousarray(flat[:, sample]).view(np.uint8).reshape(-1, width)[:, byte].tobytes()
        for sample in range(flat.shape[1])
        for byte in range(width - 1, -1, -1)
    ]
    segments = [imagecodecs.packbits_encode(plane) for plane in planes]
    starts = np.cumsum([64, *[len(segment) for segment in segments[:-1]]]).tolist()
    head = struct.pack("<16I", len(segments), *starts, *[0] * (15 - len(segments)))
    return head + b"".join(segments)


LOSSLESS = {
    "jpeg-ls": (JPEGLSLossless, GRAY, imagecodecs.jpegls_encode),
    "jpeg lossless 57": (
        JPEGLossless,
        GRAY,
        lambda a: imagecodecs.ljpeg_encode(a, bitspersample=16),
    ),
    "jpeg lossless 70": (
        JPEGLosslessSV1,
        GRAY,
        lambda a: imagecodecs.ljpeg_encode(a, bitspersample=16),
    ),
    "jpeg 2000": (
        JPEG2000Lossless,
        GRAY,
        lambda a: imagecodecs.jpeg2k_encode(a, level=0, codecformat="j2k", reversible=True),
    ),
    "jpeg 2000 color": (
        JPEG2000Lossless,
        COLOR,
        lambda a: imagecodecs.jpeg2k_encode(a, level=0, codecformat="j2k", reversible=True),
    ),
    "htj2k": (HTJ2KLossless, GRAY, lambda a: imagecodecs.htj2k_encode(a, reversible=True)),
    "rle": (RLELossless, GRAY, rle),
    "rle 8 bits": (RLELossless, SOFT, rle),
    "rle color": (RLELossless, COLOR, rle),
}


@pytest.mark.parametrize("name", sorted(LOSSLESS))
def test_lossless(name):
    syntax, picture, encode = LOSSLESS[name]
    assert (decode_frame(encode(picture), layout(syntax, picture)) == picture).all()


def test_baseline_jpeg_is_near():
    stream = imagecodecs.jpeg8_encode(SOFT, level=95)
    decoded = decode_frame(stream, layout(JPEGBaseline8Bit, SOFT))
    assert np.abs(decoded.astype(int) - SOFT).max() <= 6


def test_color_jpeg_becomes_rgb():
    stream = imagecodecs.jpeg8_encode(COLOR, level=98)
    decoded = decode_frame(stream, layout(JPEGBaseline8Bit, COLOR))
    assert decoded.shape == COLOR.shape
    assert np.abs(decoded.astype(int) - COLOR).mean() < 8


@pytest.mark.parametrize("name", sorted(LOSSLESS))
def test_cut_streams_are_refused_or_short(name):
    syntax, picture, encode = LOSSLESS[name]
    stream = encode(picture)
    for share in (0, 3, 20):
        with pytest.raises(InputRefusedError) as caught:
            decode_frame(stream[: len(stream) * share // 100], layout(syntax, picture))
        assert caught.value.code == "damaged-pixels"


def test_every_listed_syntax_has_a_decoder():
    for syntax in COMPRESSED_SYNTAXES:
        with pytest.raises(InputRefusedError) as caught:
            decode_frame(b"\xff\xd8" + b"\0" * 100, layout(syntax, GRAY))
        assert caught.value.code == "damaged-pixels"


def test_syntax_without_decoder():
    stream = imagecodecs.jpegls_encode(GRAY)
    with pytest.raises(InputRefusedError) as caught:
        decode_frame(stream, layout("1.2.840.10008.1.2.4.100", GRAY))
    assert caught.value.code == "unsupported-syntax"


@pytest.mark.parametrize(
    ("stream", "words"),
    [
        (b"", "no readable start"),
        (b"\xff\xd8\x00\x00" + b"\0" * 20, "no readable start"),
        (b"\xff\xd8" + b"\xff\xe0\xff\xff", "no readable start"),
        (imagecodecs.jpegls_encode(GRAY[:10]), "not that of the header"),
        (imagecodecs.jpeg2k_encode(GRAY[:, :10], codecformat="j2k"), "not that of the header"),
    ],
)
def test_sizes_are_compared_before_decoding(stream, words):
    with pytest.raises(InputRefusedError, match=words):
        check_stream_size(stream, layout(JPEGLSLossless, GRAY))


def test_fill_bytes_before_a_marker_are_skipped():
    stream = imagecodecs.jpegls_encode(GRAY)
    check_stream_size(stream[:2] + b"\xff\xff" + stream[2:], layout(JPEGLSLossless, GRAY))


def test_number_of_colors_must_be_that_of_the_header():
    stream = imagecodecs.jpeg8_encode(COLOR)
    with pytest.raises(InputRefusedError, match="not that of the header"):
        decode_frame(stream, layout(JPEGBaseline8Bit, SOFT))


@pytest.mark.parametrize(
    ("segments", "words"),
    [(3, "do not fit"), (16, "do not fit"), (0, "do not fit")],
)
def test_rle_with_a_wrong_number_of_segments(segments, words):
    stream = struct.pack("<16I", segments, *[64] * 15) + b"\0" * 50
    with pytest.raises(InputRefusedError, match=words):
        decode_frame(stream, layout(RLELossless, GRAY))
