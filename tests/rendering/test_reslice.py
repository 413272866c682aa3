import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from workstation.rendering.plane import PlaneName, PlaneView, SlabMode
from workstation.rendering.reslice import OUTSIDE, Reslicer, slab_samples, slab_weights


@pytest.mark.parametrize(
    ("index", "half", "mode", "expected"),
    [
        (5.0, 0.5, SlabMode.MEAN, {5: 1.0}),
        (5.0, 1.0, SlabMode.MEAN, {4: 0.5, 5: 1.0, 6: 0.5}),
        (5.5, 1.0, SlabMode.MEAN, {5: 1.0, 6: 1.0}),
        (5.25, 0.25, SlabMode.MEAN, {5: 0.5}),
        (0.0, 2.0, SlabMode.MEAN, {0: 1.0, 1: 1.0, 2: 0.5}),
        (5.0, 1.0, SlabMode.MAXIMUM, {4: 1.0, 5: 1.0, 6: 1.0}),
        (5.0, 0.9, SlabMode.MAXIMUM, {5: 1.0}),
        (5.3, 0.1, SlabMode.MAXIMUM, {5: 1.0}),
        (9.0, 1.5, SlabMode.MINIMUM, {8: 1.0, 9: 1.0}),
        (30.0, 1.5, SlabMode.MINIMUM, {}),
        (30.0, 1.5, SlabMode.MEAN, {}),
    ],
)
def test_slices_of_a_slab(index, half, mode, expected):
    found = dict(slab_weights(index, half, 10, mode))
    assert found.keys() == expected.keys()
    assert all(found[k] == pytest.approx(weight) for k, weight in expected.items())


@pytest.mark.parametrize(
    ("thickness", "voxel", "coarse", "expected"),
    [
        (0.0, 1.0, False, (1, 1.0)),
        (1.0, 1.0, False, (3, 0.5)),
        (10.0, 1.0, False, (21, 0.5)),
        (10.0, 1.0, True, (11, 1.0)),
        (10.0, 3.0, False, (9, 1.25)),
    ],
)
def test_planes_of_an_oblique_slab(thickness, voxel, coarse, expected):
    count, step = slab_samples(thickness, voxel, coarse=coarse)
    assert (count, step) == (expected[0], pytest.approx(expected[1]))
    if count > 1:
        assert (count - 1) * step == pytest.approx(thickness)


def test_values_are_in_the_unit_of_the_volume(noise):
    view = PlaneView.for_plane(PlaneName.AXIAL, (15.5, 15.5, 4.0), 32.0)
    values = Reslicer(noise).values(view, (32, 32))
    assert values.dtype == np.float32
    assert np.array_equal(values, noise.array[4])


def test_outside_is_marked(noise):
    view = PlaneView.for_plane(PlaneName.AXIAL, (15.5, 15.5, 4.0), 64.0)
    values = Reslicer(noise).values(view, (64, 64))
    assert (values != OUTSIDE).sum() == 32 * 32
    assert (values[16:48, 16:48] == noise.array[4]).all()


def test_a_slab_is_reduced_once_for_all_zooms(noise):
    reslicer = Reslicer(noise)
    view = replace(
        PlaneView.for_plane(PlaneName.AXIAL, (15.5, 15.5, 4.0), 32.0), slab_thickness_mm=3.0
    )
    reslicer.values(view, (32, 32))
    reduced = reslicer._slab_image
    reslicer.values(view.zoomed(2.0).panned(3.0, 1.0, (32, 32)), (32, 32))
    assert reslicer._slab_image is reduced
    reslicer.values(view.scrolled(1.0), (32, 32))
    assert reslicer._slab_image is not reduced


def test_thin_after_thick_is_thin_again(noise):
    reslicer = Reslicer(noise)
    view = PlaneView.for_plane(PlaneName.AXIAL, (15.5, 15.5, 4.0), 32.0)
    oblique = view.tilted((1, 0, 0), 20.0, view.center_lps)
    reslicer.values(replace(oblique, slab_thickness_mm=9.0), (32, 32))
    reslicer.values(replace(view, slab_thickness_mm=9.0), (32, 32))
    assert np.array_equal(reslicer.values(view, (32, 32)), noise.array[4])


@pytest.fixture
def sheet(volume_of):
    """1000 everywhere but for a sheet of zeros, 4 mm above the middle."""
    array = np.full((40, 40, 40), 1000, np.int16)
    array[24] = 0
    return volume_of(array)


@pytest.mark.parametrize(
    ("mode", "thickness", "low", "high"),
    [
        (SlabMode.MINIMUM, 0.0, 1000.0, 1000.0),
        # Planes half a voxel apart pass the sheet within a quarter of a voxel.
        (SlabMode.MINIMUM, 12.0, 0.0, 250.0),
        (SlabMode.MAXIMUM, 12.0, 1000.0, 1000.0),
        (SlabMode.MEAN, 12.0, 850.0, 950.0),
    ],
)
def test_modes_of_an_oblique_slab(sheet, mode, thickness, low, high):
    view = PlaneView.oblique((19.5, 19.5, 20.0), (0.0, 0.2, 1.0), 6.0)
    view = replace(view, slab_thickness_mm=thickness, slab_mode=mode)
    values = Reslicer(sheet).values(view, (12, 12))
    assert values.min() >= low
    assert values.max() <= high


def test_mean_of_an_oblique_slab_is_the_part_of_the_sheet(volume_of):
    # The sheet is 1 mm thick at its base values; over 12 mm along the normal it takes 1 / 12,
    # lengthened by the tilt.
    array = np.full((80, 40, 40), 1200.0, np.float32)
    array[43] = 0.0
    volume = volume_of(array)
    view = PlaneView.oblique((19.5, 19.5, 43.0), (0.0, 0.2, 1.0), 4.0)
    view = replace(view, slab_thickness_mm=12.0)
    values = Reslicer(volume).values(view, (8, 8))
    lost = 1200.0 - float(values.mean())
    assert lost == pytest.approx(1200.0 / 12.0 * np.hypot(1.0, 0.2), rel=0.03)


def test_slab_partly_outside_counts_what_is_inside(volume_of):
    """An oblique slab at the border takes its mean from voxels, not from the emptiness."""
    volume = volume_of(np.full((20, 20, 20), 500, np.int16))
    view = PlaneView.oblique((9.5, 9.5, 19.0), (0.0, 0.2, 1.0), 4.0)
    view = replace(view, slab_thickness_mm=10.0)
    values = Reslicer(volume).values(view, (8, 8))
    assert np.allclose(values, 500.0, atol=0.5)


def test_a_cut_copies_no_volume(volume_of):
    volume = volume_of(np.zeros((200, 128, 128), np.int16))
    view = PlaneView.for_plane(PlaneName.SAGITTAL, volume.geometry.center_lps, 100.0)
    reslicer = Reslicer(volume)
    tracemalloc.start()
    reslicer.values(view, (64, 64))
    reslicer.values(replace(view, slab_thickness_mm=5.0, slab_mode=SlabMode.MAXIMUM), (64, 64))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < volume.array.nbytes / 4


@pytest.mark.parametrize("dtype", [np.int16, np.float32, np.uint8, np.uint16])
def test_every_kind_of_value(volume_of, dtype):
    array = np.arange(200, dtype=dtype).reshape(2, 10, 10)
    view = PlaneView.for_plane(PlaneName.AXIAL, (4.5, 4.5, 1.0), 10.0)
    assert np.array_equal(Reslicer(volume_of(array)).values(view, (10, 10)), array[1])


def test_negative_values_are_not_outside(volume_of):
    volume = volume_of(np.full((3, 10, 10), -32768, np.int16))
    view = PlaneView.for_plane(PlaneName.AXIAL, (4.5, 4.5, 1.0), 10.0)
    values = Reslicer(volume).values(view, (10, 10))
    assert (values == -32768).all()
    assert (values != OUTSIDE).all()
