"""Strict reading of answer documents: a wrong field is refused by name, nothing is guessed.

``null`` means not assessed, ``"unknown"`` means unknown; a yes or no is a JSON boolean and never
counts as a number.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import TypeVar

from workstation.base.errors import CommandRefusedError, InputRefusedError
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, Missing, YesNo
from workstation.domain.spine import VertebralLevel

LARGEST_DOCUMENT = 1_000_000
"""Characters; an answer document has a few hundred."""

UNKNOWN_WORD = "unknown"

T = TypeVar("T")


def refuse(field: str, reason: str) -> InputRefusedError:
    """Return the error that names ``field`` and says what is wrong with it."""
    return InputRefusedError(f"{field}: {reason}", code="bad-field")


def parse_json(text: str) -> object:
    """Return the JSON value in ``text``.

    Raises
    ------
    InputRefusedError
        When it is not JSON, holds NaN or an infinity, or names a field twice.
    """
    if len(text) > LARGEST_DOCUMENT:
        raise InputRefusedError("The document is too large for an answer document.")
    try:
        return json.loads(
            text.removeprefix("\ufeff"), parse_constant=_no_constant, object_pairs_hook=_unique
        )
    except json.JSONDecodeError as error:
        raise InputRefusedError(
            f"The document is not JSON: line {error.lineno}, column {error.colno}."
        ) from None
    except (RecursionError, ValueError):
        raise InputRefusedError("The document is not a JSON document of answers.") from None


def _no_constant(word: str) -> float:
    raise InputRefusedError(f"The document holds {word}, which is not a number.")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    document: dict[str, object] = {}
    for name, value in pairs:
        if name in document:
            raise refuse(_quoted(name), "the field is given twice.")
        document[name] = value
    return document


def _quoted(name: str) -> str:
    """Return a field name from outside on one line and of bounded length."""
    shown = name[:40] if name.isprintable() else name[:40].encode("unicode_escape").decode()
    return shown or '""'


class DocumentFields:
    """One object of a document, with its fields checked against those that exist.

    Parameters
    ----------
    document : object
        What the JSON holds.
    required, optional : iterable of str
        The names of the fields.
    """

    def __init__(
        self, document: object, *, required: Iterable[str] = (), optional: Iterable[str] = ()
    ) -> None:
        if not isinstance(document, dict):
            raise InputRefusedError("The document must be a JSON object with named fields.")
        required = tuple(required)
        known = {*required, *optional}
        for name in document:
            if name not in known:
                raise refuse(_quoted(name), "there is no such field.")
        for name in required:
            if name not in document:
                raise refuse(name, "the field is missing; write null when nobody assessed it.")
        self._values: dict[str, object] = document

    def option(self, name: str, words: Mapping[str, T]) -> T | Missing:
        """Return what the word in the field stands for."""
        value = self._values.get(name)
        missing = _missing(value)
        if missing is not None:
            return missing
        return self._word(name, value, words)

    def plain(self, name: str, words: Mapping[str, T], default: T) -> T:
        """Return what the word in the field stands for; ``default`` where it is absent or null."""
        value = self._values.get(name)
        return default if value is None else self._word(name, value, words)

    def _word(self, name: str, value: object, words: Mapping[str, T]) -> T:
        if not isinstance(value, str) or value not in words:
            raise refuse(name, f"use {', '.join(words)}.")
        return words[value]

    def options(self, name: str, words: Mapping[str, T]) -> frozenset[T] | Missing:
        """Return what the list of words in the field stands for."""
        missing = _missing(self._values.get(name))
        if missing is not None:
            return missing
        return frozenset(self._word(name, item, words) for item in self.items(name))

    def items(self, name: str) -> list[object]:
        """Return the list in the field."""
        value = self._values.get(name)
        if not isinstance(value, list):
            raise refuse(name, "must be a list.")
        return value

    def yes_no(self, name: str) -> YesNo | Missing:
        """Return the boolean in the field."""
        value = self._values.get(name)
        missing = _missing(value)
        if missing is not None:
            return missing
        if not isinstance(value, bool):
            raise refuse(name, "use true, false, null or unknown.")
        return YesNo.YES if value else YesNo.NO

    def marked(self, name: str) -> bool:
        """Return whether the field is true; absent, null and false are not."""
        return self.yes_no(name) is YesNo.YES

    def number(self, name: str, low: float, high: float) -> float | Missing:
        """Return the number in the field, between ``low`` and ``high`` with both ends."""
        value = self._values.get(name)
        missing = _missing(value)
        if missing is not None:
            return missing
        number = _finite(value)
        if number is None or not low <= number <= high:
            raise refuse(name, f"must be a number from {low:g} to {high:g}.")
        return number

    def count(self, name: str, low: int, high: int) -> int | Missing:
        """Return the whole number in the field, between ``low`` and ``high`` with both ends."""
        value = self._values.get(name)
        missing = _missing(value)
        if missing is not None:
            return missing
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise refuse(name, f"must be a whole number from {low} to {high}.")
        return value

    def level(self, name: str) -> VertebralLevel | Missing:
        """Return the vertebra named in the field."""
        value = self._values.get(name)
        missing = _missing(value)
        return missing if missing is not None else named_level(name, value)


def _missing(value: object) -> Missing | None:
    if value is None:
        return NOT_ASSESSED
    return UNKNOWN if value == UNKNOWN_WORD else None


def _finite(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def named_level(field: str, value: object) -> VertebralLevel:
    """Return the vertebra that ``value`` names."""
    if not isinstance(value, str):
        raise refuse(field, "must be the name of a vertebra.")
    try:
        return VertebralLevel.parse(value)
    except CommandRefusedError:
        raise refuse(
            field, "must be a vertebra: C0 to C7, T1 to T13, L1 to L6, S1 to S5 or Co."
        ) from None
