import math
from dataclasses import replace

import numpy as np
import pytest

from tests.support.phantom import BODY, LEFT, Phantom, pet_phantom
from workstation.base.errors import InputRefusedError
from workstation.imaging.measure import (
    angle_deg,
    box_region,
    cobb_deg,
    distance_mm,
    height_loss_percent,
    polygon_region,
    region_values,
    sphere_region,
    statistics,
    suv_peak,
    threshold_volume_mm3,
    voxel_mm3,
)
from workstation.imaging.measure_documents import measure_document

CENTER = LEFT.center


def test_distance_and_angle():
    assert distance_mm((0, 0, 0), (3, 4, 12)) == 13.0
    assert angle_deg((1, 0, 0), (0, 0, 0), (0, 2, 0)) == pytest.approx(90.0)
    assert angle_deg((1, 0, 0), (0, 0, 0), (-1, 1e-9, 0)) == pytest.approx(180.0)
    with pytest.raises(InputRefusedError, match="the same"):
        angle_deg((0, 0, 0), (0, 0, 0), (1, 1, 1))


@pytest.mark.parametrize("degrees", [0.0, 12.5, 45.0, 89.0])
def test_cobb_ignores_the_direction_of_the_lines(degrees):
    turned = (math.cos(math.radians(degrees)), 0.0, math.sin(math.radians(degrees)))
    level, tilted = ((0, 0, 0), (1, 0, 0)), ((0, 0, 9), (turned[0], 0, 9 + turned[2]))
    assert cobb_deg(level, tilted) == pytest.approx(degrees, abs=1e-9)
    assert cobb_deg(level, tilted[::-1]) == pytest.approx(degrees, abs=1e-9)


def test_sphere_inside_the_marker(axial):
    result = statistics(axial, sphere_region(axial, CENTER, 6.0))
    assert (result.mean, result.sd, result.low, result.high) == (1000.0, 0.0, 1000.0, 1000.0)
    k, j, i = np.indices(axial.array.shape)
    points = axial.geometry.index_to_lps(np.stack([i, j, k], axis=-1).astype(float))
    inside = np.linalg.norm(points - CENTER, axis=-1) <= 6.0
    assert result.count == int(inside.sum())


def test_box_over_two_values(axial):
    low = (CENTER[0] - 20, CENTER[1] - 3, CENTER[2] - 3)
    high = (CENTER[0] + 1, CENTER[1] + 3, CENTER[2] + 3)
    region = box_region(axial, high, low)
    values = region_values(axial, region)
    result = statistics(axial, region)
    assert set(values) == {float(BODY), 1000.0}
    assert result.mean == pytest.approx(values.mean())
    assert result.sd == pytest.approx(math.sqrt(((values - values.mean()) ** 2).mean()))


def test_polygon_in_an_oblique_plane(axial):
    tilt = np.array([0.0, 0.8, 0.6])
    side = np.array([1.0, 0.0, 0.0])
    corners = [
        tuple(np.array(CENTER) + a * 5 * side + b * 5 * tilt)
        for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))
    ]
    result = statistics(axial, polygon_region(axial, corners))
    assert result.mean == 1000.0
    area_voxels = 100.0 * 2 * result_half(axial, np.cross(side, tilt)) / voxel_mm3(axial.geometry)
    assert result.count == pytest.approx(area_voxels, rel=0.25)


def result_half(volume, normal):
    return float(np.abs(volume.geometry.direction.T @ normal) @ volume.geometry.spacing_ijk) / 2


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ([(0, 0, 0), (1, 0, 0)], "at least three"),
        ([(0, 0, 0), (1, 0, 0), (2, 0, 0)], "one line"),
        ([(0, 0, 0), (20, 0, 0), (20, 20, 0), (0, 20, 30)], "one plane"),
    ],
)
def test_impossible_polygons(axial, points, words):
    with pytest.raises(InputRefusedError, match=words):
        polygon_region(axial, points)


def test_threshold_volume(axial):
    region = sphere_region(axial, CENTER, 14.0)
    above = threshold_volume_mm3(axial, region, 900)
    below = threshold_volume_mm3(axial, region, 899, above=False)
    assert above == pytest.approx(4 / 3 * math.pi * LEFT.radius_mm**3, rel=0.03)
    assert above + below == pytest.approx(region.mask.sum() * voxel_mm3(axial.geometry))


def test_regions_outside_and_too_small(axial):
    with pytest.raises(InputRefusedError, match="outside"):
        sphere_region(axial, (500, 0, 0), 5)
    with pytest.raises(InputRefusedError, match="positive"):
        sphere_region(axial, CENTER, 0.0)
    between = axial.geometry.index_to_lps(np.array([10.5, 10.5, 10.5]))
    with pytest.raises(InputRefusedError, match="too small"):
        statistics(axial, sphere_region(axial, tuple(between), 0.3))


def test_regions_that_reach_beyond_the_volume_say_so(axial):
    corner = tuple(axial.geometry.index_to_lps(np.array([1.0, 20.0, 10.0])))
    region = sphere_region(axial, corner, 9.0)
    assert region.clipped
    assert statistics(axial, region).clipped
    assert not statistics(axial, sphere_region(axial, CENTER, 6.0)).clipped
    with pytest.raises(InputRefusedError, match="reaches beyond"):
        threshold_volume_mm3(axial, region, 0)


def test_padding_is_left_out(axial):
    padded = replace(axial, padding_range=(-1000.0, -1000.0))
    low = tuple(axial.geometry.index_to_lps(np.array([0.0, 24.0, 15.0])))
    high = tuple(axial.geometry.index_to_lps(np.array([55.0, 24.0, 15.0])))
    assert statistics(axial, box_region(axial, low, high)).low == -1000.0
    assert statistics(padded, box_region(padded, low, high)).low == float(BODY)


def test_nothing_is_measured_across_missing_slices(read):
    volume = read(Phantom(skip=frozenset({15, 16})))
    above = tuple(volume.geometry.index_to_lps(np.array([20.0, 20.0, 20.0])))
    below = tuple(volume.geometry.index_to_lps(np.array([20.0, 20.0, 10.0])))
    near = tuple(volume.geometry.index_to_lps(np.array([24.0, 20.0, 20.0])))
    across = measure_document(volume, {"kind": "distance", "points": [above, below]})
    assert across["code"] == "gap"
    fine = measure_document(volume, {"kind": "distance", "points": [list(above), list(near)]})
    assert fine["value"] == pytest.approx(8.0)
    with pytest.raises(InputRefusedError, match="missing here"):
        sphere_region(volume, below, 40.0)
    assert sphere_region(volume, below, 6.0).mask.any()


def test_suv_peak_of_a_hot_sphere(read):
    volume = read(replace(pet_phantom(), spacing=(2.0, 2.0, 2.0), size=(60, 50, 40)))
    peak, at = suv_peak(volume, CENTER, 6.0)
    assert peak == pytest.approx(6.908, abs=1e-3)
    assert distance_mm(at, CENTER) < 7.0


def test_suv_peak_averages_a_small_hot_spot(read):
    def spot(points):
        near = np.linalg.norm(points - np.array(CENTER), axis=-1) <= 3.0
        return np.where(near, 25_000.0, 0.0)

    volume = read(replace(pet_phantom(), spacing=(1.0, 1.0, 1.0), size=(90, 40, 36), values=spot))
    peak, _ = suv_peak(volume, CENTER, 5.0)
    voxels = float((volume.array > 3).sum()) * voxel_mm3(volume.geometry)
    assert peak == pytest.approx(6.908 * voxels / 1000.0, rel=0.02)


def test_suv_peak_needs_suv(axial):
    with pytest.raises(InputRefusedError, match="no SUV"):
        suv_peak(axial, CENTER, 5.0)


@pytest.mark.parametrize(("height", "loss"), [(12, 53.846), (18, 30.769), (13, 50.0), (27, 0.0)])
def test_height_loss_vectors(height, loss):
    percent, part = height_loss_percent({"anterior": height}, {"anterior": (25 + 27) / 2})
    assert percent == pytest.approx(loss, abs=1e-3)
    assert part == "anterior"


def test_largest_loss_is_reported_with_its_part():
    heights = {"anterior": 20.0, "middle": 10.0, "posterior": 24.0}
    reference = {"anterior": 25.0, "middle": 25.0, "posterior": 25.0}
    assert height_loss_percent(heights, reference) == (pytest.approx(60.0), "middle")


def test_height_loss_without_reference():
    with pytest.raises(InputRefusedError, match="reference"):
        height_loss_percent({"anterior": 12}, {"middle": 25})
