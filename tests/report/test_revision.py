"""What changed since the version that a report replaces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tests.report.conftest import MadeReport
from tests.report.report_cases import compared_case, full_case, key_image, revised_case, signed
from workstation.domain.answers import UNKNOWN, YesNo
from workstation.domain.case import Case, ReportText, Sentence
from workstation.domain.clinical import DeficitStatus
from workstation.domain.escc import EsccGrade, with_grade
from workstation.domain.lesion import SoftTissue
from workstation.domain.sins import SinsPain
from workstation.domain.spine import VertebralLevel
from workstation.report.reading import read_case
from workstation.report.revision import NOTHING, OTHER, changes_between, revision_sections

T8 = VertebralLevel.T8


def changed(old: Case, new: Case) -> dict[str, str]:
    return {item.lead: item.text for item in changes_between(old, new)}


def own(case: Case) -> Case:
    """Return the case with words of its own, so that no proposal changes along."""
    text = replace(case.text, impression=(Sentence(text="Mine."),), findings=())
    return replace(case, text=text)


def with_t8(case: Case, **parts: object) -> Case:
    items = tuple(replace(item, **parts) if item.level is T8 else item for item in case.assessments)
    return replace(case, assessments=items)


def test_equal_cases_have_no_changes() -> None:
    assert changes_between(full_case(), full_case()) == ()


def test_a_changed_answer_is_told_with_all_it_moves() -> None:
    old = own(full_case())
    sins = replace(old.assessment(T8).sins, pain=SinsPain.NONE)
    found = changed(old, with_t8(old, sins=sins))
    assert found["SINS T8."] == "Was: 14, unstable. Now: 11, potentially unstable"
    assert found["SINS T8, pain."].startswith("Was: Mechanical: on movement")
    assert set(found) == {"SINS T8.", "SINS T8, pain.", "NOMS T8."}


def test_grades_and_clinicians_answers_are_told() -> None:
    old = own(full_case())
    item = old.assessment(T8)
    found = changed(old, with_t8(old, escc=with_grade(item.escc, EsccGrade.G3)))
    assert found == {"ESCC T8.": "Was: 2. Now: 3"}
    radiation = replace(item.noms, radiation=replace(item.noms.radiation, dose_gy=30.0))
    assert changed(old, with_t8(old, noms=radiation)) == {
        "NOMS T8, radiation, dose gy.": "Was: 27.0. Now: 30.0"
    }


def test_lesions_that_move_come_and_go_are_told() -> None:
    old = own(full_case())
    first, second, third = old.lesions
    grown = replace(
        first, radius_mm=16.0, soft_tissue=frozenset({SoftTissue.EPIDURAL}), treated=YesNo.YES
    )
    found = changed(old, replace(old, lesions=(grown, second, third)))
    assert found["Lesion 1, long axis."] == "Was: 31 mm. Now: 32 mm"
    assert found["Lesion 1, treated."] == "Was: no. Now: yes"
    assert found["Lesion 1, soft tissue."] == "Was: epidural and paraspinal L. Now: epidural"
    gone = changed(old, replace(old, lesions=(first, second)))
    assert gone["Lesion 3, long axis."] == "Removed; was: 13.5 mm"
    come = changed(replace(old, lesions=(first, second)), old)
    assert come["Lesion 3, long axis."] == "Added: 13.5 mm"
    assert "Lesion 3, fracture." in come
    assert "Lesion 3, posterior wall." not in come
    unnumbered = changed(old, replace(old, lesions=(replace(first, levels=()), second, third)))
    assert unnumbered["Lesion 1, level."] == "Was: T8. Now: not numbered"


def test_facts_about_the_patient_are_told() -> None:
    old = own(full_case())
    new = replace(
        old,
        conus=UNKNOWN,
        neurologic=replace(old.neurologic, weakness=DeficitStatus.PROGRESSIVE),
        oncology=replace(old.oncology, primary_text="Clear-cell carcinoma"),
        communication=None,
    )
    found = changed(old, new)
    assert found["Conus."] == "Was: L1. Now: unknown"
    assert found["Neurologic, weakness."] == "Was: new. Now: progressive"
    assert found["Oncologic, primary text."].endswith("Now: Clear-cell carcinoma")
    assert found["Communication, how."] == "Removed; was: telephone"
    assert changed(replace(old, communication=None), old)["Communication, how."] == (
        "Added: telephone"
    )


def test_sentences_are_compared_by_their_words_and_not_by_their_place() -> None:
    a, b, c = (Sentence(text=f"{name}.") for name in "ABC")
    old = replace(full_case(), text=ReportText(impression=(a, b), findings=(a,)))
    swapped = replace(old, text=ReportText(impression=(b, a), findings=(a,)))
    assert changed(old, swapped) == {}
    other = replace(old, text=ReportText(impression=(c, a), findings=()))
    assert changed(old, other) == {
        "Impression, removed.": "B.",
        "Impression, added.": "C.",
        "Findings, removed.": "A.",
    }


def test_prose_and_images_are_told() -> None:
    old = own(full_case())
    text = replace(old.text, limits="", technique="CT.")
    image = replace(old.key_images[0], caption="")
    new = replace(old, text=text, key_images=(image, old.key_images[1], key_image(3)))
    found = changed(old, new)
    assert found["Limits."] == "Was: Mild motion at T2–T4. Now: not provided"
    assert found["Technique."].endswith("Now: CT.")
    assert found["Key image A."].endswith("Now: Axial, no caption")
    assert found["Key image C."].startswith("Added: ")


def test_the_section_stands_only_where_the_replaced_version_is_known() -> None:
    new = revised_case()
    assert revision_sections(read_case(new, {})) == ()
    (section,) = revision_sections(read_case(new, {}, signed(compared_case())))
    assert section.heading == "Changed since version 1"
    assert section.paragraphs[0].lead == "Lesion 2, level."


def test_an_amendment_that_changes_nothing_says_so() -> None:
    old = signed(full_case())
    new = replace(old, version=2, amends="signed again")
    (section,) = revision_sections(read_case(new, {}, old))
    assert [item.text for item in section.paragraphs] == [NOTHING]
    quiet = replace(new, reader="Somebody")
    (section,) = revision_sections(read_case(quiet, {}, old))
    assert [item.text for item in section.paragraphs] == [OTHER]


def test_the_pages_print_what_changed(report_of: Callable[[str], MadeReport]) -> None:
    words = report_of("revised").text
    assert "CHANGED SINCE VERSION 1" in words.upper()
    assert "Lesion 2, level. Was: L2. Now: L3" in words
    assert "CHANGED SINCE" not in report_of("amended").text.upper()
