"""Values in words, by the name of their field."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.domain.readings import L1, L3, T12, case_a, empty_case, mark, numbered_case, run
from tests.domain.test_follow_up import prior
from workstation.domain.answers import UNKNOWN
from workstation.domain.case import Sentence
from workstation.domain.commands import SetConus, SetEscc, SetPrior
from workstation.domain.escc import CaudaEquinaGrade, EsccAnswers, EsccGrade, answers_for_grade
from workstation.domain.lesion import SoftTissue
from workstation.domain.sentences import (
    changes_of,
    lesion_words,
    made_from,
    own_sections,
    sentence_from,
    value_words,
)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("sins.T12", "SINS T12 is 14, unstable (lytic)"),
        ("sins.T12.pain", "SINS T12 is 14, unstable (lytic)"),
        ("sins.T11", "SINS T11 is 3 to 18, stable or potentially unstable or unstable, incomplete"),
        ("escc.T12", "ESCC T12 is 2"),
        ("escc.T11", "ESCC T11 is 0 or 1a or 1b or 1c or 2 or 3"),
        ("sins.X9", ""),
        ("escc.", ""),
        ("noms.conus", ""),
        ("unknown.T12", ""),
        ("", ""),
        ("lesion.none", "Lesion: no longer in the case"),
        ("prior.none", "Prior: no longer in the case"),
    ],
)
def test_a_field_is_told_in_words(source, words):
    assert value_words(case_a(), source) == words


def test_the_framework_and_what_is_urgent_are_told():
    assert value_words(case_a(), "noms.T12").startswith("NOMS T12: NOMS framework suggests")
    assert "NEUROLOGICAL EMERGENCY" in value_words(case_a(), "red_flags")
    assert value_words(empty_case(), "red_flags") == "Urgent: "


def test_a_prior_is_told_by_its_summary():
    case = run(empty_case(), SetPrior(prior=prior()))
    assert value_words(case, "prior.p") == "Compared with 2025-12-04: no lesion then or now."


def test_below_the_conus_the_descriptor_is_told():
    answers = EsccAnswers(cauda_equina=CaudaEquinaGrade(2))
    case = run(numbered_case(), SetConus(conus=T12), SetEscc(level=L3, answers=answers))
    assert value_words(case, "escc.L3") == "ESCC L3 is cauda equina 2"
    wrong = answers_for_grade(EsccGrade.G2)
    above = run(numbered_case(), SetConus(conus=T12), SetEscc(level=L1, answers=wrong))
    assert value_words(above, "escc.L1") == "ESCC L1 is cauda equina not assessed"


def test_every_answer_of_a_lesion_changes_its_words():
    lesion = case_a().lesions[0]
    changes = (
        {"levels": ()},
        {"matrix": UNKNOWN},
        {"radius_mm": 8.5},
        {"body_involved_pct": 51.0},
        {"posterior_wall": UNKNOWN},
        {"endplates": UNKNOWN},
        {"fracture": UNKNOWN},
        {"treated": UNKNOWN},
        {"soft_tissue": frozenset({SoftTissue.EPIDURAL})},
        {"soft_tissue": UNKNOWN},
        {"note": "a"},
    )
    words = {lesion_words(replace(lesion, **change)) for change in changes}
    assert len(words) == len(changes)
    assert lesion_words(lesion) not in words
    assert lesion_words(replace(lesion, note=" a\n b ")).endswith("a b")


def test_a_sentence_remembers_one_line_a_value():
    made = sentence_from(case_a(), "Words.", "escc.T12", "sins.T12")
    assert made.sources == ("escc.T12", "sins.T12")
    assert made.made_from == "ESCC T12 is 2\nSINS T12 is 14, unstable (lytic)"
    assert made_from(case_a(), ()) == ""
    changed = run(case_a(), SetEscc(level=T12, answers=answers_for_grade(EsccGrade.G3)))
    assert changes_of(changed, made) == ("ESCC T12 is 3",)
    assert changes_of(case_a(), made) == ()


def test_only_the_readers_own_sections_are_looked_at():
    case = case_a()
    assert list(own_sections(case)) == []
    mine = (Sentence(text="a"),)
    own = replace(case, text=replace(case.text, findings=mine))
    assert [(section.value, found) for section, found in own_sections(own)] == [("findings", mine)]
    emptied = replace(case, text=replace(case.text, impression=()))
    assert [section.value for section, _ in own_sections(emptied)] == ["impression"]


def test_a_level_without_lesion_names_no_type():
    case = run(numbered_case(), mark(L1))
    assert value_words(case, "sins.L1").endswith("(not assessed)")
    assert "(" not in value_words(case, "sins.T12")
