"""The text snippets at hand: those that are shipped, and a reader's own in a file of the reader."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from workstation.base.errors import InputRefusedError
from workstation.base.paths import resource_path
from workstation.domain.snippets import Snippet, snippet_refusal
from workstation.storage.atomic_file import write_atomically
from workstation.storage.json_schema import canonical_json, kind_of, parse_json

SCHEMA = 1
FILE_NAME = "snippets.json"


def load_snippets(own: Path | None = None) -> tuple[Snippet, ...]:
    """Return the shipped snippets and the reader's own; one of the same id takes its place.

    Parameters
    ----------
    own : Path, optional
        The reader's file; it need not exist.

    Raises
    ------
    InputRefusedError
        When a file does not hold snippets.
    """
    shelf = {item.id: item for item in _read(resource_path(FILE_NAME))}
    if own is not None and own.is_file():
        shelf.update({item.id: item for item in _read(own)})
    return tuple(shelf.values())


def save_snippets(own: Path, snippets: Iterable[Snippet]) -> None:
    """Keep a reader's own snippets, whole or not at all.

    Raises
    ------
    InputRefusedError
        When one of them cannot be kept, or two have one id.
    """
    kept = _checked(tuple(snippets))
    body = {"schema": SCHEMA, "snippets": kind_of(tuple[Snippet, ...]).encode(kept, "snippets")}
    write_atomically(own, canonical_json(body))


def _read(path: Path) -> tuple[Snippet, ...]:
    document = parse_json(path.read_bytes(), path.name)
    if not isinstance(document, dict) or set(document) != {"schema", "snippets"}:
        raise InputRefusedError(f"{path.name}: does not hold text snippets.")
    if document["schema"] != SCHEMA:
        raise InputRefusedError(f"{path.name}: was written by another Batson.")
    found: Any = kind_of(tuple[Snippet, ...]).decode(document["snippets"], "snippets")
    return _checked(found)


def _checked(snippets: tuple[Snippet, ...]) -> tuple[Snippet, ...]:
    for snippet in snippets:
        refusal = snippet_refusal(snippet)
        if refusal:
            raise InputRefusedError(refusal)
    if len({item.id for item in snippets}) != len(snippets):
        raise InputRefusedError("Two snippets have one name.")
    return snippets
