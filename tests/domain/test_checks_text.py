"""Checks of the words: each has a text that fires it and one that does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.domain.readings import (
    L1,
    T11,
    T12,
    UNSTABLE,
    case_a,
    empty_case,
    mark,
    numbered_case,
    run,
)
from tests.domain.test_changes_review import LESS, own_text
from tests.domain.test_completeness import key_image
from workstation.domain.case import Case, ReportText, Sentence
from workstation.domain.check import Severity
from workstation.domain.checks_text import (
    TEXT_RULES,
    blanks_filled,
    impression_is_whole,
    levels_in_text,
    sentences_fresh,
    sentences_have_sources,
    sides_in_text,
    sides_of,
)
from workstation.domain.commands import (
    AddKeyImage,
    Explain,
    ReplaceLesion,
    SetEscc,
    SetSins,
    SetText,
)
from workstation.domain.completeness import blocks_signing, checks_of
from workstation.domain.escc import EsccGrade, answers_for_grade
from workstation.domain.lesion import SoftTissue, VertebraPart

LEFT, RIGHT = VertebraPart.PEDICLE_LEFT, VertebraPart.PEDICLE_RIGHT


def codes(rule, case: Case) -> list[str]:
    return [check.code for check in rule(case)]


def left_case(**changes: object) -> Case:
    """Return a lesion at T12, 10 mm to the patient's left."""
    case = run(numbered_case(), mark(T12, left_mm=10.0))
    return run(case, ReplaceLesion(lesion=replace(case.lesions[0], **changes)))  # type: ignore[arg-type]


def said(case: Case, *sentences: Sentence) -> Case:
    return run(case, SetText(text=ReportText(impression=sentences)))


def test_sides_come_from_parts_then_from_the_mark():
    assert sides_of(left_case(), left_case().lesions[0]) == {"L"}
    right = left_case(parts=frozenset({RIGHT}))
    assert sides_of(right, right.lesions[0]) == {"R"}
    both = left_case(parts=frozenset({RIGHT}), soft_tissue=frozenset({SoftTissue.FORAMINAL_LEFT}))
    assert sides_of(both, both.lesions[0]) == {"L", "R"}
    middle = left_case(soft_tissue=frozenset({SoftTissue.EPIDURAL}))
    assert sides_of(middle, middle.lesions[0]) == {"L"}
    near = run(numbered_case(), mark(T12, left_mm=-4.9))
    assert sides_of(near, near.lesions[0]) == set()
    other = run(numbered_case(), mark(T12, left_mm=-5.0))
    assert sides_of(other, other.lesions[0]) == {"R"}
    loose = run(empty_case(), mark(T12, left_mm=10.0))
    assert sides_of(loose, loose.lesions[0]) == set()


@pytest.mark.parametrize(
    ("note", "fires"),
    [
        ("Involves the right pedicle.", True),
        ("RIGHT pedicle.", True),
        ("Involves the left pedicle.", False),
        ("Left, not right.", False),
        ("Right-handed patient.", False),
        ("Bright lesion, upright view.", False),
        ("", False),
    ],
)
def test_a_side_in_a_note_is_the_side_of_the_lesion(note, fires):
    found = list(sides_in_text(left_case(note=note)))
    assert bool(found) is fires
    assert all(check.severity is Severity.CONTRADICTION for check in found)


def test_captions_and_sentences_are_read_too():
    case = run(
        left_case(),
        AddKeyImage(image=key_image(lesion_number=1, caption="Right pedicle.")),
        AddKeyImage(image=key_image(id="key-2", lesion_number=9, caption="Right pedicle.")),
    )
    assert [check.field for check in sides_in_text(case)] == ["lesion.lesion-1"]
    told = said(
        left_case(),
        Sentence(text="Left pedicle.", sources=("lesion.lesion-1",)),
        Sentence(text="Right pedicle.", sources=("lesion.lesion-1",)),
        Sentence(text="Right pedicle.", sources=("sins.T12", "escc.T12")),
        Sentence(text="Right pedicle.", sources=("red_flags",)),
        Sentence(text="Right pedicle."),
    )
    fields = [check.field for check in sides_in_text(told)]
    assert fields == ["report.impression.1", "report.impression.2"]


def test_a_sentence_about_two_lesions_or_a_lesion_of_both_sides_is_not_judged():
    case = run(left_case(), mark(T12, lesion_id="b", left_mm=-10.0))
    sentence = Sentence(text="Right pedicle.", sources=("sins.T12",))
    assert codes(sides_in_text, said(case, sentence)) == []
    both = left_case(parts=frozenset({LEFT, RIGHT}), note="Right pedicle.")
    assert codes(sides_in_text, both) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Lesion at T12.", []),
        ("Lesion at L4.", ["L4"]),
        ("Between L4 and L5, and L4 again.", ["L4", "L5"]),
        ("Bright on T2, dark on T1.", []),
        ("C99 does not exist.", ["C99"]),
        ("SINS 9, 1T scanner, S-08.", []),
        ("Lesion at S1.", ["S1"]),
    ],
)
def test_a_level_in_the_text_is_numbered(text, names):
    found = [
        check.text.split()[0] for check in levels_in_text(said(left_case(), Sentence(text=text)))
    ]
    assert found == names
    noted = [check.field for check in levels_in_text(left_case(note=text))]
    assert noted == ["lesion.lesion-1.note"] * len(names)


def test_a_graded_level_counts_and_without_numbering_nothing_is_judged():
    graded = run(left_case(note="As at T9."))
    assert codes(levels_in_text, graded) == ["text-level"]
    nine = SetEscc(level=T11.__class__("T9"), answers=answers_for_grade(EsccGrade.G0))
    assert codes(levels_in_text, run(graded, nine)) == []
    assert codes(levels_in_text, said(empty_case(), Sentence(text="Lesion at L4."))) == []


def test_a_stale_sentence_blocks_and_says_what_changed():
    case = own_text(case_a())
    assert codes(sentences_fresh, case) == []
    changed = run(case, SetSins(level=T12, answers=LESS))
    found = list(sentences_fresh(changed))
    assert found[0].severity is Severity.BLOCKING
    assert found[0].field == "report.impression.0"
    assert found[0].text == "Stale sentence 1 of the impression"
    assert "SINS T12 is 11" in found[0].detail
    assert not found[0].explainable


def test_a_typed_sentence_does_not_go_out_unnoticed():
    case = said(case_a(), Sentence(text="Mine."), Sentence(text="x", sources=("sins.T12",)))
    found = list(sentences_have_sources(case))
    assert [check.text for check in found] == ["Sentence 1 of the impression is typed, no source"]
    assert found[0].severity is Severity.NOTE
    assert codes(sentences_have_sources, case_a()) == []


def test_a_blank_is_filled_before_it_is_printed():
    text = ReportText(impression=(Sentence(text="Cord signal: ____."),), technique="At ____.")
    case = run(left_case(note="Seen on ____"), SetText(text=text))
    assert [check.field for check in blanks_filled(case)] == [
        *("lesion.lesion-1.note", "report.impression.0", "report.technique")
    ]
    assert blocks_signing(checks_of(case))
    assert codes(blanks_filled, left_case(note="Seen on ___")) == []


def test_an_own_impression_mentions_every_level_with_a_lesion():
    case = run(left_case(), mark(T11, lesion_id="b"), mark(L1, lesion_id="c"))
    assert codes(impression_is_whole, case) == []
    told = said(case, Sentence(text="T11 only."), Sentence(text="x", sources=("escc.T12",)))
    assert [check.text for check in impression_is_whole(told)] == [
        "L1 carries a lesion that the impression does not mention"
    ]


def test_an_explanation_lets_a_contradiction_stand_but_never_a_side():
    case = left_case(soft_tissue=frozenset({SoftTissue.NONE}), note="Right pedicle.")
    case = run(
        case,
        SetSins(level=T12, answers=UNSTABLE),
        SetEscc(level=T12, answers=answers_for_grade(EsccGrade.G2)),
    )
    fields = {"epidural-contradiction": "lesion.lesion-1.soft_tissue"}
    explained = run(
        case,
        Explain(code="epidural-contradiction", field=fields["epidural-contradiction"], text="Fat."),
        Explain(code="text-laterality", field="lesion.lesion-1.note", text="No."),
    )
    by_code = {check.code: check for check in checks_of(explained)}
    soft = by_code["epidural-contradiction"]
    assert (soft.severity, soft.explained) == (Severity.NOTE, "Fat.")
    side = by_code["text-laterality"]
    assert (side.severity, side.explained) == (Severity.CONTRADICTION, "")
    assert blocks_signing(checks_of(explained))
    elsewhere = run(case, Explain(code="epidural-contradiction", field="other", text="Fat."))
    found = {check.code: check for check in checks_of(elsewhere)}
    assert found["epidural-contradiction"].severity is Severity.BLOCKING


def test_every_text_rule_is_listed_once():
    assert len(set(TEXT_RULES)) == 6
