"""``batson case``: what it prints, its exit codes, and that "saved" means saved."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support import cases
from workstation.__main__ import main
from workstation.domain.answers import UNKNOWN
from workstation.domain.case import ReportText
from workstation.domain.changes import apply
from workstation.domain.commands import SetText, Sign
from workstation.domain.spine import VertebralLevel
from workstation.storage.case_codec import decode_case, encode_case, encode_command
from workstation.storage.case_store import CaseStore

ROOT = Path(__file__).parents[2]


class Shell:
    """Runs ``batson --store HOME case ...`` in this process."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home = home
        self._capsys = capsys

    def __call__(self, *words: object, code: int = 0) -> tuple[str, str]:
        found = main(["--store", str(self.home), "case", *map(str, words)])
        out, err = self._capsys.readouterr()
        assert found == code, err
        assert "Traceback" not in err
        return out, err

    def json(self, *words: object, code: int = 0) -> Any:
        return json.loads(self(*words, "--json", code=code)[0])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    store = CaseStore.open(folder)
    store.create(cases.one_lesion_case())
    store.close()
    return folder


@pytest.fixture
def batson(home: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(home, capsys)


def commands_file(tmp_path: Path, *documents: Any) -> Path:
    path = tmp_path / "commands.jsonl"
    lines = [item if isinstance(item, str) else json.dumps(item) for item in documents]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


T12 = {"command": "SetConus", "conus": "T12"}
NOT_KNOWN = {"command": "SetConus", "conus": "unknown"}


class TestListAndShow:
    def test_list_in_words_and_as_json(self, batson: Shell) -> None:
        out, _ = batson("list")
        assert out.startswith("case-1  draft v1  ")
        assert "T12" in out
        assert "EXAMPLE" not in out
        (row,) = batson.json("list")["cases"]
        assert (row["case_id"], row["levels"], row["change_count"]) == ("case-1", ["T12"], 0)

    def test_empty_store(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        empty = Shell(tmp_path / "new", capsys)
        assert empty("list")[0] == "No cases.\n"
        assert empty.json("list") == {"cases": []}

    def test_show_is_the_case(self, batson: Shell) -> None:
        assert decode_case(batson.json("show", "case-1")) == cases.one_lesion_case()
        out, _ = batson("show", "case-1")
        assert json.loads(out) == encode_case(cases.one_lesion_case())

    def test_show_history(self, batson: Shell, tmp_path: Path) -> None:
        batson("apply", "case-1", commands_file(tmp_path, T12), "--author", "R. Reader")
        out, _ = batson("show", "case-1", "--history")
        assert [line.split("  ")[-1] for line in out.splitlines()] == ["New case", "Conus level"]
        second = batson.json("show", "case-1", "--history")["history"][1]
        assert (second["author"], second["sequence"]) == ("R. Reader", 2)

    def test_case_that_is_not_there_exits_3_with_one_line(self, batson: Shell) -> None:
        for words in (("show", "x"), ("verify", "x"), ("apply", "x", "-"), ("export", "x", "y")):
            out, err = batson(*words, code=3)
            assert out == ""
            assert err == "There is no such case in the store.\n"

    @pytest.mark.parametrize("words", [[], ["explode"], ["show"], ["apply", "case-1"]])
    def test_wrong_usage_exits_2(self, batson: Shell, words: list[str]) -> None:
        batson(*words, code=2)


class TestApply:
    def test_saved_lines_count_the_commands(self, batson: Shell, tmp_path: Path) -> None:
        path = commands_file(tmp_path, T12, "", NOT_KNOWN)
        out, err = batson("apply", "case-1", path)
        assert out == "saved 1\nsaved 2\n"
        assert err == ""
        assert decode_case(batson.json("show", "case-1")).conus is UNKNOWN

    def test_standard_input(self, batson: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(T12)))
        assert batson("apply", "case-1", "-")[0] == "saved 1\n"

    def test_undo_and_redo_are_lines_too(self, batson: Shell, tmp_path: Path) -> None:
        lines = [T12, NOT_KNOWN, {"command": "Undo"}, {"command": "Undo"}, {"command": "Redo"}]
        batson("apply", "case-1", commands_file(tmp_path, *lines))
        assert decode_case(batson.json("show", "case-1")).conus is VertebralLevel.T12

    def test_json_keeps_the_document_alone_on_standard_output(
        self, batson: Shell, tmp_path: Path
    ) -> None:
        out, err = batson("apply", "case-1", commands_file(tmp_path, T12), "--json")
        assert json.loads(out) == {"case": "case-1", "saved": 1, "refused": []}
        assert err == "saved 1\n"

    @pytest.mark.parametrize(
        ("line", "message"),
        [
            ("{", "document: is not a JSON document."),
            ("[]", "document: needs an object with a command."),
            ({"command": "Explode"}, "command: is not one Batson knows."),
            ({"command": "SetConus", "conus": "L9"}, "conus: is not one of C0, C1, C2"),
            ({"command": "SetConus", "conus": "L1", "x": 1}, "x: is not a field here."),
            ({"command": "RemoveLesion", "id": "b"}, "This lesion is no longer in the case."),
            ({"command": "Redo"}, "Nothing to redo."),
        ],
    )
    def test_refused_line_is_named(
        self, batson: Shell, tmp_path: Path, line: Any, message: str
    ) -> None:
        out, err = batson("apply", "case-1", commands_file(tmp_path, line), code=3)
        assert out == ""
        assert err.startswith(f"line 1: {message}")
        assert err.count("\n") == 1

    def test_refusal_after_a_saved_line_exits_4_and_stops(
        self, batson: Shell, tmp_path: Path
    ) -> None:
        path = commands_file(tmp_path, T12, {"command": "Redo"}, NOT_KNOWN)
        out, err = batson("apply", "case-1", path, code=4)
        assert out == "saved 1\n"
        assert err == "line 2: Nothing to redo.\n"
        assert decode_case(batson.json("show", "case-1")).conus is VertebralLevel.T12
        document = batson.json("apply", "case-1", path, code=4)
        assert document["saved"] == 1
        assert document["refused"] == [{"reason": "line 2: Nothing to redo.", "code": "end"}]

    def test_signed_case_is_not_changed(self, batson: Shell, tmp_path: Path) -> None:
        sign = encode_command(Sign(signature=cases.reader_signature()))
        path = commands_file(tmp_path, sign, T12, {"command": "Undo"})
        _, err = batson("apply", "case-1", path, code=4)
        assert err.startswith("line 2: Version 1 is signed and does not change.")

    def test_new_case_is_begun_when_asked(self, batson: Shell, tmp_path: Path) -> None:
        path = commands_file(tmp_path, T12)
        assert batson("apply", "--new", "fresh", path)[0] == "saved 1\n"
        assert batson("apply", "--new", "fresh", commands_file(tmp_path, NOT_KNOWN))[0]
        assert decode_case(batson.json("show", "fresh")).conus is UNKNOWN
        case_id = batson("new")[0].strip()
        assert decode_case(batson.json("show", case_id)).id == case_id

    @pytest.mark.parametrize("name", ["", " ", "x" * 65, "a\nb"])
    def test_new_case_needs_a_sane_id(self, batson: Shell, tmp_path: Path, name: str) -> None:
        batson("apply", "--new", name, commands_file(tmp_path, T12), code=3)

    def test_file_that_is_missing_or_no_text(self, batson: Shell, tmp_path: Path) -> None:
        _, err = batson("apply", "case-1", tmp_path / "nothing", code=3)
        assert err == "nothing cannot be read.\n"
        path = tmp_path / "binary"
        path.write_bytes(b"\xff\xfe\x00")
        _, err = batson("apply", "case-1", path, code=3)
        assert err == "line 1: is not UTF-8.\n"

    def test_endless_line_is_refused(
        self, batson: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("workstation.cli.case._LINE_LIMIT", 100)
        _, err = batson("apply", "case-1", commands_file(tmp_path, "x" * 500), code=3)
        assert err == "line 1: is too long.\n"


class TestFiles:
    def test_export_import_backup_verify(self, batson: Shell, home: Path, tmp_path: Path) -> None:
        path = tmp_path / "one.batsoncase"
        batson("apply", "case-1", commands_file(tmp_path, T12))
        assert batson.json("export", "case-1", path) == {"case": "case-1", "file": str(path)}
        other = Shell(tmp_path / "other", batson._capsys)
        assert other("import", path)[0] == "Imported case-1\n"
        assert other.json("show", "case-1") == batson.json("show", "case-1")
        assert other.json("verify") == {
            "whole": True,
            "cases": [{"case": "case-1", "problems": []}],
        }
        _, err = other("import", path, code=3)
        assert err == "This case is already in the store.\n"
        batson("backup", tmp_path / "copy.sqlite3")
        assert (tmp_path / "copy.sqlite3").stat().st_size > 0
        _, err = batson("backup", tmp_path / "copy.sqlite3", code=3)
        assert err == "copy.sqlite3 exists already. Choose another name.\n"

    def test_import_of_something_else_is_refused(self, batson: Shell, tmp_path: Path) -> None:
        path = tmp_path / "x.batsoncase"
        path.write_text("hello")
        _, err = batson("import", path, code=3)
        assert err == "x.batsoncase is not a Batson case, or is damaged.\n"

    def test_verify_names_what_is_wrong(self, batson: Shell, home: Path) -> None:
        assert batson("verify")[0] == "1 whole\n"
        store = CaseStore.open(home)
        store._connection.execute("UPDATE cases SET summary = '{}'")
        store.close()
        out, err = batson("verify", "case-1", code=3)
        assert out == "case-1: The list of cases does not agree with the case.\n"
        assert err == "The store is not whole.\n"
        assert batson.json("verify", code=3)["whole"] is False

    def test_damaged_store_is_told(self, batson: Shell, home: Path) -> None:
        (home / "cases.sqlite3").write_bytes(b"no database" * 100)
        out, err = batson("list")
        assert out == "No cases.\n"
        assert err.startswith("The case store was damaged. It is kept as cases-damaged-")

    def test_store_that_is_open_elsewhere_can_be_read(self, batson: Shell, home: Path) -> None:
        store = CaseStore.open(home)
        assert "case-1" in batson("list")[0]
        _, err = batson("new", code=3)
        assert err.startswith("These cases are open in process")
        store.close()


def started(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "workstation", "--store", str(home), "case", "apply", "case-1", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )


@pytest.mark.parametrize("count", [1, 5])
def test_kill_right_after_saved_loses_nothing(home: Path, count: int) -> None:
    child = started(home)
    for number in range(1, count + 1):
        command = SetText(text=ReportText(limits=f"change {number}"))
        child.stdin.write(json.dumps(encode_command(command)) + "\n")
        child.stdin.flush()
        assert child.stdout.readline() == f"saved {number}\n"
    child.kill()
    child.wait()
    child.stdin.close()
    child.stdout.close()
    store = CaseStore.open(home)
    assert store.load("case-1").case.text.limits == f"change {count}"
    assert len(store.history("case-1")) == count + 1
    assert store.verify("case-1") == ()
    for _ in range(count):
        base = store.undo("case-1")
    assert base == cases.one_lesion_case()
    store.close()


def test_apply_is_the_same_as_the_rules(batson: Shell, tmp_path: Path) -> None:
    expected = cases.one_lesion_case()
    documents = []
    for number in range(4):
        command = SetText(text=ReportText(technique=f"{number}"))
        expected = apply(expected, command)
        documents.append(encode_command(command))
    batson("apply", "case-1", commands_file(tmp_path, *documents))
    assert decode_case(batson.json("show", "case-1")) == expected
