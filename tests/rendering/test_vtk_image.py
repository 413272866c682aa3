import gc
import weakref

import numpy as np
import pytest

from workstation.base.errors import RenderError
from workstation.imaging.geometry import VolumeGeometry
from workstation.imaging.volume import SeriesIdentity, Unit, Volume
from workstation.rendering.vtk_image import shared_image, to_numpy_array, to_vtk_array


def test_world_coordinates_are_lps(volume_of, direction):
    array = np.arange(4 * 5 * 6, dtype=np.int16).reshape(4, 5, 6)
    volume = volume_of(array, (0.7, 0.8, 3.0), (-10.0, 20.0, -300.0), direction)
    image = shared_image(volume).data
    world = [0.0, 0.0, 0.0]
    image.TransformContinuousIndexToPhysicalPoint(5.0, 2.0, 3.0, world)
    assert np.allclose(world, volume.geometry.index_to_lps(np.array([5.0, 2.0, 3.0])))
    assert image.GetScalarComponentAsDouble(5, 2, 3, 0) == array[3, 2, 5]


def test_memory_is_shared(volume_of):
    array = np.zeros((4, 5, 6), np.float32)
    image = shared_image(volume_of(array)).data
    array[3, 2, 1] = 42.0
    assert image.GetScalarComponentAsDouble(1, 2, 3, 0) == 42.0


def test_read_only_arrays_are_shared_too(volume_of):
    array = np.ones((4, 5, 6), np.int16)
    array.setflags(write=False)
    scalars = shared_image(volume_of(array)).data.GetPointData().GetScalars()
    assert np.shares_memory(to_numpy_array(scalars), array)


def test_every_view_gets_the_same_image(noise):
    assert shared_image(noise) is shared_image(noise)


def test_the_image_lives_as_long_as_somebody_holds_it(volume_of):
    volume = volume_of(np.zeros((4, 5, 6), np.int16))
    image = weakref.ref(shared_image(volume))
    gc.collect()
    assert image() is None


def test_the_voxels_are_let_go(volume_of):
    volume = volume_of(np.zeros((4, 5, 6), np.int16))
    array = weakref.ref(volume.array)
    held = shared_image(volume)
    del volume
    gc.collect()
    assert array() is not None
    del held
    gc.collect()
    assert array() is None


def geometry(shape):
    return VolumeGeometry(
        shape_kji=shape, spacing_ijk=(1.0, 1.0, 1.0), origin_lps=(0, 0, 0), direction=np.eye(3)
    )


@pytest.mark.parametrize(
    "array",
    [np.zeros((4, 5, 7), np.int16), np.zeros((6, 5, 4), np.int16).T],
    ids=["another shape", "another order"],
)
def test_arrays_that_do_not_fit_are_refused(array):
    volume = Volume(
        array=array, geometry=geometry((4, 5, 6)), unit=Unit.HU, identity=SeriesIdentity()
    )
    with pytest.raises(RenderError) as caught:
        shared_image(volume)
    assert caught.value.code == "bad-volume"


def test_arrays_go_there_and_back():
    values = np.array([1.5, 2.5, 3.5], np.float32)
    assert to_numpy_array(to_vtk_array(values)).tolist() == values.tolist()
