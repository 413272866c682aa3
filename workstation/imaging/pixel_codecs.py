"""Compressed frames to stored values, with decoders that release the interpreter lock.

The size a code stream claims is compared with the header before anything is decoded, so that a
small file cannot ask for a large picture.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from workstation.base.errors import InputRefusedError
from workstation.imaging.pixel_layout import (
    HTJ2K,
    JPEG,
    JPEG_2000,
    JPEG_LOSSLESS,
    JPEG_LS,
    RLE,
    PixelLayout,
    unsupported_syntax,
)

Stored = NDArray[Any]

_SIZE_MARKERS = frozenset({*range(0xC0, 0xD0), 0xF7}) - {0xC4, 0xC8, 0xCC}
_MAX_RLE_SEGMENTS = 15


def decode_frame(data: bytes, layout: PixelLayout) -> Stored:
    """Return the stored values of one compressed frame.

    Parameters
    ----------
    data : bytes
        The code stream.
    layout : PixelLayout

    Returns
    -------
    ndarray, shape (rows, columns) or (rows, columns, samples)

    Raises
    ------
    InputRefusedError
        When there is no decoder, the stream is damaged, or its size is not that of the header.
    """
    syntax = layout.transfer_syntax
    if syntax == RLE:
        decoded = _decode_rle(data, layout)
    else:
        check_stream_size(data, layout)
        decoded = _run(_decoder(syntax), data)
    samples = () if layout.samples == 1 else (layout.samples,)
    if decoded.shape != (layout.rows, layout.columns, *samples):
        raise damaged_pixels("its size is not that of the header")
    return decoded


def _decoder(syntax: str) -> Callable[[bytes], Stored]:
    if syntax in JPEG_LOSSLESS:
        return _lossless_jpeg
    if syntax in JPEG:
        decoder: Callable[[bytes], Stored] = imagecodecs.jpeg8_decode
    elif syntax in JPEG_LS:
        decoder = imagecodecs.jpegls_decode
    elif syntax in JPEG_2000:
        decoder = imagecodecs.jpeg2k_decode
    elif syntax in HTJ2K:
        decoder = imagecodecs.htj2k_decode
    else:
        raise unsupported_syntax(syntax)
    return decoder


def _lossless_jpeg(data: bytes) -> Stored:
    """Return a lossless JPEG frame; the first decoder is quicker, the second takes odd streams."""
    try:
        decoded: Stored = imagecodecs.ljpeg_decode(data)
    except (RuntimeError, ValueError):
        decoded = imagecodecs.jpegsof3_decode(data)
    return decoded


def _run(decoder: Callable[[bytes], Stored], data: bytes) -> Stored:
    try:
        return decoder(data)
    except (RuntimeError, ValueError, NotImplementedError) as error:
        raise damaged_pixels("it cannot be decompressed", detail=str(error)) from error


def damaged_pixels(what: str, detail: str = "") -> InputRefusedError:
    """Return the refusal of a picture whose pixels are damaged."""
    return InputRefusedError(
        f"The picture is damaged: {what}.", code="damaged-pixels", detail=detail
    )


def check_stream_size(data: bytes, layout: PixelLayout) -> None:
    """Refuse a code stream that claims another size than the header.

    Raises
    ------
    InputRefusedError
        When the stream has no readable start or another size.
    """
    if layout.transfer_syntax == RLE:
        return
    claimed = _claimed_size(data)
    if claimed is None:
        raise damaged_pixels("its compressed data have no readable start")
    if claimed != (layout.rows, layout.columns):
        raise damaged_pixels("its compressed size is not that of the header")


def _claimed_size(data: bytes) -> tuple[int, int] | None:
    """Return (rows, columns) that a JPEG, JPEG-LS or JPEG 2000 code stream claims."""
    if data[:4] == b"\xff\x4f\xff\x51" and len(data) >= 24:
        width, height, left, top = struct.unpack_from(">4I", data, 8)
        return (height - top, width - left)
    if data[:2] != b"\xff\xd8":
        return None
    position = 2
    while position + 9 <= len(data):
        if data[position] != 0xFF:
            return None
        marker = data[position + 1]
        if marker in _SIZE_MARKERS:
            rows, columns = struct.unpack_from(">2H", data, position + 5)
            return (rows, columns)
        if marker == 0xFF:
            position += 1
            continue
        position += 2 + int.from_bytes(data[position + 2 : position + 4], "big")
    return None


def _unpacked(segment: bytes) -> Stored:
    return np.frombuffer(imagecodecs.packbits_decode(segment), dtype=np.uint8)


def _decode_rle(data: bytes, layout: PixelLayout) -> Stored:
    """Return an RLE frame: one segment per byte of each sample, high byte first (PS3.5 G)."""
    if len(data) < 64:
        raise damaged_pixels("its compressed data end too early")
    count, *offsets = struct.unpack_from("<16I", data)
    bytes_each = layout.bits_allocated // 8
    if count != layout.samples * bytes_each or count > _MAX_RLE_SEGMENTS:
        raise damaged_pixels("its compressed data do not fit the header")
    ends = [*offsets[1:count], len(data)]
    size = layout.rows * layout.columns
    planes = np.empty((layout.samples, size, bytes_each), dtype=np.uint8)
    for number in range(count):
        segment = data[offsets[number] : ends[number]]
        values = _run(_unpacked, segment)
        if values.size < size:
            raise damaged_pixels("its compressed data end too early")
        sample, place = divmod(number, bytes_each)
        planes[sample, :, bytes_each - 1 - place] = values[:size]
    stored = planes.view(f"<u{bytes_each}")[..., 0].reshape(-1, layout.rows, layout.columns)
    return stored[0] if layout.samples == 1 else np.moveaxis(stored, 0, -1)
