"""Comparison with a prior: every rule of the clinical reference, section 9, and its boundaries."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.domain.readings import (
    FRAME,
    L1,
    T11,
    T12,
    UNSTABLE,
    case_a,
    heights,
    mark,
    numbered_case,
    run,
)
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, YesNo
from workstation.domain.case import (
    Case,
    CaseStatus,
    Patient,
    SeriesReference,
    StudyReference,
)
from workstation.domain.commands import (
    AddMark,
    AddStudy,
    DecideChange,
    ReplaceLesion,
    SetEscc,
    SetPrior,
    SetSins,
)
from workstation.domain.escc import EsccGrade, answers_for_grade
from workstation.domain.follow_up import (
    LevelChange,
    Trend,
    ValueChange,
    counts_of,
    follow_up_of,
    graded_levels,
    latest_prior,
    measured_on,
    offset_of,
    prior_from,
    summary_of,
    trend_of,
)
from workstation.domain.lesion import Matrix, VertebraPart
from workstation.domain.prior import (
    ChangeDecision,
    ChangeVerdict,
    Prior,
    PriorLesion,
    PriorLevel,
)
from workstation.domain.sins import SinsAnswers

PATIENT = Patient(id="7", name="DOE^JANE", birth_date="1960-01-01")
LEFT, RIGHT = VertebraPart.PEDICLE_LEFT, VertebraPart.PEDICLE_RIGHT


def study(
    date: str, *, uid: str = "1.2.1", modality: str = "CT", description: str = ""
) -> AddStudy:
    return AddStudy(
        patient=PATIENT,
        study=StudyReference(study_uid=uid, date=date),
        series=(
            SeriesReference(
                series_uid="1.2.3.4",
                study_uid=uid,
                modality=modality,
                description=description,
                frame_of_reference_uid=FRAME,
            ),
        ),
    )


def ct_case(*marks: object) -> Case:
    """Return a numbered CT case of 2026-03-14 with the marked lesions."""
    return run(numbered_case(), study("2026-03-14T09:00"), *marks)  # type: ignore[arg-type]


def prior(**changes: object) -> Prior:
    base = Prior(id="p", date="2025-12-04")
    return replace(base, **changes)  # type: ignore[arg-type]


def before(**changes: object) -> PriorLesion:
    base = PriorLesion(id="b", number=1, levels=(T12,), long_axis_mm=16.0, modality="CT")
    return replace(base, **changes)  # type: ignore[arg-type]


def change(was: object, now: object, reason: str = "") -> ValueChange:
    return ValueChange(before=was, now=now, unit="mm", reason=reason)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("was", "now", "absolute", "percent"),
    [
        (10.0, 12.5, 2.5, 25.0),
        (12.5, 10.0, -2.5, -20.0),
        (8.0, 8.0, 0.0, 0.0),
        (8.0, 0.0, -8.0, -100.0),
        (0.0, 5.0, 5.0, None),
        (0.0, 0.0, 0.0, None),
        (NOT_ASSESSED, 5.0, None, None),
        (5.0, NOT_ASSESSED, None, None),
        (UNKNOWN, UNKNOWN, None, None),
    ],
)
def test_change_is_current_minus_prior_over_prior(was, now, absolute, percent):
    made = change(was, now)
    assert made.absolute == absolute
    assert made.percent == percent


def test_a_prior_of_zero_is_new_and_not_infinity():
    assert change(0.0, 5.0).is_new
    assert trend_of(change(0.0, 5.0)) is Trend.NEW
    assert not change(0.0, 0.0).is_new
    assert not change(4.0, 5.0).is_new
    assert not change(NOT_ASSESSED, 5.0).is_new


def test_what_cannot_be_compared_has_no_number():
    made = change(10.0, 20.0, "modality not known")
    assert made.absolute is None
    assert made.percent is None
    assert not made.is_new
    assert trend_of(made) is Trend.NOT_COMPARABLE


@pytest.mark.parametrize(
    ("was", "now", "trend"),
    [
        (25.0, 30.0, Trend.GROWN),
        (25.0, 29.9, Trend.STABLE),
        (26.0, 31.0, Trend.STABLE),
        (10.0, 14.9, Trend.STABLE),
        (10.0, 15.0, Trend.GROWN),
        (10.0, 7.0, Trend.SHRUNK),
        (10.0, 7.1, Trend.STABLE),
        (10.0, 0.0, Trend.SHRUNK),
        (0.0, 0.0, Trend.NOT_COMPARABLE),
        (NOT_ASSESSED, 9.0, Trend.NOT_COMPARABLE),
    ],
)
def test_trend_needs_both_thresholds_of_growth_and_that_of_shrinkage(was, now, trend):
    assert trend_of(change(was, now)) is trend


def test_a_lesion_is_found_again_by_level_and_place():
    case = ct_case(mark(T12, left_mm=10.0))
    found = follow_up_of(case, prior(lesions=(before(offset_lps=(8.0, 0.0, 0.0)),)))
    (one,) = found.lesions
    assert one.before is not None
    assert one.now is case.lesions[0]
    assert one.lesion_id == "lesion-1"
    assert one.levels == (T12,)
    assert not one.doubtful
    assert (one.size.before, one.size.now, one.size.percent) == (16.0, 16.0, 0.0)
    assert one.trend is Trend.STABLE
    assert found.days == 100
    assert found.new_count == 0


@pytest.mark.parametrize(("left_mm", "matched"), [(28.0, True), (28.1, False), (-12.0, True)])
def test_the_same_place_ends_at_20_mm(left_mm, matched):
    case = ct_case(mark(T12, left_mm=8.0))
    found = follow_up_of(case, prior(lesions=(before(offset_lps=(left_mm, 0.0, 0.0)),)))
    assert (len(found.lesions) == 1) is matched
    assert found.new_count == (0 if matched else 1)


def test_another_level_is_another_lesion():
    case = ct_case(mark(T11))
    found = follow_up_of(case, prior(lesions=(before(),)))
    assert [item.trend for item in found.lesions] == [Trend.NEW, Trend.GONE]
    assert found.lesions[1].lesion_id == "b"
    assert found.lesions[1].levels == (T12,)
    assert found.lesions[1].size.now is NOT_ASSESSED
    assert found.lesions[0].size.before is NOT_ASSESSED


def test_parts_decide_the_place_where_both_name_them():
    case = ct_case(mark(T12, left_mm=10.0))
    lesion = replace(case.lesions[0], parts=frozenset({LEFT}))
    case = run(case, ReplaceLesion(lesion=lesion))
    far = (-40.0, 0.0, 0.0)
    same = before(parts=frozenset({LEFT, RIGHT}), offset_lps=far)
    other = before(parts=frozenset({RIGHT}), offset_lps=(10.0, 0.0, 0.0))
    assert len(follow_up_of(case, prior(lesions=(same,))).lesions) == 1
    assert len(follow_up_of(case, prior(lesions=(other,))).lesions) == 2


def test_two_lesions_of_a_level_go_to_the_nearest_and_are_marked_as_doubtful():
    case = ct_case(
        mark(T12, lesion_id="left", left_mm=9.0), mark(T12, lesion_id="right", left_mm=-9.0)
    )
    then = (
        before(id="r", number=1, offset_lps=(-8.0, 0.0, 0.0)),
        before(id="l", number=2, offset_lps=(8.0, 0.0, 0.0)),
    )
    found = follow_up_of(case, prior(lesions=then))
    pairs = {item.lesion_id: item.before.id for item in found.lesions if item.before}
    assert pairs == {"left": "l", "right": "r"}
    assert all(item.doubtful for item in found.lesions)


def test_a_lesion_is_matched_once():
    case = ct_case(mark(T12, lesion_id="a"), mark(T12, lesion_id="b", left_mm=4.0))
    found = follow_up_of(case, prior(lesions=(before(offset_lps=(4.0, 0.0, 0.0)),)))
    assert [item.before is None for item in found.lesions] == [True, False]
    assert [item.doubtful for item in found.lesions] == [False, True]


def test_more_shared_levels_win_over_a_nearer_place():
    case = ct_case(mark(T12))
    case = run(case, ReplaceLesion(lesion=replace(case.lesions[0], levels=(T12, L1))))
    near = before(id="near", levels=(T12,), offset_lps=(0.0, 0.0, 0.0))
    both = before(id="both", levels=(T12, L1), number=2)
    found = follow_up_of(case, prior(lesions=(near, both)))
    assert found.lesions[0].before is both
    assert found.lesions[0].doubtful


def test_a_lesion_treated_since_says_so():
    case = ct_case(mark(T12))
    case = run(case, ReplaceLesion(lesion=replace(case.lesions[0], treated=YesNo.YES)))
    assert follow_up_of(case, prior(lesions=(before(),))).lesions[0].trend is Trend.TREATED
    again = before(treated=YesNo.YES)
    assert follow_up_of(case, prior(lesions=(again,))).lesions[0].trend is Trend.STABLE


@pytest.mark.parametrize(
    ("modality", "description", "changes", "reason"),
    [
        ("CT", "", {}, ""),
        ("CT", "", {"modality": "MR"}, "measured on MR before, on CT now"),
        ("CT", "", {"modality": ""}, "modality not known"),
        ("MR", "Sag T1", {"modality": "MR", "sequence": "T1"}, ""),
        ("MR", "Sag T1", {"modality": "MR", "sequence": "STIR"}, "on STIR before, on T1 now"),
        ("MR", "Sag T1", {"modality": "MR"}, "sequence not known"),
        ("MR", "Sag", {"modality": "MR", "sequence": "T1"}, "sequence not known"),
        ("CT", "", {"method": "caliper"}, "other method: caliper"),
    ],
)
def test_only_the_same_modality_sequence_and_method_compare(modality, description, changes, reason):
    scan = study("2026-03-14", modality=modality, description=description)
    case = run(numbered_case(), scan, mark(T12))
    (made,) = follow_up_of(case, prior(lesions=(before(**changes),))).lesions
    assert made.size.reason.endswith(reason)
    assert bool(made.size.reason) is bool(reason)
    assert (made.size.percent is None) is bool(reason)
    assert made.involved.reason == made.size.reason


def test_without_its_series_a_lesion_has_no_modality():
    case = run(numbered_case(), mark(T12))
    assert measured_on(case, case.lesions[0]) == ("", "")
    (made,) = follow_up_of(case, prior(lesions=(before(),))).lesions
    assert made.size.reason == "modality not known"


def levels(was: PriorLevel | None, now: PriorLevel | None) -> LevelChange:
    return LevelChange(level=T12, before=was, now=now)


def graded(**changes: object) -> PriorLevel:
    return replace(PriorLevel(level=T12), **changes)  # type: ignore[arg-type]


def test_grades_are_told_then_and_now_and_never_in_percent():
    made = levels(
        graded(escc=EsccGrade.G1B, sins_low=7, sins_high=9),
        graded(escc=EsccGrade.G2, sins_low=14, sins_high=14),
    )
    assert made.escc_words == "1b to 2"
    assert made.sins_words == "7\N{EN DASH}9 to 14"
    same = graded(escc=EsccGrade.G2, sins_low=14, sins_high=14)
    assert levels(same, same).escc_words == "2, unchanged"
    assert levels(same, same).sins_words == "14, unchanged"
    assert levels(None, same).escc_words == "not assessed to 2"
    assert levels(graded(escc=UNKNOWN), same).escc_words == "unknown to 2"
    assert levels(same, None).sins_words == "14 to not assessed"
    assert levels(graded(), None).escc_words == "not assessed"


def test_height_loss_compares_only_with_the_same_reference_vertebrae():
    was = graded(height_loss_pct=20.0, height_reference=(T11, L1))
    now = graded(height_loss_pct=30.0, height_reference=(T11, L1))
    other = graded(height_loss_pct=30.0, height_reference=(T11,))
    assert levels(was, now).height_loss.absolute == 10.0
    assert levels(was, other).height_loss.reason == "other reference level"
    assert levels(was, graded()).height_loss.reason == ""
    assert levels(None, now).height_loss.before is NOT_ASSESSED
    assert levels(was, None).height_loss.now is NOT_ASSESSED


def test_a_level_snapshot_holds_grades_and_heights_and_no_empty_score():
    case = run(
        case_a(),
        mark(L1, lesion_id="ungraded"),
        AddMark(mark=heights(T11, 20.0)),
        AddMark(mark=heights(T12, 15.0)),
    )
    found = {item.level: item for item in graded_levels(case)}
    assert list(found) == [T11, T12, L1]
    assert (found[T12].sins_low, found[T12].sins_high, found[T12].escc) == (14, 14, EsccGrade.G2)
    assert found[T12].height_loss_pct == 25.0
    assert found[T12].height_reference == (T11,)
    assert found[L1].sins_low is None
    assert found[L1].escc is NOT_ASSESSED
    one_answer = run(case, SetSins(level=L1, answers=SinsAnswers(bone_lesion=UNSTABLE.bone_lesion)))
    ranged = {item.level: item for item in graded_levels(one_answer)}[L1]
    assert (ranged.sins_low, ranged.sins_high) == (5, 18)


def test_the_levels_of_both_readings_are_listed_from_the_head():
    then = prior(levels=(PriorLevel(level=L1, escc=EsccGrade.G0), PriorLevel(level=T11)))
    found = follow_up_of(case_a(), then)
    assert [item.level for item in found.levels] == [T11, T12, L1]
    assert found.levels[1].before is None
    assert found.levels[2].now is None


def test_a_case_becomes_the_prior_of_the_next_one():
    older = run(
        numbered_case(),
        study("2025-12-04T08:00", uid="1.2.9", modality="MR", description="Sag T1"),
        mark(T12, left_mm=6.0),
        SetEscc(level=T12, answers=answers_for_grade(EsccGrade.G1B)),
    )
    older = run(older, ReplaceLesion(lesion=replace(older.lesions[0], matrix=Matrix.LYTIC)))
    made = prior_from(older, prior_id="p1")
    assert (made.id, made.date, made.study_uid) == ("p1", "2025-12-04", "1.2.9")
    assert made.source == "case case-1 version 1, draft"
    (lesion,) = made.lesions
    assert (lesion.levels, lesion.long_axis_mm, lesion.matrix) == ((T12,), 16.0, Matrix.LYTIC)
    assert (lesion.modality, lesion.sequence) == ("MR", "T1")
    assert lesion.offset_lps == (6.0, 0.0, 0.0)
    assert made.levels[0].escc is EsccGrade.G1B
    signed = replace(older, status=CaseStatus.SIGNED)
    assert prior_from(signed, prior_id="p").source == "case case-1 version 1"
    assert prior_from(numbered_case(), prior_id="p").date == ""


def test_a_place_needs_a_confirmed_level():
    case = ct_case(mark(T12, left_mm=3.0))
    assert offset_of(case, case.lesions[0]) == (3.0, 0.0, 0.0)
    assert offset_of(case, replace(case.lesions[0], levels=())) is None
    assert offset_of(case, replace(case.lesions[0], frame_of_reference_uid="9")) is None
    assert offset_of(case, replace(case.lesions[0], levels=(BELOW,))) is None


BELOW = L1.__class__("L5")
"""A level that the test spine does not hold."""


def test_days_need_two_dates():
    assert follow_up_of(numbered_case(), prior()).days is None
    dated = ct_case()
    assert follow_up_of(dated, prior(date="2026-03-14")).days == 0
    assert follow_up_of(dated, prior(date="2025-03-14T10:00")).days == 365


def test_the_newest_prior_is_the_one_compared_with():
    assert latest_prior(numbered_case()) is None
    older, newer = prior(id="o", date="2024-01-01"), prior(id="n", date="2025-01-01")
    case = run(ct_case(), SetPrior(prior=newer), SetPrior(prior=older))
    assert [item.id for item in case.priors] == ["o", "n"]
    assert latest_prior(case) is newer


def test_only_the_reader_says_better_same_or_worse():
    case = run(
        ct_case(mark(T11, lesion_id="a"), mark(T12, lesion_id="b"), mark(L1, lesion_id="c")),
        SetPrior(
            prior=prior(
                lesions=(before(id="pb", levels=(T12,)), before(id="pc", number=2, levels=(L1,)))
            )
        ),
    )
    undecided = follow_up_of(case, case.priors[0])
    assert all(item.verdict is NOT_ASSESSED for item in undecided.lesions)
    assert counts_of(undecided.lesions) == {"new": 1, "to confirm": 2}
    case = run(
        case,
        DecideChange(prior_id="p", lesion_id="b", verdict=ChangeVerdict.WORSE),
        DecideChange(prior_id="p", lesion_id="c", verdict=ChangeVerdict.SAME),
    )
    decided = follow_up_of(case, case.priors[0])
    assert summary_of(decided).text == "Compared with 2025-12-04: 1 new, 1 worse, 1 same."
    assert summary_of(decided).sources == ("prior.p",)


def test_the_summary_of_nothing_is_said_as_such():
    nothing = follow_up_of(numbered_case(), prior())
    assert summary_of(nothing).text == "Compared with 2025-12-04: no lesion then or now."
    undated = replace(nothing, prior=replace(nothing.prior, date=""))
    assert summary_of(undated).text.startswith("Compared with a prior without date")
    gone = follow_up_of(
        numbered_case(),
        prior(
            lesions=(before(),),
            decisions=(ChangeDecision(lesion_id="b", verdict=ChangeVerdict.BETTER),),
        ),
    )
    assert summary_of(gone).text == "Compared with 2025-12-04: 1 better."
