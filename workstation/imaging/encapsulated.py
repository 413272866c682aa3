"""Encapsulated pixels: which fragments of a file make up a frame (PS3.5 annex A.4).

Frames are found by one fragment per frame, by the basic offset table, or, where a file has
neither, by the first bytes of each code stream. An extended offset table is not needed: it
requires one fragment per frame.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

import numpy as np

from workstation.base.errors import InputRefusedError
from workstation.imaging.image_frame import ImageFrame
from workstation.imaging.pixel_codecs import damaged_pixels
from workstation.imaging.pixel_layout import truncated

Fragment = tuple[int, int]
"""File position and length of a fragment's bytes."""

_ITEM = b"\xfe\xff\x00\xe0"
_SEQUENCE_END = b"\xfe\xff\xdd\xe0"
_STREAM_STARTS = (b"\xff\xd8\xff", b"\xff\x4f\xff\x51")
_ITEM_HEAD_BYTES = 8


def compressed_frame(frame: ImageFrame) -> bytes:
    """Return the code stream of one frame, joined from its fragments.

    Raises
    ------
    InputRefusedError
        When the fragments are damaged, cut short or cannot be told apart.
    """
    header, layout = frame.header, frame.layout
    frames = frame_fragments(header.location, layout.offset, header.size, layout.frames)
    if frame.index >= len(frames) or not frames[frame.index]:
        raise damaged_pixels("a frame of it is missing")
    parts = []
    with header.path.open("rb") as file:
        for start, length in frames[frame.index]:
            file.seek(start)
            parts.append(file.read(length))
    return b"".join(parts)


@lru_cache(maxsize=16)
def frame_fragments(
    location: str, offset: int, size: int, frames: int
) -> tuple[tuple[Fragment, ...], ...]:
    """Return the fragments of every frame of a file; kept for the files read last.

    Parameters
    ----------
    location : str
    offset : int
        File position of the pixel data value.
    size : int
        Bytes of the file.
    frames : int
        Number of frames the header claims.
    """
    with Path(location).open("rb") as file:
        table, fragments = _fragments(file, offset, size)
        if frames == 1:
            return (tuple(fragments),)
        if len(fragments) == frames:
            return tuple((item,) for item in fragments)
        if len(table) == frames:
            return _by_table(table, fragments)
        return _by_stream_starts(file, frames, fragments)


def _fragments(file: BinaryIO, position: int, size: int) -> tuple[tuple[int, ...], list[Fragment]]:
    """Return the basic offset table and the fragments after it."""
    found: list[Fragment] = []
    while True:
        file.seek(position)
        head = file.read(_ITEM_HEAD_BYTES)
        if head[:4] == _SEQUENCE_END or (found and len(head) < _ITEM_HEAD_BYTES):
            break
        length = int.from_bytes(head[4:8], "little")
        if head[:4] != _ITEM or position + _ITEM_HEAD_BYTES + length > size:
            raise _broken(found)
        found.append((position + _ITEM_HEAD_BYTES, length))
        position += _ITEM_HEAD_BYTES + length
    if not found:
        raise truncated()
    start, length = found[0]
    file.seek(start)
    table = np.frombuffer(file.read(length // 4 * 4), "<u4")
    return tuple(int(value) for value in table), found[1:]


def _broken(found: list[Fragment]) -> InputRefusedError:
    return truncated() if found else damaged_pixels("it has no start")


def _by_table(
    table: tuple[int, ...], fragments: list[Fragment]
) -> tuple[tuple[Fragment, ...], ...]:
    """Return the frames by their offsets, counted from the first byte after the table."""
    if not fragments:
        return ((),) * len(table)
    first = fragments[0][0]
    offsets = [start - first for start, _ in fragments]
    bounds = np.searchsorted(offsets, [*table, offsets[-1] + 1])
    return tuple(tuple(fragments[start:end]) for start, end in pairwise(bounds))


def _by_stream_starts(
    file: BinaryIO, frames: int, fragments: list[Fragment]
) -> tuple[tuple[Fragment, ...], ...]:
    starts = [number for number, item in enumerate(fragments) if _starts_stream(file, item)]
    if len(starts) != frames:
        raise damaged_pixels("its parts cannot be told apart")
    bounds = [*starts, len(fragments)]
    return tuple(tuple(fragments[start:end]) for start, end in pairwise(bounds))


def _starts_stream(file: BinaryIO, fragment: Fragment) -> bool:
    file.seek(fragment[0])
    return file.read(4).startswith(_STREAM_STARTS)
