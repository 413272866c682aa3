"""The curve through body centers: straight lines, circles, mirrored and turned spines."""

from __future__ import annotations

import numpy as np
import pytest

from workstation.base.errors import InputRefusedError
from workstation.imaging.spine.curve import SpineCurve
from workstation.imaging.spine.frame import SpineFrame, frame_of, sagittal_axes


def arc(count: int, radius: float, step_deg: float) -> np.ndarray:
    """Points on a circle in the sagittal plane, from the head."""
    turn = np.radians(step_deg) * (np.arange(count) - (count - 1) / 2.0)
    zeros = np.zeros(count)
    return np.stack([zeros, radius * np.cos(turn), -radius * np.sin(turn)], axis=-1)


STRAIGHT = [
    ([0.0, 30.0], (0.0, 0.0, -1.0)),
    ([0.0, 10.0, 25.0, 60.0], (0.0, 0.0, -1.0)),
    ([0.0, 10.0, 12.0], (0.6, 0.0, -0.8)),
    ([0.0, 1.0, 2.0, 3.0, 4.0], (0.0, 0.6, -0.8)),
]


@pytest.mark.parametrize(("arcs", "way"), STRAIGHT)
def test_on_a_line_the_arc_is_the_distance(arcs: list[float], way) -> None:
    points = np.array([5.0, -3.0, 200.0]) + np.outer(arcs, way)
    curve = SpineCurve(points)
    np.testing.assert_allclose(curve.knot_arc_mm, arcs, atol=1e-9)
    places = np.linspace(0.0, arcs[-1], 17)
    expected = points[0] + np.outer(places, way)
    np.testing.assert_allclose(curve.at_arc(places), expected, atol=1e-9)


@pytest.mark.parametrize("beyond", [-5.0, -0.001, 60.001, 500.0])
def test_beyond_its_ends_the_curve_stays_at_them(beyond: float) -> None:
    points = np.array([[0.0, 0.0, 60.0], [0.0, 0.0, 30.0], [0.0, 0.0, 0.0]])
    end = points[0] if beyond < 0.0 else points[-1]
    np.testing.assert_allclose(SpineCurve(points).at_arc(np.array([beyond]))[0], end, atol=1e-9)


@pytest.mark.parametrize("count", [5, 9, 17])
@pytest.mark.parametrize("radius", [120.0, 200.0, 400.0])
def test_along_a_circle_the_arc_is_radius_times_angle(count: int, radius: float) -> None:
    step_deg = np.degrees(24.0 / radius)
    curve = SpineCurve(arc(count, radius, step_deg))
    steps = np.diff(curve.knot_arc_mm)
    # The natural ends are straight, so the first and last step are a little short.
    np.testing.assert_allclose(steps[1:-1], 24.0, rtol=2e-3)
    assert curve.knot_arc_mm[-1] == pytest.approx(24.0 * (count - 1), rel=2e-3)
    inner = curve.at_arc(np.linspace(48.0, curve.knot_arc_mm[-1] - 48.0, 40))
    np.testing.assert_allclose(np.linalg.norm(inner, axis=1), radius, atol=0.05)


def turned(points: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    matrix, _ = np.linalg.qr(random.standard_normal((3, 3)))
    shift = random.uniform(-300.0, 300.0, 3)
    return points @ matrix.T + shift, matrix, shift


@pytest.mark.parametrize("seed", range(8))
def test_turning_or_mirroring_the_patient_turns_the_curve(seed: int) -> None:
    points = arc(8, 150.0, 9.0)
    moved, matrix, shift = turned(points, seed)
    curve, other = SpineCurve(points), SpineCurve(moved)
    np.testing.assert_allclose(other.knot_arc_mm, curve.knot_arc_mm, atol=1e-8)
    places = np.linspace(0.0, curve.knot_arc_mm[-1], 50)
    expected = curve.at_arc(places) @ matrix.T + shift
    np.testing.assert_allclose(other.at_arc(places), expected, atol=1e-8)


@pytest.mark.parametrize("seed", range(5))
def test_the_curve_goes_through_every_point(seed: int) -> None:
    random = np.random.default_rng(seed)
    points = np.cumsum(random.uniform([-4, -6, -30], [4, 6, -15], (10, 3)), axis=0)
    curve = SpineCurve(points)
    np.testing.assert_allclose(curve.at_arc(curve.knot_arc_mm), points, atol=1e-9)
    assert (
        np.diff(curve.knot_arc_mm) >= np.linalg.norm(np.diff(points, axis=0), axis=1) - 1e-6
    ).all()


def test_counted_from_the_foot_it_is_the_same_curve() -> None:
    points = arc(7, 160.0, 8.0)
    down, up = SpineCurve(points), SpineCurve(points[::-1])
    length = down.knot_arc_mm[-1]
    places = np.linspace(0.0, length, 30)
    np.testing.assert_allclose(up.at_arc(length - places), down.at_arc(places), atol=1e-6)


@pytest.mark.parametrize("place", range(3))
def test_two_equal_neighbors_are_refused(place: int) -> None:
    points = arc(4, 150.0, 9.0)
    points[place + 1] = points[place]
    with pytest.raises(InputRefusedError) as caught:
        SpineCurve(points)
    assert caught.value.code == "same-points"


@pytest.mark.parametrize("lean_deg", [-60.0, -30.0, 0.0, 20.0, 60.0])
def test_a_spine_that_leans_forward_turns_its_back_with_it(lean_deg: float) -> None:
    lean = np.radians(lean_deg)
    down = np.array([[0.0, np.sin(lean), -np.cos(lean)]])
    (axes,) = sagittal_axes(down)
    np.testing.assert_allclose(axes[0], down[0], atol=1e-12)
    np.testing.assert_allclose(axes[1], [0.0, np.cos(lean), np.sin(lean)], atol=1e-12)
    np.testing.assert_allclose(axes[2], [1.0, 0.0, 0.0], atol=1e-12)


@pytest.mark.parametrize("lean_deg", [-60.0, -30.0, 20.0, 60.0])
def test_a_spine_that_leans_aside_keeps_its_back(lean_deg: float) -> None:
    lean = np.radians(lean_deg)
    (axes,) = sagittal_axes(np.array([[np.sin(lean), 0.0, -np.cos(lean)]]))
    np.testing.assert_allclose(axes[1], [0.0, 1.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(axes[2], [np.cos(lean), 0.0, np.sin(lean)], atol=1e-12)


@pytest.mark.parametrize("length", [0.01, 1.0, 250.0])
def test_the_length_of_a_direction_does_not_matter(length: float) -> None:
    down = np.array([[0.1, 0.3, -0.9]])
    np.testing.assert_allclose(sagittal_axes(length * down), sagittal_axes(down), atol=1e-12)


@pytest.mark.parametrize(("aside", "refused"), [(0.89, False), (0.91, True), (-0.91, True)])
def test_a_line_from_side_to_side_is_no_spine(aside: float, refused: bool) -> None:
    down = np.array([[aside, 0.0, -np.sqrt(1.0 - aside**2)]])
    if refused:
        with pytest.raises(InputRefusedError) as caught:
            sagittal_axes(down)
        assert caught.value.code == "sideways-spine"
    else:
        assert sagittal_axes(down).shape == (1, 3, 3)


def test_a_frame_keeps_its_three_directions_in_order() -> None:
    frame = frame_of(np.array([[0.0, 0.0, -1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]))
    assert frame == SpineFrame(down=(0.0, 0.0, -1.0), back=(0.0, 1.0, 0.0), left=(1.0, 0.0, 0.0))
    np.testing.assert_array_equal(frame.matrix[0], frame.down)
