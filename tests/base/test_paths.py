import os
import stat
from pathlib import Path

import pytest

from workstation.base import paths
from workstation.base.errors import StoreError, WorkstationError
from workstation.base.paths import (
    default_store,
    plugins_folder,
    private_folder,
    resource_path,
    store_folder,
)

HOME = Path("/home/reader")


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _no_home() -> Path:
    raise RuntimeError("no home")


class TestShippedFiles:
    def test_a_resource_of_the_checkout_is_found(self) -> None:
        assert resource_path("theme", "tokens.json").is_file()

    def test_no_names_give_the_folder(self) -> None:
        assert resource_path().name == "resources"

    def test_the_plugins_lie_beside_the_resources_in_a_checkout(self) -> None:
        assert plugins_folder() == resource_path().parent / "plugins"

    def test_the_wheel_is_looked_at_before_the_checkout(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        package = tmp_path / "workstation"
        (package / "_data" / "resources").mkdir(parents=True)
        (tmp_path / "resources").mkdir()
        monkeypatch.setattr(paths, "_PACKAGE", package)
        assert resource_path("a.svg") == package / "_data" / "resources" / "a.svg"

    def test_a_broken_installation_is_told_in_words(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(paths, "_PACKAGE", tmp_path / "workstation")
        with pytest.raises(WorkstationError, match="install it again") as caught:
            plugins_folder()
        assert caught.value.code == "installation"

    @pytest.mark.parametrize("parts", [("..", "pyproject.toml"), ("icons", "..", "..", "x")])
    def test_nothing_above_the_resources_is_given(self, parts: tuple[str, ...]) -> None:
        with pytest.raises(WorkstationError) as caught:
            resource_path(*parts)
        assert caught.value.code == "resource"

    def test_an_absolute_name_does_not_leave_the_resources(self) -> None:
        with pytest.raises(WorkstationError):
            resource_path("/etc/passwd")


class TestDefaultStore:
    @pytest.mark.parametrize(
        ("platform", "environment", "expected"),
        [
            ("linux", {}, HOME / ".local" / "share" / "batson"),
            ("linux", {"XDG_DATA_HOME": "/data/reader"}, Path("/data/reader/batson")),
            ("linux", {"XDG_DATA_HOME": "relative"}, HOME / ".local" / "share" / "batson"),
            ("linux", {"XDG_DATA_HOME": ""}, HOME / ".local" / "share" / "batson"),
            ("darwin", {}, HOME / "Library" / "Application Support" / "Batson"),
            ("win32", {"LOCALAPPDATA": "/local"}, Path("/local/Batson")),
            ("win32", {}, HOME / "AppData" / "Local" / "Batson"),
            ("linux", {"BATSON_HOME": "/b", "XDG_DATA_HOME": "/x"}, Path("/b")),
            ("darwin", {"BATSON_HOME": "/b"}, Path("/b")),
            ("linux", {"BATSON_HOME": ""}, HOME / ".local" / "share" / "batson"),
        ],
    )
    def test_platform_and_environment_decide(
        self, platform: str, environment: dict[str, str], expected: Path
    ) -> None:
        assert default_store(environment, platform, lambda: HOME) == expected

    def test_the_home_folder_is_not_asked_for_without_need(self) -> None:
        assert default_store({"BATSON_HOME": "/b"}, "linux", _no_home) == Path("/b")


class TestStoreFolder:
    def test_the_named_folder_wins_over_the_environment(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("BATSON_HOME", str(tmp_path / "environment"))
        assert store_folder(tmp_path / "named") == tmp_path / "named"
        assert not (tmp_path / "environment").exists()

    def test_the_environment_wins_over_the_platform(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("BATSON_HOME", str(tmp_path / "environment"))
        assert store_folder() == tmp_path / "environment"
        assert (tmp_path / "environment").is_dir()

    def test_a_relative_name_counts_from_here(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        assert store_folder("cases") == tmp_path / "cases"

    def test_a_tilde_is_the_home_folder(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HOME", str(tmp_path))
        assert store_folder("~/cases") == tmp_path / "cases"

    def test_a_user_without_a_home_is_told_what_to_do(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("BATSON_HOME", "XDG_DATA_HOME"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setattr(Path, "home", _no_home)
        with pytest.raises(StoreError, match="--store"):
            store_folder()


class TestPrivateFolder:
    def test_new_folders_are_for_the_owner_alone(self, tmp_path: Path) -> None:
        before = os.umask(0)
        try:
            private_folder(tmp_path / "a" / "b")
        finally:
            os.umask(before)
        assert _mode(tmp_path / "a") == _mode(tmp_path / "a" / "b") == 0o700

    def test_a_folder_that_was_there_is_left_as_it_was(self, tmp_path: Path) -> None:
        shared = tmp_path / "shared"
        shared.mkdir()
        shared.chmod(0o755)
        private_folder(shared)
        assert _mode(shared) == 0o755

    def test_a_file_in_its_place_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "taken").write_text("x")
        with pytest.raises(StoreError, match="cannot be used") as caught:
            private_folder(tmp_path / "taken")
        assert caught.value.code == "store-folder"
        assert (tmp_path / "taken").read_text() == "x"

    def test_a_file_above_it_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "taken").write_text("x")
        with pytest.raises(StoreError, match="BATSON_HOME"):
            private_folder(tmp_path / "taken" / "below")
