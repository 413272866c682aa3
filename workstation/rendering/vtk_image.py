"""Volume to vtkImageData without a copy; VTK world coordinates are LPS millimeters."""

from __future__ import annotations

import weakref
from typing import Any

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkDataArray
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkCommonMath import vtkMatrix3x3

from workstation.base.errors import RenderError
from workstation.imaging.geometry import Matrix, VolumeGeometry
from workstation.imaging.volume import Volume


class SharedImage:
    """The voxels of one volume as VTK sees them; alive as long as a view holds it.

    Parameters
    ----------
    volume : Volume
        Its array is shared, never copied; the array is kept alive by this object.
    """

    def __init__(self, volume: Volume) -> None:
        self.array = volume.array
        self.geometry = volume.geometry
        self.data = _image_data(volume)


_images: weakref.WeakValueDictionary[tuple[int, int], SharedImage] = weakref.WeakValueDictionary()


def shared_image(volume: Volume) -> SharedImage:
    """Return the VTK image of a volume, the same one for every view that is open on it.

    Raises
    ------
    RenderError
        When the array is not a C-contiguous grid of the shape its geometry names.
    """
    # A living entry keeps array and geometry alive, so their ids cannot have been reused.
    key = (id(volume.array), id(volume.geometry))
    image = _images.get(key)
    if image is None:
        image = SharedImage(volume)
        _images[key] = image
    return image


def to_vtk_array(values: NDArray[Any]) -> vtkDataArray:
    """Return a VTK array on the same memory; it keeps the numpy array alive."""
    shared: vtkDataArray = numpy_to_vtk(values)  # type: ignore[no-untyped-call]
    return shared


def to_numpy_array(values: vtkDataArray) -> NDArray[Any]:
    """Return a numpy array on the memory of a VTK array, valid until VTK resizes it."""
    shared: NDArray[Any] = vtk_to_numpy(values)  # type: ignore[no-untyped-call]
    return shared


def direction_matrix(direction: Matrix) -> vtkMatrix3x3:
    """Return the VTK form of a direction matrix, shape (3, 3), axes i, j, k as columns."""
    matrix = vtkMatrix3x3()
    for row in range(3):
        for column in range(3):
            matrix.SetElement(row, column, float(direction[row, column]))
    return matrix


def apply_geometry(image: vtkImageData, geometry: VolumeGeometry) -> None:
    """Give a VTK image the place of a geometry in LPS mm."""
    image.SetDimensions(*geometry.size_ijk)
    image.SetSpacing(*geometry.spacing_ijk)
    image.SetOrigin(*geometry.origin_lps)
    image.SetDirectionMatrix(direction_matrix(geometry.direction))


def _image_data(volume: Volume) -> vtkImageData:
    array = volume.array
    if array.shape != volume.geometry.shape_kji or not array.flags.c_contiguous:
        raise RenderError(
            "This series cannot be drawn: its values do not fit its geometry.",
            detail=f"array {array.shape}, geometry {volume.geometry.shape_kji}",
            code="bad-volume",
        )
    image = vtkImageData()
    apply_geometry(image, volume.geometry)
    values = to_vtk_array(np.reshape(array, -1))
    values.SetName("values")
    image.GetPointData().SetScalars(values)
    return image
