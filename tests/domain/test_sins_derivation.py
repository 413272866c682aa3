"""SINS from raw findings: the derivation of the reference, missing findings, vectors."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from workstation.base.errors import CommandRefusedError
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, YesNo
from workstation.domain.sins import POINTS, SinsComponent, assess_sins, index_level
from workstation.domain.sins_derivation import (
    AlignmentFinding,
    RawPart,
    RawSins,
    derive_alignment,
    derive_answers,
    derive_collapse,
)
from workstation.domain.sins_options import (
    PosterolateralPart,
    SinsAlignment,
    SinsAnswers,
    SinsBoneLesion,
    SinsCollapse,
    SinsPain,
    SinsPosterolateral,
)
from workstation.domain.spine import VertebralLevel

VECTORS = json.loads(Path(__file__).with_name("vectors.json").read_text("utf-8"))
WORKED = {case["id"]: case for case in VECTORS["cases"]}
EDGES = {case["id"]: case for case in VECTORS["sins_edge"]}


def raw_of(document):
    pain = UNKNOWN if document["pain"] == "unknown" else SinsPain(document["pain"])
    return RawSins(
        pain=pain,
        lesion=SinsBoneLesion(document["lesion"]),
        alignment=frozenset(map(AlignmentFinding, document["alignment"])),
        height_loss_pct=document["height_loss_pct"],
        collapse=YesNo.YES if document["collapse"] else YesNo.NO,
        involved_pct=document["involved_pct"],
        parts_left=frozenset(map(RawPart, document["pl_left"])),
        parts_right=frozenset(map(RawPart, document["pl_right"])),
    )


def results_of(case):
    raw = raw_of(case["raw"])
    levels = [VertebralLevel.parse(name) for name in case["raw"]["levels"]]
    return {level: assess_sins(level, derive_answers(raw, level)) for level in levels}


def parts(result):
    return [result.components[component].points for component in SinsComponent]


@pytest.mark.parametrize(
    ("name", "points", "total", "category"),
    [
        ("A", [3, 3, 2, 2, 3, 1], 14, "unstable"),
        ("B", [2, 0, 0, 0, 0, 0], 2, "stable"),
        ("C", [1, 1, 2, 0, 1, 1], 6, "stable"),
        ("D", [1, 3, 2, 0, 2, 0], 8, "potentially_unstable"),
        ("E", [3, 3, 2, 4, 3, 1], 16, "unstable"),
    ],
)
def test_worked_case_component_by_component(name, points, total, category):
    case = WORKED[name]
    ((level, result),) = results_of(case).items()
    assert parts(result) == points
    assert result.total == case["expect_sins"][level] == total
    assert result.category == case["category"] == category
    assert result.consult is case["consult"]


@pytest.mark.parametrize(
    "name", [name for name, case in EDGES.items() if "expect" in case and name != "E08"]
)
def test_edge_vector(name):
    case = EDGES[name]
    ((level, result),) = results_of(case).items()
    assert result.total == case["expect"][level]
    assert result.category == case["category"]


def test_edge_vector_of_two_levels_gives_two_scores_and_no_sum():
    case = EDGES["E08"]
    results = results_of(case)
    assert {level.value: result.total for level, result in results.items()} == {"S1": 5, "S2": 2}
    assert {result.category for result in results.values()} == {case["category"]}
    assert index_level(results) is VertebralLevel.S1


@pytest.mark.parametrize(("name", "low", "high"), [("E09", 8, 11), ("E10", 5, 8)])
def test_edge_vector_with_unknown_pain_is_a_range(name, low, high):
    case = EDGES[name]
    ((_, result),) = results_of(case).items()
    assert case["expect_range"] == [low, high]
    assert (result.minimum, result.maximum, result.total) == (low, high, None)
    assert result.category == case["category"]
    assert result.consult is True


def test_contiguous_lesion_takes_the_worst_vertebra_not_the_sum():
    results = results_of(EDGES["E11"]) | results_of(EDGES["E12"])
    assert index_level(results) is VertebralLevel.T11
    assert results[VertebralLevel.T11].total == 13


def test_nothing_stated_is_nothing_answered():
    assert derive_answers(RawSins(), VertebralLevel.T8) == SinsAnswers()


@pytest.mark.parametrize(
    ("findings", "option"),
    [
        (set(), SinsAlignment.NORMAL),
        ({"preexisting_deformity"}, SinsAlignment.NORMAL),
        ({"new_kyphosis"}, SinsAlignment.DEFORMITY),
        ({"new_scoliosis"}, SinsAlignment.DEFORMITY),
        ({"new_scoliosis", "preexisting_deformity"}, SinsAlignment.DEFORMITY),
        ({"translation"}, SinsAlignment.TRANSLATION),
        ({"translation", "new_kyphosis"}, SinsAlignment.TRANSLATION),
        ({"translation", "preexisting_deformity"}, SinsAlignment.TRANSLATION),
    ],
)
def test_alignment(findings, option):
    assert derive_alignment(frozenset(map(AlignmentFinding, findings))) is option


@pytest.mark.parametrize("missing", [NOT_ASSESSED, UNKNOWN])
def test_missing_alignment_stays_missing_in_its_kind(missing):
    assert derive_alignment(missing) is missing


@pytest.mark.parametrize(
    ("collapse", "loss", "involved", "option"),
    [
        (YesNo.YES, 50.1, 0.0, SinsCollapse.GT50),
        (YesNo.YES, 50.0, 0.0, SinsCollapse.LT50),
        (YesNo.YES, 5.0, 100.0, SinsCollapse.LT50),
        (YesNo.YES, 100.0, NOT_ASSESSED, SinsCollapse.GT50),
        (YesNo.NO, 60.0, 10.0, SinsCollapse.NONE),
        (YesNo.NO, NOT_ASSESSED, 50.0, SinsCollapse.NONE),
        (YesNo.NO, NOT_ASSESSED, 50.1, SinsCollapse.INVOLVED_GT50),
        (YesNo.NO, 0.0, UNKNOWN, UNKNOWN),
        (YesNo.NO, 0.0, NOT_ASSESSED, NOT_ASSESSED),
        (YesNo.YES, UNKNOWN, 90.0, UNKNOWN),
        (YesNo.YES, NOT_ASSESSED, 90.0, NOT_ASSESSED),
        (NOT_ASSESSED, 60.0, 90.0, NOT_ASSESSED),
        (UNKNOWN, 60.0, 90.0, UNKNOWN),
    ],
)
def test_collapse(collapse, loss, involved, option):
    raw = RawSins(collapse=collapse, height_loss_pct=loss, involved_pct=involved)
    assert derive_collapse(raw) is option


@pytest.mark.parametrize(
    ("right", "left", "option"),
    [
        (set(), set(), SinsPosterolateral.NONE),
        ({"pedicle"}, set(), SinsPosterolateral.UNILATERAL),
        (set(), {"facet"}, SinsPosterolateral.UNILATERAL),
        ({"cvj"}, set(), SinsPosterolateral.UNILATERAL),
        ({"pedicle", "facet", "cvj"}, set(), SinsPosterolateral.UNILATERAL),
        ({"pedicle"}, {"pedicle"}, SinsPosterolateral.BILATERAL),
        ({"facet"}, {"cvj"}, SinsPosterolateral.BILATERAL),
        ({"lamina"}, {"pedicle"}, SinsPosterolateral.UNILATERAL),
        ({"lamina"}, {"spinous"}, SinsPosterolateral.NONE),
        ({"transverse"}, {"rib_head"}, SinsPosterolateral.NONE),
    ],
)
def test_posterolateral(right, left, option):
    raw = RawSins(
        parts_right=frozenset(map(RawPart, right)), parts_left=frozenset(map(RawPart, left))
    )
    assert derive_answers(raw, VertebralLevel.T8).posterolateral is option


@pytest.mark.parametrize(
    ("right", "left", "option"),
    [
        (UNKNOWN, frozenset({RawPart.PEDICLE}), UNKNOWN),
        (frozenset(), UNKNOWN, UNKNOWN),
        (UNKNOWN, UNKNOWN, UNKNOWN),
        (NOT_ASSESSED, UNKNOWN, NOT_ASSESSED),
        (frozenset(), NOT_ASSESSED, NOT_ASSESSED),
    ],
)
def test_one_side_alone_does_not_decide(right, left, option):
    answers = derive_answers(RawSins(parts_right=right, parts_left=left), VertebralLevel.T8)
    assert answers.posterolateral is option


def test_right_stays_right_and_left_stays_left():
    raw = RawSins(
        parts_right=frozenset({RawPart.FACET, RawPart.LAMINA}),
        parts_left=frozenset({RawPart.COSTOVERTEBRAL}),
    )
    answers = derive_answers(raw, VertebralLevel.T8)
    assert answers.posterolateral_right == {PosterolateralPart.FACET}
    assert answers.posterolateral_left == {PosterolateralPart.COSTOVERTEBRAL}


@pytest.mark.parametrize("level", ["C7", "L1", "S1"])
def test_costovertebral_joint_where_there_is_none_is_refused(level):
    raw = RawSins(parts_right=frozenset({RawPart.COSTOVERTEBRAL}))
    with pytest.raises(CommandRefusedError, match=f"only at T1 to T12, not at {level}"):
        derive_answers(raw, VertebralLevel.parse(level))


def test_every_combination_equals_the_reference_derivation():
    """The formulas of reference section 12, written out a second time."""
    counted = {"facet", "pedicle", "cvj"}
    alignments = [[], ["new_kyphosis"], ["translation", "new_scoliosis"], ["preexisting_deformity"]]
    bodies = itertools.product([True, False], [0.0, 50.0, 50.5], [50.0, 51.0])
    sides = [[], ["lamina"], ["pedicle"], ["facet", "spinous"]]
    for (collapse, loss, involved), found, left, right in itertools.product(
        bodies, alignments, sides, sides
    ):
        document = {
            "pain": "none",
            "lesion": "blastic",
            "alignment": found,
            "height_loss_pct": loss,
            "collapse": collapse,
            "involved_pct": involved,
            "pl_left": left,
            "pl_right": right,
        }
        if "translation" in found:
            alignment = 4
        else:
            alignment = 2 if {"new_kyphosis", "new_scoliosis"} & set(found) else 0
        body = (3 if loss > 50 else 2) if collapse else 1 if involved > 50 else 0
        marked = bool(counted & set(left)) + bool(counted & set(right))
        posterolateral = [0, 1, 3][marked]
        answers = derive_answers(raw_of(document), VertebralLevel.S3)
        assert POINTS[SinsComponent.ALIGNMENT][answers.alignment] == alignment
        assert POINTS[SinsComponent.COLLAPSE][answers.collapse] == body
        assert POINTS[SinsComponent.POSTEROLATERAL][answers.posterolateral] == posterolateral
        total = assess_sins(VertebralLevel.S3, answers).total
        assert total == alignment + body + posterolateral
