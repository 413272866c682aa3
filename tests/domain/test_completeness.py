"""Every check has a case that fires it and one that does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.domain.readings import (
    AT,
    FRAME,
    L1,
    L3,
    T11,
    T12,
    UNSTABLE,
    case_a,
    empty_case,
    mark,
    numbered_case,
    run,
    spine,
)
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN
from workstation.domain.case import Case, Communication, KeyImage
from workstation.domain.checks_clinical import epidural_agrees
from workstation.domain.commands import (
    AddKeyImage,
    AddLesion,
    ReplaceLesion,
    SetCommunication,
    SetConus,
    SetEscc,
    SetSins,
    SetSpine,
)
from workstation.domain.completeness import (
    RULES,
    Severity,
    blocks_signing,
    checks_of,
    conus_stated,
    critical_communicated,
    escc_answered,
    evidence_attached,
    laterality_agrees,
    lesions_have_levels,
    levels_confirmed,
    levels_on_images,
    noms_answered,
    side_is_named,
    sins_answered,
)
from workstation.domain.escc import EsccGrade, answers_for_grade
from workstation.domain.lesion import SoftTissue, VertebraPart
from workstation.domain.sins_options import PosterolateralPart, SinsPosterolateral

PEDICLE = frozenset({PosterolateralPart.PEDICLE})


def codes(rule, case: Case) -> list[str]:
    return [check.code for check in rule(case)]


def key_image(**changes: object) -> KeyImage:
    base = KeyImage(
        id="key-1",
        study_uid="1.2",
        series_uid="1.2.3.4",
        volume_index=0,
        frame_of_reference_uid=FRAME,
        center_lps=(0.0, 0.0, 30.0),
        direction=(0.0, 0.0, 1.0),
        up=(0.0, -1.0, 0.0),
        field_mm=100.0,
        window_center=40.0,
        window_width=400.0,
        plane="Axial",
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def with_lesion(case: Case, **changes: object) -> Case:
    lesion = replace(case.lesions[0], **changes)  # type: ignore[arg-type]
    return run(case, ReplaceLesion(lesion=lesion))


def test_a_lesion_needs_a_confirmed_numbering():
    unconfirmed = run(empty_case(), SetSpine(spine=spine()), mark(T12))
    assert codes(levels_confirmed, unconfirmed) == ["levels-not-confirmed"]
    assert codes(levels_confirmed, run(empty_case(), mark(T12))) == ["levels-not-confirmed"]
    assert codes(levels_confirmed, run(numbered_case(), mark(T12))) == []


def test_a_lesion_outside_the_numbered_stretch_is_named():
    outside = AddLesion(
        id="far",
        center_lps=(0.0, 0.0, 400.0),
        radius_mm=5.0,
        frame_of_reference_uid=FRAME,
        series_uid="1",
    )
    assert codes(lesions_have_levels, run(numbered_case(), outside)) == ["lesion-without-level"]
    assert codes(lesions_have_levels, run(empty_case(), outside)) == []
    assert codes(lesions_have_levels, run(numbered_case(), mark(L1))) == []


def test_a_graded_level_must_be_numbered():
    graded = run(numbered_case(), SetSins(level=L3, answers=UNSTABLE))
    assert codes(levels_on_images, graded) == ["level-not-numbered"]
    assert codes(levels_on_images, case_a()) == []
    typed_only = run(empty_case(), SetSins(level=L3, answers=UNSTABLE))
    assert codes(levels_on_images, typed_only) == []


def test_an_urgent_finding_asks_who_was_told():
    assert codes(critical_communicated, case_a()) == ["critical-not-communicated"]
    told = Communication(to_whom="Dr Weber", at=AT, how="telephone")
    assert codes(critical_communicated, run(case_a(), SetCommunication(communication=told))) == []
    assert codes(critical_communicated, numbered_case()) == []


@pytest.mark.parametrize(
    ("left_mm", "part", "fires"),
    [
        (10.0, VertebraPart.PEDICLE_LEFT, False),
        (10.0, VertebraPart.PEDICLE_RIGHT, True),
        (-10.0, VertebraPart.PEDICLE_RIGHT, False),
        (-10.0, VertebraPart.PEDICLE_LEFT, True),
        (4.9, VertebraPart.PEDICLE_RIGHT, False),
        (5.0, VertebraPart.PEDICLE_RIGHT, True),
        (10.0, VertebraPart.SPINOUS, False),
    ],
)
def test_the_side_in_words_must_be_the_side_of_the_mark(left_mm, part, fires):
    case = run(numbered_case(), mark(T12, left_mm=left_mm))
    case = with_lesion(case, parts=frozenset({part}))
    found = list(laterality_agrees(case))
    assert [check.code for check in found] == (["laterality"] if fires else [])
    assert all(check.severity is Severity.CONTRADICTION for check in found)


def test_parts_on_both_sides_or_an_unnumbered_lesion_do_not_contradict():
    both = frozenset({VertebraPart.PEDICLE_LEFT, VertebraPart.PEDICLE_RIGHT})
    case = with_lesion(run(numbered_case(), mark(T12, left_mm=10.0)), parts=both)
    assert codes(laterality_agrees, case) == []
    loose = with_lesion(
        run(empty_case(), mark(T12, left_mm=10.0)), parts=frozenset({VertebraPart.PEDICLE_RIGHT})
    )
    assert codes(laterality_agrees, loose) == []


@pytest.mark.parametrize(
    ("answer", "right", "left", "words"),
    [
        (SinsPosterolateral.UNILATERAL, frozenset(), frozenset(), "which side"),
        (SinsPosterolateral.UNILATERAL, PEDICLE, PEDICLE, "both sides"),
        (SinsPosterolateral.UNILATERAL, PEDICLE, frozenset(), ""),
        (SinsPosterolateral.BILATERAL, PEDICLE, frozenset(), "one side"),
        (SinsPosterolateral.BILATERAL, PEDICLE, PEDICLE, ""),
        (SinsPosterolateral.BILATERAL, frozenset(), frozenset(), ""),
        (SinsPosterolateral.NONE, frozenset(), PEDICLE, "parts are named"),
        (SinsPosterolateral.NONE, frozenset(), frozenset(), ""),
        (NOT_ASSESSED, PEDICLE, PEDICLE, ""),
        (UNKNOWN, frozenset(), frozenset(), ""),
    ],
)
def test_posterolateral_sides_fit_the_answer(answer, right, left, words):
    answers = replace(
        UNSTABLE, posterolateral=answer, posterolateral_right=right, posterolateral_left=left
    )
    case = run(numbered_case(), SetSins(level=T12, answers=answers))
    found = list(side_is_named(case))
    assert bool(found) is bool(words)
    assert all(words in check.text for check in found)


@pytest.mark.parametrize(
    ("grade", "tissue", "fires"),
    [
        (EsccGrade.G2, frozenset({SoftTissue.NONE}), True),
        (EsccGrade.G1A, frozenset({SoftTissue.NONE}), True),
        (EsccGrade.G0, frozenset({SoftTissue.NONE}), False),
        (EsccGrade.G2, frozenset({SoftTissue.EPIDURAL}), False),
        (EsccGrade.G2, NOT_ASSESSED, False),
    ],
)
def test_an_epidural_grade_contradicts_no_soft_tissue(grade, tissue, fires):
    case = run(numbered_case(), mark(T12), SetEscc(level=T12, answers=answers_for_grade(grade)))
    case = with_lesion(case, soft_tissue=tissue)
    assert codes(epidural_agrees, case) == (["epidural-contradiction"] if fires else [])


def test_an_ungraded_level_cannot_contradict():
    case = with_lesion(run(numbered_case(), mark(T12)), soft_tissue=frozenset({SoftTissue.NONE}))
    assert codes(epidural_agrees, case) == []


def test_every_open_sins_item_is_listed_with_its_field():
    case = run(numbered_case(), mark(T12))
    fields = [check.field for check in sins_answered(case)]
    assert fields == [
        "sins.T12.pain",
        "sins.T12.bone_lesion",
        "sins.T12.alignment",
        "sins.T12.collapse",
        "sins.T12.posterolateral",
    ]
    assert codes(sins_answered, case_a()) == []


def test_an_ungraded_escc_is_listed():
    assert codes(escc_answered, run(numbered_case(), mark(T12))) == ["escc-open"]
    assert codes(escc_answered, case_a()) == []


def test_the_conus_is_asked_for_only_near_it():
    assert codes(conus_stated, run(numbered_case(), mark(T12))) == ["conus-open"]
    stated = run(numbered_case(), mark(T12), SetConus(conus=L1))
    assert codes(conus_stated, stated) == []
    not_seen = run(numbered_case(), mark(T12), SetConus(conus=UNKNOWN))
    assert codes(conus_stated, not_seen) == []
    assert codes(conus_stated, numbered_case()) == []


def test_what_noms_misses_is_listed_per_level():
    found = list(noms_answered(run(numbered_case(), mark(T11))))
    assert [check.field for check in found] == ["noms.T11"]
    assert found[0].detail
    assert codes(noms_answered, case_a()) == []


def test_a_graded_level_without_picture_is_noted():
    assert codes(evidence_attached, case_a()) == ["no-evidence"]
    proven = run(case_a(), AddKeyImage(image=key_image(proves=("sins.T12.pain",))))
    assert codes(evidence_attached, proven) == []
    shown = run(case_a(), AddKeyImage(image=key_image(lesion_number=1)))
    assert codes(evidence_attached, shown) == []


def test_checks_come_worst_first_and_block_while_one_is_bad():
    unconfirmed = run(empty_case(), SetSpine(spine=spine()), mark(T12))
    found = checks_of(unconfirmed)
    order = list(Severity)
    ranks = [order.index(check.severity) for check in found]
    assert ranks == sorted(ranks)
    assert found[0].code == "levels-not-confirmed"
    assert blocks_signing(found)
    told = Communication(to_whom="Dr Weber", at=AT, how="telephone")
    finished = checks_of(run(case_a(), SetCommunication(communication=told)))
    assert not blocks_signing(finished)


def test_every_rule_says_what_it_looks_for():
    assert len(RULES) == len(set(RULES)) == 29
    assert all(rule.__doc__ for rule in RULES)
