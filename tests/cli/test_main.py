"""``batson`` itself: which command runs, what it imports, how it fails."""

from __future__ import annotations

import subprocess
import sys

import pytest

import workstation
from workstation import __main__ as program
from workstation.base.errors import InputRefusedError, StoreError, UsageError

HEAVY = ("PySide6", "vtkmodules", "pydicom", "SimpleITK", "numpy")


def imported_after(*words: str) -> set[str]:
    code = (
        "import sys\n"
        "from workstation.__main__ import main\n"
        f"main({list(words)!r})\n"
        f"print('IMPORTED', *[name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    (line,) = [row for row in answer.stdout.splitlines() if row.startswith("IMPORTED")]
    return set(line.split()[1:])


def test_grading_needs_neither_qt_nor_images():
    assert imported_after("grade", "--help") == set()


def test_help_needs_nothing_at_all():
    assert imported_after("--help") == set()


def test_inspecting_needs_no_window():
    assert "PySide6" not in imported_after("inspect", "--help")


def test_the_version_is_printed(capsys):
    assert program.main(["--version"]) == 0
    assert capsys.readouterr().out.strip() == f"batson {workstation.__version__}"


def test_every_command_is_named_in_the_help(capsys):
    assert program.main(["--help"]) == 0
    words = capsys.readouterr().out
    assert all(f"{name}:" in words for name in program.COMMANDS)


@pytest.mark.parametrize("command", sorted(program.COMMANDS))
def test_every_command_has_a_module(command):
    module = program._command_module(command)
    assert callable(module.add_parser)


def test_an_unknown_option_is_wrong_usage(capsys):
    assert program.main(["doctor", "--wrong"]) == 2
    assert "--wrong" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["inspect", "a", "--store", "d"], ["--store", "d", "inspect", "a"]),
        (["--store", "d", "inspect"], ["--store", "d", "inspect"]),
        (["inspect", "--store=d"], ["--store=d", "inspect"]),
        (["folder"], ["folder"]),
    ],
)
def test_the_store_may_stand_anywhere(words, expected):
    assert program.store_first(words) == expected


@pytest.mark.parametrize("words", [["inspect", "--store"], ["demo", "--store"], ["--store"]])
def test_a_store_without_its_folder_is_wrong_usage(words, capsys):
    assert program.main(words) == 2
    assert capsys.readouterr().err == "--store needs a folder.\n"


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (["grade", "sins"], "grade"),
        (["--store", "grade", "inspect"], "inspect"),
        (["some/folder"], None),
        (["--version"], None),
        ([], None),
    ],
)
def test_the_command_is_the_first_word(words, command):
    assert program._command(words) == command


class Answer:
    """A command that ends as it is told."""

    def __init__(self, ending: BaseException | int) -> None:
        self.ending = ending

    def add_parser(self, subparsers) -> None:
        subparsers.add_parser("doctor").set_defaults(run=self.run)

    def run(self, args) -> int:
        if isinstance(self.ending, BaseException):
            raise self.ending
        return self.ending


@pytest.mark.parametrize(
    ("ending", "code", "line"),
    [
        (4, 4, ""),
        (UsageError("No such series."), 2, "No such series."),
        (InputRefusedError("It is damaged."), 3, "It is damaged."),
        (StoreError("The store is\nbroken."), 3, "The store is"),
        (KeyboardInterrupt(), 1, "Interrupted."),
        (ZeroDivisionError("secret"), 1, "ZeroDivisionError"),
    ],
)
def test_errors_become_one_line_and_an_exit_code(monkeypatch, capsys, ending, code, line):
    monkeypatch.setattr(program, "_command_module", lambda command: Answer(ending))
    assert program.main(["doctor"]) == code
    err = capsys.readouterr().err
    assert line in err
    assert err.count("\n") == (1 if line else 0)
    assert "Traceback" not in err
    assert "secret" not in err


def test_a_path_that_is_not_there_is_refused(capsys):
    assert program.main(["/no/such/folder"]) == 3
    assert "does not exist" in capsys.readouterr().err


def test_a_missing_command_module_is_said_plainly(monkeypatch, capsys):
    monkeypatch.setitem(program.COMMANDS, "vanish", "gone")
    assert program.main(["vanish"]) == 2
    assert "not part of this installation" in capsys.readouterr().err
