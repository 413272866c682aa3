"""Systemic documents: vectors, unknown items, refusals that name the field."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workstation.base.errors import InputRefusedError
from workstation.domain.grade_documents import (
    grade_bauer,
    grade_nesms,
    grade_tokuhashi,
    grade_tomita,
)

VECTORS = json.loads(Path(__file__).with_name("vectors.json").read_text("utf-8"))
CASES = {case["id"]: case for case in VECTORS["cases"]}
SYSTEMIC = CASES["A"]["systemic"]


def without(document, name):
    return {key: value for key, value in document.items() if key != name}


@pytest.mark.parametrize("name", list(CASES))
@pytest.mark.parametrize(
    ("grade", "key"),
    [
        (grade_tokuhashi, "tokuhashi"),
        (grade_tomita, "tomita"),
        (grade_bauer, "mbauer"),
        (grade_nesms, "nesms"),
    ],
)
def test_survival_vector(name, grade, key):
    assert grade(CASES[name]["systemic"]).document["total"] == CASES[name][key]


def test_survival_key_names():
    answer = grade_tokuhashi(SYSTEMIC).document
    assert list(answer) == [
        "score",
        "total",
        "min",
        "max",
        "status",
        "items",
        "bands",
        "missing",
        "notes",
        "rule_set",
        "sources",
    ]
    assert answer["status"] == "complete"
    assert answer["items"] == {
        "general_condition": 1,
        "extraspinal_bone": 1,
        "vertebral_mets": 2,
        "organs": 0,
        "primary": 0,
        "palsy": 1,
    }


@pytest.mark.parametrize(
    ("grade", "field", "missing"),
    [
        (grade_tokuhashi, "kps", "general_condition"),
        (grade_tokuhashi, "extraspinal_bone", "extraspinal_bone"),
        (grade_tokuhashi, "vertebral_mets", "vertebral_mets"),
        (grade_tokuhashi, "organs", "organs"),
        (grade_tokuhashi, "primary", "primary"),
        (grade_tokuhashi, "frankel", "palsy"),
        (grade_tomita, "visceral", "visceral"),
        (grade_bauer, "primary", "not_lung"),
        (grade_nesms, "ambulation_intact", "ambulation"),
        (grade_nesms, "albumin", "albumin"),
        (grade_nesms, "primary", "modified_bauer"),
    ],
)
@pytest.mark.parametrize("value", [None, "unknown"])
def test_unknown_item_is_incomplete(grade, field, missing, value):
    answer = grade(SYSTEMIC | {field: value}).document
    assert answer["total"] is None
    assert answer["status"] == "incomplete"
    assert missing in answer["missing"]
    assert missing in grade(without(SYSTEMIC, field)).document["missing"]


def test_hematologic_primary_is_not_designed_for():
    answer = grade_tomita(SYSTEMIC | {"primary": "lymphoma"}).document
    assert (answer["total"], answer["status"]) == (None, "not designed for this histology")


def test_both_spellings_of_the_esophagus_are_read():
    for word in ("oesophagus", "esophagus"):
        assert grade_tokuhashi(SYSTEMIC | {"primary": word}).document["items"]["primary"] == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kps": 75}, "kps"),
        ({"kps": 0}, "kps"),
        ({"kps": 110}, "kps"),
        ({"kps": "70"}, "kps"),
        ({"kps": True}, "kps"),
        ({"kps": 70.0}, "kps"),
        ({"extraspinal_bone": -1}, "extraspinal_bone"),
        ({"extraspinal_bone": 1.5}, "extraspinal_bone"),
        ({"vertebral_mets": 0}, "vertebral_mets"),
        ({"organs": "some"}, "organs"),
        ({"primary": "nose"}, "primary"),
        ({"frankel": "F"}, "frankel"),
        ({"frankel": 1}, "frankel"),
        ({"albumin": 36}, "albumin"),
        ({"albumin": 0}, "albumin"),
        ({"albumin": "3.6"}, "albumin"),
        ({"albumin": True}, "albumin"),
        ({"visceral": "removable"}, "visceral"),
        ({"visceral": "none"}, "visceral"),
        ({"bone": "many"}, "bone"),
        ({"growth": "fast"}, "growth"),
        ({"solitary_skeletal": "no"}, "solitary_skeletal"),
        ({"solitary_skeletal": True}, "solitary_skeletal"),
        ({"age": 62}, "age"),
    ],
)
def test_wrong_systemic_field_is_named(changes, field):
    with pytest.raises(InputRefusedError, match=f"^{field}: "):
        grade_tokuhashi(SYSTEMIC | changes)


@pytest.mark.parametrize("value", ["yes", 1, "intact"])
def test_wrong_ambulation_is_named(value):
    with pytest.raises(InputRefusedError, match=r"^ambulation_intact: "):
        grade_nesms(SYSTEMIC | {"ambulation_intact": value})
