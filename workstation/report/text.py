"""Make any text printable: nothing executed, nothing silently lost, nothing reordered.

PDF/A refuses control characters and characters without a glyph. What cannot be drawn is printed
as its code point, ``[U+1F525]``; the record attached to the report keeps the original string.
"""

from __future__ import annotations

import dataclasses
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from typing import Any, TypeVar

from workstation.base.errors import ReportError

LONGEST_FIELD = 20_000
"""Characters that one field may hold; a longer one is refused, never cut."""

_LINE_ENDS = ("\r\n", "\r", "\x85", "\u2028", "\u2029")

# Invisible formatting without a printed form. The bidirectional controls must go: an override
# really turns "evil" into "live" on paper.
_DROPPED = frozenset("\u00ad\u061c\u180e\u200b\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff") | {
    chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x2070), *range(0xFE00, 0xFE10))
}

T = TypeVar("T")


class Coverage:
    """The characters that the bundled fonts can draw.

    Parameters
    ----------
    ranges : iterable of (int, int)
        Inclusive ranges of code points, ascending, as kept in ``report/coverage.json``.
    """

    def __init__(self, ranges: Iterable[tuple[int, int]]) -> None:
        pairs = [(first, last) for first, last in ranges]
        self._first = [first for first, _ in pairs]
        self._last = [last for _, last in pairs]

    def __contains__(self, character: str) -> bool:
        code = ord(character)
        place = bisect_right(self._first, code) - 1
        return place >= 0 and code <= self._last[place]


def printable_text(text: str, coverage: Coverage) -> str:
    r"""Return ``text`` as the pages can show it.

    Line ends become ``\n``, every other space a plain space, composed characters NFC; invisible
    direction and joining controls are left out; what no font can draw becomes ``[U+XXXX]``.

    Raises
    ------
    ReportError
        When the text is longer than :data:`LONGEST_FIELD`.
    """
    if len(text) > LONGEST_FIELD:
        raise ReportError(
            f"A text field of the report holds {len(text)} characters; "
            f"{LONGEST_FIELD} is the most. Shorten it."
        )
    for end in _LINE_ENDS:
        text = text.replace(end, "\n")
    whole = "".join(_visible_surrogate(character) for character in text)
    composed = unicodedata.normalize("NFC", whole)
    return "".join(_printable_character(character, coverage) for character in composed)


def _visible_surrogate(character: str) -> str:
    return _code_point(character) if 0xD800 <= ord(character) <= 0xDFFF else character


def _printable_character(character: str, coverage: Coverage) -> str:
    if character in " \n":
        return character
    if character == "\t" or unicodedata.category(character) == "Zs":
        return " "
    if character in _DROPPED:
        return ""
    return character if character in coverage else _code_point(character)


def _code_point(character: str) -> str:
    return f"[U+{ord(character):04X}]"


def printable(value: T, coverage: Coverage) -> T:
    """Return a frozen document value with every string in it made printable."""
    return _printable_value(value, coverage)  # type: ignore[no-any-return]


def _printable_value(value: Any, coverage: Coverage) -> Any:
    if isinstance(value, str):
        return printable_text(value, coverage) if type(value) is str else value
    if isinstance(value, tuple):
        return tuple(_printable_value(item, coverage) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
        changed = {name: _printable_value(item, coverage) for name, item in fields.items()}
        return dataclasses.replace(value, **changed)
    return value
