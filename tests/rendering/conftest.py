"""Small synthetic volumes and a text ruler for the rendering tests."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from workstation.imaging.geometry import VolumeGeometry
from workstation.imaging.volume import SeriesIdentity, Unit, Volume, WindowSetting
from workstation.rendering.primitives import TextStyle
from workstation.rendering.slice_view import SliceLayer, SliceScene, SliceView


def turn(axis: int, degrees: float) -> NDArray[np.float64]:
    angle = np.radians(degrees)
    cos, sin = np.cos(angle), np.sin(angle)
    plane = [index for index in range(3) if index != axis]
    matrix = np.eye(3)
    matrix[np.ix_(plane, plane)] = [[cos, -sin], [sin, cos]]
    return matrix


DIRECTIONS = {
    "axial": np.eye(3),
    # i to posterior, j to feet, k to the right of the patient: columns are the axes.
    "sagittal": np.array([[0.0, 0.0, -1.0], [1.0, 0.0, 0.0], [0.0, -1.0, 0.0]]),
    "coronal": np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]]),
    "oblique": turn(0, 20.0) @ turn(2, 13.0),
    "left-handed": np.diag([1.0, 1.0, -1.0]),
}


@pytest.fixture(params=sorted(DIRECTIONS))
def direction(request: pytest.FixtureRequest) -> NDArray[np.float64]:
    return DIRECTIONS[request.param].copy()


@pytest.fixture
def direction_named() -> Callable[[str], NDArray[np.float64]]:
    return lambda name: DIRECTIONS[name].copy()


@pytest.fixture
def volume_of() -> Callable[..., Volume]:
    def make(
        array: NDArray,
        spacing: tuple[float, float, float] = (1.0, 1.0, 1.0),
        origin: tuple[float, float, float] = (0.0, 0.0, 0.0),
        direction: NDArray[np.float64] | None = None,
    ) -> Volume:
        geometry = VolumeGeometry(
            shape_kji=array.shape,
            spacing_ijk=spacing,
            origin_lps=origin,
            direction=np.eye(3) if direction is None else direction,
        )
        return Volume(array=array, geometry=geometry, unit=Unit.HU, identity=SeriesIdentity())

    return make


@pytest.fixture
def noise(volume_of: Callable[..., Volume]) -> Volume:
    """21 axial slices of 32 x 32 voxels of 1 mm, values 0 to 1000, the first at the origin."""
    values = np.random.default_rng(7).integers(0, 1001, (21, 32, 32)).astype(np.int16)
    return volume_of(values)


@pytest.fixture
def slice_view() -> Iterator[SliceView]:
    view = SliceView()
    yield view
    view.close()


@pytest.fixture
def draw(slice_view: SliceView) -> Callable[..., NDArray[np.uint8]]:
    """Draw one volume; the window spans 0 to 1000 unless another is given."""

    def make(volume, view, size=(32, 32), window=(500.0, 1000.0), **layer):
        setting = WindowSetting(center=window[0], width=window[1])
        layers = (SliceLayer(volume=volume, window=setting, **layer),)
        return slice_view.render(SliceScene(layers=layers, view=view, size=size))

    return make


@pytest.fixture
def measure() -> Callable[[str, TextStyle], tuple[float, float]]:
    """A ruler with about the widths of Source Sans 3."""
    sizes = {
        TextStyle.TITLE: (6.8, 16.0),
        TextStyle.BODY: (6.0, 15.0),
        TextStyle.LABEL: (6.3, 15.0),
        TextStyle.LETTER: (8.5, 18.0),
    }

    def ruler(text: str, style: TextStyle) -> tuple[float, float]:
        per_letter, height = sizes[style]
        return (per_letter * len(text), height)

    return ruler
