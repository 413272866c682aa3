"""The small filters of the labelling."""

from __future__ import annotations

import numpy as np
import pytest

from workstation.imaging.spine.profile import (
    bilinear,
    normalized,
    running_median,
    smoothed,
    window_sums,
)


def test_smoothing_keeps_a_constant_and_the_sum_of_a_spike():
    np.testing.assert_allclose(smoothed(np.full(20, 3.0), 2.0), 3.0)
    spike = np.zeros(41)
    spike[20] = 1.0
    wide = smoothed(spike, 2.0)
    assert wide.sum() == pytest.approx(1.0)
    assert wide[20] == pytest.approx(1.0 / (2.0 * np.sqrt(2.0 * np.pi)), rel=0.02)


def test_smoothing_along_the_other_axis():
    values = np.zeros((3, 21))
    values[1, 10] = 1.0
    wide = smoothed(values, 1.5, axis=1)
    assert wide[1].sum() == pytest.approx(1.0)
    assert not wide[[0, 2]].any()


def test_no_smoothing_returns_the_values():
    values = np.array([1.0, 5.0, 2.0])
    np.testing.assert_array_equal(smoothed(values, 0.0), values)


def test_window_sums_clamp_to_the_row():
    values = np.array([[1.0, 2.0, 4.0, 8.0]])
    low = np.array([[-2, 0, 1, 3]])
    high = np.array([[1, 2, 3, 9]])
    np.testing.assert_array_equal(window_sums(values, low, high), [[1.0, 3.0, 6.0, 8.0]])


def test_running_median_ignores_a_spike():
    values = np.ones(15)
    values[7] = 100.0
    np.testing.assert_array_equal(running_median(values, 5), 1.0)


def test_normalized_is_between_zero_and_one():
    values = np.arange(101.0)
    scaled = normalized(values)
    assert (scaled[0], scaled[-1]) == (0.0, 1.0)
    assert scaled[50] == pytest.approx(50.0 / 95.0)
    np.testing.assert_array_equal(normalized(np.zeros(5)), 0.0)


def test_bilinear_is_exact_on_a_plane_and_clamps():
    rows, columns = np.mgrid[0:6, 0:5].astype(float)
    image = 2.0 * rows + 3.0 * columns
    at = bilinear(image, np.array([1.25, 4.5]), np.array([2.5, 0.75]))
    np.testing.assert_allclose(at, [2.0 * 1.25 + 7.5, 9.0 + 2.25])
    assert bilinear(image, np.array([-3.0]), np.array([0.0]))[0] == 0.0
