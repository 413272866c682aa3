"""Proposed sentences: right values, most urgent first, sources named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.domain.readings import (
    L1,
    NO_DEFICIT,
    T11,
    T12,
    UNSTABLE,
    case_a,
    empty_case,
    mark,
    numbered_case,
    run,
)
from workstation.domain.answers import YesNo
from workstation.domain.commands import ReplaceLesion, SetEscc, SetNeurologic, SetSins
from workstation.domain.escc import EsccGrade, answers_for_grade
from workstation.domain.lesion import (
    Endplates,
    Fracture,
    Matrix,
    PosteriorWall,
    VertebraPart,
)
from workstation.domain.proposal import proposed_findings, proposed_impression
from workstation.domain.sins_options import SinsContext


def texts(sentences) -> list[str]:
    return [sentence.text for sentence in sentences]


def with_lesion(case, **changes):
    return run(case, ReplaceLesion(lesion=replace(case.lesions[0], **changes)))


def test_nothing_marked_is_said_as_such():
    assert texts(proposed_impression(empty_case())) == [
        "No spinal metastasis is marked on the images read."
    ]
    assert texts(proposed_findings(empty_case())) == ["No lesion is marked."]


def test_case_a_names_cord_stability_urgency_and_framework():
    sentences = proposed_impression(case_a())
    assert sentences[0].text == (
        "Lytic lesion at T12; spinal cord compression with CSF still visible (ESCC 2); "
        "SINS 14, unstable."
    )
    assert sentences[0].sources == ("escc.T12", "sins.T12")
    assert sentences[1].text == (
        "Surgical consultation recommended (SINS reaches 7 or more at T12)."
    )
    assert "EMERGENCY" in sentences[2].text.upper()
    assert sentences[3].text.startswith("NOMS framework suggests")
    assert "multidisciplinary review required" in sentences[3].text


@pytest.mark.parametrize("grade", list(EsccGrade))
def test_every_grade_has_its_words(grade):
    case = run(numbered_case(), mark(T12), SetEscc(level=T12, answers=answers_for_grade(grade)))
    assert f"(ESCC {grade})" in proposed_impression(case)[0].text


def test_the_level_with_more_compression_comes_first():
    case = run(
        numbered_case(),
        mark(T11, lesion_id="a"),
        mark(L1, lesion_id="b"),
        SetSins(level=T11, answers=UNSTABLE),
        SetEscc(level=L1, answers=answers_for_grade(EsccGrade.G1A)),
    )
    found = texts(proposed_impression(case))
    assert "L1" in found[0]
    assert "T11" in found[1]


def test_several_lesions_of_a_level_are_counted_and_named_when_alike():
    case = run(numbered_case(), mark(T12, lesion_id="a"), mark(T12, lesion_id="b"))
    assert texts(proposed_impression(case))[0].startswith("2 lesions at T12")
    alike = case
    for lesion in case.lesions:
        alike = run(alike, ReplaceLesion(lesion=replace(lesion, matrix=Matrix.LYTIC)))
    assert texts(proposed_impression(alike))[0].startswith("2 lytic lesions at T12")


def test_a_graded_level_without_lesion_and_without_answers_is_only_named():
    case = run(numbered_case(), SetSins(level=T12, answers=replace(UNSTABLE)))
    assert texts(proposed_impression(case))[0].startswith("T12; SINS 14")
    unanswered = run(numbered_case(), mark(T12))
    assert texts(proposed_impression(unanswered))[0].startswith("Lesion at T12; SINS 3 to 18")


def test_findings_print_every_answer_and_no_unanswered_one():
    case = with_lesion(
        run(numbered_case(), mark(T12)),
        matrix=Matrix.BLASTIC,
        parts=frozenset({VertebraPart.BODY_POSTERIOR_LEFT, VertebraPart.PEDICLE_LEFT}),
        posterior_wall=PosteriorWall.BREACHED,
        endplates=Endplates.SUPERIOR_BREACHED,
        fracture=Fracture.PATHOLOGICAL,
        body_involved_pct=45.0,
        note="Seen on all slices.",
    )
    assert texts(proposed_findings(case)) == [
        "Lesion 1, T12, blastic lesion, longest axis 16.0 mm (drawn circle). "
        "Body: left posterior third. Pedicle: left. Posterior wall breached. "
        "End-plates: superior breached. Fracture, pathological type. 45 % of the body involved. "
        "Seen on all slices."
    ]
    bare = run(numbered_case(), mark(T12))
    assert texts(proposed_findings(bare)) == ["Lesion 1, T12, longest axis 16.0 mm (drawn circle)."]


def test_no_fracture_is_an_answer_of_its_own():
    case = with_lesion(run(numbered_case(), mark(T12)), fracture=Fracture.NONE)
    assert "No fracture." in texts(proposed_findings(case))[0]


def test_a_lesion_without_level_says_so():
    case = run(empty_case(), mark(T12))
    assert "outside the numbered levels" in texts(proposed_findings(case))[0]


def test_an_instrumented_level_gives_no_score_and_no_framework_sentence():
    instrumented = replace(UNSTABLE, context=frozenset({SinsContext.INSTRUMENTED}))
    case = run(numbered_case(), SetSins(level=T12, answers=instrumented))
    found = texts(proposed_impression(case))
    assert found[0] == "T12."
    assert not any("SINS" in text for text in found)


def test_a_discordant_level_gets_no_framework_sentence():
    myelopathy = SetNeurologic(facts=replace(NO_DEFICIT, myelopathy=YesNo.YES))
    low = SetEscc(level=T12, answers=answers_for_grade(EsccGrade.G1A))
    case = run(case_a(), low, myelopathy)
    assert not any(text.startswith("NOMS") for text in texts(proposed_impression(case)))
