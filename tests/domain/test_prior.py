"""Snapshots of prior readings: what they hold and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.priors import full_prior
from workstation.domain.answers import NOT_ASSESSED
from workstation.domain.prior import (
    ChangeDecision,
    ChangeVerdict,
    Prior,
    PriorLesion,
    PriorLevel,
    prior_refusal,
    sequence_words,
)
from workstation.domain.spine import VertebralLevel

T12 = VertebralLevel.T12


@pytest.mark.parametrize(
    ("modality", "description", "words"),
    [
        ("MR", "Sagittal T1 TSE", "T1"),
        ("MR", "sag t1w post gad", "T1 with contrast"),
        ("MR", "AX T1 +C", "T1 with contrast"),
        ("MR", "Axial T2 TSE", "T2"),
        ("MR", "FRFSE sag", "T2"),
        ("MR", "T2 STIR sag", "STIR"),
        ("MR", "tirm cor", "STIR"),
        ("MR", "ep2d diff", "DWI"),
        ("MR", "ADC map", "DWI"),
        ("MR", "T12 localizer", ""),
        ("MR", "", ""),
        ("CT", "T1 vertebra", ""),
    ],
)
def test_the_sequence_is_read_from_the_description_of_mr_alone(modality, description, words):
    assert sequence_words(modality, description) == words


def test_what_is_there_is_found_and_the_rest_is_not_assessed():
    prior = full_prior()
    assert prior.lesion("prior-lesion-1") is prior.lesions[0]
    assert prior.lesion("other") is None
    assert prior.at_level(T12) is prior.levels[0]
    assert prior.at_level(VertebralLevel.L1) is None
    assert prior.verdict("lesion-1") is ChangeVerdict.WORSE
    assert prior.verdict("lesion-2") is NOT_ASSESSED


def test_a_verdict_belongs_to_one_lesion():
    decisions = (
        ChangeDecision(lesion_id="a", verdict=ChangeVerdict.SAME),
        ChangeDecision(lesion_id="b", verdict=ChangeVerdict.BETTER),
    )
    prior = Prior(id="p", date="2025-01-02", decisions=decisions)
    assert prior.verdict("b") is ChangeVerdict.BETTER


def lesion(**changes: object) -> PriorLesion:
    return replace(PriorLesion(id="a", number=1), **changes)  # type: ignore[arg-type]


def level(**changes: object) -> PriorLevel:
    return replace(PriorLevel(level=T12), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"date": ""}, "date"),
        ({"date": "2025-13-01"}, "date"),
        ({"date": "2025-02-29"}, "date"),
        ({"description": "x" * 1001}, "1000 characters"),
        ({"entered_by": "x" * 1001}, "1000 characters"),
        ({"lesions": (lesion(), lesion(number=2))}, "stands twice"),
        ({"levels": (level(), level(sins_low=3, sins_high=3))}, "level stands twice"),
        ({"lesions": (lesion(long_axis_mm=-0.1),)}, "0 to 500 mm"),
        ({"lesions": (lesion(long_axis_mm=500.1),)}, "0 to 500 mm"),
        ({"lesions": (lesion(long_axis_mm=float("nan")),)}, "0 to 500 mm"),
        ({"lesions": (lesion(body_involved_pct=100.5),)}, "0 to 100 %"),
        ({"levels": (level(sins_low=9, sins_high=8),)}, "0 to 18"),
        ({"levels": (level(sins_low=0, sins_high=19),)}, "0 to 18"),
        ({"levels": (level(sins_low=-1, sins_high=3),)}, "0 to 18"),
        ({"levels": (level(sins_low=3),)}, "0 to 18"),
        ({"levels": (level(sins_high=3),)}, "0 to 18"),
        ({"levels": (level(height_loss_pct=101.0),)}, "height loss"),
    ],
)
def test_wrong_values_are_refused_in_words(changes, words):
    assert words in prior_refusal(replace(full_prior(), **changes))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"date": "2025-12-02T10:30"},
        {"description": "x" * 1000},
        {"lesions": (lesion(long_axis_mm=0.0, body_involved_pct=0.0),)},
        {"lesions": (lesion(long_axis_mm=500.0, body_involved_pct=100.0),)},
        {"lesions": (lesion(), lesion(id="b")), "levels": (level(),)},
        {"levels": (level(sins_low=0, sins_high=18),)},
        {"levels": (level(height_loss_pct=100.0),)},
    ],
)
def test_values_at_the_ends_and_missing_ones_are_taken(changes):
    assert prior_refusal(replace(full_prior(), **changes)) == ""
