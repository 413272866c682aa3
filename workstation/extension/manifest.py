"""Reading ``plugin.toml`` without importing the plug-in."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from workstation.extension.api import (
    API_VERSION,
    Contribution,
    Manifest,
    PluginError,
    PluginKind,
)

FILE_NAME = "plugin.toml"
SIZE_LIMIT_BYTES = 64_000

_ID = re.compile(r"[a-z][a-z0-9-]{1,39}")
_VERSION = re.compile(r"\d+(\.\d+){0,3}[a-z0-9.+-]{0,16}")
_TARGET = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*):([A-Za-z_]\w*)")
_KEYS = {"id", "title", "version", "api", "contributions"}
_PART_KEYS = {"kind", "id", "title", "target"}


def read_manifest(folder: Path) -> Manifest:
    """Return what the manifest in a folder says.

    Raises
    ------
    PluginError
        With a sentence when it is missing, damaged or for another version of the interface.
    """
    path = folder / FILE_NAME
    try:
        if path.stat().st_size > SIZE_LIMIT_BYTES:
            raise PluginError(f"The plugin.toml of {folder.name} is too large.")
        document = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise PluginError(f"{folder.name} has no plugin.toml that can be read.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PluginError(f"The plugin.toml of {folder.name} is damaged.") from error
    if document.get("api") != API_VERSION:
        raise PluginError(
            f"The plug-in {folder.name} was made for another version of Batson "
            f"(interface {document.get('api')!s:.10}, not {API_VERSION})."
        )
    return _manifest(folder.name, document)


def _manifest(name: str, document: dict[str, Any]) -> Manifest:
    parts = document.get("contributions")
    _refuse_unless(set(document) == _KEYS, name, "needs exactly id, title, version, api and parts")
    _refuse_unless(isinstance(parts, list) and 0 < len(parts) <= 50, name, "lists no part")
    found = tuple(_contribution(name, part) for part in document["contributions"])
    _refuse_unless(len({part.id for part in found}) == len(found), name, "names a part twice")
    return Manifest(
        id=_word(name, document, "id", _ID),
        title=_title(name, document),
        version=_word(name, document, "version", _VERSION),
        contributions=found,
    )


def _contribution(name: str, part: Any) -> Contribution:
    is_whole = isinstance(part, dict) and set(part) == _PART_KEYS
    _refuse_unless(is_whole, name, "has a part without kind, id, title or target")
    _refuse_unless(part["kind"] in set(PluginKind), name, "has a part of an unknown kind")
    target = _TARGET.fullmatch(_word(name, part, "target", _TARGET))
    module, function = target.groups() if target else ("", "")
    return Contribution(
        kind=PluginKind(part["kind"]),
        id=_word(name, part, "id", _ID),
        title=_title(name, part),
        module=module,
        function=function,
    )


def _word(name: str, document: dict[str, Any], key: str, pattern: re.Pattern[str]) -> str:
    value = document[key]
    _refuse_unless(isinstance(value, str) and pattern.fullmatch(value), name, f"has a bad {key}")
    return str(value)


def _title(name: str, document: dict[str, Any]) -> str:
    value = document["title"]
    is_good = isinstance(value, str) and 0 < len(value) <= 80 and value.isprintable()
    _refuse_unless(is_good, name, "has a bad title")
    return str(value)


def _refuse_unless(condition: object, name: str, why: str) -> None:
    if not condition:
        raise PluginError(f"The plugin.toml of {name} {why}.")
