"""How the pixels of a file are stored, and what can be refused before touching them."""

from __future__ import annotations

from dataclasses import dataclass

from workstation.base.errors import InputRefusedError

IMPLICIT_LITTLE = "1.2.840.10008.1.2"
EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
DEFLATED_LITTLE = "1.2.840.10008.1.2.1.99"
EXPLICIT_BIG = "1.2.840.10008.1.2.2"
NATIVE_SYNTAXES = frozenset({IMPLICIT_LITTLE, EXPLICIT_LITTLE, DEFLATED_LITTLE, EXPLICIT_BIG})

JPEG = frozenset(
    f"1.2.840.10008.1.2.4.{number}" for number in (50, 51, 52, 53, 54, 55, 56, 57, 58, 70)
)
JPEG_LOSSLESS = frozenset({"1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70"})
JPEG_LS = frozenset({"1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81"})
JPEG_2000 = frozenset({"1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91"})
HTJ2K = frozenset(f"1.2.840.10008.1.2.4.{number}" for number in (201, 202, 203))
RLE = "1.2.840.10008.1.2.5"

COMPRESSED_SYNTAXES = JPEG | JPEG_LS | JPEG_2000 | HTJ2K | {RLE}
"""Transfer syntaxes that can be decompressed."""

_READABLE_SYNTAXES = NATIVE_SYNTAXES | COMPRESSED_SYNTAXES

YBR_FULL_422 = "YBR_FULL_422"
"""Color format whose two chroma values stand for two neighbors of a row (PS3.3 C.7.6.3.1.2)."""

MAX_FRAMES = 100_000
"""Most frames a file may claim."""

MAX_PACKED_FRAME_BYTES = 256 * 1024**2
"""Largest picture that is unpacked; the largest real ones, mammograms, need 60 MB."""

MAX_DEFLATE_RATIO = 1100
"""Deflate cannot shrink data more than about 1,030 times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelLayout:
    """How the pixels of a file are stored and where.

    Parameters
    ----------
    offset : int
        File position of the pixel data value; position in the inflated bytes when ``deflated``.
    length : int
        Stated length of the value, or -1 when the pixels are encapsulated.
    """

    transfer_syntax: str
    offset: int
    length: int
    rows: int
    columns: int
    frames: int
    samples: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool
    floating: bool
    photometric: str
    planar: bool

    @property
    def encapsulated(self) -> bool:
        """Whether the pixels are stored in (compressed) fragments."""
        return self.length < 0

    @property
    def little_endian(self) -> bool:
        """Byte order of native pixels."""
        return self.transfer_syntax != EXPLICIT_BIG

    @property
    def decodes_to_rgb(self) -> bool:
        """Whether the decoder turns the stored color format into RGB by itself."""
        return self.encapsulated and self.transfer_syntax != RLE

    @property
    def deflated(self) -> bool:
        """Whether the whole data set is deflated."""
        return self.transfer_syntax == DEFLATED_LITTLE

    @property
    def frame_bytes(self) -> int:
        """Bytes of one native frame."""
        return (self._frame_bits + 7) // 8

    @property
    def all_frames_bytes(self) -> int:
        """Bytes of all native frames; single bits run on from one frame to the next."""
        return (self._frame_bits * self.frames + 7) // 8

    @property
    def half_chroma(self) -> bool:
        """Whether native pixels share their chroma with a neighbor."""
        return self.photometric == YBR_FULL_422 and self.samples == 3 and not self.encapsulated

    @property
    def _frame_bits(self) -> int:
        samples = 2 if self.half_chroma else self.samples
        return self.rows * self.columns * samples * self.bits_allocated


def check_pixels(layout: PixelLayout, file_bytes: int) -> None:
    """Refuse pictures that cannot be read, judged by the header and the file size alone.

    Raises
    ------
    InputRefusedError
        When the syntax has no decoder, the format is not supported, or the file is too short.
    """
    if layout.transfer_syntax not in _READABLE_SYNTAXES:
        raise unsupported_syntax(layout.transfer_syntax)
    _check_format(layout)
    if layout.encapsulated or layout.deflated:
        _check_packed(layout, file_bytes)
        return
    if layout.half_chroma and (layout.columns % 2 or layout.bits_allocated != 8):
        raise _unsupported("shared chroma with an odd number of columns or more than 8 bits")
    if min(layout.length, file_bytes - layout.offset) < layout.all_frames_bytes:
        raise truncated()


def _check_format(layout: PixelLayout) -> None:
    """Refuse bits, values per pixel and frame counts that no supported picture has."""
    if layout.bits_allocated not in (1, 8, 16, 32, 64):
        raise _unsupported(f"{layout.bits_allocated} bits per pixel")
    if not 0 < layout.bits_stored <= layout.bits_allocated:
        raise _unsupported(f"{layout.bits_stored} of {layout.bits_allocated} bits stored")
    if layout.samples not in (1, 3, 4) or (layout.bits_allocated == 1 and layout.samples != 1):
        raise _unsupported(f"{layout.samples} values per pixel")
    if layout.frames > MAX_FRAMES:
        raise _unsupported(f"{layout.frames} frames")


def _check_packed(layout: PixelLayout, file_bytes: int) -> None:
    """Refuse compressed pictures that claim more than a picture or their file can hold."""
    claimed = layout.frame_bytes * layout.frames
    if layout.frame_bytes > MAX_PACKED_FRAME_BYTES:
        raise _unsupported(f"{layout.columns} x {layout.rows} pixels")
    if layout.deflated and claimed > file_bytes * MAX_DEFLATE_RATIO:
        raise truncated()


def _unsupported(what: str) -> InputRefusedError:
    return InputRefusedError(
        f"The picture format is not supported ({what}).", code="unsupported-format"
    )


def truncated() -> InputRefusedError:
    """Return the refusal of a file that is shorter than its header says."""
    return InputRefusedError(
        "The file ends before its picture does; it was probably not copied completely.",
        code="truncated",
    )


def unsupported_syntax(syntax: str) -> InputRefusedError:
    """Return the refusal for a way of storing pixels that has no decoder here."""
    return InputRefusedError(
        f"The pictures are stored in a way that Batson cannot read (transfer syntax {syntax}).",
        code="unsupported-syntax",
    )
