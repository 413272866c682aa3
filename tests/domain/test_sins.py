"""SINS: every option, every level, every boundary, unknowns, refusals, suggestions."""

from __future__ import annotations

import itertools

import pytest

from workstation.base.errors import CommandRefusedError
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, YesNo
from workstation.domain.sins import (
    MAXIMUM,
    POINTS,
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
    category_of,
    index_level,
    location_of,
    suggest_collapse,
)
from workstation.domain.sins_options import PosterolateralPart, has_costovertebral_joint
from workstation.domain.sins_texts import CATEGORY_TITLES, COMPONENT_TEXTS
from workstation.domain.spine import VertebralLevel

LEVELS = {level.value: level for level in VertebralLevel}

BENIGN = SinsAnswers(
    pain=SinsPain.NONE,
    bone_lesion=SinsBoneLesion.BLASTIC,
    alignment=SinsAlignment.NORMAL,
    collapse=SinsCollapse.NONE,
    posterolateral=SinsPosterolateral.NONE,
)
WORST = SinsAnswers(
    pain=SinsPain.MECHANICAL,
    bone_lesion=SinsBoneLesion.LYTIC,
    alignment=SinsAlignment.TRANSLATION,
    collapse=SinsCollapse.GT50,
    posterolateral=SinsPosterolateral.BILATERAL,
)


def answers_with(base=BENIGN, **changes):
    fields = {name: getattr(base, name) for name in SinsAnswers.__slots__}
    return SinsAnswers(**(fields | changes))


@pytest.mark.parametrize(
    ("level", "zone", "points"),
    [
        ("C0", SinsLocation.JUNCTIONAL, 3),
        ("C1", SinsLocation.JUNCTIONAL, 3),
        ("C2", SinsLocation.JUNCTIONAL, 3),
        ("C3", SinsLocation.MOBILE, 2),
        ("C4", SinsLocation.MOBILE, 2),
        ("C5", SinsLocation.MOBILE, 2),
        ("C6", SinsLocation.MOBILE, 2),
        ("C7", SinsLocation.JUNCTIONAL, 3),
        ("T1", SinsLocation.JUNCTIONAL, 3),
        ("T2", SinsLocation.JUNCTIONAL, 3),
        ("T3", SinsLocation.SEMIRIGID, 1),
        ("T4", SinsLocation.SEMIRIGID, 1),
        ("T5", SinsLocation.SEMIRIGID, 1),
        ("T6", SinsLocation.SEMIRIGID, 1),
        ("T7", SinsLocation.SEMIRIGID, 1),
        ("T8", SinsLocation.SEMIRIGID, 1),
        ("T9", SinsLocation.SEMIRIGID, 1),
        ("T10", SinsLocation.SEMIRIGID, 1),
        ("T11", SinsLocation.JUNCTIONAL, 3),
        ("T12", SinsLocation.JUNCTIONAL, 3),
        ("L1", SinsLocation.JUNCTIONAL, 3),
        ("L2", SinsLocation.MOBILE, 2),
        ("L3", SinsLocation.MOBILE, 2),
        ("L4", SinsLocation.MOBILE, 2),
        ("L5", SinsLocation.JUNCTIONAL, 3),
        ("S1", SinsLocation.JUNCTIONAL, 3),
        ("S2", SinsLocation.RIGID, 0),
        ("S3", SinsLocation.RIGID, 0),
        ("S4", SinsLocation.RIGID, 0),
        ("S5", SinsLocation.RIGID, 0),
    ],
)
def test_location_follows_the_level(level, zone, points):
    result = assess_sins(LEVELS[level], BENIGN)
    assert location_of(LEVELS[level]) is zone
    assert result.components[SinsComponent.LOCATION].answer is zone
    assert result.components[SinsComponent.LOCATION].points == points
    assert result.total == points


@pytest.mark.parametrize("level", ["T13", "L6", "Co"])
def test_no_location_is_looked_up_where_the_score_defines_none(level):
    assert location_of(LEVELS[level]) is None


@pytest.mark.parametrize(
    ("component", "option", "points"),
    [
        ("pain", SinsPain.MECHANICAL, 3),
        ("pain", SinsPain.NONMECHANICAL, 1),
        ("pain", SinsPain.NONE, 0),
        ("bone_lesion", SinsBoneLesion.LYTIC, 2),
        ("bone_lesion", SinsBoneLesion.MIXED, 1),
        ("bone_lesion", SinsBoneLesion.BLASTIC, 0),
        ("alignment", SinsAlignment.TRANSLATION, 4),
        ("alignment", SinsAlignment.DEFORMITY, 2),
        ("alignment", SinsAlignment.NORMAL, 0),
        ("collapse", SinsCollapse.GT50, 3),
        ("collapse", SinsCollapse.LT50, 2),
        ("collapse", SinsCollapse.INVOLVED_GT50, 1),
        ("collapse", SinsCollapse.NONE, 0),
        ("posterolateral", SinsPosterolateral.BILATERAL, 3),
        ("posterolateral", SinsPosterolateral.UNILATERAL, 1),
        ("posterolateral", SinsPosterolateral.NONE, 0),
    ],
)
def test_option_counts_its_published_points(component, option, points):
    result = assess_sins(VertebralLevel.S3, answers_with(**{component: option}))
    item = result.components[SinsComponent(component)]
    assert (item.answer, item.points, item.minimum, item.maximum) == (
        option,
        points,
        points,
        points,
    )
    assert result.total == points


def test_points_are_unique_inside_a_component_and_reach_eighteen():
    for table in POINTS.values():
        assert len(set(table.values())) == len(table)
        assert min(table.values()) == 0
    assert sum(max(table.values()) for table in POINTS.values()) == MAXIMUM == 18
    assert {c.value: max(POINTS[c].values()) for c in SinsComponent} == {
        "location": 3,
        "pain": 3,
        "bone_lesion": 2,
        "alignment": 4,
        "collapse": 3,
        "posterolateral": 3,
    }


def test_every_combination_adds_up_to_a_total_of_its_category():
    choices = [list(POINTS[c]) for c in SinsComponent if c is not SinsComponent.LOCATION]
    names = ["pain", "bone_lesion", "alignment", "collapse", "posterolateral"]
    for picked in itertools.product(*choices):
        result = assess_sins(
            VertebralLevel.L3, SinsAnswers(**dict(zip(names, picked, strict=True)))
        )
        by_hand = 2 + sum(
            POINTS[SinsComponent(name)][option] for name, option in zip(names, picked, strict=True)
        )
        assert result.total == result.minimum == result.maximum == by_hand
        assert result.category is category_of(by_hand)
        assert result.consult is (by_hand >= 7)
        assert result.missing == ()


@pytest.mark.parametrize(
    ("total", "category"),
    [
        (0, "stable"),
        (1, "stable"),
        (2, "stable"),
        (3, "stable"),
        (4, "stable"),
        (5, "stable"),
        (6, "stable"),
        (7, "potentially_unstable"),
        (8, "potentially_unstable"),
        (9, "potentially_unstable"),
        (10, "potentially_unstable"),
        (11, "potentially_unstable"),
        (12, "potentially_unstable"),
        (13, "unstable"),
        (14, "unstable"),
        (15, "unstable"),
        (16, "unstable"),
        (17, "unstable"),
        (18, "unstable"),
    ],
)
def test_category_of_total(total, category):
    assert category_of(total) == category


@pytest.mark.parametrize("total", [-1, 19])
def test_category_outside_the_score_is_refused(total):
    with pytest.raises(CommandRefusedError, match="between 0 and 18"):
        category_of(total)


def test_extremes_are_zero_and_eighteen():
    assert assess_sins(VertebralLevel.S4, BENIGN).total == 0
    assert assess_sins(VertebralLevel.S4, BENIGN).category is SinsCategory.STABLE
    assert assess_sins(VertebralLevel.T1, WORST).total == 18
    assert assess_sins(VertebralLevel.T1, WORST).category is SinsCategory.UNSTABLE


def test_every_result_carries_rule_set_and_sources():
    result = assess_sins(VertebralLevel.T5, BENIGN)
    assert result.rule_set == "SINS-2010"
    assert any("Fisher" in source for source in result.sources)
    assert any("Fourney" in source for source in result.sources)


@pytest.mark.parametrize("missing", [NOT_ASSESSED, UNKNOWN])
@pytest.mark.parametrize(
    ("component", "most"),
    [("pain", 3), ("bone_lesion", 2), ("alignment", 4), ("collapse", 3), ("posterolateral", 3)],
)
def test_missing_component_makes_a_range(component, most, missing):
    result = assess_sins(VertebralLevel.S2, answers_with(**{component: missing}))
    item = result.components[SinsComponent(component)]
    assert (item.points, item.minimum, item.maximum) == (None, 0, most)
    assert item.answer is missing
    assert (result.minimum, result.maximum, result.total) == (0, most, None)
    assert result.missing == (SinsComponent(component),)


def test_nothing_assessed_reaches_from_location_to_all_the_rest():
    result = assess_sins(VertebralLevel.T5, SinsAnswers())
    assert (result.minimum, result.maximum) == (1, 16)
    assert result.total is None
    assert result.category is None
    assert result.categories == tuple(SinsCategory)
    assert [c.value for c in result.missing] == [
        "pain",
        "bone_lesion",
        "alignment",
        "collapse",
        "posterolateral",
    ]


def test_range_inside_one_category_keeps_the_category_but_no_total():
    answers = SinsAnswers(
        pain=UNKNOWN,
        bone_lesion=SinsBoneLesion.LYTIC,
        alignment=SinsAlignment.NORMAL,
        collapse=SinsCollapse.LT50,
        posterolateral=SinsPosterolateral.UNILATERAL,
    )
    result = assess_sins(VertebralLevel.T12, answers)
    assert (result.minimum, result.maximum, result.total) == (8, 11, None)
    assert result.category is SinsCategory.POTENTIALLY_UNSTABLE
    assert result.consult is True


def test_range_over_two_categories_has_no_single_one_and_raises_consult():
    answers = SinsAnswers(
        pain=UNKNOWN,
        bone_lesion=SinsBoneLesion.LYTIC,
        alignment=SinsAlignment.NORMAL,
        collapse=SinsCollapse.INVOLVED_GT50,
        posterolateral=SinsPosterolateral.UNILATERAL,
    )
    result = assess_sins(VertebralLevel.T5, answers)
    assert (result.minimum, result.maximum) == (5, 8)
    assert result.category is None
    assert result.categories == (SinsCategory.STABLE, SinsCategory.POTENTIALLY_UNSTABLE)
    assert result.consult is True


def test_range_that_stays_below_seven_needs_no_consult():
    result = assess_sins(VertebralLevel.S2, answers_with(pain=UNKNOWN))
    assert result.maximum == 3
    assert result.consult is False
    assert result.category is SinsCategory.STABLE


def test_none_is_not_unknown():
    none = assess_sins(VertebralLevel.S2, answers_with(pain=SinsPain.NONE))
    unknown = assess_sins(VertebralLevel.S2, answers_with(pain=UNKNOWN))
    assert (none.total, unknown.total) == (0, None)


def test_coccyx_is_refused():
    result = assess_sins(VertebralLevel.CO, BENIGN)
    assert result.refused == "The coccyx is not covered by SINS."
    assert (result.total, result.minimum, result.maximum) == (None, None, None)
    assert result.category is None
    assert result.categories == ()
    assert result.consult is None


def test_instrumented_level_is_refused_and_keeps_a_historical_total():
    answers = answers_with(
        WORST, context=frozenset({SinsContext.INSTRUMENTED}), historical_total=14
    )
    result = assess_sins(VertebralLevel.T9, answers)
    assert result.total is None
    assert result.refused is not None
    assert result.refused.startswith("Instrumented level: SINS not computed.")
    assert result.historical_total == 14
    assert "S-24" in [flag.code for flag in result.flags]


def test_transitional_level_without_a_chosen_location_has_no_total():
    result = assess_sins(VertebralLevel.L5, BENIGN, transitional=True)
    assert result.refused == "Transitional anatomy: choose the location by hand."
    assert result.total is None
    assert result.category is None
    assert (result.minimum, result.maximum) == (0, 3)
    assert result.missing == (SinsComponent.LOCATION,)


def test_transitional_level_counts_the_chosen_location():
    answers = answers_with(location=SinsLocation.MOBILE)
    result = assess_sins(VertebralLevel.L5, answers, transitional=True)
    assert result.refused is None
    assert result.total == 2


@pytest.mark.parametrize("level", [VertebralLevel.T13, VertebralLevel.L6])
def test_supernumerary_level_is_always_transitional(level):
    assert assess_sins(level, BENIGN).refused is not None
    assert assess_sins(level, answers_with(location=SinsLocation.JUNCTIONAL)).total == 3


def test_location_chosen_by_hand_is_not_used_in_regular_anatomy():
    result = assess_sins(VertebralLevel.T5, answers_with(location=SinsLocation.JUNCTIONAL))
    assert result.total == 1
    assert "LOCATION_IGNORED" in [flag.code for flag in result.flags]
    agreed = assess_sins(VertebralLevel.T5, answers_with(location=SinsLocation.SEMIRIGID))
    assert "LOCATION_IGNORED" not in [flag.code for flag in agreed.flags]


def test_index_level_is_the_highest_total():
    results = {
        VertebralLevel.T5: assess_sins(VertebralLevel.T5, BENIGN),
        VertebralLevel.T9: assess_sins(VertebralLevel.T9, WORST),
    }
    assert index_level(results) is VertebralLevel.T9


def test_index_level_of_equals_is_the_most_cranial():
    results = {
        level: assess_sins(level, BENIGN)
        for level in (VertebralLevel.T9, VertebralLevel.T5, VertebralLevel.T7)
    }
    assert index_level(results) is VertebralLevel.T5


def test_incomplete_scores_compete_with_their_maximum():
    results = {
        VertebralLevel.T5: assess_sins(VertebralLevel.T5, answers_with(pain=UNKNOWN)),
        VertebralLevel.L3: assess_sins(VertebralLevel.L3, BENIGN),
    }
    assert index_level(results) is VertebralLevel.T5


def test_refused_scores_are_never_the_index_level():
    results = {
        VertebralLevel.CO: assess_sins(VertebralLevel.CO, WORST),
        VertebralLevel.S4: assess_sins(VertebralLevel.S4, BENIGN),
    }
    assert index_level(results) is VertebralLevel.S4
    assert index_level({VertebralLevel.CO: results[VertebralLevel.CO]}) is None
    assert index_level({}) is None


@pytest.mark.parametrize(
    ("loss", "collapse"),
    [
        (-3.0, YesNo.NO),
        (0.0, YesNo.NO),
        (4.9, YesNo.NO),
        (5.0, None),
        (12.0, None),
        (19.9, None),
        (20.0, YesNo.YES),
        (35.0, YesNo.YES),
        (100.0, YesNo.YES),
    ],
)
def test_measured_loss_proposes_collapse_from_twenty_percent(loss, collapse):
    assert suggest_collapse(loss).collapse is collapse


@pytest.mark.parametrize(
    ("loss", "uncertainty", "option", "borderline"),
    [
        (30.0, 6.0, SinsCollapse.LT50, False),
        (43.9, 6.0, SinsCollapse.LT50, False),
        (44.0, 6.0, None, True),
        (50.0, 6.0, None, True),
        (56.0, 6.0, None, True),
        (56.1, 6.0, SinsCollapse.GT50, False),
        (58.0, 6.0, SinsCollapse.GT50, False),
        (49.9, 0.0, SinsCollapse.LT50, False),
        (50.0, 0.0, SinsCollapse.LT50, True),
        (50.1, 0.0, SinsCollapse.GT50, False),
    ],
)
def test_interval_that_touches_fifty_proposes_no_option(loss, uncertainty, option, borderline):
    suggestion = suggest_collapse(loss, uncertainty)
    assert suggestion.collapse is YesNo.YES
    assert suggestion.option is option
    assert suggestion.borderline is borderline


def test_suggestion_says_what_it_proposes():
    assert suggest_collapse(58, 6).text == "Loss 58 % ± 6: whole interval above 50 %."
    assert suggest_collapse(31, 6).text == "Loss 31 % ± 6: whole interval below 50 %."
    assert suggest_collapse(12, 6).text == "Is this collapse? Loss 12 % ± 6."
    assert suggest_collapse(52, 6).text == "Borderline 50 %: no option proposed."
    assert suggest_collapse(3).text == "Loss 3 %: within measurement noise, no collapse proposed."


@pytest.mark.parametrize("loss", [float("nan"), float("inf"), 100.5])
def test_impossible_loss_is_refused(loss):
    with pytest.raises(CommandRefusedError, match="percentage"):
        suggest_collapse(loss)


def test_costovertebral_joint_exists_only_at_rib_bearing_levels():
    bearing = {level.value for level in VertebralLevel if has_costovertebral_joint(level)}
    assert bearing == {f"T{number}" for number in range(1, 14)}


def test_form_words_cover_every_option_in_order_of_points():
    assert list(COMPONENT_TEXTS) == list(SinsComponent)
    for component, text in COMPONENT_TEXTS.items():
        assert list(text.options) == sorted(POINTS[component], key=POINTS[component].__getitem__)
        assert [type(option) for option in text.options] == [type(o) for o in POINTS[component]]
        assert text.title
        assert text.definition
        assert all(option.title and option.line for option in text.options.values())


def test_weak_components_carry_the_published_agreement():
    kappas = {c.value: text.kappa for c, text in COMPONENT_TEXTS.items() if text.kappa}
    assert kappas == {
        "bone_lesion": (0.21, 0.24),
        "alignment": (0.45, 0.46),
        "collapse": (0.42, 0.46),
        "posterolateral": (0.29, 0.49),
    }


def test_category_titles():
    assert list(CATEGORY_TITLES.values()) == ["Stable", "Potentially unstable", "Unstable"]


def test_parts_that_count_are_three():
    assert [part.value for part in PosterolateralPart] == ["pedicle", "facet", "costovertebral"]
