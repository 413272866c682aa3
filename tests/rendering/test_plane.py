from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from workstation.base.errors import RenderError
from workstation.rendering.plane import (
    EdgeLetters,
    Interpolation,
    PlaneName,
    PlaneView,
    SlabMode,
    as_vector,
    direction_letters,
    nearest_plane,
)

SIZE = (301, 201)
CENTER = (10.0, -20.0, 30.0)


def axial(field_mm: float = 201.0) -> PlaneView:
    return PlaneView.for_plane(PlaneName.AXIAL, CENTER, field_mm)


def letters(left: str, right: str, top: str, bottom: str) -> EdgeLetters:
    return EdgeLetters(left=left, right=right, top=top, bottom=bottom)


@pytest.mark.parametrize(
    ("name", "right", "up"),
    [
        (PlaneName.AXIAL, (1, 0, 0), (0, -1, 0)),
        (PlaneName.SAGITTAL, (0, 1, 0), (0, 0, 1)),
        (PlaneName.CORONAL, (1, 0, 0), (0, 0, 1)),
    ],
)
def test_screen_axes_of_the_planes(name, right, up):
    view = PlaneView.for_plane(name, CENTER, 100.0)
    assert view.right == right
    assert view.up == up


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (PlaneName.AXIAL, letters("R", "L", "A", "P")),
        (PlaneName.SAGITTAL, letters("A", "P", "H", "F")),
        (PlaneName.CORONAL, letters("R", "L", "H", "F")),
    ],
)
def test_letters_of_the_planes(name, expected):
    assert PlaneView.for_plane(name, CENTER, 100.0).letters() == expected


def test_center_lies_between_the_middle_pixels():
    assert axial().lps_to_pixel(CENTER, (300, 200)).tolist() == [149.5, 99.5]
    assert axial().lps_to_pixel(CENTER, (301, 201)).tolist() == [150.0, 100.0]


def test_known_points_land_on_their_pixels():
    # 201 mm over 201 pixels: one pixel a millimeter.
    points = [(15.0, -20.0, 30.0), (10.0, -13.0, 30.0), (10.0, -20.0, 99.0)]
    pixels = axial().lps_to_pixel(points, SIZE)
    # Left of the patient is to the right, posterior is down, depth does not matter.
    assert pixels.tolist() == [[155.0, 100.0], [150.0, 107.0], [150.0, 100.0]]


def test_zoom_halves_the_pixel():
    assert axial(201.0).mm_per_pixel(SIZE) == 1.0
    assert axial(100.5).mm_per_pixel(SIZE) == 0.5
    assert axial(100.5).lps_to_pixel((15.0, -20.0, 30.0), SIZE).tolist() == [160.0, 100.0]


@pytest.mark.parametrize("name", list(PlaneName))
@pytest.mark.parametrize("rotation", [0.0, 33.0, 270.0])
@pytest.mark.parametrize("flipped", [False, True])
def test_pixels_and_points_are_inverse(name, rotation, flipped):
    view = replace(PlaneView.for_plane(name, CENTER, 77.0), rotation_deg=rotation, flipped=flipped)
    pixels = np.array([[0.0, 0.0], [300.0, 0.0], [12.5, 199.0]])
    points = view.pixel_to_lps(pixels, SIZE)
    assert np.allclose(view.lps_to_pixel(points, SIZE), pixels, atol=1e-9)
    assert np.allclose([view.distance_mm(point) for point in points], 0.0, atol=1e-9)


def test_one_pixel_gives_one_point():
    point = axial().pixel_to_lps((150.0, 100.0), SIZE)
    assert point.shape == (3,)
    assert np.allclose(point, CENTER)


def test_logical_and_device_pixels_agree_at_the_middle_of_pixels():
    view = axial()
    point = (13.0, -27.0, 30.0)
    logical = view.lps_to_pixel(point, (300, 200))
    device = view.lps_to_pixel(point, (600, 400))
    # Pixel centers: (device + 1/2) / 2 - 1/2 is the logical pixel.
    assert np.allclose((device + 0.5) / 2.0 - 0.5, logical)


@pytest.mark.parametrize(
    ("degrees", "expected"),
    [
        (90.0, letters("P", "A", "R", "L")),
        (180.0, letters("L", "R", "P", "A")),
        (270.0, letters("A", "P", "L", "R")),
        (360.0, letters("R", "L", "A", "P")),
    ],
)
def test_letters_follow_a_clockwise_turn(degrees, expected):
    # Turned clockwise by 90 degrees, what was on top (A) is on the right.
    assert axial().rotated(degrees).letters() == expected


def test_letters_follow_a_mirror():
    assert axial().flip().letters() == letters("L", "R", "A", "P")
    assert axial().flip().mirrored
    assert not axial().mirrored
    assert axial().flip().flip() == axial()


def test_a_turn_is_clockwise_on_a_mirrored_screen_too():
    # Mirrored axial shows L A R P around; clockwise by 90 degrees A comes to the right.
    assert axial().flip().rotated(90.0).letters() == letters("P", "A", "L", "R")


def test_a_turn_of_45_degrees_has_two_letters_an_edge():
    assert axial().rotated(45.0).letters() == letters("RP", "LA", "RA", "LP")


@pytest.mark.parametrize(
    ("direction", "expected"),
    [
        ((1, 0, 0), "L"),
        ((-1, 0, 0), "R"),
        ((0, 1, 0), "P"),
        ((0, -1, 0), "A"),
        ((0, 0, 1), "H"),
        ((0, 0, -1), "F"),
        ((-0.8, -0.6, 0), "RA"),
        ((0.6, 0.8, 0), "PL"),
        ((0.5, 0.6, -0.62), "FPL"),
        ((0.9990, 0.04, 0.02), "L"),
        ((0.9939, 0.11, 0.0), "LP"),
    ],
)
def test_letters_of_directions(direction, expected):
    assert direction_letters(direction) == expected


def test_zoom_keeps_the_anchor_on_its_pixel():
    anchor = (40.0, 5.0, 30.0)
    view = axial().rotated(20.0)
    zoomed = view.zoomed(2.5, anchor)
    assert zoomed.field_mm == pytest.approx(201.0 / 2.5)
    assert np.allclose(zoomed.lps_to_pixel(anchor, SIZE), view.lps_to_pixel(anchor, SIZE))


def test_zoom_at_a_point_off_the_plane_does_not_scroll():
    zoomed = axial().zoomed(2.0, (40.0, 5.0, 75.0))
    assert zoomed.center_lps[2] == 30.0
    assert axial().zoomed(2.0).center_lps == CENTER


@pytest.mark.parametrize("flipped", [False, True])
def test_pan_moves_the_image_with_the_pointer(flipped):
    view = replace(axial(100.0), rotation_deg=30.0, flipped=flipped)
    point = (12.0, -25.0, 30.0)
    before = view.lps_to_pixel(point, SIZE)
    after = view.panned(7.0, -4.0, SIZE).lps_to_pixel(point, SIZE)
    assert np.allclose(after - before, [7.0, -4.0])


def test_scroll_goes_along_the_view_direction():
    assert axial().scrolled(2.5).center_lps == (10.0, -20.0, 32.5)
    sagittal = PlaneView.for_plane(PlaneName.SAGITTAL, CENTER, 100.0)
    assert sagittal.scrolled(2.5).center_lps == (7.5, -20.0, 30.0)


def test_scroll_of_a_mirrored_view_goes_the_same_way():
    assert axial().flip().scrolled(2.5).center_lps == (10.0, -20.0, 32.5)


def test_through_reaches_the_depth_of_a_point_and_stays_beside_it():
    moved = axial().through((99.0, 99.0, -5.0))
    assert moved.center_lps == (10.0, -20.0, -5.0)
    assert moved.distance_mm((0.0, 0.0, -2.0)) == 3.0


def test_centered_puts_a_point_in_the_middle():
    moved = axial().centered((1.0, 2.0, 3.0))
    assert moved.center_lps == (1.0, 2.0, 3.0)


def test_plane_parallel_to_an_end_plate_looks_up_from_the_feet():
    # End-plate tilted by 20 degrees about the left-right axis; its normal given toward the feet.
    tilt = np.radians(20.0)
    caudal = np.array([0.0, np.sin(tilt), -np.cos(tilt)])
    view = PlaneView.oblique(CENTER, caudal, 60.0)
    assert np.allclose(view.direction, -caudal)
    assert view.right == pytest.approx((1.0, 0.0, 0.0))
    assert np.allclose(view.up, [0.0, -np.cos(tilt), -np.sin(tilt)])
    assert view == PlaneView.oblique(CENTER, -caudal, 60.0)
    assert view.letters() == letters("R", "L", "AF", "PH")
    assert view.plane_name is PlaneName.AXIAL
    assert view.is_oblique


def test_oblique_of_any_length_is_the_same_plane():
    short = PlaneView.oblique(CENTER, (0.0, 0.1, 0.3), 60.0)
    long = PlaneView.oblique(CENTER, (0.0, 10.0, 30.0), 60.0)
    assert np.allclose(short.direction, long.direction)
    assert np.linalg.norm(short.direction) == pytest.approx(1.0)


def test_oblique_keeps_the_named_plane():
    view = PlaneView.oblique(CENTER, (0.0, 1.0, 1.2), 60.0, plane=PlaneName.CORONAL)
    # The head stays up although the plane is nearer to axial.
    assert view.up[2] > 0.5
    assert view.right == pytest.approx((1.0, 0.0, 0.0))


def test_oblique_along_the_own_up_is_refused():
    with pytest.raises(RenderError):
        PlaneView.oblique(CENTER, (0.0, 0.0, 1.0), 60.0, plane=PlaneName.CORONAL)


@pytest.mark.parametrize("direction", [(0.0, 0.0, 0.0), (float("nan"), 0.0, 1.0)])
def test_a_direction_without_length_is_refused(direction):
    with pytest.raises(RenderError, match="direction"):
        PlaneView.oblique(CENTER, direction, 60.0, plane=PlaneName.AXIAL)


@pytest.mark.parametrize("field_mm", [0.0, -1.0, float("nan"), float("inf")])
def test_a_view_without_height_is_refused(field_mm):
    with pytest.raises(RenderError, match="height"):
        PlaneView.for_plane(PlaneName.AXIAL, CENTER, field_mm)


def test_axes_that_are_not_at_right_angles_are_refused():
    with pytest.raises(RenderError, match="right angles"):
        PlaneView(center_lps=CENTER, direction=(0, 0, 1), upright=(0, -0.8, 0.6), field_mm=10.0)


def test_tilt_turns_right_handed_about_the_axis():
    # About the left-right axis, +90 degrees takes the head direction to anterior.
    view = axial().tilted((1.0, 0.0, 0.0), 90.0, CENTER)
    assert view.direction == pytest.approx((0.0, -1.0, 0.0))
    assert view.upright == pytest.approx((0.0, 0.0, -1.0))
    assert view.center_lps == pytest.approx(CENTER)


def test_tilt_keeps_the_pivot_in_the_plane():
    pivot = np.array([25.0, -11.0, 30.0])
    view = axial().tilted((1.0, 2.0, 0.0), 17.0, pivot)
    assert view.distance_mm(pivot) == pytest.approx(0.0, abs=1e-9)
    back = view.tilted((1.0, 2.0, 0.0), -17.0, pivot)
    assert np.allclose(back.center_lps, CENTER)
    assert np.allclose(back.direction, (0, 0, 1))


def test_many_small_tilts_stay_orthonormal():
    view = axial()
    for _ in range(720):
        view = view.tilted((1.0, 1.0, 0.3), 0.5, CENTER)
    assert view.direction == pytest.approx((0.0, 0.0, 1.0), abs=1e-9)


def test_plain_planes_are_not_oblique():
    assert not axial().is_oblique
    assert not axial().rotated(45.0).is_oblique
    assert axial().tilted((1, 0, 0), 2.0, CENTER).is_oblique


@pytest.mark.parametrize(
    ("direction", "expected"),
    [
        ((0.0, 0.1, -0.99), PlaneName.AXIAL),
        ((0.9, 0.1, 0.3), PlaneName.SAGITTAL),
        ((0.0, -0.8, 0.6), PlaneName.CORONAL),
    ],
)
def test_nearest_plane(direction, expected):
    assert nearest_plane(direction) is expected


def test_vectors_have_no_negative_zero():
    assert str(as_vector(np.array([-0.0, 0.0, -1.0]))) == "(0.0, 0.0, -1.0)"


def test_views_are_values():
    assert axial() == axial()
    assert hash(axial()) == hash(axial())
    with pytest.raises(FrozenInstanceError):
        axial().field_mm = 3.0  # type: ignore[misc]


def test_a_new_view_is_thin_and_linear():
    view = axial()
    assert view.slab_thickness_mm == 0.0
    assert view.slab_mode is SlabMode.MEAN
    assert view.interpolation is Interpolation.LINEAR
