"""Headers that were read before, kept in a local database: opening a known folder reads no file.

A file counts as known while its path, size and modification time are the same. What most files of
a series share is kept once. The index is a cache: when it is damaged or of another version it is
dropped and built anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from workstation.imaging.dicom_header import InstanceHeader
from workstation.imaging.dicom_tags import KEYWORDS, TagValues
from workstation.imaging.pixel_layout import PixelLayout
from workstation.imaging.volume import RejectedFile

FORMAT = 3
"""Raised whenever headers are read or stored differently."""

_VERSION = f"{FORMAT}-{hashlib.sha256(' '.join(KEYWORDS).encode()).hexdigest()[:16]}"
_REFUSED_ROW = 5
_PLACE_FIELDS = ("offset", "length")
_LAYOUT_FIELDS = tuple(item.name for item in fields(PixelLayout) if item.name not in _PLACE_FIELDS)


FileStamp = tuple[str, int, int]
"""By what a file is recognized: name within its folder, size and modification time in ns."""

Known = InstanceHeader | RejectedFile
"""What a look at a file gave."""


class HeaderIndex:
    """Remembers what the files of a folder said.

    Parameters
    ----------
    path : Path
        Database file; made on first use.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def recall(self, folder: Path) -> dict[FileStamp, Known]:
        """Return what is remembered of the files of a folder."""
        try:
            with self._open() as database:
                row = database.execute(
                    "SELECT content FROM folders WHERE path = ? AND version = ?",
                    (str(folder), _VERSION),
                ).fetchone()
            return {} if row is None else _decoded(folder, json.loads(row[0]))
        except (sqlite3.Error, ValueError, KeyError, TypeError, IndexError):
            self._drop()
            return {}

    def remember(self, folder: Path, known: Mapping[FileStamp, Known]) -> None:
        """Keep what the files of a folder said, in place of what was kept before."""
        content = json.dumps(_encoded(known), separators=(",", ":"))
        try:
            with self._open() as database:
                database.execute(
                    "INSERT OR REPLACE INTO folders VALUES (?, ?, ?)",
                    (str(folder), _VERSION, content),
                )
        except sqlite3.Error:
            self._drop()

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Headers name patients; the files beside a database take over its permissions.
        self._path.touch(mode=0o600)
        database = sqlite3.connect(self._path, timeout=5.0)
        try:
            database.execute("PRAGMA synchronous = OFF")
            database.execute(
                "CREATE TABLE IF NOT EXISTS folders "
                "(path TEXT PRIMARY KEY, version TEXT, content TEXT)"
            )
            with database:
                yield database
        finally:
            database.close()

    def _drop(self) -> None:
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)


def _encoded(known: Mapping[FileStamp, Known]) -> dict[str, Any]:
    """Return plain JSON values: shared tags and layouts once, differences per file."""
    bases: dict[str, tuple[int, Mapping[str, Any]]] = {}
    layouts: dict[tuple[Any, ...], int] = {}
    rows = []
    for stamp, item in known.items():
        if isinstance(item, RejectedFile):
            rows.append([*stamp, item.code, item.reason])
            continue
        tags = item.tags.plain
        number, base = bases.setdefault(item.tags.text("SeriesInstanceUID"), (len(bases), tags))
        changed = {key: value for key, value in tags.items() if base.get(key) != value}
        gone = [key for key in base if key not in tags]
        rows.append([*stamp, number, changed, gone, _encoded_layout(item.pixels, layouts)])
    return {
        "bases": [dict(base) for _, base in bases.values()],
        "layouts": [list(layout) for layout in layouts],
        "files": rows,
    }


def _encoded_layout(
    pixels: PixelLayout | None, layouts: dict[tuple[Any, ...], int]
) -> list[int] | None:
    if pixels is None:
        return None
    shared = tuple(getattr(pixels, name) for name in _LAYOUT_FIELDS)
    return [layouts.setdefault(shared, len(layouts)), pixels.offset, pixels.length]


def _decoded(folder: Path, document: Mapping[str, Any]) -> dict[FileStamp, Known]:
    bases = document["bases"]
    layouts = [dict(zip(_LAYOUT_FIELDS, row, strict=True)) for row in document["layouts"]]
    return dict(_known_files(folder, document["files"], bases, layouts))


def _known_files(
    folder: Path,
    rows: Iterable[list[Any]],
    bases: list[dict[str, Any]],
    layouts: list[dict[str, Any]],
) -> Iterator[tuple[FileStamp, Known]]:
    placed: dict[tuple[int, int, int], PixelLayout] = {}
    prefix = os.path.join(folder, "")  # noqa: PTH118 - keeps the separator
    for row in rows:
        name, size = row[0], row[1]
        stamp = (name, size, row[2])
        if len(row) == _REFUSED_ROW:
            yield stamp, RejectedFile(path=prefix + name, code=row[3], reason=row[4])
            continue
        base = bases[row[3]]
        if row[5]:
            base = {key: value for key, value in base.items() if key not in row[5]}
        pixels = None if row[6] is None else _placed_layout(tuple(row[6]), layouts, placed)
        tags = TagValues(row[4], base)
        yield stamp, InstanceHeader(path=prefix + name, size=size, tags=tags, pixels=pixels)


def _placed_layout(
    place: tuple[int, int, int],
    layouts: list[dict[str, Any]],
    placed: dict[tuple[int, int, int], PixelLayout],
) -> PixelLayout:
    """Return the layout of a file; files that share layout and place share the object."""
    layout = placed.get(place)
    if layout is None:
        layout = PixelLayout(offset=place[1], length=place[2], **layouts[place[0]])
        placed[place] = layout
    return layout
