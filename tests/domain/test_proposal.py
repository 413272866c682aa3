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
from workstation.domain.answers import UNKNOWN, YesNo
from workstation.domain.case import Case
from workstation.domain.commands import ReplaceLesion, SetEscc, SetNeurologic, SetPrior, SetSins
from workstation.domain.escc import EsccAnswers, EsccGrade, answers_for_grade
from workstation.domain.lesion import (
    Endplates,
    Fracture,
    Lesion,
    Matrix,
    PosteriorWall,
    VertebraPart,
)
from workstation.domain.prior import Prior
from workstation.domain.proposal import proposed_findings, proposed_impression
from workstation.domain.sins_options import (
    SinsAlignment,
    SinsAnswers,
    SinsBoneLesion,
    SinsCollapse,
    SinsContext,
    SinsPain,
    SinsPosterolateral,
)
from workstation.domain.spine import VertebralLevel, level_chain


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


def many(count: int, **answers: object) -> Case:
    """Return a case with one lesion at each of the first ``count`` levels from C2 on."""
    levels = [item for item in level_chain() if item.value not in ("C0", "C1", "Co")][:count]
    lesions = tuple(
        Lesion(
            id=f"l{number}",
            number=number,
            center_lps=(0.0, 0.0, 0.0),
            radius_mm=5.0,
            frame_of_reference_uid="1",
            series_uid="2",
            levels=(level,),
            matrix=Matrix.BLASTIC,
        )
        for number, level in enumerate(levels, 1)
    )
    quiet = SinsAnswers(
        pain=SinsPain.NONE,
        bone_lesion=SinsBoneLesion.BLASTIC,
        alignment=SinsAlignment.NORMAL,
        collapse=SinsCollapse.NONE,
        posterolateral=SinsPosterolateral.NONE,
    )
    case = replace(empty_case(), lesions=lesions, lesion_count=count)
    for level in levels:
        case = run(case, SetSins(level=level, answers=replace(quiet, **answers)))  # type: ignore[arg-type]
        case = run(case, SetEscc(level=level, answers=answers_for_grade(EsccGrade.G0)))
    return case


def test_few_levels_have_a_sentence_each():
    found = texts(proposed_impression(many(6)))
    assert [text.startswith("Blastic lesion at ") for text in found[:6]] == [True] * 6
    assert not any("at each of" in text for text in found)


def test_many_levels_with_the_same_words_share_a_sentence():
    sentences = proposed_impression(many(8))
    assert texts(sentences)[:2] == [
        "Blastic lesion at each of C2, C7–T2; no epidural tumor (ESCC 0); SINS 3, stable.",
        "Blastic lesion at each of C3–C6; no epidural tumor (ESCC 0); SINS 2, stable.",
    ]
    assert sentences[1].sources == tuple(
        f"{scale}.C{number}" for number in range(3, 7) for scale in ("escc", "sins")
    )


def uneven(case: Case) -> Case:
    """Return the case with a different score at each level, so that no two share words."""
    pains = (SinsPain.NONE, SinsPain.NONMECHANICAL)
    kinds = (Matrix.BLASTIC, Matrix.MIXED, Matrix.LYTIC, UNKNOWN)
    for number, lesion in enumerate(case.lesions):
        level = lesion.levels[0]
        changed = replace(case.assessment(level).sins, pain=pains[number % 2])
        case = run(case, SetSins(level=level, answers=changed))
        case = run(
            case, ReplaceLesion(lesion=replace(case.lesions[number], matrix=kinds[number % 4]))
        )
    return case


def test_levels_without_urgency_are_said_in_one_sentence_when_there_are_very_many():
    case = run(
        uneven(many(24)),
        SetSins(level=T12, answers=UNSTABLE),
        SetEscc(level=L1, answers=answers_for_grade(EsccGrade.G2)),
        SetEscc(level=VertebralLevel.T5, answers=EsccAnswers()),
    )
    found = proposed_impression(case)
    first = texts(found)
    assert first[0].startswith("Lytic lesion at L1; spinal cord compression")
    assert "T12" in first[1]
    (quiet,) = [text for text in first if text.startswith("Further levels")]
    assert quiet.startswith(
        "Further levels, stable by SINS (6 or less), no contact with the cord (ESCC 0 or 1a), "
        "ESCC not graded at T5: "
    )
    assert "T12" not in quiet
    assert len(found) < 12


def test_the_quiet_sentence_without_ungraded_levels_names_none():
    case = uneven(many(24))
    (quiet,) = [text for text in texts(proposed_impression(case)) if text.startswith("Further")]
    assert "not graded" not in quiet


def test_no_level_without_urgency_no_sentence_about_further_ones():
    case = many(17)
    for number, lesion in enumerate(case.lesions):
        grade = (EsccGrade.G1B, EsccGrade.G1C, EsccGrade.G2)[number % 3]
        case = run(case, SetEscc(level=lesion.levels[0], answers=answers_for_grade(grade)))
    case = uneven(case)
    assert not any(text.startswith("Further") for text in texts(proposed_impression(case)))


def test_graded_levels_without_lesions_are_grouped_too():
    case = replace(many(8), lesions=())
    assert texts(proposed_impression(case))[0].startswith("C2, C7–T2; no epidural tumor")


def test_the_urgency_is_named_once_and_not_the_whole_banner():
    urgent = [text for text in texts(proposed_impression(case_a())) if text.startswith("Urgent")]
    assert urgent == ["Urgent: neurological emergency."]


def test_a_mixed_title_keeps_its_capitals():
    quiet = run(case_a(), SetNeurologic(facts=NO_DEFICIT))
    assert "Urgent: High-grade compression." in texts(proposed_impression(quiet))


def test_the_comparison_with_the_newest_prior_is_told():
    case = run(case_a(), SetPrior(prior=Prior(id="p", date="2025-12-04")))
    last = proposed_impression(case)[-1]
    assert last.text == "Compared with 2025-12-04: 1 new."
    assert last.sources == ("prior.p",)
