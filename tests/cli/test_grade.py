"""``batson grade``: text and JSON, files and standard input, exit codes, one-line refusals."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from workstation.__main__ import main

VECTORS = json.loads(
    (Path(__file__).parents[1] / "domain" / "vectors.json").read_text(encoding="utf-8")
)
CASES = {case["id"]: case for case in VECTORS["cases"]}
EDGES = {case["id"]: case for case in VECTORS["sins_edge"]}
LETTERS = {"N": "HIGH", "O": "RESISTANT", "M": "UNSTABLE", "S": "ABLE", "prior_rt": False}


@pytest.fixture
def grade(tmp_path, capsys):
    """Run the command on a document; gives the exit code, standard output and error."""

    def run(scale, document, *options):
        path = tmp_path / "answers.json"
        text = document if isinstance(document, str) else json.dumps(document)
        path.write_text(text, encoding="utf-8")
        code = main(["grade", scale, str(path), *options])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.mark.parametrize("name", list(CASES))
def test_every_scale_of_a_worked_case(grade, name):
    case = CASES[name]
    code, out, _ = grade("sins", case["raw"], "--json")
    assert (code, json.loads(out)["category"]) == (0, case["category"])
    code, out, _ = grade("escc", {"answers": case["escc_answers"]}, "--json")
    assert (code, json.loads(out)["grade"]) == (0, case["escc"])
    code, out, _ = grade("noms", case["noms_in"], "--json")
    decision = json.loads(out)["decision"]
    assert (code, decision) == (0, None if isinstance(case["noms"], dict) else case["noms"])
    for scale, key in (("tokuhashi",) * 2, ("tomita",) * 2, ("bauer", "mbauer"), ("nesms",) * 2):
        code, out, _ = grade(scale, case["systemic"], "--json")
        assert (code, json.loads(out)["total"]) == (0, case[key])


def test_standard_input(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(CASES["A"]["raw"])))
    assert main(["grade", "sins", "-", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["total"] == 14


def test_file_with_a_byte_order_mark(grade):
    code, _, _ = grade("sins", "\ufeff" + json.dumps(CASES["A"]["raw"]))
    assert code == 0


def test_sins_as_text(grade):
    code, out, err = grade("sins", CASES["A"]["raw"])
    assert code == 0
    assert err == ""
    assert out.splitlines() == [
        "T12: SINS 14 / 18, unstable",
        "  location        junctional      3",
        "  pain            mechanical      3",
        "  bone lesion     lytic           2",
        "  alignment       deformity       2",
        "  collapse        gt50            3",
        "  posterolateral  unilateral      1",
        "  Surgical consultation recommended",
        "  Collapse with >50 % of the body involved: only the collapse counts.",
    ]


def test_incomplete_sins_as_text(grade):
    _, out, _ = grade("sins", EDGES["E10"]["raw"])
    assert out.startswith("T5: SINS 5-8 / 18, incomplete, stable or potentially unstable\n")
    assert "  pain            unknown         0-3\n" in out


def test_sins_of_several_levels_as_text(grade):
    _, out, _ = grade("sins", EDGES["E08"]["raw"])
    assert "S1: SINS 5 / 18, stable" in out
    assert "S2: SINS 2 / 18, stable" in out
    assert "Index level: S1" in out
    assert "never added" in out


def test_refused_sins_prints_why_and_exits_with_three(grade):
    code, out, err = grade("sins", CASES["A"]["raw"] | {"levels": ["Co"]})
    assert code == 3
    assert out.startswith("Co: SINS not computed. The coccyx is not covered by SINS.")
    assert err.count("\n") == 1
    assert "The coccyx is not covered by SINS." in err


def test_refused_sins_as_json_has_no_total(grade):
    code, out, _ = grade("sins", CASES["A"]["raw"] | {"instrumented": True}, "--json")
    assert code == 3
    assert json.loads(out)["total"] is None


def test_partly_refused_sins_exits_with_four(grade):
    code, out, err = grade("sins", CASES["A"]["raw"] | {"levels": ["S5", "Co"]}, "--json")
    assert code == 4
    assert err == ""
    document = json.loads(out)
    assert document["levels"]["S5"]["total"] is not None
    assert document["levels"]["Co"]["refused"]


def test_no_index_level_as_text(grade):
    raw = CASES["A"]["raw"] | {"levels": ["T5", "T9"], "instrumented": True}
    code, out, _ = grade("sins", raw)
    assert code == 3
    assert "Index level: none" in out


@pytest.mark.parametrize(
    ("document", "line"),
    [
        ({"answers": ["y"] * 5}, "ESCC 2, high-grade (noms convention)"),
        ({"answers": ["y", "y", "n"]}, "ESCC 1b, low-grade (noms convention)"),
        (
            {"answers": ["y", "y", "y", "n"], "convention": "reference_site"},
            "ESCC 1c, high or low not decided (reference site convention)",
        ),
        ({"answers": ["y"] * 4}, "ESCC incomplete: 2, 3 possible, high-grade"),
        (
            {"answers": ["y", "y"]},
            "ESCC incomplete: 1b, 1c, 2, 3 possible, high or low not decided",
        ),
    ],
)
def test_escc_as_text(grade, document, line):
    code, out, _ = grade("escc", document)
    assert code == 0
    assert out.splitlines()[0] == line


def test_escc_below_the_conus_exits_with_three(grade):
    document = {"answers": ["y", "y", "n"], "level": "L3", "conus": "L1"}
    code, out, err = grade("escc", document)
    assert code == 3
    assert out.splitlines()[0] == "ESCC not applicable"
    assert "L3 is below the conus" in err


def test_noms_as_text(grade):
    _, out, _ = grade("noms", LETTERS)
    assert out.splitlines() == [
        "NOMS framework suggests decompression + stabilization, then SRS; "
        "multidisciplinary review required.",
        "  Published row P9 (row 15 of 16)",
    ]


def test_undecided_noms_as_text(grade):
    _, out, _ = grade("noms", LETTERS | {"O": "SENSITIVE", "M": "INDETERMINATE"})
    lines = out.splitlines()
    assert "  M=STABLE: CEBRT" in lines
    assert "  M=UNSTABLE: STAB_CEBRT" in lines
    assert "  Missing: M" in lines


def test_noms_with_a_flag_and_an_unneeded_letter_as_text(grade):
    _, out, _ = grade("noms", LETTERS | {"N": "LOW", "S": None})
    assert "  Published row P4\n" in out
    assert "  Flags: LIMITED_STAB_IF_UNABLE\n" in out


def test_survival_as_text(grade):
    _, out, _ = grade("tokuhashi", CASES["A"]["systemic"])
    assert out.splitlines()[:2] == [
        "Revised Tokuhashi: 5",
        "  < 6 months; conservative or palliative surgery",
    ]


def test_incomplete_survival_prints_incomplete(grade):
    _, out, _ = grade("nesms", CASES["A"]["systemic"] | {"albumin": None})
    assert out.startswith("NESMS: 0-1, incomplete\n")
    assert "  Missing: albumin\n" in out


def test_survival_not_designed_for_the_histology(grade):
    _, out, _ = grade("tomita", CASES["A"]["systemic"] | {"primary": "myeloma"})
    assert out.startswith("Tomita: not designed for this histology\n")


@pytest.mark.parametrize(
    ("scale", "document", "named"),
    [
        ("sins", CASES["A"]["raw"] | {"pain": "severe"}, "pain"),
        ("sins", CASES["A"]["raw"] | {"height_loss_pct": True}, "height_loss_pct"),
        ("sins", {"levels": ["T12"]}, "pain"),
        ("escc", {"answers": ["n", "y"]}, "answers"),
        ("escc", {"answers": ["y"], "grades": "2"}, "grades"),
        ("noms", {"N": "LOW", "O": "SENSITIVE", "M": "STABLE"}, "S"),
        ("noms", LETTERS | {"escc": "4"}, "escc"),
        ("tokuhashi", {"kps": 75}, "kps"),
        ("tomita", {"growth": "quick"}, "growth"),
        ("bauer", {"primary": 3}, "primary"),
        ("nesms", {"albumin": "low"}, "albumin"),
    ],
)
@pytest.mark.parametrize("options", [(), ("--json",)])
def test_wrong_document_exits_with_three_and_one_line_that_names_the_field(
    grade, scale, document, named, options
):
    code, out, err = grade(scale, document, *options)
    assert code == 3
    assert out == ""
    assert err.count("\n") == 1
    assert f"{named}: " in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "text", ["", "not json", "[1, 2]", "{", '{"pain": NaN}', "null", '"T12"', "[" * 50_000]
)
def test_text_that_is_no_document_exits_with_three(grade, text):
    code, out, err = grade("sins", text)
    assert (code, out) == (3, "")
    assert err.count("\n") == 1


def test_file_that_is_not_there(capsys, tmp_path):
    assert main(["grade", "sins", str(tmp_path / "absent.json")]) == 3
    err = capsys.readouterr().err
    assert "cannot be read: No such file or directory" in err
    assert err.count("\n") == 1


def test_folder_instead_of_a_file(capsys, tmp_path):
    assert main(["grade", "sins", str(tmp_path)]) == 3
    assert "cannot be read" in capsys.readouterr().err


def test_name_that_no_file_can_have(capsys):
    assert main(["grade", "sins", "a\0b"]) == 3
    assert "cannot be read: no such name" in capsys.readouterr().err


def test_file_that_is_not_text(capsys, tmp_path):
    path = tmp_path / "image.dcm"
    path.write_bytes(b"\xff\xfe\x00\x80")
    assert main(["grade", "sins", str(path)]) == 3
    assert "not UTF-8 text" in capsys.readouterr().err


def test_unknown_scale_is_wrong_usage(capsys, tmp_path):
    assert main(["grade", "genant", str(tmp_path / "a.json")]) == 2
    assert "genant" in capsys.readouterr().err
