import numpy as np
import pytest

from workstation.base.errors import InputRefusedError
from workstation.imaging.geometry import VolumeGeometry

SAGITTAL = np.array([[0.0, 0.0, -1.0], [1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])


def geometry(**changes):
    values = {
        "shape_kji": (4, 5, 6),
        "spacing_ijk": (0.5, 0.7, 3.0),
        "origin_lps": (10.0, -20.0, 30.0),
        "direction": SAGITTAL.copy(),
    }
    return VolumeGeometry(**{**values, **changes})


def test_index_to_lps_by_hand():
    point = geometry().index_to_lps(np.array([2.0, 3.0, 1.0]))
    assert point == pytest.approx((10.0 - 3.0, -20.0 + 1.0, 30.0 - 2.1))


def test_round_trip():
    indices = np.random.default_rng(1).uniform(-3, 9, (50, 3))
    made = geometry()
    assert made.lps_to_index(made.index_to_lps(indices)) == pytest.approx(indices)


def test_affine_agrees_with_index_to_lps():
    made = geometry()
    index = np.array([1.5, 2.5, 0.5])
    assert (made.affine @ [*index, 1.0])[:3] == pytest.approx(made.index_to_lps(index))


def test_center_and_corners():
    made = geometry()
    corners = made.corners_lps()
    assert corners.mean(axis=0) == pytest.approx(made.center_lps)
    size = corners.max(axis=0) - corners.min(axis=0)
    assert size == pytest.approx((4 * 3.0, 6 * 0.5, 5 * 0.7))


def test_contains_counts_voxel_faces():
    made = geometry()
    edge = made.index_to_lps(np.array([-0.49, 0.0, 0.0]))
    beyond = made.index_to_lps(np.array([-0.51, 0.0, 0.0]))
    assert made.contains(tuple(edge))
    assert not made.contains(tuple(beyond))


@pytest.mark.parametrize("spacing", [(0.0, 1, 1), (1, -1.0, 1), (1, 1, float("nan"))])
def test_bad_spacing_is_refused(spacing):
    with pytest.raises(InputRefusedError) as caught:
        geometry(spacing_ijk=spacing)
    assert caught.value.code == "bad-spacing"


def test_skewed_axes_are_refused():
    skewed = SAGITTAL.copy()
    skewed[0, 0] = 0.1
    with pytest.raises(InputRefusedError) as caught:
        geometry(direction=skewed)
    assert caught.value.code == "bad-orientation"


def test_left_handed_axes_are_kept():
    mirrored = geometry(direction=np.diag([-1.0, 1.0, 1.0]))
    assert mirrored.index_to_lps(np.array([1.0, 0.0, 0.0]))[0] == pytest.approx(9.5)


def test_direction_is_frozen():
    with pytest.raises(ValueError, match="read-only"):
        geometry().direction[0, 0] = 5.0
