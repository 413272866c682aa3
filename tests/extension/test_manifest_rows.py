"""``plugin.toml`` field by field: what is taken, what is refused, and in which words."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from workstation.extension.api import (
    Contribution,
    Manifest,
    Origin,
    Plugin,
    PluginError,
    PluginKind,
)
from workstation.extension.loader import (
    FILE_LIMIT,
    PluginRegistry,
    folder_hash,
    read_trusted,
)
from workstation.extension.manifest import SIZE_LIMIT_BYTES, read_manifest

HEAD = {"id": "trial", "title": "Trial", "version": "0.1", "api": 1}
PART = {"kind": "measurement", "id": "part", "title": "Part", "target": "trial:run"}


def toml(head: dict[str, Any], *parts: dict[str, Any]) -> str:
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in head.items()]
    for part in parts:
        lines.append("[[contributions]]")
        lines += [f"{name} = {json.dumps(value)}" for name, value in part.items()]
    return "\n".join(lines) + "\n"


def folder_of(place: Path, text: str) -> Path:
    place.mkdir(parents=True)
    (place / "plugin.toml").write_text(text, encoding="utf-8")
    return place


def refusal(place: Path, text: str) -> str:
    with pytest.raises(PluginError) as caught:
        read_manifest(folder_of(place / "trial", text))
    assert "\n" not in caught.value.message
    return caught.value.message


@pytest.mark.parametrize("kind", list(PluginKind))
def test_every_kind_is_read(tmp_path: Path, kind: PluginKind) -> None:
    folder = folder_of(tmp_path / "trial", toml(HEAD, PART | {"kind": kind.value}))
    assert read_manifest(folder) == Manifest(
        id="trial",
        title="Trial",
        version="0.1",
        contributions=(
            Contribution(kind=kind, id="part", title="Part", module="trial", function="run"),
        ),
    )


@pytest.mark.parametrize(
    ("target", "module", "function"),
    [
        ("trial:run", "trial", "run"),
        ("trial.inner:run", "trial.inner", "run"),
        ("_a.b2.C:_run9", "_a.b2.C", "_run9"),
    ],
)
def test_a_target_is_a_module_and_a_function(tmp_path: Path, target, module, function) -> None:
    folder = folder_of(tmp_path / "trial", toml(HEAD, PART | {"target": target}))
    (part,) = read_manifest(folder).contributions
    assert (part.module, part.function) == (module, function)


@pytest.mark.parametrize(
    "target",
    [
        "",
        "trial",
        ":run",
        "trial:",
        "trial:run()",
        "a..b:run",
        "../a:run",
        "a:b:c",
        "1a:run",
        "a b:c",
    ],
)
def test_a_target_that_is_none_is_refused(tmp_path: Path, target: str) -> None:
    message = refusal(tmp_path, toml(HEAD, PART | {"target": target}))
    assert message == "The plugin.toml of trial has a bad target."


GOOD_IDS = ["ab", "a-b", "spine-counts-2", "a" * 40]
BAD_IDS: list[Any] = ["", "a", "A", "2a", "-a", "a_b", "a b", "a/b", "..", "a" * 41, 3, True, ["a"]]


@pytest.mark.parametrize("name", GOOD_IDS)
def test_a_good_id_is_taken(tmp_path: Path, name: str) -> None:
    folder = folder_of(tmp_path / "x", toml(HEAD | {"id": name}, PART | {"id": name}))
    manifest = read_manifest(folder)
    assert (manifest.id, manifest.contributions[0].id) == (name, name)


@pytest.mark.parametrize("name", BAD_IDS)
def test_a_bad_id_is_refused(tmp_path: Path, name: Any) -> None:
    words = "The plugin.toml of trial has a bad id."
    assert refusal(tmp_path / "head", toml(HEAD | {"id": name}, PART)) == words
    assert refusal(tmp_path / "part", toml(HEAD, PART | {"id": name})) == words


@pytest.mark.parametrize("version", ["1", "0.1", "1.2.3.4", "1.0rc1", "2.0+local-1"])
def test_a_good_version_is_taken(tmp_path: Path, version: str) -> None:
    folder = folder_of(tmp_path / "x", toml(HEAD | {"version": version}, PART))
    assert read_manifest(folder).version == version


@pytest.mark.parametrize("version", ["", "v1", ".1", "one", "1 0", 1, 1.5])
def test_a_bad_version_is_refused(tmp_path: Path, version: Any) -> None:
    assert "has a bad version" in refusal(tmp_path, toml(HEAD | {"version": version}, PART))


@pytest.mark.parametrize("title", ["T", "Spine counts", "Wirbel zählen", "x" * 80])
def test_a_good_title_is_taken(tmp_path: Path, title: str) -> None:
    folder = folder_of(tmp_path / "x", toml(HEAD | {"title": title}, PART))
    assert read_manifest(folder).title == title


@pytest.mark.parametrize("title", ["", "x" * 81, "a\nb", "a\tb", "a\u202eb", 4])
def test_a_bad_title_is_refused(tmp_path: Path, title: Any) -> None:
    assert "has a bad title" in refusal(tmp_path, toml(HEAD | {"title": title}, PART))


@pytest.mark.parametrize("api", [0, 2, 1000, "1", "x" * 100])
def test_another_interface_is_refused_first(tmp_path: Path, api: Any) -> None:
    message = refusal(tmp_path, toml({"api": api, "more": 1}))
    assert message == (
        "The plug-in trial was made for another version of Batson "
        f"(interface {str(api)[:10]}, not 1)."
    )


@pytest.mark.parametrize("name", ["id", "title", "version"])
def test_a_missing_field_is_refused(tmp_path: Path, name: str) -> None:
    less = {key: value for key, value in HEAD.items() if key != name}
    assert "needs exactly id, title, version, api and parts" in refusal(tmp_path, toml(less, PART))


@pytest.mark.parametrize("name", list(PART))
def test_a_part_without_a_field_is_refused(tmp_path: Path, name: str) -> None:
    less = {key: value for key, value in PART.items() if key != name}
    message = refusal(tmp_path, toml(HEAD, less))
    assert message.endswith("has a part without kind, id, title or target.")


def test_a_part_with_a_field_too_many_is_refused(tmp_path: Path) -> None:
    message = refusal(tmp_path, toml(HEAD, PART | {"path": "/etc"}))
    assert message.endswith("has a part without kind, id, title or target.")


@pytest.mark.parametrize("value", ["[]", "3", '"x"', "{}"])
def test_parts_must_be_a_list_of_parts(tmp_path: Path, value: str) -> None:
    assert "lists no part" in refusal(tmp_path, toml(HEAD) + f"contributions = {value}\n")


def test_a_list_of_words_is_no_list_of_parts(tmp_path: Path) -> None:
    text = toml(HEAD) + 'contributions = ["trial:run"]\n'
    assert "has a part without kind" in refusal(tmp_path, text)


@pytest.mark.parametrize(("count", "taken"), [(1, True), (50, True), (51, False)])
def test_parts_are_counted(tmp_path: Path, count: int, taken: bool) -> None:
    parts = [PART | {"id": f"part-{number}"} for number in range(count)]
    folder = folder_of(tmp_path / "trial", toml(HEAD, *parts))
    if taken:
        assert len(read_manifest(folder).contributions) == count
    else:
        with pytest.raises(PluginError, match="lists no part"):
            read_manifest(folder)


def test_two_parts_of_one_id_are_refused(tmp_path: Path) -> None:
    message = refusal(tmp_path, toml(HEAD, PART, PART | {"title": "Other"}))
    assert message == "The plugin.toml of trial names a part twice."


@pytest.mark.parametrize("text", ["id = ", "\0", "[", "id = 'a'\nid = 'b'"])
def test_text_that_is_no_toml_is_damaged(tmp_path: Path, text: str) -> None:
    assert refusal(tmp_path, text) == "The plugin.toml of trial is damaged."


def test_bytes_that_are_no_text_are_damaged(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "trial", "")
    (folder / "plugin.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(PluginError, match="is damaged"):
        read_manifest(folder)


def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    text = toml(HEAD, PART) + "#" * SIZE_LIMIT_BYTES
    assert refusal(tmp_path, text) == "The plugin.toml of trial is too large."


def test_a_folder_without_one_says_so(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match=r"has no plugin\.toml that can be read"):
        read_manifest(tmp_path)


class TestFolderHash:
    def test_it_is_over_sorted_names_and_bytes(self, tmp_path: Path) -> None:
        (tmp_path / "b.py").write_bytes(b"two")
        (tmp_path / "sub").mkdir()
        (tmp_path / "sub" / "a.py").write_bytes(b"")
        expected = hashlib.sha256(b"b.py\0003\0twosub/a.py\0000\0").hexdigest()
        assert folder_hash(tmp_path) == expected

    @pytest.mark.parametrize("change", ["byte", "name", "more", "less", "place"])
    def test_any_change_gives_another(self, tmp_path: Path, change: str) -> None:
        (tmp_path / "sub").mkdir()
        (tmp_path / "a.py").write_text("one")
        (tmp_path / "b.py").write_text("two")
        before = folder_hash(tmp_path)
        if change == "byte":
            (tmp_path / "a.py").write_text("onf")
        elif change == "name":
            (tmp_path / "a.py").rename(tmp_path / "c.py")
        elif change == "more":
            (tmp_path / "c.py").write_text("")
        elif change == "less":
            (tmp_path / "b.py").unlink()
        else:
            (tmp_path / "a.py").rename(tmp_path / "sub" / "a.py")
        assert folder_hash(tmp_path) != before

    def test_compiled_files_do_not_count(self, tmp_path: Path) -> None:
        (tmp_path / "a.py").write_text("one")
        before = folder_hash(tmp_path)
        (tmp_path / "__pycache__").mkdir()
        (tmp_path / "__pycache__" / "a.pyc").write_bytes(b"x")
        assert folder_hash(tmp_path) == before

    @pytest.mark.parametrize(("count", "taken"), [(FILE_LIMIT, True), (FILE_LIMIT + 1, False)])
    def test_files_are_counted(self, tmp_path: Path, count: int, taken: bool) -> None:
        for number in range(count):
            (tmp_path / f"{number}.txt").touch()
        if taken:
            assert len(folder_hash(tmp_path)) == 64
        else:
            with pytest.raises(PluginError, match="has too many files"):
                folder_hash(tmp_path)


@pytest.mark.parametrize(
    ("text", "trusted"),
    [
        ('{"trial": "ab"}', {"trial": "ab"}),
        ('{"trial": "ab", "other": 3}', {"trial": "ab"}),
        ("{}", {}),
        ("[]", {}),
        ("null", {}),
        ('"trial"', {}),
        ("{", {}),
        ("", {}),
    ],
)
def test_the_list_of_trusted_ones_is_read_with_care(tmp_path: Path, text: str, trusted) -> None:
    (tmp_path / "trusted-plugins.json").write_text(text)
    assert read_trusted(tmp_path) == trusted


def test_without_a_list_nothing_is_trusted(tmp_path: Path) -> None:
    assert read_trusted(tmp_path) == {}


class TestRegistry:
    def test_plugins_stand_by_id_and_folders_without_a_manifest_are_none(self, tmp_path: Path):
        bundled, home = tmp_path / "bundled", tmp_path / "home"
        for name in ("zeta", "alpha"):
            folder_of(bundled / f"folder-{name}", toml(HEAD | {"id": name}, PART))
        (bundled / "empty").mkdir()
        (bundled / "file.txt").write_text("x")
        plugins = PluginRegistry(bundled, home).plugins
        assert [plugin.id for plugin in plugins] == ["alpha", "zeta"]
        assert all(plugin.origin is Origin.BUNDLED for plugin in plugins)

    def test_folders_that_are_not_there_hold_nothing(self, tmp_path: Path) -> None:
        assert PluginRegistry(tmp_path / "a", tmp_path / "b").plugins == ()

    def test_a_bundled_one_needs_no_trust(self, tmp_path: Path) -> None:
        folder_of(tmp_path / "bundled" / "trial", toml(HEAD, PART))
        registry = PluginRegistry(tmp_path / "bundled", tmp_path / "home")
        with pytest.raises(PluginError, match="needs no trust"):
            registry.trust("trial")
        assert read_trusted(tmp_path / "home") == {}

    def test_a_damaged_one_is_not_trusted(self, tmp_path: Path) -> None:
        folder_of(tmp_path / "home" / "plugins" / "trial", "id = ")
        registry = PluginRegistry(tmp_path / "bundled", tmp_path / "home")
        with pytest.raises(PluginError, match="is damaged"):
            registry.trust("trial")

    def test_an_unknown_one_has_a_code(self, tmp_path: Path) -> None:
        registry = PluginRegistry(tmp_path / "bundled", tmp_path / "home")
        for call in (registry.plugin, registry.trust):
            with pytest.raises(PluginError) as caught:
                call("nothing")
            assert caught.value.code == "no-plug-in"

    def test_a_plugin_without_a_manifest_has_the_name_of_its_folder_and_no_part(self) -> None:
        plugin = Plugin(folder=Path("/x/trial"), origin=Origin.UNKNOWN)
        assert plugin.id == "trial"
        with pytest.raises(PluginError, match="has no part named part"):
            plugin.contribution("part")
