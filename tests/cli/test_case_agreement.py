"""``batson case agreement``: the coefficients of the store, and none where nothing was paired."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support import cases
from workstation.__main__ import main
from workstation.cli.case_agreement import agreement_document
from workstation.domain.case import Case, LevelAssessment, SecondReading
from workstation.domain.escc import EsccGrade, answers_for_grade
from workstation.domain.spine import VertebralLevel
from workstation.storage.case_store import CaseStore

LEVELS = [level for level in VertebralLevel if level.value[0] == "T"]


def read_twice(case_id: str, *grades: tuple[str, str]) -> Case:
    """Return a case whose levels from T1 got these ESCC grades from two readers."""

    def form(place: int) -> tuple[LevelAssessment, ...]:
        return tuple(
            LevelAssessment(level=level, escc=answers_for_grade(EsccGrade(pair[place])))
            for level, pair in zip(LEVELS, grades, strict=False)
        )

    second = SecondReading(
        reader="S. Second", assessments=form(1), closed_at="2026-03-14T16:10:00+01:00"
    )
    return replace(cases.studied_case(case_id), assessments=form(0), second_readings=(second,))


def store_with(home: Path, *kept: Case) -> Path:
    store = CaseStore.open(home)
    for case in kept:
        store.create(case)
    store.close()
    return home


def batson(home: Path, *arguments: str) -> int:
    return main(["--store", str(home), "case", "agreement", *arguments])


def test_it_is_computed_over_all_cases_of_the_store(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Pairs: 0-0, 0-1a, 2-2, 3-3. Rows 2, 0, 1, 1 and columns 1, 1, 1, 1 of grades 0, 1a, 2, 3.
    home = store_with(
        tmp_path / "store",
        read_twice("a", ("0", "0"), ("0", "1a")),
        read_twice("b", ("2", "2"), ("3", "3")),
        cases.one_lesion_case("c"),
    )
    assert batson(home, "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["cases"] == 2
    (escc,) = [item for item in document["items"] if item["item"] == "escc.grade"]
    assert (escc["pairs"], escc["answered_by_one_only"]) == (4, 0)
    assert escc["observed"] == pytest.approx(0.75)
    # Expected by chance: 2/4*1/4 + 0*1/4 + 1/4*1/4 + 1/4*1/4 = 1/4.
    assert escc["kappa"] == pytest.approx((0.75 - 0.25) / 0.75)
    # Shares 3/8, 1/8, 2/8, 2/8: spread 15/64 + 7/64 + 12/64 + 12/64 = 46/64, over 6 - 1.
    assert escc["ac1"] == pytest.approx((0.75 - 46 / 320) / (1 - 46 / 320))
    assert escc["kappa_quadratic"] > escc["kappa_linear"] > escc["kappa"]


def test_the_table_shows_every_item(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = store_with(tmp_path / "store", read_twice("a", ("0", "0"), ("2", "3")))
    assert batson(home) == 0
    head, *rows, foot = capsys.readouterr().out.splitlines()
    assert head.split()[:2] == ["item", "pairs"]
    assert [row.split()[0] for row in rows] == [
        *("sins.pain", "sins.bone_lesion", "sins.alignment", "sins.collapse"),
        *("sins.posterolateral", "sins.total", "sins.category", "escc.grade"),
    ]
    assert rows[0].split()[1:4] == ["0", "0", "none"]
    assert rows[-1].split()[1:4] == ["2", "0", "0.500"]
    assert foot.startswith("Over 1 cases.")


def test_a_store_without_second_readings_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = store_with(tmp_path / "store", cases.one_lesion_case())
    assert batson(home) == 0
    assert capsys.readouterr().out == "No case has a closed second reading.\n"


def test_no_patient_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = store_with(tmp_path / "store", read_twice("a", ("0", "0")))
    batson(home, "--json")
    text = capsys.readouterr().out
    assert "EXAMPLE" not in text
    assert "DEMO-" not in text


def test_one_answer_for_everything_has_no_kappa_but_an_ac1() -> None:
    document = agreement_document([read_twice("a", ("2", "2"), ("2", "2"))])
    escc = document["items"][-1]
    assert (escc["observed"], escc["kappa"], escc["kappa_quadratic"]) == (1.0, None, None)
    assert escc["ac1"] == pytest.approx(1.0)


def test_items_without_a_pair_have_null_everywhere() -> None:
    (pain, *_) = agreement_document([read_twice("a", ("2", "2"))])["items"]
    assert pain["pairs"] == 0
    assert {pain[name] for name in ("observed", "kappa", "ac1", "ac2_quadratic")} == {None}


def test_an_open_reading_is_not_counted() -> None:
    case = read_twice("a", ("2", "2"))
    (reading,) = case.second_readings
    open_ = replace(case, second_readings=(replace(reading, closed_at=""),))
    assert agreement_document([open_])["cases"] == 0


def test_the_sources_are_named() -> None:
    assert len(agreement_document([])["sources"]) == 5
