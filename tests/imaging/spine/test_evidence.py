"""Evidence for a column and for discs, on profiles made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from workstation.imaging.spine.evidence import (
    SlabSource,
    box_middle,
    column_evidence,
    disc_evidence,
    marrow_statistics,
)
from workstation.imaging.spine.span import span_grid

GRID = span_grid(np.array([0.0, 0.0, 50.0]), np.array([0.0, 0.0, -50.0]))
SHAPE = (len(GRID.b_mm), len(GRID.s_mm), len(GRID.a_mm))
STEP_MM = 0.5
ACROSS = np.arange(-40.0, 41.0)


def test_marrow_is_what_the_clicks_show():
    values = np.zeros(SHAPE)
    values += np.interp(GRID.s_mm, [0.0, GRID.length_mm], [300.0, 400.0])[None, :, None]
    values += np.random.default_rng(0).normal(0.0, 10.0, SHAPE)
    center, spread = marrow_statistics(values, np.ones(SHAPE, bool), GRID)
    at_ends = np.interp([0.0, 50.0, 100.0], GRID.s_mm, center)
    np.testing.assert_allclose(at_ends, [300.0, 350.0, 400.0], atol=4.0)
    assert np.interp(50.0, GRID.s_mm, spread) == pytest.approx(10.0, abs=3.0)


def test_even_marrow_keeps_a_least_spread():
    values = np.full(SHAPE, 100.0)
    values[:, :, :5] = 900.0
    _, spread = marrow_statistics(values, np.ones(SHAPE, bool), GRID)
    assert (spread > 5.0).all()


def test_a_sheet_averages_around_its_line():
    values = np.broadcast_to(GRID.b_mm[:, None, None], SHAPE).copy()
    source = SlabSource(values, np.ones(SHAPE, bool), GRID)
    zero = source.sheet(np.zeros(len(GRID.s_mm)))
    np.testing.assert_allclose(zero.values, 0.0, atol=1e-9)
    third = source.sheet(np.zeros(len(GRID.s_mm)), every=3)
    assert len(third.values) == -(-len(GRID.s_mm) // 3)


def test_outside_there_is_no_likelihood():
    inside = np.ones(SHAPE, bool)
    inside[:, :20] = False
    sheet = SlabSource(np.full(SHAPE, 50.0), inside, GRID).sheet(np.zeros(len(GRID.s_mm)))
    assert not sheet.likelihood[:20].any()
    assert (sheet.likelihood[25:] > 0.99).all()


def test_column_evidence_peaks_at_the_middle_of_a_body():
    likelihood = np.zeros((60, 121))
    likelihood[:, 40:71] = 1.0
    evidence = column_evidence(likelihood, np.full(60, 30.0))
    assert (evidence.argmax(axis=1) == 55).all()
    assert evidence.max() > 0.8
    assert evidence[:, :20].max() < 0.1


def disc_profile(ct: bool) -> tuple[np.ndarray, np.ndarray]:
    """Bodies of 25 mm and discs of 8 mm with end-plates of 1.5 mm, at 30, 63 and 96 mm."""
    arcs = np.arange(0.0, 126.0, STEP_MM)
    marrow, disc, plate = (200.0, 90.0, 600.0) if ct else (400.0, 300.0, 60.0)
    values = np.full(len(arcs), marrow)
    for place in (30.0, 63.0, 96.0):
        values[np.abs(arcs - place) <= 5.5] = plate
        values[np.abs(arcs - place) <= 4.0] = disc
    band = np.repeat(values[:, None], 9, axis=1)
    band = band + np.random.default_rng(1).normal(0.0, 15.0, band.shape)
    return arcs, band


@pytest.mark.parametrize("ct", [False, True])
def test_disc_evidence_peaks_at_the_middle_of_each_disc(ct):
    arcs, band = disc_profile(ct)
    marrow = 200.0 if ct else 400.0
    likelihood = np.exp(-0.5 * ((band - marrow) / 60.0) ** 2)
    evidence = disc_evidence(band, likelihood, np.full(len(arcs), 8.0), STEP_MM, ct=ct)
    for place in (30.0, 63.0, 96.0):
        near = np.abs(arcs - place) < 12.0
        assert arcs[near][evidence[near].argmax()] == pytest.approx(place, abs=2.0)
        assert evidence[near].max() > 0.5
    bodies = np.interp([14.0, 46.5, 79.5, 112.0], arcs, evidence)
    assert bodies.max() < 0.35


def test_the_valley_does_not_lock_on_one_end_plate():
    arcs, band = disc_profile(ct=True)
    flat = np.ones_like(band)
    evidence = disc_evidence(band, flat, np.full(len(arcs), 8.0), STEP_MM, ct=True)
    near = np.abs(arcs - 63.0) < 12.0
    assert arcs[near][evidence[near].argmax()] == pytest.approx(63.0, abs=1.0)


@pytest.mark.parametrize("shift", [-9.0, 0.0, 6.0])
@pytest.mark.parametrize("factor", [0.9, 1.0, 1.2])
def test_the_middle_of_a_body_is_found_also_when_it_is_flatter_or_deeper(shift, factor):
    profile = (np.abs(ACROSS - shift) <= factor * 30.0 / 2.0).astype(float)
    assert box_middle(profile, ACROSS, 30.0) == pytest.approx(shift, abs=1.0)


def test_without_any_edge_the_middle_stays_on_the_curve():
    assert box_middle(np.full(len(ACROSS), 0.5), ACROSS, 30.0) == pytest.approx(0.0, abs=1.0)
