import gc
import weakref
from dataclasses import replace

import numpy as np
import pytest

from workstation.base.errors import RenderError
from workstation.imaging.volume import WindowSetting
from workstation.rendering.color_map import ColorMap, color_table
from workstation.rendering.plane import Interpolation, PlaneName, PlaneView, SlabMode
from workstation.rendering.reslice import Reslicer
from workstation.rendering.slice_view import SliceLayer, SliceScene, SliceView, fitted
from workstation.rendering.stack import native_view

SIZE = (301, 200)
BRIGHT = np.array([33.0, 11.0, 7.0])


def bright_voxel(volume_of, direction):
    array = np.zeros((20, 40, 50), np.int16)
    array[7, 11, 33] = 1000
    return volume_of(array, (1.3, 0.9, 3.1), (-12.0, 34.0, -500.0), direction)


def center_of_brightness(frame):
    weights = frame[..., 0].astype(float)
    assert weights.max() > 100
    rows, columns = np.mgrid[: frame.shape[0], : frame.shape[1]]
    return np.array([(weights * columns).sum(), (weights * rows).sum()]) / weights.sum()


def full_size_view(plane=PlaneName.AXIAL, center=(15.5, 15.5, 10.0)):
    """32 mm over 32 pixels: pixel centers lie on voxel centers of the noise volume."""
    return PlaneView.for_plane(plane, center, 32.0)


def grey(values):
    return np.clip(values / 1000.0 * 255.0, 0.0, 255.0)


class TestPlace:
    @pytest.mark.parametrize("plane", list(PlaneName))
    def test_bright_voxel_lands_on_its_pixel(self, volume_of, draw, direction, plane):
        volume = bright_voxel(volume_of, direction)
        point = volume.geometry.index_to_lps(BRIGHT)
        view = PlaneView.for_plane(plane, tuple(np.add(point, (3.0, 5.0, -4.0))), 70.0).through(
            point
        )
        found = center_of_brightness(draw(volume, view, SIZE))
        assert np.abs(found - view.lps_to_pixel(point, SIZE)).max() < 0.1

    @pytest.mark.parametrize("flipped", [False, True])
    def test_bright_voxel_in_an_oblique_turned_plane(self, volume_of, draw, direction, flipped):
        volume = bright_voxel(volume_of, direction)
        point = volume.geometry.index_to_lps(BRIGHT)
        view = PlaneView.oblique(tuple(point + 2.0), (0.2, -0.3, 1.0), 60.0).through(point)
        view = replace(view, rotation_deg=37.0, flipped=flipped)
        found = center_of_brightness(draw(volume, view, SIZE))
        assert np.abs(found - view.lps_to_pixel(point, SIZE)).max() < 0.1

    def test_bright_voxel_in_the_native_view(self, volume_of, draw, direction):
        volume = bright_voxel(volume_of, direction)
        point = volume.geometry.index_to_lps(BRIGHT)
        view = native_view(volume.geometry, 60.0).through(point)
        found = center_of_brightness(draw(volume, view, SIZE))
        assert np.abs(found - view.lps_to_pixel(point, SIZE)).max() < 0.1

    @pytest.mark.parametrize("thickness", [4.0, 9.0])
    def test_bright_voxel_in_a_slab(self, volume_of, draw, direction, thickness):
        volume = bright_voxel(volume_of, direction)
        point = volume.geometry.index_to_lps(BRIGHT)
        for view in (
            PlaneView.for_plane(PlaneName.CORONAL, tuple(np.add(point, (5.0, 0.0, 3.0))), 60.0),
            PlaneView.oblique(tuple(point), (0.2, -0.3, 1.0), 60.0),
        ):
            thick = replace(view, slab_thickness_mm=thickness, slab_mode=SlabMode.MAXIMUM)
            found = center_of_brightness(draw(volume, thick, SIZE))
            assert np.abs(found - view.lps_to_pixel(point, SIZE)).max() < 0.3

    def test_voxel_is_not_seen_from_another_slice(self, volume_of, draw):
        volume = bright_voxel(volume_of, np.eye(3))
        point = volume.geometry.index_to_lps(BRIGHT)
        view = PlaneView.for_plane(PlaneName.AXIAL, tuple(point), 60.0)
        assert draw(volume, view.scrolled(3.1), SIZE)[..., :3].max() == 0

    @pytest.mark.parametrize("size", [(301, 200), (200, 301), (97, 64), (1, 1)])
    def test_two_sizes_of_one_view(self, volume_of, draw, size):
        volume = bright_voxel(volume_of, np.eye(3))
        point = volume.geometry.index_to_lps(BRIGHT)
        view = PlaneView.for_plane(PlaneName.AXIAL, tuple(point), 40.0)
        assert draw(volume, view, SIZE).shape == (200, 301, 4)
        frame = draw(volume, view, size)
        assert frame.shape == (size[1], size[0], 4)
        assert np.abs(center_of_brightness(frame) - view.lps_to_pixel(point, size)).max() < 0.1


class TestSides:
    """A patient whose left half is bright, whose right anterior head corner is grey."""

    @pytest.fixture
    def patient(self, volume_of, direction):
        shape = (24, 24, 24)
        array = np.zeros(shape, np.int16)
        volume = volume_of(array, direction=direction)
        k, j, i = np.meshgrid(*(np.arange(24.0),) * 3, indexing="ij")
        points = volume.geometry.index_to_lps(np.stack([i, j, k], axis=-1))
        offset = points - np.asarray(volume.geometry.center_lps)
        array[offset[..., 0] > 0] = 1000
        corner = (offset[..., 0] < -4) & (offset[..., 1] < -4) & (offset[..., 2] > 4)
        array[corner] = 500
        return volume

    @staticmethod
    def sides(frame):
        height, width = frame.shape[:2]
        levels = frame[..., 0].astype(float)
        return {
            "left": levels[height // 4 : -height // 4, : width // 3].mean(),
            "right": levels[height // 4 : -height // 4, -width // 3 :].mean(),
            "top": levels[: height // 3, width // 4 : -width // 4].mean(),
            "bottom": levels[-height // 3 :, width // 4 : -width // 4].mean(),
        }

    @pytest.mark.parametrize("plane", [PlaneName.AXIAL, PlaneName.CORONAL])
    @pytest.mark.parametrize("rotation", [0.0, 90.0, 180.0, 270.0])
    @pytest.mark.parametrize("flipped", [False, True])
    def test_the_bright_side_carries_the_l(self, patient, draw, plane, rotation, flipped):
        view = PlaneView.for_plane(plane, patient.geometry.center_lps, 16.0)
        view = replace(view, rotation_deg=rotation, flipped=flipped)
        sides = self.sides(draw(patient, view, (48, 48)))
        letters = view.letters()
        named = {side: getattr(letters, side) for side in sides}
        brightest = max(sides, key=lambda side: sides[side])
        darkest = min(sides, key=lambda side: sides[side])
        assert named[brightest] == "L"
        assert named[darkest] == "R"

    def test_left_of_the_patient_is_right_on_the_screen(self, patient, draw):
        for plane in (PlaneName.AXIAL, PlaneName.CORONAL):
            view = PlaneView.for_plane(plane, patient.geometry.center_lps, 16.0)
            sides = self.sides(draw(patient, view, (48, 48)))
            assert sides["right"] > 200
            assert sides["left"] < 60

    def test_anterior_is_left_and_head_is_up_in_sagittal(self, patient, draw):
        center = np.add(patient.geometry.center_lps, (-7.0, 0.0, 0.0))
        view = PlaneView.for_plane(PlaneName.SAGITTAL, tuple(center), 20.0)
        frame = draw(patient, view, (48, 48))[..., 0]
        assert frame[8, 8] > 100
        assert frame[8, 40] == frame[40, 8] == frame[40, 40] == 0


class TestWindow:
    def test_grey_is_exact(self, noise, draw):
        frame = draw(noise, full_size_view())
        assert np.abs(frame[..., 0] - grey(noise.array[10])).max() <= 0.501
        assert np.array_equal(frame[..., 0], frame[..., 1])
        assert np.array_equal(frame[..., 0], frame[..., 2])
        assert (frame[..., 3] == 255).all()

    @pytest.mark.parametrize(("center", "width"), [(40.0, 350.0), (500.0, 1.0), (300.0, 80.0)])
    def test_windows(self, noise, draw, center, width):
        frame = draw(noise, full_size_view(), window=(center, width))
        low = center - width / 2.0
        expected = np.clip((noise.array[10] - low) / width, 0.0, 1.0) * 255.0
        assert np.abs(frame[..., 0] - expected).max() <= 0.51

    def test_inverted_grey_is_the_complement(self, noise, draw):
        frame = draw(noise, full_size_view(), color_map=ColorMap.INVERTED_GREY)
        assert np.abs(frame[..., 0] - (255.0 - grey(noise.array[10]))).max() <= 0.501

    def test_float_values(self, volume_of, draw):
        array = np.linspace(0.0, 7.0, 32 * 32, dtype=np.float32).reshape(1, 32, 32)
        frame = draw(volume_of(array), full_size_view(center=(15.5, 15.5, 0.0)), window=(3.5, 7.0))
        assert np.abs(frame[..., 0] - array[0] / 7.0 * 255.0).max() <= 0.51

    def test_a_window_drag_does_not_cut_again(self, noise, draw, monkeypatch):
        draw(noise, full_size_view())
        cuts = []
        monkeypatch.setattr(Reslicer, "values", lambda *a, **k: cuts.append(a))
        frame = draw(noise, full_size_view(), window=(100.0, 100.0))
        assert cuts == []
        assert frame[..., 0].max() == 255

    def test_a_new_volume_is_cut_although_the_view_is_the_same(self, noise, volume_of, draw):
        first = draw(noise, full_size_view())
        other = volume_of(noise.array[::-1].copy())
        other.array[10] = 0
        assert first.max() > 0
        assert draw(other, full_size_view())[..., :3].max() == 0

    @pytest.mark.parametrize("width", [0.0, -5.0, float("nan"), float("inf")])
    def test_a_window_without_width_is_refused(self, noise, width):
        with pytest.raises(RenderError, match="width"):
            SliceLayer(volume=noise, window=WindowSetting(center=0.0, width=width))


class TestInterpolation:
    def test_nearest_shows_voxels_as_they_are(self, noise, draw):
        view = replace(full_size_view(), interpolation=Interpolation.NEAREST)
        frame = draw(noise, view, (96, 96))[..., 0]
        blocks = frame.reshape(32, 3, 32, 3)
        assert (blocks == blocks[:, :1, :, :1]).all()
        assert np.abs(blocks[:, 0, :, 0] - grey(noise.array[10])).max() <= 0.501

    def test_linear_is_half_way_between_slices(self, noise, draw):
        frame = draw(noise, full_size_view(center=(15.5, 15.5, 10.5)))
        expected = grey((noise.array[10] + noise.array[11]) / 2.0)
        assert np.abs(frame[..., 0] - expected).max() <= 0.501


class TestSlab:
    @pytest.mark.parametrize(
        ("mode", "reduce"), [(SlabMode.MAXIMUM, np.max), (SlabMode.MINIMUM, np.min)]
    )
    @pytest.mark.parametrize("thickness", [1.0, 2.0, 3.0, 5.0, 10.0])
    def test_maximum_and_minimum_of_native_slices(self, noise, draw, mode, reduce, thickness):
        view = replace(full_size_view(), slab_thickness_mm=thickness, slab_mode=mode)
        half = int(thickness / 2.0)
        expected = grey(reduce(noise.array[10 - half : 11 + half], axis=0))
        assert np.abs(draw(noise, view)[..., 0] - expected).max() <= 0.501

    def test_mean_of_whole_slices(self, noise, draw):
        view = replace(full_size_view(), slab_thickness_mm=5.0)
        expected = grey(noise.array[8:13].mean(axis=0))
        assert np.abs(draw(noise, view)[..., 0] - expected).max() <= 0.501

    def test_mean_weighs_slices_that_are_half_inside(self, noise, draw):
        view = replace(full_size_view(), slab_thickness_mm=4.0)
        weights = np.array([0.5, 1.0, 1.0, 1.0, 0.5])
        expected = grey(np.average(noise.array[8:13], axis=0, weights=weights))
        assert np.abs(draw(noise, view)[..., 0] - expected).max() <= 0.501

    def test_sagittal_slab(self, noise, draw):
        # Sagittal: anterior (small j) on the left, head (large k) on top.
        view = full_size_view(PlaneName.SAGITTAL, (12.0, 15.5, 15.5))
        view = replace(view, slab_thickness_mm=3.0, slab_mode=SlabMode.MAXIMUM)
        frame = draw(noise, view)[..., 0]
        expected = grey(noise.array[:, :, 11:14].max(axis=2))
        # k = 20 lies in row 11, k = 0 in row 31.
        assert np.abs(frame[11:32] - expected[::-1]).max() <= 0.501

    def test_slab_at_the_border_ignores_what_is_outside(self, noise, draw):
        view = replace(full_size_view(center=(15.5, 15.5, 0.0)), slab_thickness_mm=4.0)
        weights = np.array([1.0, 1.0, 0.5])
        expected = grey(np.average(noise.array[:3], axis=0, weights=weights))
        assert np.abs(draw(noise, view)[..., 0] - expected).max() <= 0.501

    def test_slab_outside_is_empty(self, noise, draw):
        view = replace(full_size_view(center=(15.5, 15.5, 99.0)), slab_thickness_mm=4.0)
        assert draw(noise, view)[..., :3].max() == 0

    def test_oblique_mean_is_the_integral(self, volume_of, draw):
        # A ramp along z: the mean of a symmetric slab is the value in its middle.
        ramp = np.broadcast_to(np.arange(40.0, dtype=np.float32)[:, None, None], (40, 40, 40))
        volume = volume_of(np.ascontiguousarray(ramp))
        view = PlaneView.oblique(volume.geometry.center_lps, (0.0, 0.4, 1.0), 8.0)
        thin = draw(volume, view, window=(20.0, 40.0))[..., 0].astype(int)
        thick = draw(volume, replace(view, slab_thickness_mm=6.0), window=(20.0, 40.0))[..., 0]
        assert np.abs(thick - thin).max() <= 1

    def test_oblique_maximum_reaches_through_the_slab(self, volume_of, draw):
        array = np.zeros((40, 40, 40), np.int16)
        array[24:26, 19:21, 19:21] = 1000
        volume = volume_of(array)
        view = PlaneView.oblique((19.5, 19.5, 19.5), (0.0, 0.3, 1.0), 30.0)
        view = replace(view, slab_mode=SlabMode.MAXIMUM)
        thin = draw(volume, replace(view, slab_thickness_mm=2.0))
        thick = draw(volume, replace(view, slab_thickness_mm=12.0))
        assert thin[..., 0].max() == 0
        assert thick[..., 0].max() > 200

    def test_moving_oblique_slab_is_coarse_but_in_place(self, volume_of, slice_view):
        volume = bright_voxel(volume_of, np.eye(3))
        point = volume.geometry.index_to_lps(BRIGHT)
        view = PlaneView.oblique(tuple(point), (0.2, -0.3, 1.0), 60.0)
        view = replace(view, slab_thickness_mm=8.0, slab_mode=SlabMode.MAXIMUM)
        layer = SliceLayer(volume=volume, window=WindowSetting(center=500.0, width=1000.0))
        for size in (SIZE, (300, 201)):
            scene = SliceScene(layers=(layer,), view=view, size=size, moving=True)
            frame = slice_view.render(scene)
            assert frame.shape == (size[1], size[0], 4)
            assert (frame[0:2, 0:2] == frame[0, 0]).all()
            found = center_of_brightness(frame)
            assert np.abs(found - view.lps_to_pixel(point, size)).max() < 1.0
            still = slice_view.render(replace(scene, moving=False))
            assert not np.array_equal(still, frame)

    def test_moving_thin_slice_is_not_coarse(self, noise, slice_view):
        layer = SliceLayer(volume=noise, window=WindowSetting(center=500.0, width=1000.0))
        scene = SliceScene(layers=(layer,), view=full_size_view(), size=(32, 32))
        still = slice_view.render(scene)
        assert np.array_equal(slice_view.render(replace(scene, moving=True)), still)


class TestOutside:
    def test_black_outside(self, volume_of, draw):
        volume = volume_of(np.full((4, 4, 4), 1000, np.int16))
        frame = draw(volume, full_size_view(center=(1.5, 1.5, 1.5)))
        assert (frame[:10, :10, :3] == 0).all()
        assert (frame[14:18, 14:18, :3] == 255).all()
        assert (frame[..., 0] == 255).sum() == 16

    def test_white_outside_of_inverted_pet(self, volume_of, draw):
        volume = volume_of(np.full((4, 4, 4), 1000, np.int16))
        view = full_size_view(center=(1.5, 1.5, 1.5))
        frame = draw(volume, view, color_map=ColorMap.INVERTED_GREY)
        assert (frame[:10, :10, :3] == 255).all()
        assert (frame[14:18, 14:18, :3] == 0).all()

    def test_outside_of_a_color_map_is_black(self, volume_of, draw):
        volume = volume_of(np.zeros((4, 4, 4), np.int16))
        view = full_size_view(center=(1.5, 1.5, 1.5))
        frame = draw(volume, view, color_map=ColorMap.VIRIDIS)
        assert frame[0, 0, :3].tolist() == [0, 0, 0]
        assert frame[15, 15, :3].tolist() == [68, 1, 84]

    def test_a_single_slice_is_as_thick_as_its_voxels(self, volume_of, draw):
        volume = volume_of(np.full((1, 32, 32), 1000, np.int16), (1.0, 1.0, 5.0))
        for z, expected in ((-2.4, 255), (0.0, 255), (2.4, 255), (2.6, 0), (-2.6, 0)):
            frame = draw(volume, full_size_view(center=(15.5, 15.5, z)))
            assert frame[16, 16, 0] == expected

    def test_an_empty_scene_is_black(self, slice_view):
        frame = slice_view.render(SliceScene(layers=(), view=full_size_view(), size=(20, 10)))
        assert frame.shape == (10, 20, 4)
        assert frame[..., :3].max() == 0


class TestLayers:
    def scene(self, layers):
        return SliceScene(layers=tuple(layers), view=full_size_view(), size=(32, 32))

    def layer(self, volume, **kwargs):
        return SliceLayer(volume=volume, window=WindowSetting(center=500.0, width=1000.0), **kwargs)

    @pytest.mark.parametrize("opacity", [0.0, 0.25, 0.62, 1.0])
    def test_blend_of_two_greys(self, noise, volume_of, slice_view, opacity):
        flat = volume_of(np.full((21, 32, 32), 800, np.int16))
        layers = (self.layer(noise), self.layer(flat, opacity=opacity))
        frame = slice_view.render(self.scene(layers))
        expected = grey(noise.array[10]) * (1.0 - opacity) + 204.0 * opacity
        assert np.abs(frame[..., 0] - expected).max() <= 1.6

    def test_see_through_layer_leaves_low_values_bare(self, noise, volume_of, slice_view):
        pet = np.zeros((21, 32, 32), np.float32)
        pet[:, :, 16:] = 1000.0
        layers = (
            self.layer(noise),
            self.layer(volume_of(pet), color_map=ColorMap.HOT_IRON, see_through=True),
        )
        frame = slice_view.render(self.scene(layers))
        assert np.abs(frame[:, :15, 0] - grey(noise.array[10])[:, :15]).max() <= 0.501
        assert (frame[:, 17:, :3] == 255).all()

    def test_smaller_volume_covers_only_its_own_place(self, noise, volume_of, slice_view):
        small = volume_of(np.full((3, 8, 8), 1000, np.int16), origin=(12.0, 12.0, 9.0))
        frame = slice_view.render(self.scene((self.layer(noise), self.layer(small))))
        expected = grey(noise.array[10])
        expected[12:20, 12:20] = 255.0
        assert np.abs(frame[..., 0] - expected).max() <= 0.501

    def test_layers_of_other_geometry_meet_in_patient_space(self, volume_of, slice_view, direction):
        axial = np.zeros((32, 32, 32), np.int16)
        base = volume_of(axial)
        other = bright_voxel(volume_of, direction)
        point = other.geometry.index_to_lps(BRIGHT)
        view = PlaneView.for_plane(PlaneName.AXIAL, tuple(point), 60.0)
        layers = (self.layer(base), self.layer(other, opacity=0.8))
        frame = slice_view.render(SliceScene(layers=layers, view=view, size=SIZE))
        found = center_of_brightness(frame)
        assert np.abs(found - view.lps_to_pixel(point, SIZE)).max() < 0.1

    def test_a_layer_taken_away_is_gone(self, noise, volume_of, slice_view):
        flat = volume_of(np.full((21, 32, 32), 1000, np.int16))
        slice_view.render(self.scene((self.layer(noise), self.layer(flat))))
        frame = slice_view.render(self.scene((self.layer(noise),)))
        assert np.abs(frame[..., 0] - grey(noise.array[10])).max() <= 0.501

    def test_colors_are_those_of_the_table(self, volume_of, draw):
        ramp = np.broadcast_to(np.linspace(0, 1000, 32, dtype=np.float32), (1, 32, 32))
        volume = volume_of(np.ascontiguousarray(ramp))
        view = full_size_view(center=(15.5, 15.5, 0.0))
        frame = draw(volume, view, color_map=ColorMap.HOT_IRON)
        rows = np.round(np.linspace(0, 255, 32)).astype(int)
        expected = np.round(color_table(ColorMap.HOT_IRON)[rows, :3] * 255.0)
        assert np.abs(frame[5, :, :3] - expected).max() <= 2

    @pytest.mark.parametrize("opacity", [-0.1, 1.1])
    def test_opacity_has_limits(self, noise, opacity):
        with pytest.raises(RenderError, match="Opacity"):
            self.layer(noise, opacity=opacity)

    def test_scene_knows_what_marks_need(self, noise):
        inverted = self.layer(noise, color_map=ColorMap.INVERTED_GREY)
        assert self.scene((inverted,)).is_light
        assert not self.scene((self.layer(noise),)).is_light
        assert not self.scene(()).is_light
        assert self.scene((self.layer(noise), inverted)).is_fused
        assert not self.scene((inverted,)).is_fused


class TestLife:
    def test_frames_belong_to_the_caller(self, noise, draw):
        first = draw(noise, full_size_view())
        kept = first.copy()
        first_again = draw(noise, full_size_view(center=(15.5, 15.5, 3.0)))
        assert np.array_equal(first, kept)
        assert not np.array_equal(first, first_again)
        assert first.flags.c_contiguous
        assert first.dtype == np.uint8

    def test_the_voxels_are_not_copied_or_changed(self, noise, draw):
        noise.array.setflags(write=False)
        before = noise.array.copy()
        draw(noise, full_size_view())
        assert np.array_equal(noise.array, before)

    def test_close_lets_go_of_the_voxels(self, noise):
        view = SliceView()
        layer = SliceLayer(volume=noise, window=WindowSetting(center=0.0, width=1.0))
        view.render(SliceScene(layers=(layer,), view=full_size_view(), size=(8, 8)))
        pipeline = weakref.ref(view._pipelines[0])
        view.close()
        view.close()
        gc.collect()
        assert pipeline() is None

    def test_a_closed_view_draws_nothing(self, noise):
        view = SliceView()
        view.close()
        with pytest.raises(RenderError) as caught:
            view.render(SliceScene(layers=(), view=full_size_view(), size=(8, 8)))
        assert caught.value.code == "view-closed"

    @pytest.mark.parametrize("size", [(0, 10), (10, 0), (-1, 5), (20000, 10)])
    def test_sizes_that_make_no_frame_are_refused(self, size):
        with pytest.raises(RenderError) as caught:
            SliceScene(layers=(), view=full_size_view(), size=size)
        assert caught.value.code == "bad-size"

    def test_two_views_of_one_volume_share_its_image(self, noise):
        first, second = Reslicer(noise), Reslicer(noise)
        assert first._shared is second._shared


class TestFitted:
    def test_whole_volume_is_shown(self, volume_of):
        volume = volume_of(np.zeros((10, 40, 20), np.int16), (1.0, 1.0, 2.0))
        view = PlaneView.for_plane(PlaneName.AXIAL, (0.0, 0.0, 8.0), 999.0)
        tall = fitted(volume, view, (100, 100))
        assert tall.field_mm == pytest.approx(40.0)
        assert tall.center_lps == pytest.approx((9.5, 19.5, 8.0))

    def test_narrow_pane_is_limited_by_its_width(self, volume_of):
        volume = volume_of(np.zeros((10, 20, 40), np.int16))
        view = PlaneView.for_plane(PlaneName.AXIAL, (0.0, 0.0, 4.0), 999.0)
        # 40 mm must fit 50 pixels, so 100 pixels show 80 mm.
        assert fitted(volume, view, (50, 100)).field_mm == pytest.approx(80.0)

    def test_turned_view_still_shows_every_corner(self, volume_of):
        volume = volume_of(np.zeros((10, 20, 40), np.int16))
        view = PlaneView.for_plane(PlaneName.AXIAL, (0.0, 0.0, 4.0), 999.0).rotated(30.0)
        size = (160, 90)
        shown = fitted(volume, view, size)
        pixels = shown.lps_to_pixel(volume.geometry.corners_lps(), size)
        assert pixels.min() >= -0.501
        assert (pixels <= np.array(size) - 0.499).all()
