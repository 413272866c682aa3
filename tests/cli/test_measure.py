import io
import json

import pytest

from tests.support.phantom import LEFT, Phantom, write_phantom
from workstation.__main__ import main

DISTANCE = {"kind": "distance", "points": [[0, 0, 0], [3, 4, 12]]}
SPHERE = {"kind": "sphere", "centre": list(LEFT.center), "radius": 6}


@pytest.fixture
def folder(tmp_path):
    write_phantom(tmp_path / "series", Phantom())
    return tmp_path / "series"


@pytest.fixture
def measured(folder, tmp_path, capsys):
    def run(documents, *more):
        path = tmp_path / "documents.json"
        path.write_text(documents if isinstance(documents, str) else json.dumps(documents))
        code = main(["measure", str(folder), str(path), "--series", Phantom().series_uid, *more])
        return code, capsys.readouterr()

    return run


def test_list_of_documents(measured):
    code, captured = measured([DISTANCE, SPHERE], "--json")
    answers = json.loads(captured.out)
    assert code == 0
    assert [answer["value"] for answer in answers] == [13.0, 1000.0]
    assert [answer["unit"] for answer in answers] == ["mm", "HU"]


def test_single_document(measured):
    _, captured = measured(DISTANCE, "--json")
    assert len(json.loads(captured.out)) == 1


def test_refusal_is_an_answer_and_exits_with_4(measured):
    code, captured = measured([DISTANCE, {**SPHERE, "centre": [900, 0, 0]}], "--json")
    assert code == 4
    assert "outside" in json.loads(captured.out)[1]["refused"]


def test_text_for_people(measured):
    _, captured = measured([DISTANCE, SPHERE, {**SPHERE, "centre": [900, 0, 0]}])
    first, second, third = captured.out.splitlines()
    assert first == "distance: 13 mm"
    assert second.startswith("sphere: 1000 HU (SD 0, 1000 to 1000, ")
    assert third.startswith("sphere: refused: ")


@pytest.mark.parametrize(
    ("documents", "words"),
    [
        ("{", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ([{"kind": "length"}], "kind must be one of"),
        ([{**SPHERE, "radius": None}], "radius must be a number"),
    ],
)
def test_wrong_documents_exit_with_3_and_one_line(measured, documents, words):
    code, captured = measured(documents)
    assert code == 3
    assert words in captured.err
    assert captured.err.count("\n") == 1


def test_missing_document_file(folder, capsys):
    arguments = [str(folder), "/nowhere.json", "--series", Phantom().series_uid]
    assert main(["measure", *arguments]) == 3
    assert "cannot be read" in capsys.readouterr().err


def test_standard_input(folder, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(SPHERE)))
    assert main(["measure", str(folder), "-", "--series", Phantom().series_uid, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["max"] == 1000.0
