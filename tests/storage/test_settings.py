"""Settings: typed, told when bad, kind to what a later version wrote."""

from __future__ import annotations

import json
import stat
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from workstation.base.errors import StoreError
from workstation.domain.escc import EsccConvention
from workstation.storage.settings import (
    DragDirection,
    Settings,
    SettingsFile,
    Theme,
    setting_table,
)


def written(home: Path, document: Any) -> SettingsFile:
    home.mkdir(exist_ok=True)
    text = document if isinstance(document, str) else json.dumps(document)
    (home / "settings.json").write_text(text, encoding="utf-8")
    return SettingsFile(home)


def test_defaults_without_a_file(home: Path) -> None:
    loaded = SettingsFile(home).load()
    assert loaded.settings == Settings()
    assert loaded.problems == ()
    assert not home.exists()


def test_default_values() -> None:
    defaults = Settings()
    assert defaults.theme is Theme.DARK
    assert defaults.escc_convention is EsccConvention.NOMS
    assert defaults.level_drag is DragDirection.DOWN_DARKER
    assert defaults.interface_scale_pct == 100
    assert defaults.reader_name == ""


def test_round_trip_of_every_setting(home: Path) -> None:
    changed = replace(
        Settings(),
        theme=Theme.LIGHT,
        reader_name="R. Reader",
        reader_role="Radiologist",
        institution="Démo Hospital",
        interface_scale_pct=125,
        level_drag=DragDirection.DOWN_BRIGHTER,
        fast_scroll_slices=7,
        memory_budget_mb=1024,
        reduce_motion=True,
        shortcuts=(("tool.zoom", "Ctrl+Z"), ("tool.pan",)),
    )
    file = SettingsFile(home)
    file.save(changed)
    assert SettingsFile(home).load().settings == changed
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


def test_table_describes_every_setting() -> None:
    rows = setting_table()
    assert [row.name for row in rows] == [item.name for item in fields(Settings)]
    for row in rows:
        assert row.description.endswith(".")
        assert row.default == getattr(Settings(), row.name)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("theme", "pink"),
        ("theme", 3),
        ("reader_name", None),
        ("interface_scale_pct", 89),
        ("interface_scale_pct", 151),
        ("interface_scale_pct", 100.5),
        ("interface_scale_pct", True),
        ("reduce_motion", "yes"),
        ("shortcuts", [["a", 1]]),
        ("memory_budget_mb", -1),
    ],
)
def test_bad_value_falls_back_and_is_told(home: Path, name: str, value: Any) -> None:
    loaded = written(home, {name: value, "institution": "Demo"}).load()
    assert getattr(loaded.settings, name) == getattr(Settings(), name)
    assert loaded.settings.institution == "Demo"
    assert loaded.problems == (f"The setting {name} was not usable; its default is used.",)


@pytest.mark.parametrize("scale", [90, 150])
def test_ends_of_a_range_are_allowed(home: Path, scale: int) -> None:
    loaded = written(home, {"interface_scale_pct": scale}).load()
    assert (loaded.settings.interface_scale_pct, loaded.problems) == (scale, ())


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"theme": NaN}', "\x00"])
def test_damaged_file_gives_the_defaults(home: Path, text: str) -> None:
    loaded = written(home, text).load()
    assert loaded.settings == Settings()
    assert loaded.problems == ("The settings file is damaged. The defaults are used.",)


def test_file_that_cannot_be_read_gives_the_defaults(home: Path) -> None:
    (home / "settings.json").mkdir(parents=True)
    loaded = SettingsFile(home).load()
    assert loaded.settings == Settings()
    assert loaded.problems[0].startswith("The settings cannot be read: is a directory.")


def test_unknown_keys_survive(home: Path) -> None:
    file = written(home, {"theme": "light", "of_tomorrow": {"deep": [1, 2]}})
    loaded = file.load()
    assert loaded.problems == ()
    file.save(replace(loaded.settings, theme=Theme.DARK))
    document = json.loads(file.path.read_text("utf-8"))
    assert document["of_tomorrow"] == {"deep": [1, 2]}
    assert document["theme"] == "dark"


def test_value_outside_its_range_is_not_written(home: Path) -> None:
    file = SettingsFile(home)
    file.save(Settings())
    before = file.path.read_bytes()
    with pytest.raises(StoreError, match="interface_scale_pct: needs 90 to 150"):
        file.save(replace(Settings(), interface_scale_pct=10))
    assert file.path.read_bytes() == before


def test_folder_that_cannot_be_made_is_told(home: Path) -> None:
    home.write_text("in the way")
    with pytest.raises(StoreError, match="cannot be used"):
        SettingsFile(home / "below").save(Settings())
