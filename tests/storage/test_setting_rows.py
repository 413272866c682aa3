"""The settings row by row: what is taken, what falls back, what is refused on writing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from workstation.base.errors import StoreError
from workstation.domain.escc import EsccConvention
from workstation.storage.settings import (
    DragDirection,
    Range,
    Settings,
    SettingsFile,
    Theme,
    WheelDirection,
    setting_table,
)

DEFAULTS = {
    "theme": Theme.DARK,
    "reader_name": "",
    "reader_role": "",
    "institution": "",
    "escc_convention": EsccConvention.NOMS,
    "interface_scale_pct": 100,
    "level_drag": DragDirection.DOWN_DARKER,
    "wheel": WheelDirection.TOWARD_NEXT,
    "fast_scroll_slices": 5,
    "memory_budget_mb": 3072,
    "idle_lock_minutes": 10,
    "reduce_motion": False,
    "shortcuts": (),
}
TAKEN: list[tuple[str, Any, Any]] = [
    ("theme", "dark", Theme.DARK),
    ("theme", "light", Theme.LIGHT),
    ("reader_name", "R. Reader", "R. Reader"),
    ("reader_name", "日本 Ø", "日本 Ø"),
    ("reader_role", "Radiologist", "Radiologist"),
    ("institution", "Demo\nHospital", "Demo\nHospital"),
    ("escc_convention", "noms", EsccConvention.NOMS),
    ("escc_convention", "reference_site", EsccConvention.REFERENCE_SITE),
    ("escc_convention", "singapore", EsccConvention.SINGAPORE),
    ("interface_scale_pct", 90, 90),
    ("interface_scale_pct", 150, 150),
    ("level_drag", "down darker", DragDirection.DOWN_DARKER),
    ("level_drag", "down brighter", DragDirection.DOWN_BRIGHTER),
    ("wheel", "toward next slice", WheelDirection.TOWARD_NEXT),
    ("wheel", "toward previous slice", WheelDirection.TOWARD_PREVIOUS),
    ("fast_scroll_slices", 2, 2),
    ("fast_scroll_slices", 50, 50),
    ("memory_budget_mb", 256, 256),
    ("memory_budget_mb", 262_144, 262_144),
    ("idle_lock_minutes", 0, 0),
    ("idle_lock_minutes", 240, 240),
    ("reduce_motion", True, True),
    ("reduce_motion", False, False),
    ("shortcuts", [["tool.zoom", "Ctrl+Z"]], (("tool.zoom", "Ctrl+Z"),)),
    (
        "shortcuts",
        [["tool.zoom"], ["tool.pan", "P", "Q"]],
        (("tool.zoom",), ("tool.pan", "P", "Q")),
    ),
]
REFUSED: list[tuple[str, Any]] = [
    *(("theme", value) for value in ("Dark", "", None, 1, ["dark"])),
    *(("reader_name", value) for value in (1, None, True, ["R"], "x" * 100_001)),
    *(("reader_role", value) for value in (0, {}, [])),
    *(("institution", value) for value in (1.5, None, {"name": "x"})),
    *(("escc_convention", value) for value in ("NOMS", "other", 0, None)),
    *(("interface_scale_pct", value) for value in (0, 89, 151, 100.0, "100", None, True, 10**30)),
    *(("level_drag", value) for value in ("up", "down_darker", None)),
    *(("wheel", value) for value in ("next", 1, None)),
    *(("fast_scroll_slices", value) for value in (-5, 0, 1, 51, 5.5, "5")),
    *(("memory_budget_mb", value) for value in (0, 255, 262_145, 1e4, "3072")),
    *(("idle_lock_minutes", value) for value in (-1, 241, 10.0, "10", None, True)),
    *(("reduce_motion", value) for value in (0, 1, "true", None, [])),
    *(("shortcuts", value) for value in ({}, "x", [1], [["a", None]], [[["a"]]])),
]
OTHER = {
    "theme": Theme.LIGHT,
    "reader_name": "R. Reader",
    "reader_role": "Radiologist",
    "institution": "Demo Hospital",
    "escc_convention": EsccConvention.SINGAPORE,
    "interface_scale_pct": 125,
    "level_drag": DragDirection.DOWN_BRIGHTER,
    "wheel": WheelDirection.TOWARD_PREVIOUS,
    "fast_scroll_slices": 9,
    "memory_budget_mb": 1024,
    "idle_lock_minutes": 0,
    "reduce_motion": True,
    "shortcuts": (("tool.pan", "P"),),
}
"""A value of each setting that is not its default."""


def loaded(home: Path, document: dict[str, Any]):
    home.mkdir(exist_ok=True)
    (home / "settings.json").write_text(json.dumps(document), encoding="utf-8")
    return SettingsFile(home).load()


def test_the_defaults_are_those_of_the_table() -> None:
    assert {row.name: row.default for row in setting_table()} == DEFAULTS
    assert {name: getattr(Settings(), name) for name in DEFAULTS} == DEFAULTS
    assert set(OTHER) == set(DEFAULTS)


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("interface_scale_pct", 90, 150),
        ("fast_scroll_slices", 2, 50),
        ("memory_budget_mb", 256, 262_144),
        ("idle_lock_minutes", 0, 240),
    ],
)
def test_numbers_have_their_range(name: str, low: int, high: int) -> None:
    (row,) = (row for row in setting_table() if row.name == name)
    assert row.limits == Range(low=low, high=high)
    assert low <= row.default <= high


def test_nothing_else_has_a_range() -> None:
    limited = {row.name for row in setting_table() if row.limits}
    assert limited == {
        "interface_scale_pct",
        "fast_scroll_slices",
        "idle_lock_minutes",
        "memory_budget_mb",
    }


@pytest.mark.parametrize(("name", "written", "value"), TAKEN)
def test_a_good_value_is_taken(home: Path, name: str, written: Any, value: Any) -> None:
    found = loaded(home, {name: written})
    assert getattr(found.settings, name) == value
    assert type(getattr(found.settings, name)) is type(value)
    assert found.problems == ()
    assert found.settings == replace(Settings(), **{name: value})


@pytest.mark.parametrize(("name", "written"), REFUSED, ids=lambda item: repr(item)[:20])
def test_a_bad_value_falls_back_alone(home: Path, name: str, written: Any) -> None:
    rest = {key: value for key, value in OTHER.items() if key != name}
    home.mkdir()
    SettingsFile(home).save(replace(Settings(), **rest))
    document = json.loads((home / "settings.json").read_text("utf-8")) | {name: written}
    found = loaded(home, document)
    assert found.settings == replace(Settings(), **rest)
    assert found.problems == (f"The setting {name} was not usable; its default is used.",)


@pytest.mark.parametrize("name", list(OTHER))
def test_each_setting_comes_back_alone(home: Path, name: str) -> None:
    changed = replace(Settings(), **{name: OTHER[name]})
    SettingsFile(home).save(changed)
    found = SettingsFile(home).load()
    assert found.settings == changed
    assert found.problems == ()


@pytest.mark.parametrize("name", list(OTHER))
def test_a_file_of_an_older_version_lacks_a_setting(home: Path, name: str) -> None:
    SettingsFile(home).save(replace(Settings(), **OTHER))
    document = json.loads((home / "settings.json").read_text("utf-8"))
    del document[name]
    found = loaded(home, document)
    assert found.settings == replace(Settings(), **(OTHER | {name: DEFAULTS[name]}))
    assert found.problems == ()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("interface_scale_pct", 89, "needs 90 to 150"),
        ("interface_scale_pct", 151, "needs 90 to 150"),
        ("fast_scroll_slices", 1, "needs 2 to 50"),
        ("fast_scroll_slices", 51, "needs 2 to 50"),
        ("memory_budget_mb", 255, "needs 256 to 262144"),
        ("reader_name", 3, "needs a text"),
        ("reader_name", "\ud800", "not valid Unicode"),
        ("theme", "dark blue", "is not one of dark, light"),
        ("reduce_motion", "yes", "needs true or false"),
        ("shortcuts", ["tool.zoom"], "needs a list"),
        ("fast_scroll_slices", 2.5, "needs a whole number"),
    ],
)
def test_a_bad_value_is_not_written(home: Path, name: str, value: Any, words: str) -> None:
    file = SettingsFile(home)
    file.save(Settings())
    before = file.path.read_bytes()
    with pytest.raises(StoreError) as caught:
        file.save(replace(Settings(), **{name: value}))
    assert caught.value.message.startswith(f"The setting {name}")
    assert words in caught.value.message
    assert file.path.read_bytes() == before


@pytest.mark.parametrize("unknown", [1, "x", None, [1], {"a": {"b": 1}}])
@pytest.mark.parametrize("name", ["of_tomorrow", "Theme", "", "theme "])
def test_a_key_of_tomorrow_survives_two_saves(home: Path, name: str, unknown: Any) -> None:
    home.mkdir()
    (home / "settings.json").write_text(json.dumps({name: unknown}), encoding="utf-8")
    for theme in (Theme.LIGHT, Theme.DARK):
        file = SettingsFile(home)
        file.save(replace(file.load().settings, theme=theme))
    assert json.loads((home / "settings.json").read_text("utf-8"))[name] == unknown


def test_a_file_that_was_never_read_is_replaced_without_what_it_held(home: Path) -> None:
    home.mkdir()
    (home / "settings.json").write_text('{"of_tomorrow": 1}', encoding="utf-8")
    SettingsFile(home).save(Settings())
    document = json.loads((home / "settings.json").read_text("utf-8"))
    assert set(document) == set(DEFAULTS)


def test_the_file_reads_well_for_people(home: Path) -> None:
    SettingsFile(home).save(replace(Settings(), institution="Klinik Süd"))
    text = (home / "settings.json").read_text("utf-8")
    assert '\n  "institution": "Klinik Süd",\n' in text
    names = [line.split('"')[1] for line in text.splitlines() if line.startswith('  "')]
    assert names == sorted(DEFAULTS)
