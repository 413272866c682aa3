"""The chain of discs: found among evidence, held by prior distances."""

from __future__ import annotations

import numpy as np
import pytest

from workstation.imaging.spine.disc_chain import best_chain

STEP_MM = 0.5


def evidence_at(places_mm, length_mm, height=1.0):
    arcs = np.arange(0.0, length_mm + 0.1, STEP_MM)
    return height * np.exp(-0.5 * ((arcs[:, None] - places_mm) / 2.0) ** 2).sum(axis=1)


def test_discs_are_found_where_the_evidence_is():
    places = np.array([12.0, 34.0, 60.0, 83.0])
    chain = best_chain(evidence_at(places, 95.0), STEP_MM, np.array([12.0, 24, 24, 24, 12]))
    np.testing.assert_allclose(chain.arcs_mm, places, atol=0.5)
    assert chain.contrasts.min() > 0.9


def test_a_hidden_disc_is_placed_by_the_prior():
    shown = np.array([12.0, 60.0, 84.0])
    chain = best_chain(evidence_at(shown, 96.0), STEP_MM, np.array([12.0, 24, 24, 24, 12]))
    np.testing.assert_allclose(chain.arcs_mm, [12.0, 36.0, 60.0, 84.0], atol=1.0)
    assert chain.contrasts[1] < 0.1 < chain.contrasts[0]


def test_deviations_are_in_standard_deviations_of_the_gap():
    chain = best_chain(evidence_at(np.array([10.0, 32.0]), 42.0), STEP_MM, np.array([10.0, 20, 12]))
    # 22 mm where 20 mm are expected: 10 % more, and one standard deviation is 10 %.
    assert chain.deviations[1] == pytest.approx(1.0, abs=0.3)
    assert chain.deviations[0] == pytest.approx(0.0, abs=0.2)


def test_the_score_falls_with_a_wrong_number_of_discs():
    places = np.array([12.0, 36.0, 60.0, 84.0])
    evidence = evidence_at(places, 96.0)
    right = best_chain(evidence, STEP_MM, np.array([12.0, 24, 24, 24, 12]))
    fewer = best_chain(evidence, STEP_MM, np.array([16.0, 32, 32, 16]))
    more = best_chain(evidence, STEP_MM, np.array([9.6, 19.2, 19.2, 19.2, 19.2, 9.6]))
    assert right.score > max(fewer.score, more.score) + 0.2


def test_distances_that_cannot_fit_give_no_chain():
    assert best_chain(np.zeros(40), STEP_MM, np.array([30.0, 60.0, 30.0])) is None
