"""Marks on volumes of known geometry: lengths, angles and statistics against plain numpy.

Every volume holds values that differ from voxel to voxel, so that one voxel more or less shows.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.phantom import LEFT, PLANES, Phantom, pet_phantom
from workstation.domain.mark import POINT_COUNTS, Mark, MarkKind
from workstation.imaging.geometry import VolumeGeometry
from workstation.imaging.mark_values import (
    OTHER_SPACE,
    NamedQuantity,
    in_space_of,
    mark_quantities,
    voxel_quantities,
)
from workstation.imaging.volume import SeriesIdentity, Unit, Volume

FRAME = "1.2.3"
SERIES = "1.2.3.4"
Vector = NDArray[np.float64]


def geometry(axes: str, spacing: tuple[float, float, float]) -> VolumeGeometry:
    row, column = (np.asarray(part, dtype=np.float64) for part in PLANES[axes])
    direction = np.column_stack([row, column, np.cross(row, column)])
    return VolumeGeometry(
        shape_kji=(14, 22, 26),
        spacing_ijk=spacing,
        origin_lps=(-20.0, 13.0, 40.0),
        direction=direction,
    )


def volume(axes: str = "axial", spacing: tuple[float, float, float] = (1.0, 1.0, 1.0)) -> Volume:
    grid = geometry(axes, spacing)
    values = np.random.default_rng(5).integers(-1000, 2000, grid.shape_kji).astype(np.int16)
    return Volume(
        array=values,
        geometry=grid,
        unit=Unit.HU,
        identity=SeriesIdentity(series_uid=SERIES, frame_of_reference_uid=FRAME, modality="CT"),
    )


GRIDS = [
    ("axial", (1.0, 1.0, 1.0)),
    ("axial", (0.7, 0.7, 3.3)),
    ("sagittal", (0.9, 0.9, 4.4)),
    ("coronal", (1.0, 1.7, 2.2)),
    ("oblique", (0.8, 0.8, 2.5)),
    ("oblique", (1.1, 2.3, 0.6)),
]


@pytest.fixture(params=GRIDS, ids=lambda item: f"{item[0]}-{'x'.join(map(str, item[1]))}")
def any_volume(request: pytest.FixtureRequest) -> Volume:
    return volume(*request.param)


def points_of(target: Volume) -> Vector:
    """LPS point of every voxel center, shape (k, j, i, 3)."""
    k, j, i = np.indices(target.array.shape)
    return target.geometry.index_to_lps(np.stack([i, j, k], axis=-1).astype(np.float64))


def as_point(values: Vector) -> tuple[float, float, float]:
    x, y, z = (float(value) for value in values)
    return (x, y, z)


def mark_on(
    target: Volume, kind: MarkKind, points: Any, direction: Vector | None = None, **changes: Any
) -> Mark:
    """A mark on the native plane, or on the one across ``direction``."""
    axes = target.geometry.direction
    normal = axes[:, 2] if direction is None else direction
    aside = axes[:, 1] if abs(float(axes[:, 1] @ normal)) < 0.9 else axes[:, 0]
    up = aside - (aside @ normal) * normal
    made = Mark(
        id="m",
        kind=kind,
        points=tuple(as_point(np.asarray(point, dtype=np.float64)) for point in points),
        center_lps=as_point(np.asarray(points[0], dtype=np.float64)),
        direction=as_point(normal),
        up=as_point(up / np.linalg.norm(up)),
        frame_of_reference_uid=FRAME,
        series_uid=SERIES,
    )
    return replace(made, **changes)


def moved(point: Any, x: float, y: float, z: float) -> Vector:
    """A point some millimeters further along the patient axes."""
    return np.asarray(point, dtype=np.float64) + np.array((x, y, z))


def at(target: Volume, *index_ijk: float) -> Vector:
    """The LPS point of a continuous index."""
    return target.geometry.index_to_lps(np.asarray(index_ijk, dtype=np.float64))


def named(found: tuple[NamedQuantity, ...]) -> dict[str, float | None]:
    return {item.name: item.quantity.value for item in found}


def expect_statistics(found: tuple[NamedQuantity, ...], values: NDArray[Any]) -> None:
    """The table holds exactly what numpy says of these voxels."""
    assert values.size > 3
    table = named(found)
    exact = values.astype(np.float64)
    assert table["Mean"] == pytest.approx(exact.mean(), rel=1e-12)
    assert table["SD"] == pytest.approx(exact.std(), rel=1e-12)
    assert (table["Min"], table["Max"]) == (exact.min(), exact.max())
    assert table["Voxels"] == exact.size
    assert {item.quantity.unit for item in found if item.name == "Mean"} == {"HU"}


class TestGeometry:
    def test_lengths_do_not_depend_on_the_grid(self, any_volume: Volume) -> None:
        start, end = at(any_volume, 3, 4, 2), at(any_volume, 20.25, 15.5, 9)
        steps = (np.array([17.25, 11.5, 7.0]) * any_volume.geometry.spacing_ijk) ** 2
        drawn = mark_on(any_volume, MarkKind.DISTANCE, [start, end])
        (length,) = mark_quantities(drawn, any_volume)
        assert length.name == "Length"
        assert length.quantity.unit == "mm"
        assert length.quantity.value == pytest.approx(math.sqrt(steps.sum()), abs=1e-9)

    @pytest.mark.parametrize("degrees", [7.0, 45.0, 120.0])
    def test_angles_do_not_depend_on_the_grid(self, any_volume: Volume, degrees: float) -> None:
        corner = np.asarray(any_volume.geometry.center_lps)
        first, second = any_volume.geometry.direction[:, 0], any_volume.geometry.direction[:, 2]
        turn = math.radians(degrees)
        ends = (corner + 8 * first, corner + 6 * (math.cos(turn) * first + math.sin(turn) * second))
        drawn = mark_on(any_volume, MarkKind.ANGLE, [ends[0], corner, ends[1]])
        assert named(mark_quantities(drawn, any_volume))["Angle"] == pytest.approx(degrees)

    def test_a_written_phantom_is_measured_within_a_tenth(self, read: Any) -> None:
        target = read(Phantom(axes=PLANES["oblique"], spacing=(1.3, 0.9, 2.7)))
        end = (LEFT.center[0] - 12.0, LEFT.center[1] + 3.0, LEFT.center[2] - 4.0)
        frame = target.identity.frame_of_reference_uid
        drawn = mark_on(target, MarkKind.DISTANCE, [LEFT.center, end], frame_of_reference_uid=frame)
        assert named(mark_quantities(drawn, target))["Length"] == pytest.approx(13.0, abs=0.1)
        center = replace(drawn, kind=MarkKind.POINT, points=(LEFT.center,))
        assert named(mark_quantities(center, target)) == {"Value": float(LEFT.value)}

    def test_a_tilted_gantry_is_measured_within_a_tenth(self, read: Any) -> None:
        target = read(Phantom(shear_mm=0.7, slope=1.0))
        frame = target.identity.frame_of_reference_uid
        middle = np.asarray(LEFT.center)
        sphere = mark_on(
            target,
            MarkKind.SPHERE,
            [middle, moved(middle, 0, 0, 5)],
            frame_of_reference_uid=frame,
        )
        found = {item.name: item for item in mark_quantities(sphere, target)}
        assert found["Mean"].quantity.value == pytest.approx(float(LEFT.value), abs=0.5)
        assert found["Mean"].note == target.resampled != ""
        line = replace(sphere, kind=MarkKind.DISTANCE)
        assert named(mark_quantities(line, target))["Length"] == pytest.approx(5.0, abs=0.1)

    def test_kyphosis_carries_its_sign_to_the_table(self) -> None:
        target = volume("sagittal", (0.9, 0.9, 4.4))
        middle = np.asarray(target.geometry.center_lps)
        rise, fall = 8 * math.tan(math.radians(6)), 8 * math.tan(math.radians(11))
        upper = [moved(middle, 0, 0, 5), moved(middle, 0, -8, 5 - fall)]
        lower = [middle, moved(middle, 0, -8, rise)]
        drawn = mark_on(
            target, MarkKind.COBB, [*upper, *lower], direction=np.array([-1.0, 0.0, 0.0])
        )
        drawn = replace(drawn, up=(0.0, 0.0, 1.0))
        (value,) = mark_quantities(drawn, target)
        assert (value.name, value.quantity.unit) == ("Cobb kyphosis", "°")
        assert value.quantity.value == pytest.approx(17.0, abs=1e-9)

    def test_a_refusal_of_the_geometry_reaches_the_table(self) -> None:
        target = volume()
        points = [at(target, i, j, 7) for i, j in ((3, 3), (9, 9), (9, 3), (3, 9))]
        drawn = mark_on(target, MarkKind.POLYGON, points)
        area, mean = mark_quantities(drawn, target)
        assert area.quantity.value is None
        assert mean.quantity.value is None
        assert area.quantity.reason == mean.quantity.reason
        assert area.quantity.reason == "The outline crosses itself; draw it again."


class TestRegions:
    def test_rectangle_on_a_native_slice(self, any_volume: Volume) -> None:
        corners = [
            at(any_volume, i, j, 6) for i, j in ((4.5, 3.5), (15.5, 3.5), (15.5, 12.5), (4.5, 12.5))
        ]
        drawn = mark_on(any_volume, MarkKind.RECTANGLE, corners)
        found = mark_quantities(drawn, any_volume)
        expect_statistics(found, any_volume.array[6, 4:13, 5:16])
        di, dj, _ = any_volume.geometry.spacing_ijk
        assert named(found)["Area"] == pytest.approx(11 * di * 9 * dj)

    def test_ellipse_on_a_native_slice(self, any_volume: Volume) -> None:
        center = at(any_volume, 12, 10, 7)
        di, dj, _ = any_volume.geometry.spacing_ijk
        drawn = mark_on(
            any_volume,
            MarkKind.ELLIPSE,
            [center, at(any_volume, 19.3, 10, 7), at(any_volume, 12, 15.4, 7)],
        )
        j, i = np.indices(any_volume.array.shape[1:])
        inside = ((i - 12) / 7.3) ** 2 + ((j - 10) / 5.4) ** 2 <= 1.0
        found = mark_quantities(drawn, any_volume)
        expect_statistics(found, any_volume.array[7][inside])
        assert named(found)["Area"] == pytest.approx(math.pi * 7.3 * di * 5.4 * dj)

    def test_a_turned_ellipse(self, any_volume: Volume) -> None:
        axes = any_volume.geometry.direction
        turn = math.radians(31.0)
        first = math.cos(turn) * axes[:, 0] + math.sin(turn) * axes[:, 1]
        second = math.cos(turn) * axes[:, 1] - math.sin(turn) * axes[:, 0]
        center = at(any_volume, 13, 11, 5)
        drawn = mark_on(
            any_volume, MarkKind.ELLIPSE, [center, center + 6.2 * first, center + 4.1 * second]
        )
        offset = points_of(any_volume)[5] - center
        inside = (offset @ first / 6.2) ** 2 + (offset @ second / 4.1) ** 2 <= 1.0
        expect_statistics(mark_quantities(drawn, any_volume), any_volume.array[5][inside])

    @pytest.mark.parametrize("kind", [MarkKind.POLYGON, MarkKind.FREEHAND])
    def test_a_notched_outline(self, any_volume: Volume, kind: MarkKind) -> None:
        flat = ((3.5, 2.5), (18.5, 2.5), (18.5, 14.5), (11.2, 6.3), (3.5, 14.5))
        drawn = mark_on(any_volume, kind, [at(any_volume, i, j, 4) for i, j in flat])
        j, i = np.indices(any_volume.array.shape[1:])
        box = (i > 3.5) & (i < 18.5) & (j > 2.5) & (j < 14.5)
        left = (j - 14.5) / (6.3 - 14.5) - (i - 3.5) / (11.2 - 3.5) > 0
        right = (j - 14.5) / (6.3 - 14.5) - (i - 18.5) / (11.2 - 18.5) > 0
        inside = box & np.where(i <= 11.2, left, right)
        expect_statistics(mark_quantities(drawn, any_volume), any_volume.array[4][inside])

    def test_an_oblique_ellipse_takes_the_voxels_nearest_to_its_plane(
        self, any_volume: Volume
    ) -> None:
        axes = any_volume.geometry.direction
        turn = math.radians(27.0)
        first = axes[:, 0]
        second = math.cos(turn) * axes[:, 1] + math.sin(turn) * axes[:, 2]
        normal = np.cross(first, second)
        center = np.asarray(any_volume.geometry.center_lps) + 0.013
        drawn = mark_on(
            any_volume,
            MarkKind.ELLIPSE,
            [center, center + 7.0 * first, center + 5.0 * second],
            direction=normal,
        )
        offset = points_of(any_volume) - center
        half = float(np.abs(axes.T @ normal) @ any_volume.geometry.spacing_ijk) / 2.0
        inside = ((offset @ first / 7.0) ** 2 + (offset @ second / 5.0) ** 2 <= 1.0) & (
            np.abs(offset @ normal) <= half
        )
        expect_statistics(mark_quantities(drawn, any_volume), any_volume.array[inside])

    def test_sphere(self, any_volume: Volume) -> None:
        center = moved(any_volume.geometry.center_lps, 0.3, -0.2, 0.1)
        drawn = mark_on(any_volume, MarkKind.SPHERE, [center, moved(center, 0.0, 5.5, 0.0)])
        inside = np.linalg.norm(points_of(any_volume) - center, axis=-1) <= 5.5
        found = mark_quantities(drawn, any_volume)
        expect_statistics(found, any_volume.array[inside])
        assert named(found)["Volume"] == pytest.approx(4 / 3 * math.pi * 5.5**3 / 1000)

    def test_a_region_between_voxel_centers_is_refused(self) -> None:
        target = volume(spacing=(3.0, 3.0, 3.0))
        center = at(target, 10.5, 10.5, 5.5)
        drawn = mark_on(target, MarkKind.SPHERE, [center, moved(center, 0.9, 0.0, 0.0)])
        mean = mark_quantities(drawn, target)[-1]
        assert mean.quantity.reason.startswith("No voxel center lies inside")
        assert mean.quantity.unit == "HU"

    def test_a_region_outside_is_refused(self) -> None:
        target = volume()
        center = np.array([500.0, 0.0, 0.0])
        drawn = mark_on(target, MarkKind.SPHERE, [center, moved(center, 5.0, 0.0, 0.0)])
        assert "outside the volume" in mark_quantities(drawn, target)[-1].quantity.reason

    def test_an_ellipse_on_one_line_is_refused(self) -> None:
        target = volume()
        points = [at(target, 5, 5, 5), at(target, 9, 5, 5), at(target, 12, 5, 5)]
        mean = mark_quantities(mark_on(target, MarkKind.ELLIPSE, points), target)[-1]
        assert mean.quantity.reason == "The half axes of the ellipse lie on one line."

    def test_padding_counts_for_nothing(self) -> None:
        target = volume()
        array = target.array.copy()
        array[6, 4:13, 5:10] = -2000
        padded = replace(target, array=array, padding_range=(-2000.0, -2000.0))
        corners = [
            at(target, i, j, 6) for i, j in ((4.5, 3.5), (15.5, 3.5), (15.5, 12.5), (4.5, 12.5))
        ]
        drawn = mark_on(padded, MarkKind.RECTANGLE, corners)
        expect_statistics(mark_quantities(drawn, padded), array[6, 4:13, 10:16])

    def test_voxels_that_were_made_say_so(self) -> None:
        made = replace(volume(), resampled="gantry tilt corrected")
        center = np.asarray(made.geometry.center_lps)
        drawn = mark_on(made, MarkKind.SPHERE, [center, moved(center, 4.0, 0.0, 0.0)])
        notes = {item.name: item.note for item in mark_quantities(drawn, made)}
        assert notes["Mean"] == "gantry tilt corrected"
        assert notes["Diameter"] == ""


class TestPoint:
    def test_it_is_the_voxel_it_lies_in(self, any_volume: Volume) -> None:
        for index in ((3, 4, 2), (25, 21, 13), (0, 0, 0)):
            i, j, k = index
            drawn = mark_on(any_volume, MarkKind.POINT, [at(any_volume, i + 0.3, j - 0.3, k)])
            (value,) = mark_quantities(drawn, any_volume)
            assert value.quantity.value == float(any_volume.array[k, j, i])
            assert value.quantity.unit == "HU"

    def test_outside_there_is_no_value(self) -> None:
        target = volume()
        drawn = mark_on(target, MarkKind.POINT, [at(target, -0.6, 3, 3)])
        (value,) = mark_quantities(drawn, target)
        assert value.quantity.reason == "The point lies outside the volume."

    def test_padding_is_no_value(self) -> None:
        target = replace(volume(), padding_range=(-5000.0, 5000.0))
        (value,) = mark_quantities(mark_on(target, MarkKind.POINT, [at(target, 3, 3, 3)]), target)
        assert value.quantity.reason.startswith("There is no data here")


class TestRefusals:
    @pytest.mark.parametrize("kind", list(MarkKind))
    def test_nothing_is_measured_in_another_space(self, kind: MarkKind) -> None:
        target = volume()
        count = POINT_COUNTS.get(kind, 4)
        places = ((4, 4), (9, 4), (9, 9), (4, 9), (5, 12), (12, 12))[:count]
        drawn = mark_on(
            target, kind, [at(target, i, j, 5) for i, j in places], frame_of_reference_uid="9.9"
        )
        found = mark_quantities(drawn, target)
        assert all(item.quantity.value is None for item in found)
        assert {item.quantity.reason for item in found} <= {OTHER_SPACE}
        measured = kind not in (MarkKind.ARROW, MarkKind.TEXT)
        assert bool(found) is measured

    def test_without_a_frame_of_reference_only_the_own_series_counts(self) -> None:
        own = replace(volume(), identity=SeriesIdentity(series_uid=SERIES))
        other = replace(own, identity=SeriesIdentity(series_uid="8.8"))
        drawn = mark_on(own, MarkKind.POINT, [at(own, 3, 3, 3)])
        assert in_space_of(drawn, own)
        assert not in_space_of(drawn, other)

    def test_nothing_is_measured_across_a_gap(self) -> None:
        target = replace(volume(), missing_slices=(7,))
        line = [at(target, 5, 5, 4), at(target, 5, 5, 9)]
        (length,) = mark_quantities(mark_on(target, MarkKind.DISTANCE, line), target)
        assert length.quantity.reason.startswith("Slices are missing here")
        beside = [at(target, 5, 5, 1), at(target, 5, 5, 6)]
        (length,) = mark_quantities(mark_on(target, MarkKind.DISTANCE, beside), target)
        assert length.quantity.value == pytest.approx(5.0)

    def test_no_region_and_no_point_lies_in_a_gap(self) -> None:
        target = replace(volume(), missing_slices=(7,))
        center = at(target, 10, 10, 6)
        sphere = mark_on(target, MarkKind.SPHERE, [center, moved(center, 3.0, 0.0, 0.0)])
        (refused,) = voxel_quantities(sphere, target)
        assert refused.quantity.reason.startswith("Slices are missing here")
        point = mark_on(target, MarkKind.POINT, [at(target, 10, 10, 7)])
        assert mark_quantities(point, target)[0].quantity.reason.startswith("Slices are missing")

    @pytest.mark.parametrize("kind", [MarkKind.DISTANCE, MarkKind.ARROW, MarkKind.TEXT])
    def test_what_has_no_inside_has_no_voxels(self, kind: MarkKind) -> None:
        target = volume()
        points = [at(target, 3, 3, 3), at(target, 9, 9, 3)][: POINT_COUNTS[kind]]
        assert voxel_quantities(mark_on(target, kind, points), target) == ()


def uptake_volume() -> Volume:
    """SUV with one hot voxel beside the hottest plateau."""
    grid = VolumeGeometry(
        shape_kji=(30, 30, 30),
        spacing_ijk=(2.0, 2.0, 2.0),
        origin_lps=(0.0, 0.0, 0.0),
        direction=np.eye(3),
    )
    array = np.ones(grid.shape_kji, dtype=np.float32)
    array[10:20, 10:20, 10:20] = 6.0
    array[8, 8, 8] = 11.5
    identity = SeriesIdentity(series_uid=SERIES, frame_of_reference_uid=FRAME, modality="PT")
    return Volume(array=array, geometry=grid, unit=Unit.SUVBW, identity=identity)


class TestUptake:
    def test_sphere_on_suv(self) -> None:
        target = uptake_volume()
        center = np.array([28.0, 28.0, 28.0])
        drawn = mark_on(target, MarkKind.SPHERE, [center, moved(center, 24.0, 0.0, 0.0)])
        inside = np.linalg.norm(points_of(target) - center, axis=-1) <= 24.0
        table = named(voxel_quantities(drawn, target))
        assert list(table) == ["SUVmax", "SUVmean", "SUVpeak", "Voxels"]
        assert table["SUVmax"] == float(target.array[inside].max()) == 11.5
        assert table["SUVmean"] == pytest.approx(target.array[inside].mean(dtype=np.float64))
        assert table["Voxels"] == inside.sum()
        # A 1 cm3 sphere (6.2 mm) fits into the plateau of 20 mm, where every voxel is 6.
        assert table["SUVpeak"] == pytest.approx(6.0)
        units = {item.quantity.unit for item in voxel_quantities(drawn, target)}
        assert units == {"g/mL SUVbw", ""}

    def test_the_same_sphere_gives_hounsfield_units_on_the_ct_beneath(self) -> None:
        pet = uptake_volume()
        ct = replace(volume(), geometry=replace(volume().geometry, origin_lps=(10.0, 10.0, 15.0)))
        center = np.array([22.0, 20.0, 22.0])
        drawn = mark_on(pet, MarkKind.SPHERE, [center, moved(center, 6.0, 0.0, 0.0)])
        inside = np.linalg.norm(points_of(ct) - center, axis=-1) <= 6.0
        expect_statistics(voxel_quantities(drawn, ct), ct.array[inside])
        assert "SUVmax" in named(voxel_quantities(drawn, pet))

    def test_a_peak_that_does_not_fit_is_refused_and_the_rest_stays(self) -> None:
        target = uptake_volume()
        center = np.array([1.0, 1.0, 1.0])
        drawn = mark_on(target, MarkKind.SPHERE, [center, moved(center, 2.5, 0.0, 0.0)])
        found = voxel_quantities(drawn, target)
        assert named(found)["SUVmax"] == 1.0
        peak = next(item for item in found if item.name == "SUVpeak")
        assert "1 cm3 sphere does not fit" in peak.quantity.reason

    def test_suv_max_of_a_written_pet_is_its_native_maximum(self, read: Any) -> None:
        target = read(pet_phantom())
        hottest = np.unravel_index(int(target.array.argmax()), target.array.shape)
        center = at(target, *hottest[::-1])
        frame = target.identity.frame_of_reference_uid
        drawn = mark_on(
            target,
            MarkKind.SPHERE,
            [center, moved(center, 7.0, 0.0, 0.0)],
            frame_of_reference_uid=frame,
        )
        assert named(voxel_quantities(drawn, target))["SUVmax"] == float(target.array.max())
