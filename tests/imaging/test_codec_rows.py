"""Decoders on small pictures: every lossless way gives the pixels back, damage is refused."""

import struct
from dataclasses import replace

import imagecodecs
import numpy as np
import pytest

from tests.support.frames import LAYOUT
from workstation.base.errors import InputRefusedError
from workstation.imaging.pixel_codecs import check_stream_size, decode_frame
from workstation.imaging.pixel_layout import RLE, check_pixels
from workstation.imaging.pixel_read import significant_bits, stored_range

JPEG_BASELINE = "1.2.840.10008.1.2.4.50"
LOSSLESS = "1.2.840.10008.1.2.4.70"
JPEG_LS = "1.2.840.10008.1.2.4.80"
JPEG_2000 = "1.2.840.10008.1.2.4.90"
HTJ2K = "1.2.840.10008.1.2.4.201"

ENCODERS = {
    LOSSLESS: lambda a: imagecodecs.ljpeg_encode(a, bitspersample=a.dtype.itemsize * 8),
    JPEG_LS: imagecodecs.jpegls_encode,
    JPEG_2000: lambda a: imagecodecs.jpeg2k_encode(a, level=0, codecformat="j2k", reversible=True),
    HTJ2K: lambda a: imagecodecs.htj2k_encode(a, reversible=True),
}


def layout(syntax, rows=24, columns=20, **changes):
    return replace(LAYOUT, transfer_syntax=syntax, rows=rows, columns=columns, length=-1, **changes)


def picture(kind, shape=(24, 20), dtype=np.uint16):
    top = np.iinfo(dtype).max
    rng = np.random.default_rng(6)
    made = {
        "noise": rng.integers(0, top, shape, endpoint=True),
        "ramp": np.linspace(0, top, shape[0] * shape[1]).reshape(shape),
        "constant": np.full(shape, top // 3),
        "edges": np.where(np.indices(shape).sum(axis=0) % 2, 0, top),
    }
    return made[kind].astype(dtype)


@pytest.mark.parametrize("syntax", ENCODERS)
@pytest.mark.parametrize("kind", ["noise", "ramp", "constant", "edges"])
def test_sixteen_bits_come_back_exactly(syntax, kind):
    pixels = picture(kind)
    assert (decode_frame(ENCODERS[syntax](pixels), layout(syntax)) == pixels).all()


@pytest.mark.parametrize("syntax", [JPEG_LS, JPEG_2000, HTJ2K])
@pytest.mark.parametrize("kind", ["noise", "ramp"])
def test_eight_bits_come_back_exactly(syntax, kind):
    pixels = picture(kind, dtype=np.uint8)
    found = decode_frame(ENCODERS[syntax](pixels), layout(syntax, bits_allocated=8, bits_stored=8))
    assert (found == pixels).all()


@pytest.mark.parametrize("syntax", [JPEG_LS, JPEG_2000, HTJ2K])
def test_color_comes_back_exactly(syntax):
    pixels = picture("noise", (24, 20), np.uint8)
    color = np.stack([pixels, pixels[::-1], pixels[:, ::-1]], axis=-1)
    wanted = layout(syntax, samples=3, bits_allocated=8, bits_stored=8, photometric="RGB")
    assert (decode_frame(ENCODERS[syntax](color), wanted) == color).all()


def test_baseline_jpeg_is_near():
    ramp = np.linspace(0, 255, 480).reshape(24, 20).astype(np.uint8)
    stream = imagecodecs.jpeg8_encode(ramp, level=100)
    found = decode_frame(stream, layout(JPEG_BASELINE, bits_allocated=8, bits_stored=8))
    assert np.abs(found.astype(int) - ramp).max() <= 3


def rle_segments(*segments):
    offsets = []
    position = 64
    for segment in segments:
        offsets.append(position)
        position += len(segment)
    header = struct.pack("<16I", len(segments), *offsets, *[0] * (15 - len(segments)))
    return header + b"".join(segments)


def packed(values):
    return imagecodecs.packbits_encode(values.tobytes())


class TestRle:
    def test_sixteen_bits_are_two_planes_high_byte_first(self):
        pixels = picture("noise")
        stream = rle_segments(
            packed((pixels >> 8).astype(np.uint8)), packed((pixels & 255).astype(np.uint8))
        )
        assert (decode_frame(stream, layout(RLE)) == pixels).all()

    def test_eight_bits_are_one_plane(self):
        pixels = picture("ramp", dtype=np.uint8)
        found = decode_frame(
            rle_segments(packed(pixels)), layout(RLE, bits_allocated=8, bits_stored=8)
        )
        assert (found == pixels).all()

    def test_color_is_a_plane_per_sample(self):
        planes = [picture(kind, dtype=np.uint8) for kind in ("noise", "ramp", "constant")]
        wanted = layout(RLE, samples=3, bits_allocated=8, bits_stored=8)
        found = decode_frame(rle_segments(*(packed(plane) for plane in planes)), wanted)
        assert (found == np.stack(planes, axis=-1)).all()

    @pytest.mark.parametrize(
        ("stream", "words"),
        [
            (b"", "end too early"),
            (b"\0" * 63, "end too early"),
            (struct.pack("<16I", 1, 64, *[0] * 14) + b"\0", "do not fit the header"),
            (struct.pack("<16I", 3, *[64] * 15), "do not fit the header"),
            (struct.pack("<16I", 2, 64, 66, *[0] * 13) + b"\1ab\1cd", "too early|decompressed"),
            (struct.pack("<16I", 2, 900, 950, *[0] * 13), "too early|decompressed"),
        ],
    )
    def test_damage_is_refused(self, stream, words):
        with pytest.raises(InputRefusedError, match=words) as caught:
            decode_frame(stream, layout(RLE))
        assert caught.value.code == "damaged-pixels"

    def test_its_size_is_not_in_the_stream(self):
        check_stream_size(b"anything", layout(RLE))


@pytest.mark.parametrize("syntax", ENCODERS)
@pytest.mark.parametrize(("rows", "columns"), [(25, 20), (24, 21), (20, 24), (48, 40)])
def test_a_stream_of_another_size_is_refused_before_decoding(syntax, rows, columns):
    stream = ENCODERS[syntax](picture("ramp"))
    with pytest.raises(InputRefusedError, match="not that of the header"):
        decode_frame(stream, layout(syntax, rows, columns))


@pytest.mark.parametrize("syntax", [JPEG_LS, JPEG_2000])
def test_gray_where_the_header_says_color_is_refused(syntax):
    pixels = picture("ramp", dtype=np.uint8)
    wanted = layout(syntax, samples=3, bits_allocated=8, bits_stored=8)
    with pytest.raises(InputRefusedError, match="not that of the header"):
        decode_frame(ENCODERS[syntax](pixels), wanted)


@pytest.mark.parametrize("syntax", ENCODERS)
@pytest.mark.parametrize("stream", [b"", b"\xff\xd8", b"\xff\xd8\xff", b"no picture", b"\0" * 40])
def test_streams_without_a_start_are_refused(syntax, stream):
    with pytest.raises(InputRefusedError, match="no readable start"):
        decode_frame(stream, layout(syntax))


@pytest.mark.parametrize("syntax", [JPEG_LS, LOSSLESS])
def test_a_stream_cut_short_is_refused(syntax):
    stream = ENCODERS[syntax](picture("noise"))
    with pytest.raises(InputRefusedError) as caught:
        decode_frame(stream[: len(stream) // 3], layout(syntax))
    assert caught.value.code == "damaged-pixels"


def test_fill_bytes_before_a_marker_are_skipped():
    stream = ENCODERS[JPEG_LS](picture("ramp"))
    padded = stream[:2] + b"\xff\xff" + stream[2:]
    check_stream_size(padded, layout(JPEG_LS))


@pytest.mark.parametrize(
    "syntax", ["1.2.840.10008.1.2.4.100", "1.2.840.10008.1.2.4.102", "1.2.3", ""]
)
def test_unknown_syntaxes_are_refused_by_name(syntax):
    with pytest.raises(InputRefusedError, match="transfer syntax") as caught:
        check_pixels(layout(syntax), 10_000)
    assert caught.value.code == "unsupported-syntax"


@pytest.mark.parametrize(
    ("stored", "high_bit", "signed", "raw", "expected"),
    [
        (12, 11, False, 0xF123, 0x123),
        (12, 11, True, 0x0FFF, -1),
        (12, 11, True, 0x0800, -2048),
        (12, 11, True, 0x07FF, 2047),
        (12, 15, False, 0x1230, 0x123),
        (12, 15, True, 0xFFF0, -1),
        (16, 15, False, 0xFFFF, 65535),
        (16, 15, True, 0xFFFF, -1),
        (10, 9, False, 0xFFFF, 1023),
        (1, 0, False, 0xFFFE, 0),
        (12, 3, False, 0xF123, 0x123),
    ],
)
def test_only_the_stored_bits_count(stored, high_bit, signed, raw, expected):
    chosen = replace(
        LAYOUT, rows=1, columns=1, bits_stored=stored, high_bit=high_bit, signed=signed
    )
    assert significant_bits(np.array([[raw]], np.uint16), chosen)[0, 0] == expected


@pytest.mark.parametrize(
    ("bits", "signed", "expected"),
    [(16, False, (0, 65535)), (16, True, (-32768, 32767)), (12, False, (0, 4095)),
     (12, True, (-2048, 2047)), (1, False, (0, 1))],
)  # fmt: skip
def test_what_stored_bits_can_hold(bits, signed, expected):
    assert stored_range(replace(LAYOUT, bits_stored=bits, signed=signed)) == expected


@pytest.mark.parametrize(
    ("changes", "size", "code"),
    [
        ({}, 832, None),
        ({}, 831, "truncated"),
        ({"length": 30}, 9000, "truncated"),
        ({"frames": 2}, 9000, "truncated"),
        ({"frames": 2, "length": 64}, 864, None),
        ({"frames": 200_000}, 9000, "unsupported-format"),
        ({"bits_allocated": 12}, 9000, "unsupported-format"),
        ({"bits_stored": 0}, 9000, "unsupported-format"),
        ({"bits_stored": 17}, 9000, "unsupported-format"),
        ({"samples": 2}, 9000, "unsupported-format"),
        ({"samples": 0}, 9000, "unsupported-format"),
        ({"bits_allocated": 1, "bits_stored": 1, "length": 2}, 802, None),
        ({"bits_allocated": 64, "length": 128}, 928, None),
    ],
)
def test_what_the_header_alone_refuses(changes, size, code):
    chosen = replace(LAYOUT, **changes)
    if code is None:
        check_pixels(chosen, size)
        return
    with pytest.raises(InputRefusedError) as caught:
        check_pixels(chosen, size)
    assert caught.value.code == code
