"""Bytes of a DICOM header to values: one forward pass that cannot run away.

Nothing is allocated beyond the bytes at hand, sequences nest at most ``MAX_DEPTH`` deep, and an
element whose stated length does not fit ends the parse with a reason. Encoding rules: PS3.5
section 7. Decoding the values is left to :mod:`workstation.imaging.dicom_tags`.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workstation.base.errors import InputRefusedError
from workstation.imaging.dicom_overlay import is_overlay, take_overlay
from workstation.imaging.dicom_private import private_value, wanted_private
from workstation.imaging.dicom_tags import WANTED_TAGS, decode_value, text_encodings

MAX_DEPTH = 64
"""Deepest nesting of sequences that is followed."""

MAX_ELEMENTS = 2_000_000
"""Most elements a header may have; an enhanced object of 5,000 frames has some 500,000."""

UNDEFINED = 0xFFFFFFFF
_PIXEL_DATA = 0x7FE00010
_PIXEL_TAGS = frozenset({0x7FE00008, 0x7FE00009, _PIXEL_DATA})
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_CHARACTER_SET = 0x00080005
_DIRECTORY_RECORDS = 0x00041220
"""Tools that edit a DICOMDIR leave a stale length here; its records are read to the end."""

_LONG_VRS = frozenset({b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN"}) | {
    b"UR",
    b"UT",
    b"UV",
}


class NeedMoreBytesError(Exception):
    """The header goes on beyond the bytes at hand."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """How elements are written: explicit or implicit value representation, byte order."""

    explicit: bool
    little_endian: bool


@dataclass(frozen=True, slots=True)
class PixelElement:
    """Where the pixel data value starts, how long it says it is (``UNDEFINED`` = encapsulated)."""

    offset: int
    length: int
    floating: bool = False


@dataclass(slots=True)
class ParsedHeader:
    """What one pass found: values by keyword, and the pixel data element when there is one."""

    values: dict[str, Any] = field(default_factory=dict)
    pixels: PixelElement | None = None


@dataclass(frozen=True, slots=True)
class _Element:
    tag: int
    vr: bytes
    start: int
    length: int


class HeaderParser:
    """Parses one data set from bytes that hold at least its header.

    Parameters
    ----------
    data : bytes
        The file from its first byte, possibly cut short.
    encoding : Encoding
    complete : bool
        Whether ``data`` is the whole file: an element that does not fit is then damage, not a
        reason to read more.
    wanted : mapping of int to tuple of str
        Tags whose values are kept: keyword and value representation.
    """

    def __init__(
        self,
        data: bytes,
        encoding: Encoding,
        *,
        complete: bool,
        wanted: Mapping[int, tuple[str, str]] = WANTED_TAGS,
    ) -> None:
        self._data = data
        self._wanted = wanted
        self._complete = complete
        self._encoding = encoding
        order = "<" if encoding.little_endian else ">"
        self._tag_format = struct.Struct(order + "HH")
        self._short_format = struct.Struct(order + "H")
        self._long_format = struct.Struct(order + "I")
        self._encodings: tuple[str, ...] = ("iso8859",)
        self._count = 0
        self._clip = False

    def parse(self, position: int) -> ParsedHeader:
        """Return the values from ``position`` up to the pixel data or the end.

        Raises
        ------
        NeedMoreBytesError
            When the header goes on beyond bytes that are not yet read.
        InputRefusedError
            When the header is damaged.
        """
        header = ParsedHeader()
        creators: dict[int, str] = {}
        size = len(self._data)
        while position + 8 <= size:
            element = self._element(position)
            if element.tag in _PIXEL_TAGS:
                floating = element.tag != _PIXEL_DATA
                header.pixels = PixelElement(element.start, element.length, floating)
                return header
            position = self._take(element, header.values, creators, 0)
        if not self._complete:
            raise NeedMoreBytesError
        return header

    def _element(self, position: int) -> _Element:
        self._count += 1
        if self._count > MAX_ELEMENTS:
            raise _damaged("it has far too many entries")
        data = self._data
        if position + 12 > len(data):
            if not self._complete:
                raise NeedMoreBytesError
            if position + 8 > len(data):
                raise _damaged("it ends in the middle of an entry")
        group, number = self._tag_format.unpack_from(data, position)
        tag = group << 16 | number
        vr = data[position + 4 : position + 6]
        if group == 0xFFFE or not self._encoding.explicit or not _is_vr(vr):
            (length,) = self._long_format.unpack_from(data, position + 4)
            return _Element(tag, b"", position + 8, length)
        if vr in _LONG_VRS:
            if position + 12 > len(data):
                raise _damaged("it ends in the middle of an entry")
            (length,) = self._long_format.unpack_from(data, position + 8)
            return _Element(tag, vr, position + 12, length)
        (length,) = self._short_format.unpack_from(data, position + 6)
        return _Element(tag, vr, position + 8, length)

    def _take(
        self, element: _Element, values: dict[str, Any], creators: dict[int, str], depth: int
    ) -> int:
        wanted = self._wanted.get(element.tag)
        if element.length == UNDEFINED or (wanted and wanted[1] == "SQ"):
            return self._sequence(element, wanted[0] if wanted else "", values, depth)
        end = element.start + element.length
        if end > len(self._data):
            raise self._too_short()
        if wanted:
            self._take_wanted(element, wanted, values)
        elif element.tag & 0x10000:
            self._take_private(element, values, creators)
        elif is_overlay(element.tag):
            take_overlay(
                values,
                element.tag,
                (element.start, element.length),
                self._data[element.start : end],
                little_endian=self._encoding.little_endian,
                encodings=self._encodings,
            )
        return end

    def _take_wanted(
        self, element: _Element, wanted: tuple[str, str], values: dict[str, Any]
    ) -> None:
        vr = wanted[1] if element.vr in (b"", b"UN") else element.vr.decode("ascii")
        value = self._decode(vr, element)
        if value is not None:
            values[wanted[0]] = value
        if element.tag == _CHARACTER_SET:
            raw = self._data[element.start : element.start + element.length]
            self._encodings = text_encodings(raw)

    def _decode(self, vr: str, element: _Element) -> Any:
        raw = self._data[element.start : element.start + element.length]
        if vr == "US or SS":
            vr = "US"
        return decode_value(
            vr, raw, little_endian=self._encoding.little_endian, encodings=self._encodings
        )

    def _take_private(
        self, element: _Element, values: dict[str, Any], creators: dict[int, str]
    ) -> None:
        group, number = element.tag >> 16, element.tag & 0xFFFF
        raw = self._data[element.start : element.start + element.length]
        if 0x10 <= number <= 0xFF:
            creators[group << 8 | number] = raw.decode("latin-1").strip(" \0")
            return
        creator = creators.get(group << 8 | number >> 8, "")
        keyword = wanted_private(group, creator, number & 0xFF, raw)
        if keyword:
            values.update(private_value(keyword, raw, little_endian=self._encoding.little_endian))

    def _sequence(self, element: _Element, keyword: str, values: dict[str, Any], depth: int) -> int:
        if depth >= MAX_DEPTH:
            raise _damaged("its lists are nested far too deep")
        implicit_inside = element.vr == b"UN" and self._encoding.explicit
        previous = self._encoding
        if implicit_inside:
            self._encoding = Encoding(explicit=False, little_endian=previous.little_endian)
        items: list[dict[str, Any]] = []
        end = self._items(element, items if keyword else None, depth)
        self._encoding = previous
        if keyword:
            values[keyword] = items
        return end

    def _items(self, element: _Element, items: list[dict[str, Any]] | None, depth: int) -> int:
        defined = element.length != UNDEFINED
        position, end = element.start, len(self._data)
        if defined:
            self._clip = self._complete and element.tag == _DIRECTORY_RECORDS
            end = self._end(element)
        while not defined or position + 8 <= end:
            if position + 8 > len(self._data):
                raise self._too_short()
            item = self._element(position)
            if item.tag == _SEQUENCE_END:
                return item.start
            if item.tag != _ITEM:
                raise _damaged("a list in it is broken")
            position = self._item(item, items, depth)
        return end

    def _item(self, item: _Element, items: list[dict[str, Any]] | None, depth: int) -> int:
        defined = item.length != UNDEFINED
        end = self._end(item) if defined else len(self._data)
        if items is None and defined:
            return end
        values: dict[str, Any] = {}
        creators: dict[int, str] = {}
        position = item.start
        while position + 8 <= end:
            element = self._element(position)
            if element.tag == _ITEM_END:
                position = element.start
                break
            position = self._take(element, values, creators, depth + 1)
        else:
            if not defined:
                raise self._too_short()
        if items is not None:
            items.append(values)
        return end if defined else position

    def _end(self, element: _Element) -> int:
        end = element.start + element.length
        if end > len(self._data):
            if not self._clip:
                raise self._too_short()
            return len(self._data)
        return end

    def _too_short(self) -> Exception:
        if self._complete:
            return _damaged("an entry is longer than the file")
        return NeedMoreBytesError()


def _is_vr(vr: bytes) -> bool:
    return len(vr) == 2 and 65 <= vr[0] <= 90 and 65 <= vr[1] <= 90


def _damaged(what: str) -> InputRefusedError:
    return InputRefusedError(f"The header of this file is damaged: {what}.", code="damaged-header")
