"""Local frames: down, back and left, fixed to the patient's sagittal plane."""

from __future__ import annotations

import numpy as np
import pytest

from workstation.base.errors import InputRefusedError
from workstation.imaging.spine.frame import MAX_ALONG_LEFT, SpineFrame, frame_of, sagittal_axes


def test_a_vertical_spine_has_the_patient_axes():
    axes = sagittal_axes(np.array([[0.0, 0.0, -7.0]]))[0]
    np.testing.assert_allclose(axes, [[0, 0, -1], [0, 1, 0], [1, 0, 0]], atol=1e-12)


@pytest.mark.parametrize("lean", [(0.0, 0.4, -1.0), (0.3, 0.0, -1.0), (-0.5, -0.6, -0.8)])
def test_frames_are_orthonormal_and_right_handed(lean):
    axes = sagittal_axes(np.array([lean]))[0]
    np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(np.cross(axes[0], axes[1]), axes[2], atol=1e-12)
    np.testing.assert_allclose(axes[0], np.array(lean) / np.linalg.norm(lean), atol=1e-12)


@pytest.mark.parametrize("lean", [(0.0, 0.4, -1.0), (0.3, 0.2, -1.0), (-0.5, -0.6, -0.8)])
def test_the_back_never_turns_to_a_side(lean):
    _, back, left = sagittal_axes(np.array([lean]))[0]
    assert back[0] == pytest.approx(0.0, abs=1e-12)
    assert back[1] > 0.5
    assert left[0] > 0.5


def test_many_frames_at_once():
    tangents = np.random.default_rng(0).normal(size=(30, 3)) * (0.2, 0.4, 0.1) - (0.0, 0.0, 1.0)
    many = sagittal_axes(tangents)
    for tangent, axes in zip(tangents, many, strict=True):
        np.testing.assert_allclose(sagittal_axes(tangent[None])[0], axes)


def test_a_direction_from_side_to_side_has_no_sagittal_frame():
    nearly = np.array([[MAX_ALONG_LEFT - 0.01, 0.0, -np.sqrt(1.0 - (MAX_ALONG_LEFT - 0.01) ** 2)]])
    assert sagittal_axes(nearly).shape == (1, 3, 3)
    with pytest.raises(InputRefusedError) as refusal:
        sagittal_axes(np.array([[0.0, 0.0, -1.0], [1.0, 0.0, -0.2]]))
    assert refusal.value.code == "sideways-spine"


def test_a_frame_is_a_frozen_value_with_its_matrix():
    axes = sagittal_axes(np.array([[0.1, 0.3, -1.0]]))[0]
    frame = frame_of(axes)
    np.testing.assert_array_equal(frame.matrix, axes)
    assert frame == frame_of(axes)
    assert isinstance(frame, SpineFrame)
    assert all(isinstance(value, float) for value in (*frame.down, *frame.back, *frame.left))
