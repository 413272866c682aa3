import gc
import weakref
from dataclasses import replace

import numpy as np
import pytest

from workstation.base.errors import RenderError
from workstation.imaging.volume import WindowSetting
from workstation.rendering.color_map import ColorMap
from workstation.rendering.corridor import Corridor, prepare_corridor
from workstation.rendering.plane import PlaneName, PlaneView
from workstation.rendering.surface import iso_surface
from workstation.rendering.volume_view import (
    BONE,
    CT_PRESETS,
    METAL,
    Blend,
    Marker,
    VolumeBody,
    VolumeScene,
    VolumeView,
    maximum_preset,
    pick,
    start_view,
    turned,
)

SIZE = (120, 100)
BONE_POINT = np.array([12.0, -4.0, 8.0])


@pytest.fixture(scope="module")
def view_3d():
    view = VolumeView()
    yield view
    view.close()


@pytest.fixture
def volume(volume_of, direction):
    """Soft tissue with one dense ball of 6 mm, left of, in front of and above the middle."""
    array = np.full((60, 60, 60), 40, np.int16)
    grid = volume_of(array, direction=direction)
    shift = -np.asarray(grid.geometry.center_lps)
    centered = volume_of(array, origin=tuple(shift), direction=direction)
    k, j, i = np.meshgrid(*(np.arange(60.0),) * 3, indexing="ij")
    points = centered.geometry.index_to_lps(np.stack([i, j, k], axis=-1))
    array[np.linalg.norm(points - BONE_POINT, axis=-1) < 6.0] = 1200
    return centered


@pytest.fixture
def corridor(volume):
    return prepare_corridor(volume, Corridor.around([(0.0, 0.0, 0.0)], 22.0))


@pytest.fixture
def plain(volume_of):
    """The same with plain axes, where the orientation does not matter."""
    array = np.full((60, 60, 60), 40, np.int16)
    result = volume_of(array, origin=(-29.5, -29.5, -29.5))
    k, j, i = np.meshgrid(*(np.arange(60.0),) * 3, indexing="ij")
    points = result.geometry.index_to_lps(np.stack([i, j, k], axis=-1))
    array[np.linalg.norm(points - BONE_POINT, axis=-1) < 6.0] = 1200
    return prepare_corridor(result, Corridor.around([(0.0, 0.0, 0.0)], 22.0))


def camera(plane=PlaneName.CORONAL):
    return PlaneView.for_plane(plane, (0.0, 0.0, 0.0), 50.0)


def center_of(mask):
    assert mask.any()
    rows, columns = np.nonzero(mask)
    return np.array([columns.mean(), rows.mean()])


@pytest.mark.parametrize("plane", list(PlaneName))
def test_volume_rendering_shows_the_ball_in_its_place(view_3d, corridor, plane):
    scene = VolumeScene(body=VolumeBody(corridor=corridor), view=camera(plane), size=SIZE)
    frame = view_3d.render(scene)
    found = center_of(frame[..., 0] > 40)
    assert np.abs(found - scene.view.lps_to_pixel(BONE_POINT, SIZE)).max() < 1.5
    moving = view_3d.render(replace(scene, moving=True))
    found = center_of(moving[..., 0] > 40)
    assert np.abs(found - scene.view.lps_to_pixel(BONE_POINT, SIZE)).max() < 3.0


@pytest.mark.parametrize("plane", list(PlaneName))
def test_surface_shows_the_ball_in_its_place(view_3d, corridor, plane):
    # Half way between soft tissue and bone the surface is the edge of the ball.
    body = iso_surface(corridor.fine, 620.0)
    scene = VolumeScene(body=body, view=camera(plane), size=SIZE)
    frame = view_3d.render(scene)
    mask = frame[..., 0] > 40
    assert np.abs(center_of(mask) - scene.view.lps_to_pixel(BONE_POINT, SIZE)).max() < 1.0
    # A circle of 6 mm at 2 pixels a millimeter.
    assert mask.sum() == pytest.approx(np.pi * 12.0**2, rel=0.1)


def test_turned_camera_still_agrees_with_its_pixels(view_3d, plain):
    view = turned(turned(camera(), 33.0, -20.0, SIZE), 5.0, 14.0, SIZE).rotated(15.0)
    frame = view_3d.render(VolumeScene(body=iso_surface(plain.fine), view=view, size=SIZE))
    assert np.abs(center_of(frame[..., 0] > 20) - view.lps_to_pixel(BONE_POINT, SIZE)).max() < 1.0


def test_front_follows_the_pointer():
    view = camera()
    # The front of the patient is 20 mm before the middle.
    front = (0.0, -20.0, 0.0)
    before = view.lps_to_pixel(front, SIZE)
    right = turned(view, 6.0, 0.0, SIZE).lps_to_pixel(front, SIZE)
    down = turned(view, 0.0, 6.0, SIZE).lps_to_pixel(front, SIZE)
    assert right[0] > before[0] + 3
    assert right[1] == pytest.approx(before[1])
    assert down[1] > before[1] + 3
    assert down[0] == pytest.approx(before[0])


def test_crossing_the_pane_turns_half_around():
    assert turned(camera(), 100.0, 0.0, SIZE).direction == pytest.approx((0.0, -1.0, 0.0))


def test_zoom_and_pan_of_the_camera(view_3d, plain):
    surface = iso_surface(plain.fine)
    view = camera().zoomed(1.5).panned(-10.0, 6.0, SIZE)
    frame = view_3d.render(VolumeScene(body=surface, view=view, size=SIZE))
    mask = frame[..., 0] > 40
    assert np.abs(center_of(mask) - view.lps_to_pixel(BONE_POINT, SIZE)).max() < 1.0
    assert mask.sum() == pytest.approx(np.pi * 18.0**2, rel=0.15)


def test_start_shows_the_back_of_the_whole_corridor(plain):
    view = start_view(plain.fine, SIZE)
    assert view.direction == pytest.approx((0.0, -1.0, 0.0))
    assert view.letters().left == "L"
    assert view.letters().top == "H"
    x, y, z = np.asarray(plain.fine.extent_mm) / 2.0
    corners = [(a * x, b * y, c * z) for a in (-1, 1) for b in (-1, 1) for c in (-1, 1)]
    pixels = view.lps_to_pixel(np.add(corners, plain.fine.center_lps), SIZE)
    assert pixels.min() > 0
    assert (pixels < np.array(SIZE) - 1).all()


@pytest.mark.parametrize("kind", ["surface", "volume"])
def test_pick_gives_the_near_side_of_the_ball(corridor, kind):
    body = iso_surface(corridor.fine) if kind == "surface" else VolumeBody(corridor=corridor)
    scene = VolumeScene(body=body, view=camera(), size=SIZE)
    pixel = tuple(scene.view.lps_to_pixel(BONE_POINT, SIZE))
    # Seen from the front, the near side lies 6 mm anterior of the center.
    found = pick(scene, pixel)
    assert found == pytest.approx(tuple(np.add(BONE_POINT, (0.0, -6.0, 0.0))), abs=1.0)


def test_pick_beside_the_ball_is_nothing(plain):
    scene = VolumeScene(body=iso_surface(plain.fine), view=camera(), size=SIZE)
    assert pick(scene, (3.0, 3.0)) is None
    assert pick(replace(scene, body=None), (60.0, 50.0)) is None


def test_markers_stand_at_their_points(view_3d):
    markers = (
        Marker(center_lps=(10.0, 0.0, 15.0), radius_mm=3.0, color=(1.0, 0.0, 0.0)),
        Marker(center_lps=(-12.0, 0.0, -9.0), radius_mm=3.0, color=(0.0, 1.0, 0.0)),
    )
    scene = VolumeScene(body=None, view=camera(), size=SIZE, markers=markers)
    frame = view_3d.render(scene).astype(int)
    red = frame[..., 0] > frame[..., 1] + 40
    green = frame[..., 1] > frame[..., 0] + 40
    for mask, marker in ((red, markers[0]), (green, markers[1])):
        expected = scene.view.lps_to_pixel(marker.center_lps, SIZE)
        assert np.abs(center_of(mask) - expected).max() < 1.0
    # The patient's left is right on the screen, from the front.
    assert center_of(red)[0] > center_of(green)[0]
    gone = view_3d.render(replace(scene, markers=()))
    assert gone[..., :3].max() == 0


def test_bone_hides_a_marker_behind_it(view_3d, plain):
    behind = Marker(
        center_lps=tuple(np.add(BONE_POINT, (0.0, 12.0, 0.0))), radius_mm=2.0, color=(1, 0, 0)
    )
    scene = VolumeScene(body=iso_surface(plain.fine), view=camera(), size=SIZE, markers=(behind,))
    column, row = np.round(scene.view.lps_to_pixel(BONE_POINT, SIZE)).astype(int)
    frame = view_3d.render(scene)
    assert frame[row, column, 1] > 100
    turned_frame = view_3d.render(replace(scene, view=turned(scene.view, 100.0, 0.0, SIZE)))
    column, row = np.round(
        turned(scene.view, 100.0, 0.0, SIZE).lps_to_pixel(behind.center_lps, SIZE)
    ).astype(int)
    assert turned_frame[row, column, 0] > 100
    assert turned_frame[row, column, 1] < 60


def test_colored_surface(view_3d, plain):
    surface = iso_surface(plain.fine)
    colors = np.tile(np.array([[0, 0, 255]], np.uint8), (len(surface.points_lps), 1))
    colored = replace(surface, point_colors=colors)
    frame = view_3d.render(VolumeScene(body=colored, view=camera(), size=SIZE))
    assert frame[..., 2].max() > 150
    assert frame[..., 0].max() < 40
    plain_frame = view_3d.render(VolumeScene(body=surface, view=camera(), size=SIZE))
    assert plain_frame[..., 0].max() > 150


def test_bodies_replace_each_other(view_3d, plain):
    surface = VolumeScene(body=iso_surface(plain.fine), view=camera(), size=SIZE)
    cast = VolumeScene(body=VolumeBody(corridor=plain), view=camera(), size=SIZE)
    first = view_3d.render(surface)
    second = view_3d.render(cast)
    assert not np.array_equal(first, second)
    assert np.array_equal(view_3d.render(surface), first)
    empty = view_3d.render(VolumeScene(body=None, view=camera(), size=SIZE))
    assert empty[..., :3].max() == 0


def test_maximum_projection_is_inverted_on_white(view_3d, plain):
    preset = maximum_preset(WindowSetting(center=620.0, width=1160.0), ColorMap.INVERTED_GREY)
    scene = VolumeScene(body=VolumeBody(corridor=plain, preset=preset), view=camera(), size=SIZE)
    frame = view_3d.render(scene)
    assert scene.is_light
    assert frame[0, 0, :3].tolist() == [255, 255, 255]
    dark = frame[..., 0] < 100
    assert np.abs(center_of(dark) - scene.view.lps_to_pixel(BONE_POINT, SIZE)).max() < 1.0
    assert frame[..., 0].min() < 20


@pytest.mark.parametrize("preset", CT_PRESETS, ids=lambda preset: preset.name)
def test_presets_rise_and_draw(view_3d, plain, preset):
    values = [value for value, _ in preset.opacity]
    opacities = [opacity for _, opacity in preset.opacity]
    assert values == sorted(values)
    assert opacities == sorted(opacities)
    assert opacities[0] == 0.0
    scene = VolumeScene(body=VolumeBody(corridor=plain, preset=preset), view=camera(), size=SIZE)
    assert view_3d.render(scene)[..., :3].max() > 20


def test_value_that_can_be_clicked():
    # Bone rises from 0 at 150 HU to 0.25 at 300 HU: 0.15 is reached at 240 HU.
    assert BONE.picked_value == pytest.approx(240.0)
    # Metal: from 0.05 at 1500 HU to 0.9 at 2200 HU.
    assert METAL.picked_value == pytest.approx(1500.0 + 700.0 * 0.10 / 0.85)
    assert BONE.blend is Blend.COMPOSITE


def test_resize(view_3d, plain):
    surface = iso_surface(plain.fine)
    for size in ((64, 48), (200, 160), (33, 77)):
        view = camera()
        frame = view_3d.render(VolumeScene(body=surface, view=view, size=size))
        assert frame.shape == (size[1], size[0], 4)
        expected = view.lps_to_pixel(BONE_POINT, size)
        if expected[0] < size[0]:
            assert np.abs(center_of(frame[..., 0] > 40) - expected).max() < 6.0


def test_close_lets_everything_go(plain):
    view = VolumeView()
    view.render(VolumeScene(body=VolumeBody(corridor=plain), view=camera(), size=SIZE))
    prop = weakref.ref(next(iter(view._props.values())))
    view.close()
    view.close()
    gc.collect()
    assert prop() is None
    with pytest.raises(RenderError) as caught:
        view.render(VolumeScene(body=None, view=camera(), size=(10, 10)))
    assert caught.value.code == "view-closed"


def test_pick_in_a_maximum_projection_finds_the_brightest_point(plain):
    preset = maximum_preset(WindowSetting(center=620.0, width=1160.0), ColorMap.GREY)
    scene = VolumeScene(body=VolumeBody(corridor=plain, preset=preset), view=camera(), size=SIZE)
    found = pick(scene, tuple(scene.view.lps_to_pixel(BONE_POINT, SIZE)))
    assert found is not None
    # The ball is 1200 throughout; the first full value along the ray lies within it.
    assert np.linalg.norm(np.subtract(found, BONE_POINT)) < 6.0
    assert found[1] < BONE_POINT[1]


@pytest.mark.parametrize("plane", list(PlaneName))
def test_letters_of_the_camera_are_those_of_the_picture(view_3d, plain, plane):
    """The marker left of the patient appears at the edge that carries the L, and so on."""
    view = camera(plane)
    letters = view.letters()
    for letter, point in {"L": (18, 0, 0), "A": (0, -18, 0), "H": (0, 0, 18)}.items():
        edges = [edge for edge in ("left", "right", "top") if getattr(letters, edge) == letter]
        if not edges:
            continue
        marker = Marker(center_lps=point, radius_mm=3.0, color=(0.0, 1.0, 0.0))
        frame = view_3d.render(
            VolumeScene(body=None, view=view, size=SIZE, markers=(marker,))
        ).astype(int)
        x, y = center_of(frame[..., 1] > frame[..., 0] + 40)
        offset = {"left": 59.5 - x, "right": x - 59.5, "top": 49.5 - y}[edges[0]]
        assert offset == pytest.approx(36.0, abs=1.0)


def test_moving_and_still_show_the_same_turn(view_3d, plain):
    """The coarse picture is less sharp, not elsewhere."""
    body = VolumeBody(corridor=plain)
    for dx in (0.0, 25.0, 60.0):
        view = turned(camera(), dx, 10.0, SIZE)
        scene = VolumeScene(body=body, view=view, size=SIZE)
        still = center_of(view_3d.render(scene)[..., 0] > 40)
        moving = center_of(view_3d.render(replace(scene, moving=True))[..., 0] > 40)
        assert np.abs(still - moving).max() < 3.0


def test_a_preset_that_never_gets_opaque_is_clicked_at_its_end():
    faint = replace(BONE, opacity=((100.0, 0.0), (900.0, 0.05)))
    assert faint.picked_value == 900.0


def test_views_opened_and_closed_in_turn(plain):
    surface = iso_surface(plain.fine)
    for _ in range(5):
        view = VolumeView()
        frame = view.render(VolumeScene(body=surface, view=camera(), size=(40, 30)))
        assert frame[..., 0].max() > 100
        view.close()
