"""One DICOM file's header: its values, how its pixels are stored, and where they start."""

from __future__ import annotations

import stat
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from workstation.base.errors import InputRefusedError
from workstation.imaging.dicom_parse import (
    UNDEFINED,
    Encoding,
    HeaderParser,
    NeedMoreBytesError,
    ParsedHeader,
)
from workstation.imaging.dicom_tags import WANTED_TAGS, TagValues
from workstation.imaging.pixel_layout import (
    DEFLATED_LITTLE,
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    PixelLayout,
)

NO_FILE_META = "NoFileMeta"
"""Key of a header whose file does not say how it is written."""

DICOMDIR_CLASS = "1.2.840.10008.1.3.10"

FIRST_READ_BYTES = 16_384
"""Enough for the header of most images; longer headers are read in growing steps."""

MAX_HEADER_BYTES = 256 * 1024 * 1024
"""Longest header that is read, inflated size included."""

_PREAMBLE = 128
_GZIP = b"\x1f\x8b"
_FIRST_ENTRY = b"\x08\x00\x05\x00CS"
_GROUP_LENGTH = 0x00020000
_TRANSFER_SYNTAX = 0x00020010
_MEDIA_CLASS = 0x00020002


class InstanceHeader:
    """The header of one DICOM file.

    Parameters
    ----------
    path : Path or str
    size : int
        Bytes of the file when it was read.
    tags : TagValues
    pixels : PixelLayout or None
        None when the file holds no picture.
    keeper : object or None
        Keeps the temporary folder of an archive alive as long as the file is used.
    shown : str
        Archive and name inside; empty where the path says enough.
    """

    __slots__ = ("_path", "_shown", "keeper", "pixels", "size", "tags")

    def __init__(
        self,
        *,
        path: Path | str,
        size: int,
        tags: TagValues,
        pixels: PixelLayout | None,
        keeper: object | None = None,
        shown: str = "",
    ) -> None:
        self._path = path
        self._shown = shown
        self.size = size
        self.tags = tags
        self.pixels = pixels
        self.keeper = keeper

    @property
    def path(self) -> Path:
        """Where the file lies; made when it is asked for, because thousands are not."""
        if not isinstance(self._path, Path):
            self._path = Path(self._path)
        return self._path

    @property
    def location(self) -> str:
        """The path as text, for opening the file."""
        return str(self._path)

    @property
    def shown(self) -> str:
        """How the reader knows the file: its path, or archive and name inside."""
        return self._shown or self.location

    def kept_by(self, keeper: object, shown: str) -> InstanceHeader:
        """Return the header holding on to the temporary folder of its file."""
        return InstanceHeader(
            path=self._path,
            size=self.size,
            tags=self.tags,
            pixels=self.pixels,
            keeper=keeper,
            shown=shown,
        )


@dataclass(frozen=True, slots=True)
class Preface:
    """What stands before the data set: where it starts and how it is written."""

    position: int
    transfer_syntax: str
    media_class: str = ""
    guessed: bool = False
    """Whether the encoding was recognized from the first entry, for want of a file header."""


def read_header(
    path: Path, *, wanted: Mapping[int, tuple[str, str]] = WANTED_TAGS
) -> InstanceHeader:
    """Return the header of a DICOM file without reading its pixels.

    Parameters
    ----------
    path : Path
    wanted : mapping of int to tuple of str
        Tags whose values are kept: keyword and value representation.

    Raises
    ------
    InputRefusedError
        With a code and a sentence when the file is not DICOM or cannot be read.
    """
    try:
        size = path.lstat().st_size
        with path.open("rb") as file:
            return _read_open(path, file, size, wanted)
    except OSError as error:
        raise InputRefusedError(
            f"The file could not be opened ({error.strerror or 'read error'}).", code="unreadable"
        ) from error


def check_regular(path: Path) -> None:
    """Refuse what is no ordinary file: links, devices and pipes can hang or lead elsewhere."""
    try:
        mode = path.lstat().st_mode
    except OSError as error:
        raise InputRefusedError(
            f"The file could not be opened ({error.strerror or 'read error'}).", code="unreadable"
        ) from error
    if stat.S_ISLNK(mode):
        raise InputRefusedError(
            "This is a link to another place; links are not followed.", code="link"
        )
    if not stat.S_ISREG(mode):
        raise InputRefusedError("This is no ordinary file.", code="special-file")


def _read_open(
    path: Path, file: BinaryIO, size: int, wanted: Mapping[int, tuple[str, str]]
) -> InstanceHeader:
    if size == 0:
        raise InputRefusedError("The file is empty.", code="empty")
    length = FIRST_READ_BYTES
    while True:
        file.seek(0)
        data = file.read(min(length, size))
        try:
            preface = read_preface(data)
            parsed = _parse(data, preface, wanted, complete=len(data) >= size)
            break
        except NeedMoreBytesError:
            length *= 8
            if length > 8 * MAX_HEADER_BYTES:
                raise InputRefusedError(
                    "The header of this file is too long to be read.", code="too-large"
                ) from None
    tags = TagValues(parsed.values)
    if preface.media_class and "SOPClassUID" not in tags:
        tags = tags.with_values({"SOPClassUID": preface.media_class})
    if preface.guessed:
        tags = tags.with_values({NO_FILE_META: "1"})
    _check_is_dicom(tags)
    return InstanceHeader(path=path, size=size, tags=tags, pixels=_layout(tags, parsed, preface))


def _check_is_dicom(tags: TagValues) -> None:
    if not any(key in tags for key in ("SOPClassUID", "Modality", "Rows", "StudyInstanceUID")):
        raise InputRefusedError(
            "The file starts like DICOM, but its header says neither what it is nor whose.",
            code="no-identity",
        )


def _parse(
    data: bytes, preface: Preface, wanted: Mapping[int, tuple[str, str]], *, complete: bool
) -> ParsedHeader:
    encoding = Encoding(
        explicit=preface.transfer_syntax != IMPLICIT_LITTLE,
        little_endian=preface.transfer_syntax != EXPLICIT_BIG,
    )
    if preface.transfer_syntax != DEFLATED_LITTLE:
        parser = HeaderParser(data, encoding, complete=complete, wanted=wanted)
        return parser.parse(preface.position)
    if not complete:
        raise NeedMoreBytesError
    inflated = inflate(data[preface.position :], MAX_HEADER_BYTES)
    return HeaderParser(inflated, encoding, complete=True, wanted=wanted).parse(0)


def read_data_set(header: InstanceHeader) -> bytes:
    """Return the bytes that offsets of a header count in: the file, or what it inflates to.

    Raises
    ------
    InputRefusedError
        When the file cannot be read, or inflates beyond what is accepted.
    """
    try:
        data = header.path.read_bytes()
    except OSError as error:
        raise InputRefusedError(
            f"The file could not be opened ({error.strerror or 'read error'}).", code="unreadable"
        ) from error
    preface = read_preface(data)
    if preface.transfer_syntax != DEFLATED_LITTLE:
        return data
    return inflate(data[preface.position :], MAX_HEADER_BYTES)


def inflate(raw: bytes, limit: int) -> bytes:
    """Return the inflated bytes of a deflated data set, at most ``limit`` of them.

    Raises
    ------
    InputRefusedError
        When the stream is broken or inflates beyond the limit.
    """
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        inflated = inflater.decompress(raw, limit)
    except zlib.error as error:
        raise InputRefusedError(
            "The compressed (deflated) content of this file is damaged.", code="damaged-header"
        ) from error
    if inflater.unconsumed_tail:
        raise InputRefusedError(
            "The compressed content of this file is larger than Batson accepts.", code="too-large"
        )
    return inflated


def read_preface(data: bytes) -> Preface:
    """Return where the data set starts, from the file meta group or, without one, by its looks."""
    if data[_PREAMBLE : _PREAMBLE + 4] == b"DICM":
        return _meta(data, _PREAMBLE + 4)
    if data[:4] == b"DICM":
        return _meta(data, 4)
    if data[:2] == b"\x02\x00" and data[4:6].isalpha():
        return _meta(data, 0)
    if data[:2] == _GZIP:
        raise InputRefusedError(
            "This file is compressed with gzip; unpack it and open what it holds.", code="gzip"
        )
    try:
        return _guess(data, 0)
    except InputRefusedError:
        # What a copying program left before the first entry hides neither its tag nor its type.
        start = data.find(_FIRST_ENTRY, 0, _PREAMBLE + len(_FIRST_ENTRY))
        if start < 0:
            raise
        return _guess(data, start)


def _meta(data: bytes, position: int) -> Preface:
    """Return the end of the file meta group (always explicit little endian, PS3.10 7.1)."""
    syntax, media_class = "", ""
    while position + 8 <= len(data) and data[position : position + 2] == b"\x02\x00":
        tag = 0x00020000 | int.from_bytes(data[position + 2 : position + 4], "little")
        start, length = _meta_value(data, position)
        value = data[start : start + length].decode("latin-1").strip(" \0")
        if tag == _TRANSFER_SYNTAX:
            syntax = value
        elif tag == _MEDIA_CLASS:
            media_class = value
        position = start + length
    if position > len(data):
        raise NeedMoreBytesError if len(data) == FIRST_READ_BYTES else _not_dicom()
    if not syntax:
        return _after_meta(data, position, media_class)
    return Preface(position, syntax, media_class)


def _after_meta(data: bytes, position: int, media_class: str) -> Preface:
    """Return the encoding of a file whose header names none, from the first entry behind it."""
    try:
        guess = _guess(data, position)
    except InputRefusedError as refusal:
        raise InputRefusedError(
            "The file is DICOM but does not say how it is written, and its first entry does not "
            "show it either.",
            code="no-transfer-syntax",
        ) from refusal
    return Preface(position, guess.transfer_syntax, media_class, guessed=True)


def _meta_value(data: bytes, position: int) -> tuple[int, int]:
    if data[position + 4 : position + 6] in (b"OB", b"OW", b"UN", b"UT", b"SQ"):
        return position + 12, int.from_bytes(data[position + 8 : position + 12], "little")
    return position + 8, int.from_bytes(data[position + 6 : position + 8], "little")


def _guess(data: bytes, position: int) -> Preface:
    """Return the encoding of a data set without file meta, judged by its first element."""
    head = data[position : position + 8]
    if len(head) < 8:
        raise _not_dicom()
    little = int.from_bytes(head[:2], "little")
    big = int.from_bytes(head[:2], "big")
    explicit = head[4:6].isalpha() and head[4:6].isupper()
    if explicit and little in (0x0008, 0x0010):
        return Preface(position, EXPLICIT_LITTLE, guessed=True)
    if explicit and big in (0x0008, 0x0010):
        return Preface(position, EXPLICIT_BIG, guessed=True)
    length = int.from_bytes(head[4:8], "little")
    if little == 0x0008 and length <= len(data):
        return Preface(position, IMPLICIT_LITTLE, guessed=True)
    raise _not_dicom()


def _not_dicom() -> InputRefusedError:
    return InputRefusedError(
        "Not a medical image: the file is neither DICOM nor NIfTI, NRRD or MetaImage.",
        code="not-dicom",
    )


def _layout(tags: TagValues, parsed: ParsedHeader, preface: Preface) -> PixelLayout | None:
    rows, columns = tags.integer("Rows") or 0, tags.integer("Columns") or 0
    if parsed.pixels is None or min(rows, columns) <= 0:
        return None
    allocated, stored, high_bit = _bits(tags)
    length = parsed.pixels.length
    return PixelLayout(
        transfer_syntax=preface.transfer_syntax,
        offset=parsed.pixels.offset,
        length=-1 if length == UNDEFINED else length,
        rows=rows,
        columns=columns,
        frames=max(tags.integer("NumberOfFrames") or 0, 1),
        samples=tags.integer("SamplesPerPixel") or 1,
        bits_allocated=allocated,
        bits_stored=stored,
        high_bit=high_bit,
        signed=tags.integer("PixelRepresentation") == 1,
        floating=parsed.pixels.floating,
        photometric=tags.text("PhotometricInterpretation"),
        planar=tags.integer("PlanarConfiguration") == 1,
    )


def _bits(tags: TagValues) -> tuple[int, int, int]:
    """Return Bits Allocated, Bits Stored and High Bit, the latter two by their usual values."""
    allocated = tags.integer("BitsAllocated") or 0
    stored = tags.integer("BitsStored") or allocated
    return allocated, stored, tags.integer("HighBit") or stored - 1
