"""Measurements on anisotropic, oblique, left-handed and gapped grids, against values by hand."""

import math

import numpy as np
import pytest

from tests.support.frames import volume_of
from workstation.base.errors import InputRefusedError
from workstation.imaging.measure import (
    PEAK_RADIUS_MM,
    angle_deg,
    box_region,
    check_no_gap,
    cobb_deg,
    ellipse_region,
    height_loss_percent,
    polygon_region,
    region_values,
    sphere_region,
    statistics,
    suv_peak,
    threshold_volume_mm3,
    voxel_mm3,
    wedge_angle_deg,
)
from workstation.imaging.volume import Unit

A, B = math.cos(math.radians(30)), math.sin(math.radians(30))
GRIDS = {
    "isotropic": {},
    "anisotropic": {"spacing": (0.7, 1.3, 3.5)},
    "left-handed": {"direction": np.diag([1.0, 1.0, -1.0]), "spacing": (1.0, 1.0, 2.0)},
    "prone": {"direction": np.diag([-1.0, -1.0, 1.0])},
    "sagittal": {"direction": [[0, 0, -1], [1, 0, 0], [0, -1, 0]], "spacing": (1, 1, 3)},
    "oblique": {"direction": [[1, 0, 0], [0, A, -B], [0, B, A]], "spacing": (1.0, 1.5, 2.0)},
}


@pytest.fixture(params=GRIDS)
def numbered(request):
    """A volume whose voxels are numbered, so that a region names its voxels."""
    array = np.arange(9 * 11 * 13, dtype=np.int16).reshape(9, 11, 13)
    return volume_of(array, origin=(5.0, -6.0, 7.0), **GRIDS[request.param])


def centers(volume):
    k, j, i = np.indices(volume.array.shape)
    return volume.geometry.index_to_lps(np.stack([i, j, k], axis=-1).astype(float))


def chosen(volume, region):
    return sorted(int(value) for value in region_values(volume, region))


def by_rule(volume, inside):
    return sorted(int(value) for value in volume.array[inside])


@pytest.mark.parametrize("radius", [1.2, 2.0, 3.1, 4.0])
def test_a_sphere_holds_every_center_within_its_radius(numbered, radius):
    center = np.add(numbered.geometry.center_lps, (0.2, -0.1, 0.3))
    region = sphere_region(numbered, tuple(center), radius)
    inside = np.linalg.norm(centers(numbered) - center, axis=-1) <= radius
    assert chosen(numbered, region) == by_rule(numbered, inside)


@pytest.mark.parametrize("half", [(1.6, 1.6, 1.6), (3.2, 0.9, 2.2), (0.6, 3.0, 4.0)])
def test_a_box_lies_along_the_body_axes(numbered, half):
    center = np.array(numbered.geometry.center_lps) + 0.05
    low, high = center - half, center + half
    at = centers(numbered)
    inside = np.all((at >= low) & (at <= high), axis=-1)
    assert chosen(numbered, box_region(numbered, tuple(low), tuple(high))) == by_rule(
        numbered, inside
    )


@pytest.mark.parametrize("corner", range(4))
def test_any_two_opposite_corners_name_the_box(numbered, corner):
    center = np.array(numbered.geometry.center_lps)
    signs = np.array([(1, 1, 1), (1, 1, -1), (1, -1, 1), (-1, 1, 1)][corner])
    reference = box_region(numbered, tuple(center - 2.1), tuple(center + 2.1))
    other = box_region(numbered, tuple(center + signs * 2.1), tuple(center - signs * 2.1))
    assert chosen(numbered, other) == chosen(numbered, reference)


def test_a_square_in_a_slice_holds_that_slice_only(numbered):
    corners = [(2.5, 2.5, 4), (8.5, 2.5, 4), (8.5, 6.5, 4), (2.5, 6.5, 4)]
    points = [tuple(numbered.geometry.index_to_lps(np.array(c, float))) for c in corners]
    expected = sorted(numbered.array[4, 3:7, 3:9].ravel().tolist())
    assert chosen(numbered, polygon_region(numbered, points)) == expected


def test_a_concave_polygon_leaves_its_notch_out():
    volume = volume_of(np.ones((3, 9, 9), np.int16))
    outline = [(0.5, 0.5), (7.5, 0.5), (7.5, 7.5), (5.5, 7.5), (5.5, 3.5), (2.5, 3.5), (2.5, 7.5),
               (0.5, 7.5)]  # fmt: skip
    region = polygon_region(volume, [(x, y, 1.0) for x, y in outline])
    assert statistics(volume, region).count == 7 * 7 - 3 * 4
    drawn_back = polygon_region(volume, [(x, y, 1.0) for x, y in reversed(outline)])
    assert statistics(volume, drawn_back).count == 7 * 7 - 3 * 4


def test_a_circle_as_an_ellipse_is_a_disc(numbered):
    geometry = numbered.geometry
    middle = geometry.index_to_lps(np.array([6.0, 5.0, 4.0]))
    axes = geometry.direction
    region = ellipse_region(
        numbered, tuple(middle), tuple(middle + 3.3 * axes[:, 0]), tuple(middle + 3.3 * axes[:, 1])
    )
    offset = centers(numbered) - middle
    in_plane = np.abs(offset @ axes[:, 2]) <= geometry.spacing_ijk[2] / 2
    inside = in_plane & (np.linalg.norm(offset, axis=-1) <= 3.3)
    inside &= np.abs(offset @ axes[:, 2]) < 1e-6
    assert chosen(numbered, region) == by_rule(numbered, inside)


def test_conjugate_half_axes_give_the_same_ellipse():
    volume = volume_of(np.arange(3 * 21 * 21, dtype=np.int16).reshape(3, 21, 21))
    center = np.array((10.0, 10.0, 1.0))
    first, second = np.array((7.3, 0.0, 0.0)), np.array((0.0, 4.2, 0.0))
    plain = ellipse_region(volume, tuple(center), tuple(center + first), tuple(center + second))
    for turn in (0.3, 1.1, 2.0):
        a, b = math.cos(turn), math.sin(turn)
        one, two = a * first + b * second, -b * first + a * second
        again = ellipse_region(volume, tuple(center), tuple(center + one), tuple(center + two))
        assert chosen(volume, again) == chosen(volume, plain)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda v: sphere_region(v, (5, 5, 5), 0.0), "radius must be positive"),
        (lambda v: sphere_region(v, (5, 5, 5), -2.0), "radius must be positive"),
        (lambda v: sphere_region(v, (5, 5, 5), math.nan), "radius must be positive"),
        (lambda v: sphere_region(v, (500, 5, 5), 3.0), "outside the volume"),
        (lambda v: box_region(v, (50, 50, 50), (60, 60, 60)), "outside the volume"),
        (lambda v: polygon_region(v, [(0, 0, 0), (1, 1, 1)]), "at least three"),
        (lambda v: polygon_region(v, [(0, 0, 0), (1, 1, 1), (2, 2, 2)]), "on one line"),
        (lambda v: polygon_region(v, [(3, 3, 3)] * 3), "on one line"),
        (
            lambda v: polygon_region(v, [(0, 0, 0), (6, 0, 0), (6, 6, 0), (0, 6, 6)]),
            "in one plane",
        ),
        (lambda v: ellipse_region(v, (4, 4, 4), (6, 4, 4), (2, 4, 4)), "on one line"),
        (lambda v: ellipse_region(v, (4, 4, 4), (4, 4, 4), (2, 4, 4)), "on one line"),
        (lambda v: statistics(v, sphere_region(v, (4.5, 4.5, 4.5), 0.2)), "No voxel center"),
        (lambda v: suv_peak(v, (5, 5, 5), 3.0), "no SUV"),
        (lambda v: angle_deg((1, 1, 1), (1, 1, 1), (2, 2, 2)), "points are the same"),
        (lambda v: cobb_deg(((0, 0, 0), (0, 0, 0)), ((0, 0, 0), (1, 0, 0))), "points are the same"),
    ],
)
def test_refusals_say_why(call, words):
    volume = volume_of(np.zeros((10, 10, 10), np.int16))
    with pytest.raises(InputRefusedError, match=words) as caught:
        call(volume)
    assert caught.value.message.endswith(".")


@pytest.mark.parametrize(
    ("center", "radius", "clipped"),
    [((5, 5, 5), 3.0, False), ((4.5, 4.5, 4.5), 4.9, False), ((0, 5, 5), 2.0, True),
     ((5, 9, 5), 2.0, True), ((5, 5, 9.4), 0.4, True), ((5, 5, 5), 6.0, True)],
)  # fmt: skip
def test_regions_beyond_the_volume_are_marked(center, radius, clipped):
    volume = volume_of(np.zeros((10, 10, 10), np.int16))
    region = sphere_region(volume, center, radius)
    assert region.clipped is clipped
    if clipped:
        with pytest.raises(InputRefusedError, match="reaches beyond") as caught:
            threshold_volume_mm3(volume, region, 0.0)
        assert caught.value.code == "outside"
    else:
        assert threshold_volume_mm3(volume, region, 0.0) > 0.0


@pytest.mark.parametrize(
    ("values", "mean", "sd", "low", "high"),
    [
        ([1, 2, 3, 4], 2.5, math.sqrt(1.25), 1, 4),
        ([7, 7, 7, 7], 7.0, 0.0, 7, 7),
        ([-1000, 0, 0, 3000], 500.0, math.sqrt((1500**2 + 500**2 * 2 + 2500**2) / 4), -1000, 3000),
    ],
)
def test_statistics_are_those_of_the_population(values, mean, sd, low, high):
    volume = volume_of(np.array(values, np.int16).reshape(1, 2, 2))
    result = statistics(volume, box_region(volume, (0, 0, 0), (1, 1, 0)))
    assert result.count == 4
    assert (result.mean, result.low, result.high) == (mean, low, high)
    assert result.sd == pytest.approx(sd)


@pytest.mark.parametrize(
    ("padding", "kept"),
    [
        (None, [-2000, -1024, 5, 60]),
        ((-2000, -2000), [-1024, 5, 60]),
        ((-2000, -1024), [5, 60]),
        ((5, 5), [-2000, -1024, 60]),
    ],
)
def test_padding_is_no_tissue(padding, kept):
    volume = volume_of(np.array([[[-2000, -1024], [5, 60]]], np.int16), padding_range=padding)
    region = box_region(volume, (0, 0, 0), (1, 1, 0))
    assert sorted(region_values(volume, region)) == kept
    assert threshold_volume_mm3(volume, region, -3000.0) == len(kept)


def test_nothing_but_padding_is_refused():
    volume = volume_of(np.full((2, 2, 2), -2000, np.int16), padding_range=(-2000.0, -2000.0))
    with pytest.raises(InputRefusedError, match="No voxel center"):
        statistics(volume, box_region(volume, (0, 0, 0), (1, 1, 1)))


@pytest.mark.parametrize(
    ("threshold", "above", "voxels"),
    [(2, True, 3), (2, False, 2), (1.5, True, 3), (4, True, 1), (4.1, True, 0), (0, False, 0)],
)
def test_threshold_volumes_count_both_ends(threshold, above, voxels):
    volume = volume_of(np.array([[[1, 2], [3, 4]]], np.int16), spacing=(0.5, 2.0, 3.0))
    region = box_region(volume, (0, 0, 0), (0.5, 2, 0))
    size = threshold_volume_mm3(volume, region, threshold, above=above)
    assert size == pytest.approx(voxels * 3.0)
    assert voxel_mm3(volume.geometry) == pytest.approx(3.0)


class TestGap:
    """Slices 4 and 5 of ten are missing; slices are 2 mm apart from z = 0."""

    @pytest.fixture
    def volume(self):
        return volume_of(
            np.ones((10, 8, 8), np.int16), spacing=(1.0, 1.0, 2.0), missing_slices=(4, 5)
        )

    @pytest.mark.parametrize(
        ("low", "high", "refused"),
        [(0, 6, False), (0, 7.9, True), (6, 12, True), (12, 18, False), (11.9, 18, True),
         (8, 10, True), (9, 9, True), (0, 18, True)],
    )  # fmt: skip
    def test_points_around_the_gap(self, volume, low, high, refused):
        points = [(1.0, 1.0, float(low)), (5.0, 2.0, float(high))]
        if refused:
            with pytest.raises(InputRefusedError, match="missing here") as caught:
                check_no_gap(volume, points)
            assert caught.value.code == "gap"
        else:
            check_no_gap(volume, points)

    @pytest.mark.parametrize(
        ("z", "refused"), [(3.0, False), (6.0, True), (9.0, True), (15.0, False)]
    )
    def test_spheres_near_the_gap(self, volume, z, refused):
        if refused:
            with pytest.raises(InputRefusedError, match="missing here"):
                sphere_region(volume, (4.0, 4.0, z), 2.5)
        else:
            assert statistics(volume, sphere_region(volume, (4.0, 4.0, z), 2.5)).mean == 1.0

    def test_a_box_that_only_touches_the_slice_before_the_gap_is_fine(self, volume):
        assert statistics(volume, box_region(volume, (2, 2, 2), (5, 5, 7.5))).count == 3 * 16

    def test_an_upright_ellipse_across_the_gap(self, volume):
        with pytest.raises(InputRefusedError, match="missing here"):
            ellipse_region(volume, (4, 4, 9), (7, 4, 9), (4, 4, 14))

    def test_without_missing_slices_nothing_is_refused(self):
        check_no_gap(volume_of(np.ones((3, 3, 3), np.int16)), [(0, 0, 0), (0, 0, 2)])


@pytest.mark.parametrize(
    ("heights", "reference", "loss", "part"),
    [
        ({"anterior": 15, "posterior": 24}, {"anterior": 25, "posterior": 25}, 40.0, "anterior"),
        ({"anterior": 24, "posterior": 15}, {"anterior": 25, "posterior": 25}, 40.0, "posterior"),
        ({"middle": 10}, {"middle": 20, "anterior": 25}, 50.0, "middle"),
        ({"anterior": 10, "middle": 10}, {"middle": 20}, 50.0, "middle"),
        ({"anterior": 26}, {"anterior": 25}, 0.0, "anterior"),
        ({"anterior": 25}, {"anterior": 25}, 0.0, "anterior"),
        ({"anterior": 20, "middle": 20}, {"anterior": 25, "middle": 25}, 20.0, "anterior"),
        ({"anterior": 0}, {"anterior": 25}, 100.0, "anterior"),
    ],
)
def test_height_loss_is_the_largest(heights, reference, loss, part):
    found, where = height_loss_percent(heights, reference)
    assert found == pytest.approx(loss)
    assert where == part


@pytest.mark.parametrize(
    ("heights", "reference"),
    [({}, {}), ({"anterior": 20}, {}), ({"anterior": 20}, {"posterior": 25}),
     ({"anterior": 20}, {"anterior": 0.0}), ({"anterior": 20}, {"anterior": -5.0}),
     ({"front": 20}, {"front": 25})],
)  # fmt: skip
def test_height_loss_needs_a_height_and_a_reference(heights, reference):
    with pytest.raises(InputRefusedError, match="same part"):
        height_loss_percent(heights, reference)


@pytest.mark.parametrize("degrees", [0.0, 5.0, 17.5, 40.0])
def test_wedge_angle_of_tilted_end_plates(degrees):
    rise = 30.0 * math.tan(math.radians(degrees))
    anterior = ((0.0, -15.0, 20.0 - rise), (0.0, -15.0, 0.0))
    posterior = ((0.0, 15.0, 20.0), (0.0, 15.0, 0.0))
    assert wedge_angle_deg(anterior, posterior) == pytest.approx(degrees, abs=1e-9)


class TestPeak:
    def volume(self, spacing, unit=Unit.SUVBW):
        shape = tuple(math.ceil(46 / mm) for mm in spacing[::-1])
        array = np.zeros(shape, np.float32)
        return volume_of(array, spacing=spacing, unit=unit)

    @pytest.mark.parametrize("spacing", [(2.0, 2.0, 2.0), (4.0, 4.0, 3.0), (1.5, 2.5, 5.0)])
    def test_a_constant_has_itself_as_peak(self, spacing):
        volume = self.volume(spacing)
        volume.array[:] = 3.25
        peak, _ = suv_peak(volume, (22.0, 22.0, 22.0), 6.0)
        assert peak == pytest.approx(3.25)

    def test_the_peak_is_centered_on_the_hottest_cubic_centimeter(self):
        volume = self.volume((2.0, 2.0, 2.0))
        at = volume.geometry.index_to_lps(np.stack(np.indices(volume.array.shape)[::-1], -1))
        hot = (14.0, 24.0, 30.0)
        volume.array[:] = np.exp(-((at - hot) ** 2).sum(-1) / 100.0)
        peak, where = suv_peak(volume, (20.0, 22.0, 24.0), 12.0)
        assert where == pytest.approx(hot)
        assert volume.array.max() > peak > 0.6

    def test_one_hot_voxel_is_thinned_to_its_share_of_a_cubic_centimeter(self):
        volume = self.volume((2.0, 2.0, 2.0))
        volume.array[11, 11, 11] = 100.0
        peak, _ = suv_peak(volume, (22.0, 22.0, 22.0), 4.0)
        assert peak == pytest.approx(100.0 * 8.0 / 1000.0, rel=0.03)

    def test_spheres_that_do_not_fit_are_left_out(self):
        volume = self.volume((2.0, 2.0, 2.0))
        volume.array[0] = 50.0
        volume.array[10] = 5.0
        peak, where = suv_peak(volume, (22.0, 22.0, 14.0), 14.0)
        assert peak < 5.0
        assert where[2] >= PEAK_RADIUS_MM - 2.0

    @pytest.mark.parametrize("unit", [Unit.SUVBW, Unit.SUVLBM, Unit.SUVBSA, Unit.SUVIBW])
    def test_every_kind_of_suv_has_a_peak(self, unit):
        volume = self.volume((4.0, 4.0, 4.0), unit)
        assert suv_peak(volume, (20.0, 20.0, 20.0), 5.0)[0] == 0.0

    @pytest.mark.parametrize("unit", [Unit.BQML, Unit.COUNTS, Unit.HU, Unit.ARBITRARY, Unit.ADC])
    def test_other_numbers_have_none(self, unit):
        with pytest.raises(InputRefusedError) as caught:
            suv_peak(self.volume((4.0, 4.0, 4.0), unit), (20.0, 20.0, 20.0), 5.0)
        assert caught.value.code == "no-suv"

    def test_a_volume_smaller_than_the_sphere(self):
        volume = volume_of(np.ones((3, 3, 3), np.float32), unit=Unit.SUVBW)
        with pytest.raises(InputRefusedError, match="does not fit"):
            suv_peak(volume, (1.0, 1.0, 1.0), 1.0)

    def test_a_search_between_voxels(self):
        volume = self.volume((4.0, 4.0, 4.0))
        with pytest.raises(InputRefusedError, match="No voxel center"):
            suv_peak(volume, (22.0, 22.0, 22.0), 0.5)
