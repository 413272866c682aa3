"""Several panes at once: what is clicked in one is found in all, at every screen scale."""

from dataclasses import replace

import numpy as np
import pytest

from workstation.imaging.volume import WindowSetting
from workstation.rendering.color_map import ColorMap
from workstation.rendering.linked_views import (
    LinkedView,
    LinkSetting,
    follow_change,
    follow_cursor,
)
from workstation.rendering.plane import PlaneName, PlaneView
from workstation.rendering.slice_view import SliceLayer, SliceScene, SliceView, fitted
from workstation.rendering.stack import SliceStack, native_view, snapped_to_axis

LOGICAL = (400, 300)
WINDOW = WindowSetting(center=500.0, width=1000.0)
LESION = np.array([21.0, 17.0, 9.0])


@pytest.fixture
def study(volume_of, direction):
    """A volume with one small lesion of 1000 in tissue of 0."""
    array = np.zeros((24, 40, 44), np.int16)
    array[8:11, 16:19, 20:23] = 1000
    return volume_of(array, (1.1, 1.3, 2.4), (-30.0, -10.0, -700.0), direction)


@pytest.fixture
def lesion_lps(study):
    return study.geometry.index_to_lps(LESION)


@pytest.fixture
def panes(study):
    center = study.geometry.center_lps
    views = {name.value: PlaneView.for_plane(name, center, 90.0) for name in PlaneName}
    views["native"] = native_view(study.geometry, 90.0)
    views["end-plate"] = PlaneView.oblique(center, (0.1, 0.25, 1.0), 90.0)
    views["turned"] = PlaneView.for_plane(PlaneName.AXIAL, center, 60.0).rotated(40.0).flip()
    return {
        name: LinkedView(view=view, frame_of_reference_uid="1.2") for name, view in views.items()
    }


def applied(panes, result):
    return {
        name: replace(pane, view=result.views.get(name, pane.view)) for name, pane in panes.items()
    }


def device_size(ratio):
    return (round(LOGICAL[0] * ratio), round(LOGICAL[1] * ratio))


def frame_of(study, view, size):
    pipeline = SliceView()
    layers = (SliceLayer(volume=study, window=WINDOW),)
    frame = pipeline.render(SliceScene(layers=layers, view=view, size=size))
    pipeline.close()
    return frame


def center_of_brightness(frame):
    weights = frame[..., 0].astype(float)
    rows, columns = np.mgrid[: frame.shape[0], : frame.shape[1]]
    return np.array([(weights * columns).sum(), (weights * rows).sum()]) / weights.sum()


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_the_cursor_finds_the_lesion_in_every_pane(study, panes, lesion_lps, ratio):
    moved = applied(panes, follow_cursor(panes, "axial", tuple(lesion_lps)))
    for name, pane in moved.items():
        view = pane.view if name != "axial" else pane.view.through(lesion_lps)
        size = device_size(ratio)
        found = center_of_brightness(frame_of(study, view, size))
        assert np.abs(found - view.lps_to_pixel(lesion_lps, size)).max() < 0.5, name


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_what_is_clicked_is_what_is_under_the_pointer(study, panes, lesion_lps, ratio):
    for pane in panes.values():
        view = pane.view.through(lesion_lps)
        frame = frame_of(study, view, device_size(ratio))
        # The pointer comes in logical pixels; the brightest spot is known in device pixels.
        pointer = (center_of_brightness(frame) + 0.5) / ratio - 0.5
        clicked = view.pixel_to_lps(pointer, LOGICAL)
        assert np.linalg.norm(clicked - lesion_lps) < 0.3


def test_a_mark_keeps_its_place_through_zoom_pan_and_turn(study, panes, lesion_lps):
    view = panes["axial"].view.through(lesion_lps)
    for changed in (
        view.zoomed(2.0, lesion_lps),
        view.panned(17.0, -9.0, LOGICAL),
        view.rotated(33.0),
        view.flip(),
        view.zoomed(1.5).rotated(200.0).flip().panned(-8.0, 4.0, LOGICAL),
    ):
        found = center_of_brightness(frame_of(study, changed, LOGICAL))
        assert np.abs(found - changed.lps_to_pixel(lesion_lps, LOGICAL)).max() < 0.3


def test_scrolling_together_keeps_the_same_depth(study, panes):
    panes["axial 2"] = replace(panes["axial"], view=panes["axial"].view.zoomed(0.5))
    for step in range(1, 6):
        changed = panes["axial"].view.scrolled(2.4)
        result = follow_change(panes, "axial", changed, LinkSetting())
        panes = applied(panes, result)
        panes["axial"] = replace(panes["axial"], view=changed)
        assert panes["axial 2"].view.center_lps[2] == pytest.approx(changed.center_lps[2])
        assert step * 2.4 == pytest.approx(
            changed.center_lps[2] - study.geometry.center_lps[2], abs=1e-9
        )


def test_a_second_volume_of_coarser_voxels_shows_the_lesion_at_the_same_place(
    study, volume_of, lesion_lps
):
    """PET over CT: other spacing, other orientation, the same patient."""
    array = np.zeros((20, 20, 20), np.float32)
    pet = volume_of(array, (4.0, 4.0, 4.0), tuple(lesion_lps - 40.0))
    array[10, 10, 10] = 1000.0
    view = PlaneView.for_plane(PlaneName.CORONAL, tuple(lesion_lps), 60.0)
    pipeline = SliceView()
    ct_frame = pipeline.render(
        SliceScene(layers=(SliceLayer(volume=study, window=WINDOW),), view=view, size=LOGICAL)
    )
    pet_frame = pipeline.render(
        SliceScene(
            layers=(SliceLayer(volume=pet, window=WINDOW, color_map=ColorMap.GREY),),
            view=view,
            size=LOGICAL,
        )
    )
    pipeline.close()
    distance = center_of_brightness(ct_frame) - center_of_brightness(pet_frame)
    assert np.abs(distance).max() < 0.3


def test_held_key_passes_every_slice_once(study):
    view = native_view(study.geometry, 60.0)
    stack = SliceStack.along(study.geometry, view.direction)
    view = stack.first(view)
    seen = [stack.native_index(stack.index_of(view))]
    for _ in range(stack.count + 5):
        view = stack.stepped(view, 1)
        seen.append(stack.native_index(stack.index_of(view)))
    first_pass = seen[: stack.count]
    assert sorted(first_pass) == list(range(24))
    assert set(seen[stack.count :]) == {seen[stack.count - 1]}


def test_each_native_slice_shows_its_own_voxels(volume_of, direction):
    """Slice k holds the value k: no slice is skipped, doubled or mixed with its neighbor."""
    values = np.arange(24, dtype=np.int16)[:, None, None]
    array = np.ascontiguousarray(np.broadcast_to(values, (24, 16, 16)))
    volume = volume_of(array, (1.0, 1.0, 3.3), (0.3, -0.7, 11.9), direction)
    view = native_view(volume.geometry, 10.0)
    stack = SliceStack.along(volume.geometry, view.direction)
    pipeline = SliceView()
    window = WindowSetting(center=127.5, width=255.0)
    for index in range(stack.count):
        scene = SliceScene(
            layers=(SliceLayer(volume=volume, window=window),),
            view=stack.at(view, index),
            size=(20, 20),
        )
        frame = pipeline.render(scene)
        assert set(np.unique(frame[..., 0])) == {stack.native_index(index)}
    pipeline.close()


def test_a_fitted_pane_shows_the_whole_acquisition(study):
    view = fitted(study, native_view(study.geometry, 1.0), LOGICAL)
    corners = view.lps_to_pixel(study.geometry.corners_lps(), LOGICAL)
    assert corners.min() >= -0.501
    assert (corners <= np.array(LOGICAL) - 0.499).all()


@pytest.mark.parametrize("seed", range(12))
def test_any_view_agrees_with_its_letters(study, seed):
    """Walking to an edge moves the patient point toward what the letter of the edge says."""
    random = np.random.default_rng(seed)
    view = PlaneView.oblique((1.0, 2.0, 3.0), random.normal(size=3), 80.0)
    view = view.rotated(float(random.uniform(0.0, 360.0)))
    view = view.flip() if seed % 2 else view
    middle = np.array([(LOGICAL[0] - 1) / 2, (LOGICAL[1] - 1) / 2])
    letters = view.letters()
    toward = {"left": (-1, 0), "right": (1, 0), "top": (0, -1), "bottom": (0, 1)}
    axis_of = {"L": (0, 1), "R": (0, -1), "P": (1, 1), "A": (1, -1), "H": (2, 1), "F": (2, -1)}
    start = view.pixel_to_lps(middle, LOGICAL)
    for edge, step in toward.items():
        way = view.pixel_to_lps(middle + 50.0 * np.array(step), LOGICAL) - start
        word = getattr(letters, edge)
        assert 1 <= len(word) <= 3
        for letter in word:
            axis, sign = axis_of[letter]
            assert way[axis] * sign > 0
        sizes = [abs(way[axis_of[letter][0]]) for letter in word]
        assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize("seed", range(6))
def test_snapped_views_cut_native_slices(study, seed):
    random = np.random.default_rng(seed)
    axis = random.normal(size=3)
    view = native_view(study.geometry, 60.0).tilted(axis, 0.3, study.geometry.center_lps)
    snapped = snapped_to_axis(study.geometry, view)
    stack = SliceStack.along(study.geometry, snapped.direction)
    assert stack.axis == 2
    index = study.geometry.lps_to_index(np.asarray(stack.snapped(snapped).center_lps))[2]
    assert index == pytest.approx(round(index), abs=1e-6)
