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
