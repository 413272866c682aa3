"""Drawn overlays of a picture: text, arrows and regions that a device laid over it, one bit each.

They are shown or hidden; they are never part of the values (PS3.3 section C.9.2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workstation.imaging.dicom_header import read_data_set
from workstation.imaging.dicom_overlay import OVERLAYS
from workstation.imaging.dicom_tags import TagValues
from workstation.imaging.image_frame import ImageFrame
from workstation.imaging.pixel_layout import PixelLayout

Bits = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OverlayPlane:
    """One overlay, as large as its picture.

    Parameters
    ----------
    group : str
        Group of the header, e.g. "6000".
    label : str
    region : bool
        Whether it marks a region of interest instead of graphics.
    bits : ndarray, shape (rows, columns), bool
        Read-only.
    """

    group: str
    label: str
    region: bool
    bits: Bits


def has_overlays(frame: ImageFrame) -> bool:
    """Whether the header of a picture has overlays."""
    return OVERLAYS in frame.tags


def overlay_planes(frame: ImageFrame) -> tuple[OverlayPlane, ...]:
    """Return the overlays that belong to a picture; those that contradict themselves are left out.

    Raises
    ------
    InputRefusedError
        When the file cannot be read any more.
    """
    groups = frame.tags.plain.get(OVERLAYS)
    if not isinstance(groups, dict) or frame.tile is not None:
        return ()
    data = read_data_set(frame.header)
    planes = (_plane(group, TagValues(values), frame, data) for group, values in groups.items())
    return tuple(plane for plane in planes if plane is not None)


def _plane(group: str, tags: TagValues, frame: ImageFrame, data: bytes) -> OverlayPlane | None:
    bits = _separate(tags, frame, data) if tags.integer("Length") else _embedded(tags, frame, data)
    if bits is None:
        return None
    laid = _laid_over(bits, tags, frame)
    laid.setflags(write=False)
    return OverlayPlane(
        group=group,
        label=tags.text("OverlayLabel") or tags.text("OverlayDescription"),
        region=tags.text("OverlayType") == "R",
        bits=laid,
    )


def _separate(tags: TagValues, frame: ImageFrame, data: bytes) -> Bits | None:
    """Return the bits of Overlay Data for one frame, shape (overlay rows, overlay columns)."""
    rows, columns = _count(tags, "OverlayRows"), _count(tags, "OverlayColumns")
    offset, length = _count(tags, "Offset"), _count(tags, "Length")
    number = frame.index + 1 - _count(tags, "ImageFrameOrigin", absent=1)
    frames = _count(tags, "NumberOfFramesInOverlay", absent=1)
    size = rows * columns
    if size <= 0 or not 0 <= number < frames or (number + 1) * size > length * 8:
        return None
    first = number * size
    raw = data[offset + first // 8 : offset + (first + size + 7) // 8]
    bits = np.unpackbits(np.frombuffer(raw, np.uint8), bitorder="little")[first % 8 :]
    if bits.size < size:
        return None
    return bits[:size].reshape(rows, columns).astype(np.bool_)


def _count(tags: TagValues, name: str, *, absent: int = 0) -> int:
    return tags.integer(name) or absent


def _embedded(tags: TagValues, frame: ImageFrame, data: bytes) -> Bits | None:
    """Return the bits kept in unused bits of 16-bit pixels, as old scanners did (PS3.3 2004)."""
    layout = frame.layout
    position = tags.integer("OverlayBitPosition") or 0
    if not _can_embed(layout) or not _is_unused(position, layout):
        return None
    start = layout.offset + frame.index * layout.frame_bytes
    raw = data[start : start + layout.frame_bytes]
    if len(raw) < layout.frame_bytes:
        return None
    stored = np.frombuffer(raw, "<u2" if layout.little_endian else ">u2")
    return (stored >> position & 1).astype(np.bool_).reshape(layout.rows, layout.columns)


def _can_embed(layout: PixelLayout) -> bool:
    return layout.bits_allocated == 16 and layout.samples == 1 and not layout.encapsulated


def _is_unused(position: int, layout: PixelLayout) -> bool:
    lowest = layout.high_bit + 1 - layout.bits_stored
    return 0 <= position < lowest or layout.high_bit < position < layout.bits_allocated


def _laid_over(bits: Bits, tags: TagValues, frame: ImageFrame) -> Bits:
    """Return the bits at their origin in the picture, cut at its edges."""
    origin = tags.numbers("OverlayOrigin", 2) or (1.0, 1.0)
    top, left = int(origin[0]) - 1, int(origin[1]) - 1
    laid = np.zeros((frame.rows, frame.columns), dtype=np.bool_)
    inside = bits[max(-top, 0) :, max(-left, 0) :]
    part = laid[max(top, 0) :, max(left, 0) :]
    rows, columns = (min(a, b) for a, b in zip(inside.shape, part.shape, strict=True))
    part[:rows, :columns] = inside[:rows, :columns]
    return laid
