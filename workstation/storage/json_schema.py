"""Frozen values to plain JSON and back, strictly by their type hints.

Nothing is guessed: an unknown key, a wrong type, a number that is not finite or a text that is no
Unicode is refused with the path of the field. Sets are written sorted, so that equal values give
equal bytes.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
import json
import math
import types
import typing
from collections.abc import Iterable, Iterator
from enum import Enum, IntEnum
from typing import Any, Protocol

from workstation.base.errors import InputRefusedError

TEXT_LIMIT = 100_000
"""Longest text of one field, characters."""

ITEM_LIMIT = 20_000
"""Most items of one list."""

DOCUMENT_LIMIT_BYTES = 64 * 1024**2
"""Largest JSON document that is read."""


class Kind(Protocol):
    """How one type is written as JSON and read back."""

    def encode(self, value: Any, path: str) -> Any:
        """Return the JSON of a value, or refuse it naming ``path``."""

    def decode(self, document: Any, path: str) -> Any:
        """Return the value of a JSON document, or refuse it naming ``path``."""

    def is_value(self, value: Any) -> bool:
        """Whether a value is of this type, by its outermost shape."""

    def is_document(self, document: Any) -> bool:
        """Whether a document may be of this type, by its outermost shape."""


def kind_of(hint: Any) -> Kind:
    """Return how values of a type hint are written and read.

    Raises
    ------
    TypeError
        When the hint cannot be written without doubt; a mistake of the programmer.
    """
    return _kind_of(hint)


@functools.cache
def _kind_of(hint: Any) -> Kind:
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return _Union(typing.get_args(hint))
    if origin is tuple:
        return _tuple_kind(typing.get_args(hint))
    if origin is frozenset:
        return _Set(typing.get_args(hint)[0])
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return _Record(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _Choice(hint)
    if hint in _SCALARS:
        return _SCALARS[hint]
    message = f"{hint!r} has no JSON form"
    raise TypeError(message)


class _Text:
    def encode(self, value: Any, path: str) -> str:
        return self.decode(value, path)

    def decode(self, document: Any, path: str) -> str:
        if not self.is_document(document):
            raise _refused(path, "a text", document)
        text = str(document)
        if len(text) > TEXT_LIMIT:
            raise InputRefusedError(f"{path}: the text is longer than {TEXT_LIMIT} characters.")
        try:
            text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise InputRefusedError(f"{path}: the text is not valid Unicode.") from error
        return text

    def is_value(self, value: Any) -> bool:
        return type(value) is str

    def is_document(self, document: Any) -> bool:
        return type(document) is str


class _Number:
    def encode(self, value: Any, path: str) -> float:
        return self.decode(value, path)

    def decode(self, document: Any, path: str) -> float:
        if not self.is_document(document):
            raise _refused(path, "a number", document)
        try:
            number = float(document)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise InputRefusedError(f"{path}: the number is not finite.")
        return number

    def is_value(self, value: Any) -> bool:
        return type(value) is int or isinstance(value, float)

    def is_document(self, document: Any) -> bool:
        return self.is_value(document)


class _Whole:
    def encode(self, value: Any, path: str) -> int:
        return self.decode(value, path)

    def decode(self, document: Any, path: str) -> int:
        if not self.is_document(document):
            raise _refused(path, "a whole number", document)
        if abs(document) > 2**53:
            raise InputRefusedError(f"{path}: the number is too large.")
        return int(document)

    def is_value(self, value: Any) -> bool:
        return type(value) is int

    def is_document(self, document: Any) -> bool:
        return type(document) is int


class _Switch:
    def encode(self, value: Any, path: str) -> bool:
        return self.decode(value, path)

    def decode(self, document: Any, path: str) -> bool:
        if not self.is_document(document):
            raise _refused(path, "true or false", document)
        return bool(document)

    def is_value(self, value: Any) -> bool:
        return type(value) is bool

    def is_document(self, document: Any) -> bool:
        return type(document) is bool


class _Nothing:
    def encode(self, value: Any, path: str) -> None:
        self.decode(value, path)

    def decode(self, document: Any, path: str) -> None:
        if document is not None:
            raise _refused(path, "null", document)

    def is_value(self, value: Any) -> bool:
        return value is None

    def is_document(self, document: Any) -> bool:
        return document is None


_SCALARS: dict[Any, Kind] = {
    str: _Text(),
    float: _Number(),
    int: _Whole(),
    bool: _Switch(),
    type(None): _Nothing(),
}


class _Choice:
    """A member of an enumeration, written as its value."""

    def __init__(self, enum: type[Enum]) -> None:
        self._enum = enum
        self._plain = int if issubclass(enum, IntEnum) else str
        self.members = {self._plain(member.value): member for member in enum}

    def encode(self, value: Any, path: str) -> str | int:
        if not self.is_value(value):
            raise _not_offered(path, self.members, value)
        return self._plain(value.value)

    def decode(self, document: Any, path: str) -> Enum:
        if not self.is_document(document):
            raise _not_offered(path, self.members, document)
        return self.members[document]

    def is_value(self, value: Any) -> bool:
        return isinstance(value, self._enum)

    def is_document(self, document: Any) -> bool:
        return type(document) is self._plain and document in self.members


class _Union:
    """One of several types that no document confuses."""

    def __init__(self, hints: tuple[Any, ...]) -> None:
        kinds = [_kind_of(hint) for hint in hints]
        # A choice goes before free text: the word of a choice is never meant as text.
        self._kinds = sorted(kinds, key=lambda kind: not isinstance(kind, _Choice))
        choices = [kind for kind in kinds if isinstance(kind, _Choice)]
        for one, other in itertools.combinations(choices, 2):
            if one.members.keys() & other.members.keys():
                message = f"{hints!r} share a word"
                raise TypeError(message)

    def encode(self, value: Any, path: str) -> Any:
        kind = next((item for item in self._kinds if item.is_value(value)), None)
        if kind is None:
            raise _refused(path, "another kind of value", value)
        document = kind.encode(value, path)
        if self._reader(document) is not kind:
            raise InputRefusedError(f"{path}: this word has a meaning of its own here.")
        return document

    def decode(self, document: Any, path: str) -> Any:
        kind = self._reader(document)
        if kind is not None:
            return kind.decode(document, path)
        choices = [item for item in self._kinds if isinstance(item, _Choice)]
        if not choices:
            raise _refused(path, "another kind of value", document)
        raise _not_offered(path, (word for item in choices for word in item.members), document)

    def is_value(self, value: Any) -> bool:
        return any(kind.is_value(value) for kind in self._kinds)

    def is_document(self, document: Any) -> bool:
        return self._reader(document) is not None

    def _reader(self, document: Any) -> Kind | None:
        return next((kind for kind in self._kinds if kind.is_document(document)), None)


class _List:
    """A tuple of any length with items of one type."""

    def __init__(self, item: Any) -> None:
        self._item = _kind_of(item)

    def encode(self, value: Any, path: str) -> list[Any]:
        if not self.is_value(value):
            raise _refused(path, "a list", value)
        return [self._item.encode(item, at) for at, item in _numbered(path, value)]

    def decode(self, document: Any, path: str) -> tuple[Any, ...]:
        return tuple(self._item.decode(item, at) for at, item in _items(path, document))

    def is_value(self, value: Any) -> bool:
        return isinstance(value, tuple)

    def is_document(self, document: Any) -> bool:
        return isinstance(document, list)


class _Row:
    """A tuple of fixed length, each place with its own type."""

    def __init__(self, hints: tuple[Any, ...]) -> None:
        self._kinds = tuple(_kind_of(hint) for hint in hints)

    def encode(self, value: Any, path: str) -> list[Any]:
        if not self.is_value(value):
            raise _refused(path, f"{len(self._kinds)} values", value)
        rows = zip(self._kinds, _numbered(path, value), strict=True)
        return [kind.encode(item, at) for kind, (at, item) in rows]

    def decode(self, document: Any, path: str) -> tuple[Any, ...]:
        items = _items(path, document)
        if len(items) != len(self._kinds):
            raise InputRefusedError(f"{path}: needs {len(self._kinds)} values, not {len(items)}.")
        rows = zip(self._kinds, items, strict=True)
        return tuple(kind.decode(item, at) for kind, (at, item) in rows)

    def is_value(self, value: Any) -> bool:
        return isinstance(value, tuple) and len(value) == len(self._kinds)

    def is_document(self, document: Any) -> bool:
        return isinstance(document, list)


def _tuple_kind(hints: tuple[Any, ...]) -> Kind:
    if len(hints) == 2 and hints[1] is Ellipsis:
        return _List(hints[0])
    return _Row(hints)


class _Set:
    """A frozenset, written sorted."""

    def __init__(self, item: Any) -> None:
        self._item = _kind_of(item)

    def encode(self, value: Any, path: str) -> list[Any]:
        if not self.is_value(value):
            raise _refused(path, "a set", value)
        return sorted((self._item.encode(item, path) for item in value), key=str)

    def decode(self, document: Any, path: str) -> frozenset[Any]:
        items = _items(path, document)
        values = frozenset(self._item.decode(item, at) for at, item in items)
        if len(values) != len(items):
            raise InputRefusedError(f"{path}: names a value twice.")
        return values

    def is_value(self, value: Any) -> bool:
        return isinstance(value, frozenset)

    def is_document(self, document: Any) -> bool:
        return isinstance(document, list)


class _Record:
    """A dataclass, written as an object; an absent key takes the field's default.

    A field whose metadata says "later" came after the first schema. It is left out while it holds
    its default, so that what was kept before keeps its bytes and its hash.
    """

    def __init__(self, record: type[Any]) -> None:
        self._record = record
        self._fields = {field.name: field for field in dataclasses.fields(record)}

    @functools.cached_property
    def _kinds(self) -> dict[str, Kind]:
        hints = typing.get_type_hints(self._record)
        return {name: _kind_of(hints[name]) for name in self._fields}

    def encode(self, value: Any, path: str) -> dict[str, Any]:
        if not self.is_value(value):
            raise _refused(path, "an object", value)
        return {
            name: kind.encode(getattr(value, name), _joined(path, name))
            for name, kind in self._kinds.items()
            if not self._left_out(name, getattr(value, name))
        }

    def _left_out(self, name: str, value: Any) -> bool:
        field = self._fields[name]
        return bool(field.metadata.get("later")) and value == field.default

    def decode(self, document: Any, path: str) -> Any:
        if not self.is_document(document):
            raise _refused(path, "an object", document)
        for name in document:
            if name not in self._fields:
                raise InputRefusedError(f"{_joined(path, _short(name))}: is not a field here.")
        for name, field in self._fields.items():
            if name not in document and _has_no_default(field):
                raise InputRefusedError(f"{_joined(path, name)}: is missing.")
        return self._record(
            **{
                name: self._kinds[name].decode(item, _joined(path, name))
                for name, item in document.items()
            }
        )

    def is_value(self, value: Any) -> bool:
        return type(value) is self._record

    def is_document(self, document: Any) -> bool:
        return isinstance(document, dict)


def _has_no_default(field: dataclasses.Field[Any]) -> bool:
    missing = dataclasses.MISSING
    return field.default is missing and field.default_factory is missing


def _numbered(path: str, items: Any) -> Iterator[tuple[str, Any]]:
    return ((f"{path}[{position}]", item) for position, item in enumerate(items))


def _items(path: str, document: Any) -> list[tuple[str, Any]]:
    if not isinstance(document, list):
        raise _refused(path, "a list", document)
    if len(document) > ITEM_LIMIT:
        raise InputRefusedError(f"{path}: has more than {ITEM_LIMIT} items.")
    return list(_numbered(path, document))


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _refused(path: str, wanted: str, found: Any) -> InputRefusedError:
    """Return the refusal; it names the kind found and never the value, which may identify."""
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    names.update({int: "a number", float: "a number", type(None): "null"})
    return InputRefusedError(
        f"{path or 'document'}: needs {wanted}, not {names.get(type(found), 'another value')}.",
        code="bad-document",
    )


def _not_offered(path: str, words: Iterable[str | int], found: Any) -> InputRefusedError:
    """Return the refusal of something that none of the choices is."""
    names = [str(word) for word in words]
    choices = ", ".join(names[:_SHOWN_CHOICES]) + (", ..." if len(names) > _SHOWN_CHOICES else "")
    if type(found) in (str, int):
        message = f"{path}: is not one of {choices}."
        return InputRefusedError(message, code="bad-document")
    return _refused(path, f"one of {choices}", found)


_SHOWN_CHOICES = 12


def _short(name: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in name[:40])


def canonical_json(document: Any) -> bytes:
    """Return the one UTF-8 form of a JSON document: sorted keys, no spaces, no NaN."""
    text = json.dumps(
        document, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
    )
    return text.encode("utf-8")


def parse_json(data: bytes | str, name: str = "document") -> Any:
    """Return the JSON document in ``data``.

    Raises
    ------
    InputRefusedError
        When it is too large, not UTF-8, not JSON, too deep, or has NaN or a key twice.
    """
    if len(data) > DOCUMENT_LIMIT_BYTES:
        raise InputRefusedError(f"{name}: is larger than {DOCUMENT_LIMIT_BYTES // 1024**2} MB.")
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_unique_keys)
    except (ValueError, RecursionError) as error:
        # The text of a JSON error names a position, never the content.
        raise InputRefusedError(
            f"{name}: is not a JSON document.", detail=type(error).__name__, code="bad-json"
        ) from error


def _no_constant(_: str) -> Any:
    message = "not a finite number"
    raise ValueError(message)


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        message = "a key stands twice"
        raise ValueError(message)
    return document
