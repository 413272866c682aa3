"""Clinical facts: everything starts as not assessed, scales keep their own words."""

from __future__ import annotations

import pytest

from workstation.domain.answers import NOT_ASSESSED
from workstation.domain.clinical import (
    AisGrade,
    Ambulation,
    Ecog,
    FrankelGrade,
    Kps,
    NeurologicFacts,
    PriorRadiation,
    SystemicFacts,
    ecog_hint,
)
from workstation.domain.clinical_texts import (
    AIS_TITLES,
    AMBULATION_TITLES,
    ECOG_TITLES,
    FRANKEL_TITLES,
    KPS_TITLES,
)
from workstation.domain.spine import VertebralLevel


@pytest.mark.parametrize(
    ("kps", "ecog"),
    [
        (100, 0),
        (90, 0),
        (80, 1),
        (70, 1),
        (60, 2),
        (50, 2),
        (40, 3),
        (30, 3),
        (20, 4),
        (10, 4),
        (0, 5),
    ],
)
def test_ecog_hint(kps, ecog):
    assert ecog_hint(Kps(kps)) is Ecog(ecog)


def test_facts_start_as_not_assessed():
    neurologic, systemic = NeurologicFacts(), SystemicFacts()
    assert neurologic.myelopathy is NOT_ASSESSED
    assert neurologic.ais is NOT_ASSESSED
    assert neurologic.frankel is NOT_ASSESSED
    assert neurologic.attributed_level is None
    assert systemic.kps is NOT_ASSESSED
    assert systemic.primary_site is NOT_ASSESSED
    assert PriorRadiation(level=VertebralLevel.T8).dose_gy is NOT_ASSESSED


def test_every_grade_has_its_own_words():
    assert set(KPS_TITLES) == set(Kps)
    assert set(ECOG_TITLES) == set(Ecog)
    assert set(AIS_TITLES) == set(AisGrade)
    assert set(FRANKEL_TITLES) == set(FrankelGrade)
    assert set(AMBULATION_TITLES) == set(Ambulation)


def test_ais_and_frankel_share_letters_but_not_types():
    assert isinstance(AisGrade.D, AisGrade)
    assert not isinstance(AisGrade.D, FrankelGrade)
    assert AIS_TITLES[AisGrade.D] != FRANKEL_TITLES[FrankelGrade.D]
    assert "intact" in AIS_TITLES[AisGrade.INTACT]
