"""NOMS documents: vectors, contradictions with the grade, refusals that name the field."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workstation.base.errors import InputRefusedError
from workstation.domain.grade_documents import grade_noms

VECTORS = json.loads(Path(__file__).with_name("vectors.json").read_text("utf-8"))
CASES = {case["id"]: case for case in VECTORS["cases"]}
LETTERS = {"N": "HIGH", "O": "RESISTANT", "M": "UNSTABLE", "S": "ABLE"}


def without(document, name):
    return {key: value for key, value in document.items() if key != name}


@pytest.mark.parametrize("name", ["A", "B", "C", "E"])
def test_noms_worked_case(name):
    case = CASES[name]
    prior = bool(case.get("prior_rt"))
    answer = grade_noms(case["noms_in"] | {"prior_rt": prior}).document
    assert answer["decision"] == case["noms"]
    assert answer["flags"] == case.get("noms_flags", [])
    assert answer["missing"] == []


def test_noms_worked_case_d():
    answer = grade_noms(CASES["D"]["noms_in"]).document
    assert answer["decision"] is None
    assert answer["branches"] == {"M=STABLE": "CEBRT", "M=UNSTABLE": "STAB_CEBRT"}


def test_noms_example_of_the_specification():
    document = {
        "N": "HIGH",
        "O": "RESISTANT",
        "M": "INDETERMINATE",
        "S": None,
        "myelopathy": True,
        "prior_rt": False,
        "escc": "2",
    }
    answer = grade_noms(document).document
    assert answer["decision"] is None
    assert answer["branches"] == {
        "M=STABLE,S=ABLE": "DECOMP_STAB_SRS",
        "M=STABLE,S=UNABLE": "CEBRT",
        "M=UNSTABLE,S=ABLE": "DECOMP_STAB_SRS",
        "M=UNSTABLE,S=UNABLE": "STAB_CEBRT",
    }
    assert answer["missing"] == ["M", "S"]


def test_noms_key_names():
    answer = grade_noms(LETTERS).document
    assert list(answer) == [
        "decision",
        "row",
        "published",
        "branches",
        "axes",
        "flags",
        "notes",
        "missing",
        "sentence",
        "rule_set",
        "sources",
    ]
    assert (answer["decision"], answer["row"], answer["published"]) == (
        "DECOMP_STAB_SRS",
        15,
        "P9",
    )
    assert answer["branches"] == {}
    assert answer["axes"] == LETTERS
    assert answer["missing"] == ["prior_rt"]


def test_unknown_letters_are_missing():
    answer = grade_noms({"N": None, "O": "unknown", "M": None, "S": None}).document
    assert answer["missing"] == ["N", "O", "M", "S", "prior_rt"]
    assert answer["axes"] == {
        "N": "not_assessed",
        "O": "unknown",
        "M": "not_assessed",
        "S": "not_assessed",
    }


@pytest.mark.parametrize("stated", ["LOW", "HIGH", "DISCORDANT", "NA"])
@pytest.mark.parametrize("escc", ["0", "1a", "1b", "1c"])
def test_myelopathy_with_a_low_grade_gives_no_decision(stated, escc):
    answer = grade_noms(LETTERS | {"N": stated, "myelopathy": True, "escc": escc}).document
    assert answer["decision"] is None
    assert answer["branches"] == {}
    assert answer["axes"]["N"] == "DISCORDANT"
    assert "DISCORDANT" in answer["flags"]


def test_discordant_letter_alone_gives_no_decision():
    answer = grade_noms(LETTERS | {"N": "DISCORDANT"}).document
    assert (answer["decision"], answer["row"], answer["branches"]) == (None, None, {})


def test_deficit_attributed_elsewhere_leaves_the_level_low():
    document = LETTERS | {
        "N": "LOW",
        "myelopathy": True,
        "escc": "1b",
        "deficit_elsewhere": True,
    }
    assert grade_noms(document).document["decision"] == "STAB_SRS"


@pytest.mark.parametrize(
    ("stated", "escc", "myelopathy"),
    [
        ("LOW", "2", False),
        ("LOW", "3", True),
        ("HIGH", "1b", False),
        ("HIGH", "0", None),
    ],
)
def test_letter_against_the_grade_is_refused(stated, escc, myelopathy):
    document = LETTERS | {"N": stated, "escc": escc, "myelopathy": myelopathy}
    with pytest.raises(InputRefusedError, match=f"^N: {stated} contradicts ESCC {escc}"):
        grade_noms(document)


def test_letter_that_agrees_with_the_grade_stands():
    assert grade_noms(LETTERS | {"N": "LOW", "escc": "1c"}).document["axes"]["N"] == "LOW"
    assert grade_noms(LETTERS | {"N": "HIGH", "escc": "3"}).document["axes"]["N"] == "HIGH"
    assert grade_noms(LETTERS | {"N": None, "escc": "3"}).document["missing"][0] == "N"


def test_prior_radiation_in_a_document_makes_o_resistant():
    answer = grade_noms(LETTERS | {"N": "LOW", "O": "SENSITIVE", "prior_rt": True}).document
    assert answer["axes"]["O"] == "RESISTANT"
    assert answer["decision"] == "STAB_SRS"
    assert answer["flags"] == ["PRIOR_RT"]


def test_unstated_prior_radiation_is_flagged_with_cebrt():
    answer = grade_noms(LETTERS | {"S": "UNABLE"}).document
    assert answer["decision"] == "STAB_CEBRT"
    assert answer["flags"] == ["LIMITED_STAB", "PRIOR_RT_UNKNOWN"]


def test_noms_side_facts():
    document = LETTERS | {
        "O": "SENSITIVE",
        "M": "STABLE",
        "histology": "breast",
        "rapid_deficit": True,
        "asymptomatic": False,
        "targeted_option": True,
        "cause": "bone",
        "functional_radiculopathy": True,
    }
    answer = grade_noms(document).document
    assert answer["flags"] == ["PRIOR_RT_UNKNOWN", "FUNCTIONAL_RADICULOPATHY"]
    assert len(answer["notes"]) == 3


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"N": "high"}, "N"),
        ({"N": True}, "N"),
        ({"N": 1}, "N"),
        ({"O": "MAYBE"}, "O"),
        ({"M": "stable"}, "M"),
        ({"M": ["STABLE"]}, "M"),
        ({"S": "YES"}, "S"),
        ({"S": False}, "S"),
        ({"myelopathy": "yes"}, "myelopathy"),
        ({"myelopathy": 1}, "myelopathy"),
        ({"prior_rt": 0}, "prior_rt"),
        ({"escc": 2}, "escc"),
        ({"escc": "2a"}, "escc"),
        ({"histology": "carcinoma"}, "histology"),
        ({"cause": "metal"}, "cause"),
        ({"X": 1}, "X"),
    ],
)
def test_wrong_noms_field_is_named(changes, field):
    with pytest.raises(InputRefusedError, match=f"^{field}: "):
        grade_noms(LETTERS | changes)


@pytest.mark.parametrize("letter", ["N", "O", "M", "S"])
def test_every_letter_is_needed(letter):
    with pytest.raises(InputRefusedError, match=f"^{letter}: the field is missing"):
        grade_noms(without(LETTERS, letter))
