"""Plug-ins: read without importing, run only where trusted, switched off when they fail."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support import cases
from workstation.__main__ import main
from workstation.base.paths import plugins_folder
from workstation.extension import host, loader
from workstation.extension.api import Origin, PluginError, PluginKind
from workstation.extension.loader import PluginRegistry, folder_hash
from workstation.extension.manifest import read_manifest
from workstation.storage.case_codec import encode_case
from workstation.storage.case_store import CaseStore

MANIFEST = """
id = "trial"
title = "Trial"
version = "0.1"
api = 1
[[contributions]]
kind = "measurement"
id = "part"
title = "Part"
target = "trial:run"
"""


def make(folder: Path, code: str = "def run(document):\n    return {'seen': document}\n") -> Path:
    folder.mkdir(parents=True)
    (folder / "plugin.toml").write_text(MANIFEST)
    (folder / "trial.py").write_text(code)
    return folder


@pytest.fixture
def bundled(tmp_path: Path) -> Path:
    return tmp_path / "bundled"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    return folder


def registry_with(bundled: Path, home: Path, code: str) -> PluginRegistry:
    make(bundled / "trial", code)
    return PluginRegistry(bundled, home)


class TestManifest:
    def test_it_is_read_without_importing(self, bundled: Path) -> None:
        folder = make(bundled / "trial", "raise SystemExit('imported')")
        manifest = read_manifest(folder)
        assert (manifest.id, manifest.version) == ("trial", "0.1")
        (part,) = manifest.contributions
        assert part.kind is PluginKind.MEASUREMENT
        assert (part.module, part.function) == ("trial", "run")

    @pytest.mark.parametrize(
        ("old", "new", "words"),
        [
            ("api = 1", "api = 2", "another version of Batson"),
            ('id = "trial"', 'id = "../trial"', "has a bad id"),
            ('title = "Trial"', 'title = "a\\nb"', "has a bad title"),
            ('version = "0.1"', "version = 1", "has a bad version"),
            ('kind = "measurement"', 'kind = "miracle"', "unknown kind"),
            ('target = "trial:run"', 'target = "os:system()"', "has a bad target"),
            ('target = "trial:run"', 'goal = "x"', "without kind, id, title or target"),
            ('title = "Trial"', 'more = 1\ntitle = "Trial"', "needs exactly"),
            ("[[contributions]]", "[[things]]", "needs exactly"),
            ('version = "0.1"', "version = ", "is damaged"),
        ],
    )
    def test_what_is_wrong_is_said(self, bundled: Path, old: str, new: str, words: str) -> None:
        folder = make(bundled / "trial")
        (folder / "plugin.toml").write_text(MANIFEST.replace(old, new, 1))
        with pytest.raises(PluginError, match=words):
            read_manifest(folder)
        (plugin,) = PluginRegistry(bundled, bundled.parent).plugins
        assert words in plugin.off_reason
        assert (plugin.id, plugin.sha256) == ("trial", "")


class TestTrust:
    def test_bundled_runs_and_the_users_own_does_not(self, bundled: Path, home: Path) -> None:
        make(bundled / "trial")
        make(home / "plugins" / "mine")
        text = (home / "plugins" / "mine" / "plugin.toml").read_text()
        (home / "plugins" / "mine" / "plugin.toml").write_text(text.replace('"trial"', '"mine"', 1))
        registry = PluginRegistry(bundled, home)
        mine, trial = registry.plugins
        assert (trial.origin, trial.off_reason) == (Origin.BUNDLED, "")
        assert mine.origin is Origin.UNKNOWN
        assert mine.off_reason == "The plug-in mine is not trusted; it does not run."
        with pytest.raises(PluginError, match="is not trusted"):
            registry.run("mine", "part", {})

    def test_trusted_one_runs_until_a_byte_of_it_changes(self, bundled: Path, home: Path) -> None:
        folder = make(home / "plugins" / "trial")
        registry = PluginRegistry(bundled, home)
        assert registry.trust("trial").origin is Origin.TRUSTED
        assert registry.run("trial", "part", {"a": 1}) == {"seen": {"a": 1}}
        assert (home / "trusted-plugins.json").stat().st_mode & 0o777 == 0o600
        again = PluginRegistry(bundled, home)
        assert again.run("trial", "part", {}) == {"seen": {}}
        (folder / "trial.py").write_text("def run(document):\n    return {'seen': 'evil'}\n")
        with pytest.raises(PluginError, match="was changed since it was listed"):
            again.run("trial", "part", {})
        (plugin,) = PluginRegistry(bundled, home).plugins
        assert plugin.off_reason == (
            "The plug-in trial was changed since it was trusted; it does not run."
        )

    def test_users_plugin_cannot_take_the_place_of_a_bundled_one(
        self, bundled: Path, home: Path
    ) -> None:
        make(bundled / "trial")
        make(home / "plugins" / "other", "def run(document):\n    return {'seen': 'evil'}\n")
        (plugin,) = PluginRegistry(bundled, home).plugins
        assert plugin.origin is Origin.BUNDLED

    def test_links_are_refused(self, bundled: Path, home: Path) -> None:
        folder = make(bundled / "trial")
        (folder / "more.py").symlink_to("/etc/passwd")
        (plugin,) = PluginRegistry(bundled, home).plugins
        assert plugin.off_reason == "The plug-in trial holds a link or a special file."

    def test_fifo_does_not_hang_the_start(self, bundled: Path, home: Path) -> None:
        folder = make(bundled / "trial")
        os.mkfifo(folder / "pipe")
        (plugin,) = PluginRegistry(bundled, home).plugins
        assert "special file" in plugin.off_reason

    def test_too_large_is_refused(
        self, bundled: Path, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make(bundled / "trial")
        monkeypatch.setattr(loader, "SIZE_LIMIT_BYTES", 100)
        assert "is too large" in PluginRegistry(bundled, home).plugins[0].off_reason
        monkeypatch.setattr(loader, "FILE_LIMIT", 1)
        assert "too many files" in PluginRegistry(bundled, home).plugins[0].off_reason

    def test_hash_tells_names_from_contents(self, tmp_path: Path) -> None:
        one, two = tmp_path / "one", tmp_path / "two"
        one.mkdir()
        two.mkdir()
        (one / "ab").write_bytes(b"c")
        (two / "a").write_bytes(b"bc")
        assert folder_hash(one) != folder_hash(two)
        (one / "__pycache__").mkdir()
        before = folder_hash(one)
        (one / "__pycache__" / "x.pyc").write_bytes(b"x")
        assert folder_hash(one) == before

    def test_damaged_list_trusts_nothing(self, bundled: Path, home: Path) -> None:
        make(home / "plugins" / "trial")
        for text in ("", "[]", "{", '{"trial": 1}'):
            (home / "trusted-plugins.json").write_text(text)
            assert PluginRegistry(bundled, home).plugins[0].off_reason


HANGS = "import time\ndef run(document):\n    time.sleep(60)\n"
CRASHES = "import os\ndef run(document):\n    os.abort()\n"
RAISES = "def run(document):\n    raise ValueError('EXAMPLE^Ada')\n"
EATS = "def run(document):\n    return {'x': 'y' * (2 * 1024**3)}\n"
TALKS = "import socket\ndef run(document):\n    socket.create_connection(('127.0.0.1', 9))\n"
WRITES = "from pathlib import Path\ndef run(d):\n    Path(d['to']).write_text('x')\n    return {}\n"
STARTS = "import subprocess\ndef run(d):\n    subprocess.run(['true'])\n    return {}\n"
REMOVES = "import os\ndef run(d):\n    os.remove(d['to'])\n    return {}\n"


class TestFailures:
    @pytest.mark.parametrize(
        ("code", "words"),
        [
            (RAISES, "failed. It is switched off."),
            (CRASHES, "stopped. It is switched off."),
            ("import sys\ndef run(document):\n    sys.exit(3)\n", "stopped."),
            (EATS, "switched off."),
            (TALKS, "failed."),
            (STARTS, "failed."),
            ("syntax error", "failed."),
            ("def other():\n    pass\n", "failed."),
            ("def run(document):\n    return [1]\n", "answered with something else."),
            ("def run(document):\n    return {'x': object()}\n", "failed."),
        ],
    )
    def test_failing_one_is_switched_off_and_told(
        self, bundled: Path, home: Path, code: str, words: str
    ) -> None:
        registry = registry_with(bundled, home, code)
        with pytest.raises(PluginError) as caught:
            registry.run("trial", "part", {})
        assert words in caught.value.message
        assert "EXAMPLE" not in caught.value.message + caught.value.detail
        assert registry.plugin("trial").off_reason == caught.value.message
        with pytest.raises(PluginError) as again:
            registry.run("trial", "part", {})
        assert again.value.code == "plug-in-off"

    def test_hanging_one_is_given_up(
        self, bundled: Path, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        registry = registry_with(bundled, home, HANGS)
        defaults = {**host.call_plugin.__kwdefaults__, "timeout_s": 1.5}
        monkeypatch.setattr(host.call_plugin, "__kwdefaults__", defaults)
        with pytest.raises(PluginError, match="did not answer") as caught:
            registry.run("trial", "part", {})
        assert caught.value.code == "plug-in-hangs"

    @pytest.mark.parametrize("code", [WRITES, REMOVES])
    def test_files_cannot_be_changed(self, bundled: Path, home: Path, code: str) -> None:
        target = home / "target"
        target.write_text("kept")
        registry = registry_with(bundled, home, code)
        with pytest.raises(PluginError, match="failed"):
            registry.run("trial", "part", {"to": str(target)})
        assert target.read_text() == "kept"

    def test_printing_does_not_spoil_the_answer(self, bundled: Path, home: Path) -> None:
        code = "print('noise')\ndef run(document):\n    print('more')\n    return {'n': 1}\n"
        assert registry_with(bundled, home, code).run("trial", "part", {}) == {"n": 1}

    def test_unknown_plugin_and_part_are_told(self, bundled: Path, home: Path) -> None:
        registry = registry_with(bundled, home, RAISES)
        with pytest.raises(PluginError, match="no plug-in named nobody"):
            registry.run("nobody", "part", {})
        with pytest.raises(PluginError, match="no part named other"):
            registry.run("trial", "other", {})


class TestLesionBurden:
    def section(self, home: Path, count: int) -> dict[str, object]:
        registry = PluginRegistry(plugins_folder(), home)
        case = cases.many_lesions_case(count) if count else cases.studied_case()
        return registry.run("lesion-burden", "by-region", encode_case(case))

    def test_lesions_are_counted_by_region(self, home: Path) -> None:
        assert self.section(home, 17) == {
            "heading": "Lesions by region",
            "paragraphs": ["17 lesions marked."],
            "rows": [
                ["Thoracic", "12 lesions, longest 19.0 mm"],
                ["Lumbar", "5 lesions, longest 19.0 mm"],
            ],
        }

    def test_no_lesion_is_said(self, home: Path) -> None:
        assert self.section(home, 0)["paragraphs"] == ["No lesion is marked."]

    def test_lesion_without_a_level_is_no_other_region(self, home: Path) -> None:
        case = cases.one_lesion_case()
        case = replace(case, lesions=(replace(case.lesions[0], levels=()),))
        registry = PluginRegistry(plugins_folder(), home)
        found = registry.run("lesion-burden", "by-region", encode_case(case))
        assert found["rows"] == [["No level", "1 lesion, longest 19.0 mm"]]
        values = registry.run("lesion-burden", "counts", encode_case(case))["values"]
        assert values[1] == {"label": "Levels with a lesion", "value": 0, "unit": ""}


class TestCommand:
    def run(self, home: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
        code = main(["--store", str(home), "plugins", *words])
        out, err = capsys.readouterr()
        return code, out + err

    def test_list_shows_origin_and_hash(
        self, home: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        make(home / "plugins" / "trial")
        code, text = self.run(home, capsys, "--json")
        assert code == 0
        found = {item["id"]: item for item in json.loads(text)["plugins"]}
        assert found["lesion-burden"]["origin"] == "bundled"
        assert len(found["lesion-burden"]["sha256"]) == 64
        assert found["trial"]["runs"] is False
        _, text = self.run(home, capsys)
        assert "trial 0.1  not trusted  " in text

    def test_trusting_is_logged(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        make(home / "plugins" / "trial")
        assert self.run(home, capsys, "trust", "trial")[1].endswith("  runs\n")
        assert "trial 0.1  trusted  " in self.run(home, capsys)[1]
        store = CaseStore.open(home)
        event = store.audit.entries()[-1]
        assert (event.action, event.detail[:13]) == ("plug-in trusted", "trial sha256 ")
        store.create(cases.one_lesion_case())
        store.close()
        code, text = self.run(home, capsys, "run", "trial", "part", "case-1")
        assert code == 0
        assert json.loads(text)["seen"]["format"] == "batson-case"
        assert self.run(home, capsys, "trust", "nobody")[0] == 3
