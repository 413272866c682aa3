"""Answer documents: vectors, key names, refusals that name the field, negative tests 12.4."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workstation.base.errors import InputRefusedError
from workstation.domain.grade_documents import SCALES, grade_escc, grade_sins

VECTORS = json.loads(Path(__file__).with_name("vectors.json").read_text("utf-8"))
CASES = {case["id"]: case for case in VECTORS["cases"]}
EDGES = {case["id"]: case for case in VECTORS["sins_edge"]}
SINS = CASES["A"]["raw"]
LETTERS = {"N": "HIGH", "O": "RESISTANT", "M": "UNSTABLE", "S": "ABLE"}
SYSTEMIC = CASES["A"]["systemic"]


def without(document, name):
    return {key: value for key, value in document.items() if key != name}


@pytest.mark.parametrize("name", list(CASES))
def test_sins_vector(name):
    case = CASES[name]
    answer = grade_sins(case["raw"]).document
    (level, total) = next(iter(case["expect_sins"].items()))
    assert answer["level"] == level
    assert answer["total"] == answer["min"] == answer["max"] == total
    assert answer["category"] == case["category"]
    assert answer["consult"] is case["consult"]
    assert answer["missing"] == []
    assert answer["refused"] is None


@pytest.mark.parametrize("name", [n for n, c in EDGES.items() if "expect" in c and n != "E08"])
def test_sins_edge_vector(name):
    answer = grade_sins(EDGES[name]["raw"]).document
    assert answer["total"] == next(iter(EDGES[name]["expect"].values()))
    assert answer["category"] == EDGES[name]["category"]


@pytest.mark.parametrize("name", ["E09", "E10"])
def test_sins_edge_vector_with_a_range(name):
    answer = grade_sins(EDGES[name]["raw"]).document
    assert [answer["min"], answer["max"]] == EDGES[name]["expect_range"]
    assert answer["total"] is None
    assert answer["category"] == EDGES[name]["category"]
    assert answer["missing"] == ["pain"]
    assert answer["components"]["pain"] == {
        "answer": "unknown",
        "points": None,
        "min": 0,
        "max": 3,
    }
    assert answer["consult"] is True


def test_sins_of_several_levels():
    answer = grade_sins(EDGES["E08"]["raw"]).document
    assert {level: item["total"] for level, item in answer["levels"].items()} == {"S1": 5, "S2": 2}
    assert answer["index_level"] == "S1"
    assert answer["flags"] == ["S-22", "S-23", "S-27"]


def test_sins_key_names():
    answer = grade_sins(SINS).document
    assert list(answer) == [
        "level",
        "total",
        "min",
        "max",
        "category",
        "categories",
        "consult",
        "missing",
        "components",
        "flags",
        "notes",
        "refused",
        "rule_set",
        "sources",
    ]
    assert answer["rule_set"] == "SINS-2010"
    assert answer["flags"] == ["S-03"]
    assert list(answer["components"]) == [
        "location",
        "pain",
        "bone_lesion",
        "alignment",
        "collapse",
        "posterolateral",
    ]
    assert answer["components"]["alignment"] == {
        "answer": "deformity",
        "points": 2,
        "min": 2,
        "max": 2,
    }


@pytest.mark.parametrize(
    ("changes", "low", "high"),
    [
        ({"pain": None}, 11, 14),
        ({"lesion": "unknown"}, 12, 14),
        ({"alignment": None}, 12, 16),
        ({"collapse": None}, 11, 14),
        ({"height_loss_pct": "unknown"}, 11, 14),
        ({"involved_pct": None}, 14, 14),
        ({"pl_left": None}, 13, 16),
        ({"pl_right": "unknown"}, 13, 16),
    ],
)
def test_sins_with_a_missing_finding(changes, low, high):
    answer = grade_sins(SINS | changes).document
    assert (answer["min"], answer["max"]) == (low, high)
    assert (answer["total"] is None) is (low != high)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"levels": []}, "levels"),
        ({"levels": "T12"}, "levels"),
        ({"levels": ["T12", "T12"]}, "levels"),
        ({"levels": ["T99"]}, "levels"),
        ({"levels": [12]}, "levels"),
        ({"levels": None}, "levels"),
        ({"pain": "severe"}, "pain"),
        ({"pain": True}, "pain"),
        ({"pain": 3}, "pain"),
        ({"lesion": "sclerotic"}, "lesion"),
        ({"alignment": "translation"}, "alignment"),
        ({"alignment": ["kyphosis"]}, "alignment"),
        ({"height_loss_pct": True}, "height_loss_pct"),
        ({"height_loss_pct": "60"}, "height_loss_pct"),
        ({"height_loss_pct": -1}, "height_loss_pct"),
        ({"height_loss_pct": 101}, "height_loss_pct"),
        ({"height_loss_pct": float("nan")}, "height_loss_pct"),
        ({"collapse": 1}, "collapse"),
        ({"collapse": "yes"}, "collapse"),
        ({"involved_pct": [90]}, "involved_pct"),
        ({"involved_pct": False}, "involved_pct"),
        ({"pl_left": ["rib"]}, "pl_left"),
        ({"pl_right": "pedicle"}, "pl_right"),
        ({"location": "here"}, "location"),
        ({"transitional": "yes"}, "transitional"),
        ({"instrumented": 1}, "instrumented"),
        ({"context": ["tired"]}, "context"),
        ({"side": "left"}, "side"),
    ],
)
def test_wrong_sins_field_is_named(changes, field):
    with pytest.raises(InputRefusedError, match=f"^{field}: "):
        grade_sins(SINS | changes)


@pytest.mark.parametrize("name", list(SINS))
def test_every_sins_field_is_needed(name):
    with pytest.raises(InputRefusedError, match=f"^{name}: the field is missing"):
        grade_sins(without(SINS, name))


@pytest.mark.parametrize("scale", list(SCALES))
@pytest.mark.parametrize("document", [[], None, "T12", 3, True])
def test_document_must_be_an_object(scale, document):
    with pytest.raises(InputRefusedError, match="JSON object"):
        SCALES[scale](document)


@pytest.mark.parametrize("side", ["pl_left", "pl_right"])
def test_costovertebral_joint_outside_the_ribs_names_its_side(side):
    document = SINS | {"levels": ["L3"], "pl_left": [], "pl_right": []} | {side: ["cvj"]}
    with pytest.raises(InputRefusedError, match=f"^{side}: the costovertebral joint"):
        grade_sins(document)


def test_coccyx_is_refused_without_a_total():
    answer = grade_sins(SINS | {"levels": ["Co"]})
    assert answer.document["total"] is None
    assert answer.refused == ("Co: The coccyx is not covered by SINS.",)
    assert not answer.partly


def test_instrumented_level_is_refused_without_a_total():
    answer = grade_sins(SINS | {"instrumented": True})
    assert answer.document["total"] is None
    assert answer.document["consult"] is None
    assert answer.refused[0].startswith("T12: Instrumented level")
    stated = grade_sins(SINS | {"context": ["instrumented", "mri_only"]})
    assert stated.document["flags"] == ["S-03", "S-13", "S-24"]
    assert stated.refused


@pytest.mark.parametrize(
    "changes", [{"transitional": True}, {"levels": ["L6"]}, {"levels": ["T13"]}]
)
def test_transitional_level_needs_a_chosen_location(changes):
    refused = grade_sins(SINS | changes)
    assert refused.document["total"] is None
    assert "choose the location by hand" in refused.refused[0]
    chosen = grade_sins(SINS | changes | {"location": "junctional"})
    assert chosen.document["total"] == 14
    assert chosen.refused == ()


def test_several_levels_of_which_one_is_refused():
    answer = grade_sins(SINS | {"levels": ["S5", "Co"]})
    assert answer.partly
    assert len(answer.refused) == 1
    assert answer.document["index_level"] == "S5"
    assert answer.document["levels"]["Co"]["refused"] == "The coccyx is not covered by SINS."


def test_several_levels_all_refused():
    answer = grade_sins(SINS | {"levels": ["T5", "T9"], "instrumented": True})
    assert not answer.partly
    assert len(answer.refused) == 2
    assert answer.document["index_level"] is None


@pytest.mark.parametrize("vector", VECTORS["escc_vectors"], ids=lambda v: "".join(v["a"]))
def test_escc_vector(vector):
    answer = grade_escc({"answers": vector["a"]}).document
    if isinstance(vector["g"], list):
        assert (answer["grade"], answer["possible"]) == (None, vector["g"])
    else:
        assert (answer["grade"], answer["possible"]) == (vector["g"], [vector["g"]])


@pytest.mark.parametrize("name", list(CASES))
def test_escc_worked_case(name):
    case = CASES[name]
    answer = grade_escc({"answers": case["escc_answers"], "level": case["raw"]["levels"][0]})
    assert answer.document["grade"] == case["escc"]
    assert answer.document["high_grade"] is (case["escc"] in ("2", "3"))


def test_escc_key_names():
    answer = grade_escc({"answers": ["y", "y", "n"], "level": "T8", "conus": "L1"}).document
    assert list(answer) == [
        "grade",
        "possible",
        "high_grade",
        "convention",
        "applicable",
        "below_conus",
        "flags",
        "notes",
        "refused",
        "rule_set",
        "sources",
    ]
    assert answer["rule_set"] == "ESCC-2010"


@pytest.mark.parametrize("answers", [["y", "y", "n"], ["y"] * 3 + ["n"], ["y"] * 5])
def test_grades_of_the_cord_below_the_conus_are_refused(answers):
    result = grade_escc({"answers": answers, "level": "L3", "conus": "L1"})
    assert result.document["grade"] is None
    assert result.document["applicable"] is False
    assert result.refused[0].startswith("L3 is below the conus")
    assert grade_escc({"answers": answers, "level": "L3", "conus": "L3"}).refused == ()


def test_null_and_question_mark_leave_a_question_open():
    answer = grade_escc({"answers": ["y", None, "?"]}).document
    assert answer["possible"] == ["1a", "1b", "1c", "2", "3"]
    assert grade_escc({"answers": []}).document["possible"][0] == "0"


def test_escc_options():
    answers = ["y", "y", "y", "n"]
    singapore = grade_escc({"answers": answers, "convention": "singapore"}).document
    assert (singapore["high_grade"], singapore["convention"]) == (True, "singapore")
    screened = grade_escc({"answers": answers, "modality": "ct_screening", "cause": "bone"})
    assert screened.document["flags"] == ["CT_SCREENING"]
    unsure = grade_escc({"answers": answers, "level": "L1", "conus": "unknown"}).document
    assert unsure["flags"] == ["CONUS_UNKNOWN"]


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({}, "answers"),
        ({"answers": None}, "answers"),
        ({"answers": "yyn"}, "answers"),
        ({"answers": ["yes"]}, "answers"),
        ({"answers": ["Y"]}, "answers"),
        ({"answers": [True]}, "answers"),
        ({"answers": [1]}, "answers"),
        ({"answers": [["y"]]}, "answers"),
        ({"answers": ["y"] * 6}, "answers"),
        ({"answers": ["n", "y"]}, "answers"),
        ({"answers": ["y", "n", "?", "y"]}, "answers"),
        ({"answers": ["y"], "level": "X1"}, "level"),
        ({"answers": ["y"], "conus": 1}, "conus"),
        ({"answers": ["y"], "modality": "x-ray"}, "modality"),
        ({"answers": ["y"], "cause": "fat"}, "cause"),
        ({"answers": ["y"], "convention": "mine"}, "convention"),
        ({"answers": ["y"], "grade": "2"}, "grade"),
    ],
)
def test_wrong_escc_field_is_named(document, field):
    with pytest.raises(InputRefusedError, match=f"^{field}: "):
        grade_escc(document)


def test_contradicting_answers_are_explained():
    with pytest.raises(InputRefusedError, match="question 4 says the cord is compressed"):
        grade_escc({"answers": ["y", "n", "?", "y"]})


def test_every_answer_is_plain_json():
    documents = {
        "sins": EDGES["E08"]["raw"],
        "escc": {"answers": ["y"]},
        "noms": LETTERS | {"M": None},
    }
    for scale, grade in SCALES.items():
        answer = grade(documents.get(scale, SYSTEMIC)).document
        assert json.loads(json.dumps(answer)) == answer
