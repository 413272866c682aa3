"""``--store`` before, between and after the words of a command, and what each case action says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support import cases
from workstation.__main__ import main, store_first
from workstation.storage.case_store import CaseStore


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    store = CaseStore.open(folder)
    store.create(cases.one_lesion_case())
    store.close()
    return folder


READING = [
    ["case", "list"],
    ["case", "show", "case-1"],
    ["case", "show", "case-1", "--history"],
    ["case", "verify"],
    ["case", "verify", "case-1"],
    ["case", "audit"],
    ["case", "audit", "case-1"],
    ["case", "agreement"],
]


@pytest.mark.parametrize("words", READING, ids=" ".join)
@pytest.mark.parametrize("joined", [False, True], ids=["apart", "joined"])
def test_the_store_may_stand_at_any_place(words, joined, home, capsys) -> None:
    option = [f"--store={home}"] if joined else ["--store", str(home)]
    for place in range(len(words) + 1):
        arguments = [*words[:place], *option, *words[place:]]
        code = main(arguments)
        out, err = capsys.readouterr()
        assert code == 0, (arguments, err)
        assert out
        assert err == ""


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_json_is_one_document_on_standard_output(words, home, capsys) -> None:
    assert main(["--store", str(home), *words, "--json"]) == 0
    out, err = capsys.readouterr()
    assert isinstance(json.loads(out), dict)
    assert err == ""


NAMELESS = [words for words in READING if words[1] != "show" or "--history" in words]


@pytest.mark.parametrize("words", NAMELESS, ids=" ".join)
def test_no_name_of_the_patient_is_printed_in_a_list(words, home, capsys) -> None:
    assert main(["--store", str(home), *words]) == 0
    out, _ = capsys.readouterr()
    assert "EXAMPLE" not in out
    assert "DEMO-004217" not in out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], []),
        (["case", "list"], ["case", "list"]),
        (["--store", "a", "case"], ["--store", "a", "case"]),
        (["case", "--store", "a", "list"], ["--store", "a", "case", "list"]),
        (["case", "list", "--store=a"], ["--store=a", "case", "list"]),
        (["--store", "a", "case", "--store", "b"], ["--store", "b", "case"]),
        (["case", "--stores", "a"], ["case", "--stores", "a"]),
    ],
)
def test_the_store_goes_first_and_the_last_one_counts(words, expected) -> None:
    assert store_first(words) == expected


MISSING = [
    ["show", "case-2"],
    ["show", "case-2", "--history"],
    ["verify", "case-2"],
    ["audit", "case-2"],
    ["export", "case-2", "x.batsoncase"],
    ["export", "case-2", "x.batsoncase", "--without-identity"],
    ["apply", "case-2", "-"],
]


@pytest.mark.parametrize("words", MISSING, ids=" ".join)
def test_a_case_that_is_not_there_is_one_sentence_and_3(words, home, capsys, tmp_path) -> None:
    arguments = [str(tmp_path / word) if word.endswith("batsoncase") else word for word in words]
    assert main(["--store", str(home), "case", *arguments]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "There is no such case in the store.\n"
    assert not (tmp_path / "x.batsoncase").exists()


WRONG = [
    [],
    ["delete", "case-1"],
    ["list", "extra"],
    ["show"],
    ["export", "case-1"],
    ["import"],
    ["backup"],
    ["restore"],
    ["apply", "case-1"],
    ["audit", "--csv", "--xml"],
    ["audit", "--csv", "--json"],
    ["list", "--csv"],
]


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_wrong_usage_is_2_and_touches_nothing(words, home, capsys) -> None:
    before = {path.name: path.read_bytes() for path in home.iterdir() if path.is_file()}
    assert main(["--store", str(home), "case", *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "usage: batson" in err
    after = {path.name: path.read_bytes() for path in home.iterdir() if path.is_file()}
    assert after == before


@pytest.mark.parametrize("action", ["import", "restore"])
@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\0" * 2000, b"PK\x03\x04", b"SQLite format 3\0"]
)
def test_a_file_that_is_something_else_is_refused(action, content, home, capsys, tmp_path) -> None:
    path = tmp_path / "some.file"
    path.write_bytes(content)
    assert main(["--store", str(home), "case", action, str(path)]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert str(tmp_path) not in err
    assert main(["--store", str(home), "case", "list"]) == 0
    assert "case-1" in capsys.readouterr().out


@pytest.mark.parametrize("action", ["import", "restore"])
def test_a_file_that_is_not_there_is_refused(action, home, capsys, tmp_path) -> None:
    assert main(["--store", str(home), "case", action, str(tmp_path / "none")]) == 3
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)


@pytest.mark.parametrize("place", ["missing/x", "."])
@pytest.mark.parametrize("words", [["export", "case-1"], ["backup"]], ids=" ".join)
def test_a_place_that_cannot_be_written_is_refused(words, place, home, capsys, tmp_path) -> None:
    assert main(["--store", str(home), "case", *words, str(tmp_path / place)]) == 3
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
