"""Typed settings in one JSON file, with one table of types, defaults and descriptions.

A bad value falls back to its default and is told; keys this version does not know survive.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, get_type_hints

from workstation.base.errors import InputRefusedError, StoreError
from workstation.domain.escc import EsccConvention
from workstation.storage.atomic_file import private_folder, reason, write_atomically
from workstation.storage.json_schema import kind_of, parse_json

FILE_NAME = "settings.json"


class Theme(StrEnum):
    """Colors of the window."""

    DARK = "dark"
    LIGHT = "light"


class DragDirection(StrEnum):
    """What dragging down does to the brightness."""

    DOWN_DARKER = "down darker"
    DOWN_BRIGHTER = "down brighter"


class WheelDirection(StrEnum):
    """Where turning the wheel toward the reader goes."""

    TOWARD_NEXT = "toward next slice"
    TOWARD_PREVIOUS = "toward previous slice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """The values a number may have, both ends included."""

    low: float
    high: float


def _about(description: str, limits: Range | None = None) -> dict[str, Any]:
    return {"description": description, "limits": limits}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting; a field's metadata says what it means.

    ``shortcuts`` holds only the actions whose keys the reader changed, each as its id followed by
    its keys.
    """

    theme: Theme = field(default=Theme.DARK, metadata=_about("Colors of the window."))
    reader_name: str = field(default="", metadata=_about("Who reads and signs, as printed."))
    reader_role: str = field(default="", metadata=_about("Role printed beside the signature."))
    institution: str = field(default="", metadata=_about("Institution printed on the report."))
    escc_convention: EsccConvention = field(
        default=EsccConvention.NOMS,
        metadata=_about("Which ESCC grades count as high-grade compression."),
    )
    interface_scale_pct: int = field(
        default=100, metadata=_about("Size of text and controls, %.", Range(low=90, high=150))
    )
    level_drag: DragDirection = field(
        default=DragDirection.DOWN_DARKER,
        metadata=_about("What dragging down does to the brightness."),
    )
    wheel: WheelDirection = field(
        default=WheelDirection.TOWARD_NEXT,
        metadata=_about("Where turning the wheel toward you goes."),
    )
    fast_scroll_slices: int = field(
        default=5, metadata=_about("Slices that Shift and the wheel pass.", Range(low=2, high=50))
    )
    memory_budget_mb: int = field(
        default=3072, metadata=_about("Images kept in memory, MB.", Range(low=256, high=262_144))
    )
    reduce_motion: bool = field(
        default=False, metadata=_about("Show menus and progress without animation.")
    )
    idle_lock_minutes: int = field(
        default=10,
        metadata=_about(
            "Minutes without mouse or keys until the window locks, where a PIN is set; 0 never.",
            Range(low=0, high=240),
        ),
    )
    shortcuts: tuple[tuple[str, ...], ...] = field(
        default=(), metadata=_about("Keys that were changed.")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingRow:
    """One row of the table of settings."""

    name: str
    type: Any
    default: Any
    description: str
    limits: Range | None


def setting_table() -> tuple[SettingRow, ...]:
    """Return every setting with its type, default, description and limits."""
    hints = get_type_hints(Settings)
    return tuple(
        SettingRow(
            name=item.name,
            type=hints[item.name],
            default=item.default,
            description=item.metadata["description"],
            limits=item.metadata["limits"],
        )
        for item in dataclasses.fields(Settings)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedSettings:
    """Settings as read, with a sentence for each value that fell back to its default."""

    settings: Settings
    problems: tuple[str, ...] = ()


class SettingsFile:
    """The settings file of one folder.

    Parameters
    ----------
    home : Path
        The folder of the program's data.
    """

    def __init__(self, home: Path) -> None:
        self._path = home / FILE_NAME
        self._unknown: dict[str, Any] = {}

    @property
    def path(self) -> Path:
        """Where the settings lie."""
        return self._path

    def load(self) -> LoadedSettings:
        """Return the settings; defaults, and a sentence for each, where a value is bad."""
        try:
            document = parse_json(self._path.read_bytes(), FILE_NAME)
        except FileNotFoundError:
            return LoadedSettings(settings=Settings())
        except OSError as error:
            return _all_default(f"The settings cannot be read: {reason(error)}")
        except InputRefusedError:
            return _all_default("The settings file is damaged.")
        if not isinstance(document, dict):
            return _all_default("The settings file is damaged.")
        return self._read(document)

    def save(self, settings: Settings) -> None:
        """Write the settings, whole or not at all, with the unknown keys that were read.

        Raises
        ------
        StoreError
            When the disk does not take it, or a value is not allowed.
        """
        document = dict(self._unknown)
        for row in setting_table():
            value = getattr(settings, row.name)
            try:
                document[row.name] = kind_of(row.type).encode(value, row.name)
                _refuse_outside(row, value)
            except InputRefusedError as error:
                raise StoreError(f"The setting {error.message}", code=error.code) from error
        private_folder(self._path.parent)
        text = json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True)
        write_atomically(self._path, text.encode("utf-8"))

    def _read(self, document: dict[str, Any]) -> LoadedSettings:
        rows = {row.name: row for row in setting_table()}
        self._unknown = {name: value for name, value in document.items() if name not in rows}
        values: dict[str, Any] = {}
        problems = []
        for name, row in rows.items():
            if name in document:
                try:
                    values[name] = kind_of(row.type).decode(document[name], name)
                    _refuse_outside(row, values[name])
                except InputRefusedError:
                    values[name] = row.default
                    problems.append(f"The setting {name} was not usable; its default is used.")
        return LoadedSettings(settings=Settings(**values), problems=tuple(problems))


def _all_default(problem: str) -> LoadedSettings:
    return LoadedSettings(settings=Settings(), problems=(f"{problem} The defaults are used.",))


def _refuse_outside(row: SettingRow, value: Any) -> None:
    limits = row.limits
    if limits is not None and not limits.low <= value <= limits.high:
        raise InputRefusedError(f"{row.name}: needs {limits.low:g} to {limits.high:g}.")
