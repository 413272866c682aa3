"""``batson`` without a command, and ``batson demo``: what the words of the line become."""

from __future__ import annotations

import os
import stat

import pytest

import workstation
from workstation import __main__ as program
from workstation import bootstrap


@pytest.fixture
def started(monkeypatch):
    """What the window and the demo were started with; neither is really opened."""
    calls = []

    def window(store, paths):
        calls.append(("window", store, list(paths)))
        return 0

    def demo(store):
        calls.append(("demo", store))
        return 0

    monkeypatch.setattr(bootstrap, "run_window", window)
    monkeypatch.setattr(bootstrap, "run_demo", demo)
    return calls


@pytest.mark.parametrize(
    ("words", "store", "paths"),
    [
        ([], None, []),
        (["a"], None, ["a"]),
        (["a", "b c"], None, ["a", "b c"]),
        (["--store", "s"], "s", []),
        (["--store=s", "a"], "s", ["a"]),
        (["a", "--store", "s"], "s", ["a"]),
        (["--store", "grade", "a"], "grade", ["a"]),
        (["./grade"], None, ["./grade"]),
        (["--store", "one", "--store", "two"], "two", []),
    ],
)
def test_anything_that_is_no_command_opens_the_window(started, words, store, paths):
    assert program.main(words) == program.EXIT_DONE
    assert started == [("window", store, paths)]


@pytest.mark.parametrize(
    ("words", "store"),
    [
        (["demo"], None),
        (["demo", "--store", "s"], "s"),
        (["--store", "s", "demo"], "s"),
        (["--store=s", "demo"], "s"),
    ],
)
def test_the_demo_opens_in_its_window(started, words, store):
    assert program.main(words) == program.EXIT_DONE
    assert started == [("demo", store)]


@pytest.mark.parametrize(
    "words",
    [
        ["demo", "--headless"],
        ["demo", "--out", "OUT"],
        ["demo", "--headless", "--out", ""],
        ["demo", "--out"],
        ["demo", "--headless", "--wrong"],
        ["demo", "folder"],
        ["--store"],
        ["--wrong"],
        ["a", "--wrong"],
    ],
)
def test_wrong_usage_starts_and_writes_nothing(started, tmp_path, monkeypatch, capsys, words):
    monkeypatch.chdir(tmp_path)
    assert program.main(words) == program.EXIT_USAGE
    assert started == []
    assert list(tmp_path.iterdir()) == []
    assert capsys.readouterr().err.strip()


@pytest.mark.parametrize("words", [["--help"], ["demo", "--help"], ["--version"]])
def test_help_and_version_end_well_without_a_window(started, capsys, words):
    assert program.main(words) == program.EXIT_DONE
    assert started == []
    assert "batson" in capsys.readouterr().out


def test_the_version_is_the_one_of_the_package(capsys):
    program.main(["--version"])
    assert capsys.readouterr().out == f"batson {workstation.__version__}\n"


@pytest.mark.parametrize("before", [0o022, 0o002, 0o077])
def test_what_is_written_belongs_to_its_owner_alone(monkeypatch, tmp_path, before):
    written = tmp_path / "report.pdf"

    def window(store, paths):
        written.write_bytes(b"x")
        return 0

    monkeypatch.setattr(bootstrap, "run_window", window)
    kept = os.umask(before)
    try:
        program.main([])
        assert stat.S_IMODE(written.stat().st_mode) == 0o600
        assert os.umask(before) == before
    finally:
        os.umask(kept)


@pytest.mark.parametrize("code", [0, 1, 3, 4])
def test_the_window_gives_the_exit_code(monkeypatch, code):
    monkeypatch.setattr(bootstrap, "run_window", lambda store, paths: code)
    assert program.main([]) == code


@pytest.mark.parametrize(
    ("stop", "code"), [(SystemExit(0), 0), (SystemExit(5), 5), (SystemExit("no"), 2)]
)
def test_a_stop_becomes_an_exit_code(monkeypatch, stop, code):
    def window(store, paths):
        raise stop

    monkeypatch.setattr(bootstrap, "run_window", window)
    assert program.main([]) == code
