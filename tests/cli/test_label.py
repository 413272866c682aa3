"""``batson label``: proposed levels as text and JSON."""

from __future__ import annotations

import json

import numpy as np
import pytest

from workstation.__main__ import main
from workstation.base.errors import UsageError
from workstation.base.paths import resource_path
from workstation.cli.label import parse_click
from workstation.domain.spine import VertebralLevel
from workstation.imaging.spine.labelling import ClickPlace

FOLDER = resource_path("demo")
NOTES = json.loads((FOLDER / "case-notes.json").read_text(encoding="utf-8"))
MR = NOTES["series"][1]
TRUTH = {body["level"]: body["center_lps"] for body in MR["bodies"]}
STUDY = str(FOLDER / MR["folder"])


def click(level: str, name: str | None = None) -> str:
    return f"{name or level}=" + ",".join(str(value) for value in TRUTH[level])


def run(*more: str, series: str = MR["series_instance_uid"]) -> int:
    return main(["label", STUDY, "--series", series, *more])


def test_it_prints_the_levels_between_two_clicks(capsys):
    assert run("--click", click("T10"), "--click", click("L3"), "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert [item["level"] for item in document["levels"]] == ["T10", "T11", "T12", "L1", "L2", "L3"]
    assert [item["clicked"] for item in document["levels"]] == [True, *[False] * 4, True]
    for item in document["levels"]:
        assert np.linalg.norm(np.subtract(item["centre"], TRUTH[item["level"]])) < 6.0
        assert 0.0 <= item["confidence"] <= 1.0
    assert document["state"] == "proposed"
    assert document["count_checks"] == [{"upper": "T10", "lower": "L3", "best": 0}]
    assert document["counted_from"] == "counted from T10, as named by the reader"
    assert [warning["code"] for warning in document["warnings"]] == ["no-anchor"]


def test_text_says_what_was_clicked_and_what_was_found(capsys):
    assert run("--click", click("T10"), "--click", click("T12")) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Proposed, counted from T10, as named by the reader:"
    assert lines[1].endswith("clicked")
    assert "confidence" in lines[2]
    assert lines[-1].startswith("Note: ")


def test_a_planted_count_is_said(capsys):
    assert run("--click", click("T10"), "--click", click("L3", "L2"), "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["count_checks"][0]["best"] == 1


def test_a_variant_must_be_declared(capsys):
    clicks = ("--click", click("T10"), "--click", click("L3", "T13"))
    assert run(*clicks) == 3
    assert "variant is declared" in capsys.readouterr().err
    assert run(*clicks, "--variant", "T13", "--json") == 0
    levels = json.loads(capsys.readouterr().out)["levels"]
    assert [item["level"] for item in levels] == ["T10", "T11", "T12", "T13"]


@pytest.mark.parametrize(
    "clicks",
    [("T10=1,2", "L3=1,2,3"), ("T10", "L3=1,2,3"), ("X9=1,2,3", "L3=1,2,3"), ("L4/Q=1,2,3",)],
)
def test_malformed_clicks_are_wrong_usage(clicks, capsys):
    words = [word for text in clicks for word in ("--click", text)]
    assert run(*words) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_one_click_alone_is_refused(capsys):
    assert run("--click", click("T10")) == 3
    assert "at least two" in capsys.readouterr().err


def test_an_unknown_series_is_wrong_usage(capsys):
    assert run("--click", click("T10"), "--click", click("L3"), series="1.2.3") == 2
    assert "no series" in capsys.readouterr().err


def test_a_disc_is_named_by_its_two_levels():
    found = parse_click("L4/L5=1,-2,3.5")
    assert (found.level, found.place) == (VertebralLevel.L4, ClickPlace.DISC_BELOW)
    assert found.point_lps == (1.0, -2.0, 3.5)
    assert parse_click("L5=1,-2,3").place is ClickPlace.BODY


def test_a_click_needs_an_equals_sign():
    with pytest.raises(UsageError, match="LEVEL=X,Y,Z"):
        parse_click("L5:1,2,3")
