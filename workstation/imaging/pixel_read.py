"""Stored pixel values of one frame: native ones straight from their place in the file.

"Stored values" are the numbers before rescale, masked and sign-extended by Bits Stored; whether
they are shown bright or dark (MONOCHROME1) never changes them.
"""

from __future__ import annotations

from io import FileIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.base.errors import InputRefusedError
from workstation.imaging.decode_pool import POOL
from workstation.imaging.dicom_header import inflate, read_preface
from workstation.imaging.encapsulated import compressed_frame
from workstation.imaging.image_frame import ImageFrame
from workstation.imaging.pixel_layout import PixelLayout, check_pixels, truncated

Stored = NDArray[Any]

_AFTER_PIXELS_BYTES = 1 << 20
"""What may follow the pixels of a deflated file: padding and signatures."""


def read_stored(frame: ImageFrame) -> Stored:
    """Return the stored values of one frame.

    Returns
    -------
    ndarray, shape (rows, columns) or (rows, columns, samples)
        Integers of the stored width, or floats for float pixel data.

    Raises
    ------
    InputRefusedError
        When the pixels are missing, damaged or in an unsupported format.
    """
    stored = _read_whole(frame)
    if frame.tile is None:
        return stored
    tile = frame.tile
    return stored[tile.top : tile.top + tile.rows, tile.left : tile.left + tile.columns]


def _read_whole(frame: ImageFrame) -> Stored:
    layout = frame.layout
    check_pixels(layout, frame.header.size)
    try:
        if layout.encapsulated:
            return significant_bits(POOL.decode(compressed_frame(frame), layout), layout)
        if layout.bits_allocated == 1:
            return _single_bits(frame)
        if layout.deflated:
            return _native_array(_inflated_frame(frame), layout)
        with frame.header.path.open("rb", buffering=0) as file:
            file.seek(layout.offset + frame.index * layout.frame_bytes)
            return _native_array(_exactly(file, layout.frame_bytes), layout)
    except OSError as error:
        raise InputRefusedError(
            f"The file could not be opened ({error.strerror or 'read error'}).", code="unreadable"
        ) from error


def reads_in_place(frame: ImageFrame) -> bool:
    """Whether a frame can be read into 16-bit memory without a detour."""
    layout = frame.layout
    if frame.tile is not None:
        return False
    native = not layout.encapsulated and not layout.deflated and layout.little_endian
    return native and layout.bits_allocated == 16 and layout.samples == 1 and not layout.floating


def read_in_place(frame: ImageFrame, target: NDArray[np.int16]) -> None:
    """Read a native 16-bit frame into ``target``, shape (rows, columns), C-contiguous.

    The values are the stored ones in int16; unsigned values above 32767 wrap around and must be
    excluded by the caller through :func:`stored_range`.
    """
    layout = frame.layout
    check_pixels(layout, frame.header.size)
    try:
        with FileIO(frame.header.location) as file:
            file.seek(layout.offset + frame.index * layout.frame_bytes)
            view = target.data.cast("B")
            if file.readinto(view) != layout.frame_bytes:
                raise truncated()
    except OSError as error:
        raise InputRefusedError(
            f"The file could not be opened ({error.strerror or 'read error'}).", code="unreadable"
        ) from error
    if layout.bits_stored < 16:
        stored = target if layout.signed else target.view(np.uint16)
        _keep_stored_bits(stored, layout)


def stored_range(layout: PixelLayout) -> tuple[int, int]:
    """Return the lowest and highest value the stored bits can hold."""
    bits = layout.bits_stored
    return (-(1 << bits - 1), (1 << bits - 1) - 1) if layout.signed else (0, (1 << bits) - 1)


def significant_bits(values: Stored, layout: PixelLayout) -> Stored:
    """Return decoded integers masked and sign-extended by Bits Stored."""
    if layout.floating:
        return values
    width = layout.bits_allocated // 8 or 1
    code = "i" if layout.signed else "u"
    stored = np.ascontiguousarray(values).astype(f"{code}{width}", casting="unsafe")
    if layout.bits_stored < layout.bits_allocated:
        _keep_stored_bits(stored, layout)
    return stored


def _keep_stored_bits(stored: Stored, layout: PixelLayout) -> None:
    """Drop what lies above (overlay bits, padding) and below the stored bits, in place."""
    above = layout.bits_allocated - 1 - layout.high_bit
    below = layout.high_bit + 1 - layout.bits_stored
    if layout.encapsulated or above < 0 or below < 0:
        above, below = layout.bits_allocated - layout.bits_stored, 0
    if layout.signed or below:
        np.left_shift(stored, above, out=stored)
        np.right_shift(stored, above + below, out=stored)
    else:
        np.bitwise_and(stored, (1 << layout.bits_stored) - 1, out=stored)


def _native_array(raw: bytes | bytearray, layout: PixelLayout) -> Stored:
    order = "<" if layout.little_endian else ">"
    if layout.half_chroma:
        return _full_chroma(raw, layout)
    code = "f" if layout.floating else "i" if layout.signed else "u"
    values = np.frombuffer(raw, f"{order}{code}{layout.bits_allocated // 8}")
    values = values.astype(values.dtype.newbyteorder("="))
    shaped: Stored = values.reshape(layout.rows, layout.columns, -1)
    if layout.planar and layout.samples > 1:
        planes: Stored = values.reshape(layout.samples, layout.rows, layout.columns)
        shaped = np.moveaxis(planes, 0, -1)
    return significant_bits(shaped[..., 0] if layout.samples == 1 else shaped, layout)


def _single_bits(frame: ImageFrame) -> Stored:
    """Return a frame of single bits; frames follow each other without a gap (PS3.5 8.1.1)."""
    layout = frame.layout
    size = layout.rows * layout.columns
    first = frame.index * size
    start, end = first // 8, (first + size + 7) // 8
    if layout.deflated:
        raw: bytes | bytearray = _inflated(frame, layout.offset + start, layout.offset + end)
    else:
        with frame.header.path.open("rb", buffering=0) as file:
            file.seek(layout.offset + start)
            raw = _exactly(file, end - start)
    bits = np.unpackbits(np.frombuffer(raw, np.uint8), bitorder="little")
    return bits[first % 8 : first % 8 + size].reshape(layout.rows, layout.columns)


def _full_chroma(raw: bytes | bytearray, layout: PixelLayout) -> Stored:
    """Return Y, Cb, Cr of every pixel from rows of Y1 Y2 Cb Cr, shape (rows, columns, 3)."""
    pairs = np.frombuffer(raw, np.uint8).reshape(-1, 4)
    full = np.empty((len(pairs), 2, 3), dtype=np.uint8)
    full[:, :, 0] = pairs[:, :2]
    full[:, :, 1:] = pairs[:, None, 2:]
    return full.reshape(layout.rows, layout.columns, 3)


def _exactly(file: FileIO, count: int) -> bytearray:
    raw = bytearray(count)
    if file.readinto(raw) != count:
        raise truncated()
    return raw


def _inflated_frame(frame: ImageFrame) -> bytes:
    layout = frame.layout
    start = layout.offset + frame.index * layout.frame_bytes
    return _inflated(frame, start, start + layout.frame_bytes)


def _inflated(frame: ImageFrame, start: int, end: int) -> bytes:
    """Return some inflated bytes of a deflated file."""
    raw = frame.header.path.read_bytes()
    layout = frame.layout
    pixels = max(layout.length, layout.all_frames_bytes)
    limit = layout.offset + pixels + _AFTER_PIXELS_BYTES
    inflated = inflate(raw[read_preface(raw).position :], limit)
    if len(inflated) < end:
        raise truncated()
    return inflated[start:end]
