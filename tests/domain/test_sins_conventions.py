"""SINS conventions S-01 to S-28: each acts where the reference says, and nowhere else."""

from __future__ import annotations

import pytest

from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, YesNo
from workstation.domain.sins import assess_sins, index_level, suggest_collapse
from workstation.domain.sins_conventions import (
    CONVENTIONS,
    contiguous_flags,
    convention,
    disabled_reason,
    proposed_collapse,
    sins_flags,
    suggested_location,
)
from workstation.domain.sins_derivation import (
    AlignmentFinding,
    RawPart,
    RawSins,
    derive_answers,
)
from workstation.domain.sins_options import (
    PosterolateralPart,
    SinsAlignment,
    SinsAnswers,
    SinsBoneLesion,
    SinsCollapse,
    SinsContext,
    SinsLocation,
    SinsPain,
    SinsPosterolateral,
)
from workstation.domain.spine import Variant, VertebralLevel

T8 = VertebralLevel.T8
PEDICLE = frozenset({PosterolateralPart.PEDICLE})
FACET = frozenset({PosterolateralPart.FACET})
COSTOVERTEBRAL = frozenset({PosterolateralPart.COSTOVERTEBRAL})


def codes(answers, level=T8, *, transitional=False):
    return [flag.code for flag in sins_flags(level, answers, transitional=transitional)]


def context(*items):
    return SinsAnswers(context=frozenset(items))


def raw(**changes):
    complete = {
        "pain": SinsPain.NONE,
        "lesion": SinsBoneLesion.LYTIC,
        "alignment": frozenset(),
        "height_loss_pct": 0.0,
        "collapse": YesNo.NO,
        "involved_pct": 30.0,
        "parts_left": frozenset(),
        "parts_right": frozenset(),
    }
    return RawSins(**(complete | changes))


def test_there_are_twenty_eight_conventions():
    assert list(CONVENTIONS) == [f"S-{number:02d}" for number in range(1, 29)]
    assert all(text.endswith(".") for text in CONVENTIONS.values())
    assert convention("S-13").text == "Lesion type inferred from MRI."


def test_plain_answers_raise_no_flag():
    assert codes(SinsAnswers(pain=SinsPain.NONE, posterolateral=SinsPosterolateral.NONE)) == []


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (SinsContext.BORDERLINE_COLLAPSE, "S-01"),
        (SinsContext.BORDERLINE_INVOLVEMENT, "S-02"),
        (SinsContext.INVOLVED_WITH_COLLAPSE, "S-03"),
        (SinsContext.OLD_FRACTURE, "S-06"),
        (SinsContext.AUGMENTED, "S-07"),
        (SinsContext.RADICULAR_ONLY, "S-11"),
        (SinsContext.MRI_ONLY, "S-13"),
        (SinsContext.TREATED, "S-14"),
        (SinsContext.DEFORMITY_WITH_TRANSLATION, "S-15"),
        (SinsContext.PREEXISTING_DEFORMITY, "S-16"),
        (SinsContext.SUPINE_ONLY, "S-17"),
        (SinsContext.OTHER_ARCH_PARTS, "S-19"),
        (SinsContext.RIB_HEAD_ONLY, "S-21"),
        (SinsContext.CONTIGUOUS, "S-23"),
        (SinsContext.INSTRUMENTED, "S-24"),
        (SinsContext.IRRADIATED, "S-25"),
        (SinsContext.PRIMARY_TUMOR, "S-28"),
        (SinsContext.NO_PRIOR, "NO_PRIOR"),
    ],
)
def test_stated_context_calls_its_convention(item, code):
    assert codes(context(item)) == [code]


def test_flags_come_in_order_of_their_codes_with_the_unnumbered_last():
    answers = context(
        SinsContext.NO_PRIOR, SinsContext.SUPINE_ONLY, SinsContext.AUGMENTED, SinsContext.MRI_ONLY
    )
    assert codes(answers) == ["S-07", "S-13", "S-17", "NO_PRIOR"]


def test_s01_exactly_half_height_is_less_than_half():
    answers = derive_answers(raw(collapse=YesNo.YES, height_loss_pct=50.0), T8)
    assert answers.collapse is SinsCollapse.LT50
    assert "S-01" in codes(answers)


def test_s02_exactly_half_involved_is_not_more():
    answers = derive_answers(raw(involved_pct=50.0), T8)
    assert answers.collapse is SinsCollapse.NONE
    assert "S-02" in codes(answers)


def test_s03_collapse_outranks_involvement():
    answers = derive_answers(raw(collapse=YesNo.YES, height_loss_pct=30.0, involved_pct=80.0), T8)
    assert answers.collapse is SinsCollapse.LT50
    assert "S-03" in codes(answers)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (SinsCollapse.LT50, "needs no collapse"),
        (SinsCollapse.GT50, "needs no collapse"),
        (SinsCollapse.NONE, None),
        (SinsCollapse.INVOLVED_GT50, None),
        (NOT_ASSESSED, None),
    ],
)
def test_s04_any_collapse_disables_the_involvement_option(answer, reason):
    assert disabled_reason(SinsCollapse.INVOLVED_GT50, answer) == reason
    assert disabled_reason(SinsCollapse.GT50, answer) is None


def test_s05_the_reader_decides_between_five_and_twenty_percent():
    assert suggest_collapse(12.0).option is None
    assert suggest_collapse(12.0).collapse is None


def test_s06_old_fracture_is_scored_as_no_collapse():
    stated = frozenset({SinsContext.OLD_FRACTURE})
    answers = derive_answers(raw(height_loss_pct=40.0, context=stated), T8)
    assert answers.collapse is SinsCollapse.NONE
    assert codes(answers) == ["S-06"]


def test_s07_augmented_body_scores_what_is_left():
    stated = frozenset({SinsContext.AUGMENTED})
    answers = derive_answers(raw(collapse=YesNo.YES, height_loss_pct=30.0, context=stated), T8)
    assert answers.collapse is SinsCollapse.LT50
    assert codes(answers) == ["S-07"]


@pytest.mark.parametrize("level", [VertebralLevel.C0, VertebralLevel.C1])
def test_s08_levels_without_a_body_propose_none_but_never_set_it(level):
    assert proposed_collapse(level) is SinsCollapse.NONE
    assert codes(SinsAnswers(), level) == ["S-08"]
    assert assess_sins(level, SinsAnswers()).components["collapse"].points is None


def test_s08_nothing_is_proposed_where_there_is_a_body():
    assert proposed_collapse(VertebralLevel.C2) is None


def test_s09_night_and_mechanical_pain_is_mechanical():
    answers = SinsAnswers(pain=SinsPain.MECHANICAL, context=frozenset({SinsContext.NIGHT_PAIN}))
    assert codes(answers) == ["S-09"]
    assert codes(context(SinsContext.NIGHT_PAIN)) == []


def test_s10_constant_pain_without_load_is_not_mechanical():
    answers = SinsAnswers(
        pain=SinsPain.NONMECHANICAL, context=frozenset({SinsContext.CONSTANT_PAIN})
    )
    assert codes(answers) == ["S-10"]
    assert codes(context(SinsContext.CONSTANT_PAIN)) == []


def test_s11_radicular_pain_asks_the_surgeon():
    assert "ask the surgeon" in convention("S-11").text


def test_s12_unknown_pain_is_a_range_and_can_be_sent_to_the_clinician():
    result = assess_sins(T8, SinsAnswers(pain=UNKNOWN))
    assert result.components["pain"].maximum == 3
    assert "S-12" in [flag.code for flag in result.flags]
    assert "S-12" not in codes(SinsAnswers(pain=NOT_ASSESSED))


def test_s15_translation_with_kyphosis_is_one_option():
    findings = frozenset({AlignmentFinding.TRANSLATION, AlignmentFinding.NEW_KYPHOSIS})
    answers = derive_answers(raw(alignment=findings), T8)
    assert answers.alignment is SinsAlignment.TRANSLATION
    assert codes(answers) == ["S-15"]


def test_s16_old_deformity_is_normal():
    findings = frozenset({AlignmentFinding.PREEXISTING_DEFORMITY})
    answers = derive_answers(raw(alignment=findings), T8)
    assert answers.alignment is SinsAlignment.NORMAL
    assert codes(answers) == ["S-16"]


def test_s16_without_a_prior_the_reader_judges():
    (flag,) = sins_flags(T8, context(SinsContext.NO_PRIOR), transitional=False)
    assert flag.text == "No prior: new or old is your judgment."


def test_s18_sides_count_not_structures():
    answers = SinsAnswers(
        posterolateral=SinsPosterolateral.BILATERAL,
        posterolateral_right=FACET,
        posterolateral_left=PEDICLE,
    )
    assert codes(answers) == ["S-18"]
    same = SinsAnswers(
        posterolateral=SinsPosterolateral.BILATERAL,
        posterolateral_right=PEDICLE,
        posterolateral_left=PEDICLE,
    )
    assert codes(same) == []


@pytest.mark.parametrize("part", [RawPart.LAMINA, RawPart.TRANSVERSE, RawPart.SPINOUS])
def test_s19_other_arch_parts_do_not_count(part):
    answers = derive_answers(raw(parts_left=frozenset({part})), T8)
    assert answers.posterolateral is SinsPosterolateral.NONE
    assert codes(answers) == ["S-19"]


def test_s19_is_silent_when_a_counted_part_is_there_too():
    answers = derive_answers(raw(parts_left=frozenset({RawPart.LAMINA, RawPart.FACET})), T8)
    assert answers.posterolateral is SinsPosterolateral.UNILATERAL
    assert codes(answers) == []


def test_s20_costovertebral_joint_outside_the_ribs_is_flagged_and_not_counted():
    answers = SinsAnswers(
        posterolateral=SinsPosterolateral.NONE, posterolateral_left=COSTOVERTEBRAL
    )
    assert codes(answers, VertebralLevel.L3) == ["S-20"]
    assert codes(SinsAnswers(posterolateral=SinsPosterolateral.NONE), VertebralLevel.L3) == []


def test_s20_costovertebral_joint_counts_at_thoracic_levels():
    answers = SinsAnswers(
        posterolateral=SinsPosterolateral.UNILATERAL, posterolateral_left=COSTOVERTEBRAL
    )
    assert codes(answers, T8) == []


def test_s21_rib_head_with_a_spared_joint_does_not_count():
    answers = derive_answers(raw(parts_right=frozenset({RawPart.RIB_HEAD})), T8)
    assert answers.posterolateral is SinsPosterolateral.NONE
    assert codes(answers) == ["S-21"]
    with_joint = frozenset({RawPart.RIB_HEAD, RawPart.COSTOVERTEBRAL})
    assert codes(derive_answers(raw(parts_right=with_joint), T8)) == []


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([VertebralLevel.T5], []),
        ([VertebralLevel.T5, VertebralLevel.T9], ["S-22"]),
        ([VertebralLevel.T6, VertebralLevel.T5], ["S-22", "S-23"]),
        ([VertebralLevel.T10, VertebralLevel.T11], ["S-22", "S-23", "S-27"]),
        ([VertebralLevel.S1, VertebralLevel.S2], ["S-22", "S-23", "S-27"]),
        ([VertebralLevel.T12, VertebralLevel.L1], ["S-22", "S-23"]),
        ([VertebralLevel.T12, VertebralLevel.T13], ["S-22", "S-23", "S-27"]),
        ([VertebralLevel.L6, VertebralLevel.S1], ["S-22", "S-23", "S-27"]),
    ],
)
def test_s22_s23_s27_several_levels(levels, expected):
    assert [flag.code for flag in contiguous_flags(levels)] == expected


def test_s22_levels_are_never_added():
    benign = derive_answers(raw(), T8)
    results = {
        level: assess_sins(level, benign) for level in (VertebralLevel.S1, VertebralLevel.S2)
    }
    assert [result.total for result in results.values()] == [5, 2]
    assert index_level(results) is VertebralLevel.S1


def test_s25_irradiated_level_is_computed():
    answers = derive_answers(raw(context=frozenset({SinsContext.IRRADIATED})), T8)
    result = assess_sins(T8, answers)
    assert result.total == 3
    assert [flag.code for flag in result.flags] == ["S-25"]


def test_s26_transitional_level_says_that_the_location_is_chosen_by_hand():
    assert codes(SinsAnswers(), VertebralLevel.L5, transitional=True) == ["S-26"]


@pytest.mark.parametrize(
    ("variants", "junctional"),
    [
        ({Variant.SIX_LUMBAR}, {"L6", "S1"}),
        ({Variant.FOUR_LUMBAR}, {"L4", "S1"}),
        ({Variant.SACRALIZED_L5}, {"L4", "L5"}),
        ({Variant.LUMBARIZED_S1}, {"S1", "S2"}),
        ({Variant.THIRTEEN_RIBS}, {"L5", "S1"}),
        ({Variant.FOUR_LUMBAR, Variant.LUMBARIZED_S1}, {"S1", "S2"}),
    ],
)
def test_s26_hint_is_junctional_for_lowest_mobile_and_first_fixed(variants, junctional):
    hinted = {
        level.value for level in VertebralLevel if suggested_location(level, frozenset(variants))
    }
    assert hinted == junctional
    assert suggested_location(VertebralLevel.S1, frozenset()) is SinsLocation.JUNCTIONAL


def test_s28_primary_tumor_is_computed_and_named():
    answers = derive_answers(raw(context=frozenset({SinsContext.PRIMARY_TUMOR})), T8)
    result = assess_sins(T8, answers)
    assert result.total == 3
    assert [flag.text for flag in result.flags] == ["Primary tumor."]


def test_unilateral_without_a_side_asks_which():
    answers = SinsAnswers(posterolateral=SinsPosterolateral.UNILATERAL)
    assert codes(answers) == ["WHICH_SIDE"]
    sided = SinsAnswers(posterolateral=SinsPosterolateral.UNILATERAL, posterolateral_right=PEDICLE)
    assert codes(sided) == []


@pytest.mark.parametrize(
    ("tile", "right", "left", "rows"),
    [
        (SinsPosterolateral.NONE, PEDICLE, frozenset(), "unilateral"),
        (SinsPosterolateral.UNILATERAL, PEDICLE, PEDICLE, "bilateral"),
        (SinsPosterolateral.BILATERAL, frozenset(), FACET, "unilateral"),
        (NOT_ASSESSED, PEDICLE, frozenset(), "unilateral"),
    ],
)
def test_rows_against_the_tile_are_flagged(tile, right, left, rows):
    answers = SinsAnswers(posterolateral=tile, posterolateral_right=right, posterolateral_left=left)
    flags = sins_flags(T8, answers, transitional=False)
    assert [flag.code for flag in flags] == ["ROWS_DIFFER"]
    assert rows in flags[0].text
