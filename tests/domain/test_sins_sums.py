"""SINS added up by plain arithmetic: every option and every gap, in every zone of the spine.

The points are written out here a second time from the published table (Fisher 2010).
"""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from workstation.domain.answers import NOT_ASSESSED, UNKNOWN
from workstation.domain.sins import (
    SinsAlignment,
    SinsAnswers,
    SinsBoneLesion,
    SinsCategory,
    SinsCollapse,
    SinsComponent,
    SinsContext,
    SinsLocation,
    SinsPain,
    SinsPosterolateral,
    assess_sins,
    index_level,
    suggest_collapse,
)
from workstation.domain.sins_options import PosterolateralPart, sides_marked
from workstation.domain.spine import VertebralLevel

ZONE_POINTS = {"S3": 0, "T6": 1, "L3": 2, "C7": 3}
PAIN = {SinsPain.MECHANICAL: 3, SinsPain.NONMECHANICAL: 1, SinsPain.NONE: 0}
BONE = {SinsBoneLesion.LYTIC: 2, SinsBoneLesion.MIXED: 1, SinsBoneLesion.BLASTIC: 0}
ALIGNMENT = {SinsAlignment.TRANSLATION: 4, SinsAlignment.DEFORMITY: 2, SinsAlignment.NORMAL: 0}
COLLAPSE = {
    SinsCollapse.GT50: 3,
    SinsCollapse.LT50: 2,
    SinsCollapse.INVOLVED_GT50: 1,
    SinsCollapse.NONE: 0,
}
POSTEROLATERAL = {
    SinsPosterolateral.BILATERAL: 3,
    SinsPosterolateral.UNILATERAL: 1,
    SinsPosterolateral.NONE: 0,
}
TABLES = {
    "pain": PAIN,
    "bone_lesion": BONE,
    "alignment": ALIGNMENT,
    "collapse": COLLAPSE,
    "posterolateral": POSTEROLATERAL,
}


def category_words(total: int) -> str:
    """The published bands: 0-6, 7-12, 13-18."""
    return "stable" if total < 7 else "potentially_unstable" if total < 13 else "unstable"


def all_answers(*, missing: object = None):
    """Every set of five answers; with ``missing`` each answer may also be that."""
    choices = [[*table, *([missing] if missing else [])] for table in TABLES.values()]
    for picked in itertools.product(*choices):
        yield dict(zip(TABLES, picked, strict=True))


@pytest.mark.parametrize(("level", "zone"), ZONE_POINTS.items())
def test_every_complete_set_of_answers_adds_up(level: str, zone: int) -> None:
    count = 0
    for given in all_answers():
        result = assess_sins(VertebralLevel(level), SinsAnswers(**given))
        total = zone + sum(TABLES[name][option] for name, option in given.items())
        assert result.total == total
        assert result.category.value == category_words(total)
        assert result.consult is (total >= 7)
        count += 1
    assert count == 3 * 3 * 3 * 4 * 3


@pytest.mark.parametrize(("level", "zone"), ZONE_POINTS.items())
@pytest.mark.parametrize("missing", [NOT_ASSESSED, UNKNOWN])
def test_every_set_with_gaps_gives_the_range_that_is_left(level: str, zone: int, missing) -> None:
    for given in all_answers(missing=missing):
        result = assess_sins(VertebralLevel(level), SinsAnswers(**given))
        gaps = [name for name, option in given.items() if option is missing]
        known = zone + sum(TABLES[n][o] for n, o in given.items() if n not in gaps)
        most = known + sum(max(TABLES[name].values()) for name in gaps)
        assert (result.minimum, result.maximum) == (known, most)
        assert [item.value for item in result.missing] == gaps
        assert result.total == (None if gaps else known)
        words = {category_words(total) for total in range(known, most + 1)}
        assert {item.value for item in result.categories} == words
        assert (result.category is not None) is (len(words) == 1)
        assert result.consult is (most >= 7)


@pytest.mark.parametrize("name", list(TABLES))
def test_a_worse_answer_never_lowers_the_score(name: str) -> None:
    options = sorted(TABLES[name], key=TABLES[name].__getitem__)
    for given in all_answers():
        totals = [
            assess_sins(VertebralLevel.T6, SinsAnswers(**(given | {name: option}))).total
            for option in options
        ]
        assert totals == sorted(totals)
        assert len(set(totals)) == len(totals)


@pytest.mark.parametrize(
    ("level", "location", "points"),
    [
        ("T13", SinsLocation.JUNCTIONAL, 3),
        ("T13", SinsLocation.SEMIRIGID, 1),
        ("L6", SinsLocation.JUNCTIONAL, 3),
        ("L6", SinsLocation.MOBILE, 2),
        ("L6", SinsLocation.RIGID, 0),
    ],
)
def test_a_supernumerary_level_takes_the_location_of_the_reader(level, location, points) -> None:
    answers = SinsAnswers(**next(all_answers()), location=location)
    result = assess_sins(VertebralLevel(level), answers)
    assert result.components[SinsComponent.LOCATION].points == points
    assert result.total == points + 15
    assert result.refused is None


@pytest.mark.parametrize("level", ["T13", "L6"])
@pytest.mark.parametrize("location", [NOT_ASSESSED, UNKNOWN])
def test_without_it_there_is_a_range_and_no_category(level, location) -> None:
    worst = {name: max(table, key=table.__getitem__) for name, table in TABLES.items()}
    result = assess_sins(VertebralLevel(level), SinsAnswers(**worst, location=location))
    assert (result.minimum, result.maximum) == (15, 18)
    assert result.categories == (SinsCategory.UNSTABLE,)
    assert result.category is None
    assert result.refused == "Transitional anatomy: choose the location by hand."


@pytest.mark.parametrize("level", ["L5", "S1", "T12"])
@pytest.mark.parametrize("location", list(SinsLocation))
def test_a_location_by_hand_counts_only_at_a_transitional_level(level, location) -> None:
    answers = SinsAnswers(location=location)
    looked_up = assess_sins(VertebralLevel(level), answers)
    assert looked_up.components[SinsComponent.LOCATION].answer is SinsLocation.JUNCTIONAL
    by_hand = assess_sins(VertebralLevel(level), answers, transitional=True)
    assert by_hand.components[SinsComponent.LOCATION].answer is location


@pytest.mark.parametrize("level", [item.value for item in VertebralLevel])
def test_an_instrumented_level_is_never_computed(level: str) -> None:
    for given in itertools.islice(all_answers(), 0, None, 17):
        answers = SinsAnswers(
            **given, context=frozenset({SinsContext.INSTRUMENTED}), historical_total=11
        )
        result = assess_sins(VertebralLevel(level), answers)
        assert result.refused
        assert (result.total, result.minimum, result.maximum) == (None, None, None)
        assert (result.category, result.categories, result.consult) == (None, (), None)
        assert result.historical_total == 11


@pytest.mark.parametrize("context", [item for item in SinsContext if item.value != "instrumented"])
def test_no_other_remark_changes_the_points(context: SinsContext) -> None:
    answers = SinsAnswers(**next(itertools.islice(all_answers(), 100, None)))
    plain = assess_sins(VertebralLevel.T6, answers)
    remarked = assess_sins(VertebralLevel.T6, replace(answers, context=frozenset({context})))
    assert remarked.total == plain.total
    assert remarked.components == plain.components
    assert remarked.category is plain.category


PARTS = [
    frozenset(chosen) for n in range(4) for chosen in itertools.combinations(PosterolateralPart, n)
]


@pytest.mark.parametrize("right", PARTS, ids=lambda p: "+".join(sorted(p)) or "none")
@pytest.mark.parametrize("left", PARTS, ids=lambda p: "+".join(sorted(p)) or "none")
def test_sides_count_and_parts_do_not(right, left) -> None:
    expected = ("none", "unilateral", "bilateral")[bool(right) + bool(left)]
    assert sides_marked(right, left).value == expected


def scored(level: str, **given: object):
    return assess_sins(VertebralLevel(level), SinsAnswers(**given))


MILD = {name: min(table, key=table.__getitem__) for name, table in TABLES.items()}
WORST = {name: max(table, key=table.__getitem__) for name, table in TABLES.items()}


@pytest.mark.parametrize(
    ("answers", "index"),
    [
        ({}, None),
        ({"T6": MILD}, "T6"),
        ({"T6": MILD, "L3": MILD}, "L3"),
        ({"T6": MILD, "T7": MILD}, "T6"),
        ({"T7": MILD, "T6": MILD}, "T6"),
        ({"S3": WORST, "C7": MILD}, "S3"),
        ({"C7": WORST, "T1": WORST}, "C7"),
        # Incomplete: 3 + 18 - 3 possible, so it stands before a complete 17.
        ({"L3": WORST, "L1": {}}, "L1"),
        # 2 + 15 = 17 complete, 1 + 15 = 16 still possible at T6.
        ({"T6": {}, "L3": WORST}, "L3"),
    ],
)
def test_the_index_level_is_the_highest_and_of_equals_the_most_cranial(answers, index) -> None:
    results = {VertebralLevel(name): scored(name, **given) for name, given in answers.items()}
    assert index_level(results) == index


def test_refused_levels_take_no_part_in_the_index() -> None:
    fixed = scored("T1", **WORST, context=frozenset({SinsContext.INSTRUMENTED}))
    coccyx = scored("Co", **WORST)
    assert index_level({VertebralLevel.T1: fixed, VertebralLevel.CO: coccyx}) is None
    mild = scored("T6", **MILD)
    assert index_level({VertebralLevel.T1: fixed, VertebralLevel.T6: mild}) == "T6"


@pytest.mark.parametrize(
    ("loss", "uncertainty", "collapse", "option", "borderline"),
    [
        (-12.0, 0.0, "no", None, False),
        (0.0, 0.0, "no", None, False),
        (4.9, 3.0, "no", None, False),
        (5.0, 0.0, None, None, False),
        (19.9, 4.0, None, None, False),
        (20.0, 0.0, "yes", "lt50", False),
        (49.9, 0.0, "yes", "lt50", False),
        (50.0, 0.0, "yes", "lt50", True),
        (50.1, 0.0, "yes", "gt50", False),
        (100.0, 0.0, "yes", "gt50", False),
        (44.9, 5.0, "yes", "lt50", False),
        (45.0, 5.0, "yes", None, True),
        (55.0, 5.0, "yes", None, True),
        (55.1, 5.0, "yes", "gt50", False),
    ],
)
def test_a_measured_loss_proposes(loss, uncertainty, collapse, option, borderline) -> None:
    found = suggest_collapse(loss, uncertainty)
    assert found.collapse == collapse
    assert found.option == option
    assert found.borderline is borderline
    assert found.text.endswith((".", "?"))
