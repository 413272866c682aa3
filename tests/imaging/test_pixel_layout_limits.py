"""What is refused from the header and the file size alone, at both sides of every limit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from workstation.base.errors import InputRefusedError
from workstation.imaging.pixel_layout import (
    COMPRESSED_SYNTAXES,
    DEFLATED_LITTLE,
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    JPEG_LOSSLESS,
    MAX_DEFLATE_RATIO,
    MAX_FRAMES,
    NATIVE_SYNTAXES,
    RLE,
    PixelLayout,
    check_pixels,
)

JPEG_BASELINE = "1.2.840.10008.1.2.4.50"
HUGE_FILE = 10**9

PLAIN = PixelLayout(
    transfer_syntax=EXPLICIT_LITTLE,
    offset=1000,
    length=240,
    rows=10,
    columns=12,
    frames=1,
    samples=1,
    bits_allocated=16,
    bits_stored=12,
    high_bit=11,
    signed=False,
    floating=False,
    photometric="MONOCHROME2",
    planar=False,
)
"""10 rows of 12 pixels of 2 bytes: 240 bytes, from byte 1000 to 1240."""

PACKED = replace(PLAIN, transfer_syntax=JPEG_BASELINE, length=-1)
CHROMA = replace(
    PLAIN, photometric="YBR_FULL_422", samples=3, bits_allocated=8, bits_stored=8, high_bit=7
)


def code_of(layout: PixelLayout, file_bytes: int) -> str:
    """The code of the refusal, or "" where the picture is taken."""
    try:
        check_pixels(layout, file_bytes)
    except InputRefusedError as refusal:
        return refusal.code
    return ""


@pytest.mark.parametrize(
    ("changes", "one", "every"),
    [
        ({}, 240, 240),
        ({"frames": 7}, 240, 1680),
        ({"bits_allocated": 8}, 120, 120),
        ({"bits_allocated": 32}, 480, 480),
        ({"bits_allocated": 64}, 960, 960),
        ({"bits_allocated": 1}, 15, 15),
        ({"bits_allocated": 1, "rows": 3, "columns": 3}, 2, 2),
        # 9 bits a frame run on: 8 frames are 72 bits, 9 bytes and not 16.
        ({"bits_allocated": 1, "rows": 3, "columns": 3, "frames": 8}, 2, 9),
        ({"bits_allocated": 1, "rows": 3, "columns": 3, "frames": 9}, 2, 11),
        ({"samples": 3}, 720, 720),
        ({"samples": 4, "bits_allocated": 8}, 480, 480),
        ({"rows": 1, "columns": 1, "bits_allocated": 8}, 1, 1),
    ],
)
def test_frames_take_the_bytes_of_their_bits(changes, one, every):
    layout = replace(PLAIN, **changes)
    assert (layout.frame_bytes, layout.all_frames_bytes) == (one, every)


@pytest.mark.parametrize(
    ("changes", "half", "frame_bytes"),
    [
        ({}, True, 240),
        ({"frames": 3}, True, 240),
        ({"photometric": "YBR_FULL"}, False, 360),
        ({"photometric": "RGB"}, False, 360),
        ({"samples": 1}, False, 120),
        ({"length": -1, "transfer_syntax": JPEG_BASELINE}, False, 360),
    ],
)
def test_shared_chroma_needs_two_thirds_of_the_bytes(changes, half, frame_bytes):
    layout = replace(CHROMA, **changes)
    assert layout.half_chroma is half
    assert layout.frame_bytes == frame_bytes


@pytest.mark.parametrize(
    ("syntax", "length", "little", "rgb", "deflated"),
    [
        (IMPLICIT_LITTLE, 240, True, False, False),
        (EXPLICIT_LITTLE, 240, True, False, False),
        (DEFLATED_LITTLE, 240, True, False, True),
        (EXPLICIT_BIG, 240, False, False, False),
        (RLE, -1, True, False, False),
        (JPEG_BASELINE, -1, True, True, False),
        ("1.2.840.10008.1.2.4.90", -1, True, True, False),
    ],
)
def test_byte_order_color_and_deflation_follow_the_syntax(syntax, length, little, rgb, deflated):
    layout = replace(PLAIN, transfer_syntax=syntax, length=length)
    assert layout.little_endian is little
    assert layout.decodes_to_rgb is rgb
    assert layout.deflated is deflated
    assert layout.encapsulated is (length < 0)


@pytest.mark.parametrize("syntax", sorted(NATIVE_SYNTAXES))
def test_native_syntaxes_are_taken(syntax):
    assert code_of(replace(PLAIN, transfer_syntax=syntax), HUGE_FILE) == ""


@pytest.mark.parametrize("syntax", sorted(COMPRESSED_SYNTAXES))
def test_compressed_syntaxes_with_a_decoder_are_taken(syntax):
    assert code_of(replace(PACKED, transfer_syntax=syntax), 5000) == ""


@pytest.mark.parametrize(
    "syntax",
    [
        "",
        "1.2.840.10008.1.2.4.59",
        "1.2.840.10008.1.2.4.92",
        "1.2.840.10008.1.2.4.100",
        "1.2.840.10008.1.2.4.204",
        "1.2.840.10008.1.2.3",
        "1.2.840.10008.1.2.1 ",
    ],
)
def test_a_syntax_without_decoder_is_named(syntax):
    with pytest.raises(InputRefusedError) as caught:
        check_pixels(replace(PACKED, transfer_syntax=syntax), HUGE_FILE)
    assert caught.value.code == "unsupported-syntax"
    assert f"(transfer syntax {syntax})" in caught.value.message


def test_the_two_lossless_jpegs_are_among_those_taken():
    assert {"1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70"} == JPEG_LOSSLESS
    assert JPEG_LOSSLESS < COMPRESSED_SYNTAXES


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"bits_allocated": 0, "bits_stored": 0}, "0 bits per pixel"),
        ({"bits_allocated": 2, "bits_stored": 2}, "2 bits per pixel"),
        ({"bits_allocated": 12}, "12 bits per pixel"),
        ({"bits_allocated": 24}, "24 bits per pixel"),
        ({"bits_allocated": 128}, "128 bits per pixel"),
        ({"bits_stored": 0}, "0 of 16 bits stored"),
        ({"bits_stored": -1}, "-1 of 16 bits stored"),
        ({"bits_stored": 17}, "17 of 16 bits stored"),
        ({"bits_allocated": 8, "bits_stored": 9}, "9 of 8 bits stored"),
        ({"samples": 0}, "0 values per pixel"),
        ({"samples": 2}, "2 values per pixel"),
        ({"samples": 5}, "5 values per pixel"),
        ({"bits_allocated": 1, "bits_stored": 1, "samples": 3}, "3 values per pixel"),
        ({"frames": MAX_FRAMES + 1}, "100001 frames"),
    ],
)
def test_a_format_that_is_none_is_refused_with_the_number(changes, words):
    with pytest.raises(InputRefusedError) as caught:
        check_pixels(replace(PLAIN, **changes), HUGE_FILE)
    assert caught.value.code == "unsupported-format"
    assert caught.value.message == f"The picture format is not supported ({words})."


@pytest.mark.parametrize(
    "changes",
    [
        {"bits_stored": 1, "high_bit": 0},
        {"bits_stored": 16, "high_bit": 15},
        {"bits_allocated": 8, "bits_stored": 8, "high_bit": 7},
        {"bits_allocated": 1, "bits_stored": 1, "high_bit": 0},
        {"samples": 3, "length": 720},
        {"samples": 4, "length": 960},
        {"frames": 0},
        {"rows": 0},
    ],
)
def test_the_formats_at_the_edge_are_taken(changes):
    assert code_of(replace(PLAIN, **changes), HUGE_FILE) == ""


@pytest.mark.parametrize(
    ("length", "file_bytes", "code"),
    [
        (240, 1240, ""),
        (241, 1240, ""),
        (240, 1239, "truncated"),
        (239, 1240, "truncated"),
        (10**6, 1239, "truncated"),
        (240, 1000, "truncated"),
        (240, 0, "truncated"),
        (0, 1240, "truncated"),
    ],
)
def test_a_file_or_value_one_byte_short_is_truncated(length, file_bytes, code):
    assert code_of(replace(PLAIN, length=length), file_bytes) == code


@pytest.mark.parametrize(("frames", "code"), [(1, ""), (8, ""), (9, "truncated")])
def test_single_bits_are_counted_over_all_frames(frames, code):
    layout = replace(
        PLAIN, bits_allocated=1, bits_stored=1, high_bit=0, rows=3, columns=3, length=9
    )
    assert code_of(replace(layout, frames=frames), 1009) == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, ""),
        ({"columns": 11}, "unsupported-format"),
        ({"columns": 13}, "unsupported-format"),
        ({"bits_allocated": 16, "bits_stored": 16}, "unsupported-format"),
        ({"columns": 14}, "truncated"),
    ],
)
def test_shared_chroma_needs_pairs_of_bytes(changes, code):
    assert code_of(replace(CHROMA, **changes), 1240) == code


@pytest.mark.parametrize(
    ("rows", "columns", "code"),
    [
        # 16 bits: 2^27 pixels are exactly the 256 MiB allowed.
        (8192, 16384, ""),
        (8192, 16385, "unsupported-format"),
        (65535, 65535, "unsupported-format"),
    ],
)
def test_a_packed_picture_may_not_claim_more_than_a_picture_holds(rows, columns, code):
    assert code_of(replace(PACKED, rows=rows, columns=columns), 5000) == code


def test_the_claimed_size_is_told_columns_first():
    with pytest.raises(InputRefusedError, match=r"65000 x 40000 pixels"):
        check_pixels(replace(PACKED, rows=40000, columns=65000), 5000)


@pytest.mark.parametrize(
    ("frames", "file_bytes", "code"),
    [
        (1, 1, ""),
        (MAX_DEFLATE_RATIO, 240, ""),
        (MAX_DEFLATE_RATIO + 1, 240, "truncated"),
        (1, 0, "truncated"),
    ],
)
def test_deflated_frames_may_not_outgrow_what_deflate_can_do(frames, file_bytes, code):
    layout = replace(PLAIN, transfer_syntax=DEFLATED_LITTLE, frames=frames)
    assert code_of(layout, file_bytes) == code


def test_compressed_frames_are_not_held_to_the_ratio_of_deflate():
    assert code_of(replace(PACKED, frames=MAX_FRAMES), 1) == ""


def test_the_words_of_a_short_file_speak_of_copying():
    with pytest.raises(InputRefusedError) as caught:
        check_pixels(PLAIN, 1100)
    assert caught.value.message == (
        "The file ends before its picture does; it was probably not copied completely."
    )
