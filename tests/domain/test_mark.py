"""Marks: what is kept, what is refused, and the values that follow from points alone."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from tests.support import cases
from workstation.base.errors import CommandRefusedError
from workstation.domain.case import Case
from workstation.domain.changes import apply
from workstation.domain.commands import AddMark, RemoveMark, ReplaceMark, SetMarkLabel
from workstation.domain.mark import POINT_COUNTS, POINT_LIMIT, Mark, MarkKind, mark_refusal
from workstation.domain.mark_geometry import (
    BodyHeights,
    HeightPart,
    MarkValue,
    body_heights,
    compression_percent,
    flattened,
    height_loss,
    loss_against_neighbors,
    mark_values,
    meyerding_grade,
    outline_area_mm2,
)
from workstation.domain.spine import PointLps, Variant, VertebralLevel

SAGITTAL = ((-1.0, 0.0, 0.0), (0.0, 0.0, 1.0))
CORONAL = ((0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
AXIAL = ((0.0, 0.0, 1.0), (0.0, -1.0, 0.0))
Plane = tuple[PointLps, PointLps]


def mark(kind: MarkKind, *points: PointLps, plane: Plane = SAGITTAL, **changes: object) -> Mark:
    made = Mark(
        id="m1",
        kind=kind,
        points=points,
        center_lps=(0.0, 0.0, 0.0),
        direction=plane[0],
        up=plane[1],
        frame_of_reference_uid=cases.FRAME,
        series_uid=cases.CT_SERIES,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def values(drawn: Mark) -> dict[str, float | None]:
    return {item.name: item.value for item in mark_values(drawn)}


def sagittal(front_mm: float, up_mm: float, left_mm: float = 0.0) -> PointLps:
    """A point given as a reader sees it: toward the front, toward the head."""
    return (left_mm, -front_mm, up_mm)


def plate(height_mm: float, rise_deg: float, length_mm: float = 30.0) -> list[PointLps]:
    """An end-plate from back to front that rises toward the front."""
    angle = math.radians(rise_deg)
    front = sagittal(length_mm * math.cos(angle), height_mm + length_mm * math.sin(angle))
    return [sagittal(0.0, height_mm), front]


def turned(drawn: Mark, degrees: float = 33.0) -> Mark:
    """The mark and its plane, turned together about an axis that is no axis of the patient."""
    axis = (2 / 3, -1 / 3, 2 / 3)
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))

    def turn(p: PointLps) -> PointLps:
        along = sum(a * b for a, b in zip(axis, p, strict=True)) * (1 - c)
        x, y, z = axis
        across = (y * p[2] - z * p[1], z * p[0] - x * p[2], x * p[1] - y * p[0])
        a, b, d = (p[n] * c + across[n] * s + axis[n] * along for n in range(3))
        return (a, b, d)

    return replace(
        drawn,
        points=tuple(turn(point) for point in drawn.points),
        center_lps=turn(drawn.center_lps),
        direction=turn(drawn.direction),
        up=turn(drawn.up),
    )


class TestWhatIsKept:
    @pytest.mark.parametrize("kind", list(POINT_COUNTS))
    def test_every_kind_takes_its_number_of_points(self, kind: MarkKind) -> None:
        points = tuple((float(n), float(n * n), float(n % 3)) for n in range(POINT_COUNTS[kind]))
        assert mark_refusal(mark(kind, *points, label="text")) == ""
        more = mark(kind, *points, (9.0, 9.0, 9.0), label="text")
        count = POINT_COUNTS[kind]
        assert mark_refusal(more) == f"The {kind.words} needs {count} points, not {count + 1}."

    @pytest.mark.parametrize("kind", [MarkKind.POLYGON, MarkKind.FREEHAND])
    def test_an_outline_takes_three_points_or_more(self, kind: MarkKind) -> None:
        corner = [(float(n), 0.0, float(n % 2)) for n in range(POINT_LIMIT + 1)]
        assert mark_refusal(mark(kind, *corner[:3])) == ""
        assert mark_refusal(mark(kind, *corner[:POINT_LIMIT])) == ""
        assert mark_refusal(mark(kind, *corner[:2])) == "An outline has 3 to 2000 points, not 2."
        assert "not 2001" in mark_refusal(mark(kind, *corner))

    def test_every_kind_has_a_count_or_is_an_outline(self) -> None:
        assert set(MarkKind) == set(POINT_COUNTS) | {MarkKind.POLYGON, MarkKind.FREEHAND}

    @pytest.mark.parametrize("wrong", [math.nan, math.inf])
    def test_coordinates_are_finite(self, wrong: float) -> None:
        drawn = mark(MarkKind.POINT, (0.0, wrong, 0.0))
        assert mark_refusal(drawn) == "A mark needs finite coordinates."
        off = mark(MarkKind.POINT, (0.0, 0.0, 0.0), center_lps=(wrong, 0.0, 0.0))
        assert mark_refusal(off) == "A mark needs finite coordinates."

    @pytest.mark.parametrize(
        "plane",
        [
            ((1.0, 0.0, 0.0), (1.0, 0.0, 0.0)),
            ((2.0, 0.0, 0.0), (0.0, 0.0, 1.0)),
            ((1.0, 0.0, 0.0), (0.0, 0.0, 0.0)),
        ],
    )
    def test_the_plane_is_two_unit_vectors(self, plane: Plane) -> None:
        refusal = mark_refusal(mark(MarkKind.POINT, (0.0, 0.0, 0.0), plane=plane))
        assert "two unit vectors at right angles" in refusal

    def test_points_of_a_line_lie_apart(self) -> None:
        same = (1.0, 2.0, 3.0)
        drawn = mark(MarkKind.DISTANCE, same, (1.0, 2.0, 3.009))
        assert mark_refusal(drawn) == "Two points of the distance are the same."
        assert mark_refusal(mark(MarkKind.DISTANCE, same, (1.0, 2.0, 3.02))) == ""
        cobb = mark(MarkKind.COBB, same, (0.0, 0.0, 0.0), same, same)
        assert mark_refusal(cobb) == "Two points of the Cobb angle are the same."

    def test_a_text_needs_its_words_and_has_an_end(self) -> None:
        place = (0.0, 0.0, 0.0)
        assert mark_refusal(mark(MarkKind.TEXT, place, label="  ")) == "A text mark needs its text."
        assert mark_refusal(mark(MarkKind.TEXT, place, label="here")) == ""
        assert "at most 500" in mark_refusal(mark(MarkKind.POINT, place, label="x" * 501))

    def test_the_first_level_is_its_own(self) -> None:
        point = (0.0, 0.0, 0.0)
        levels = (VertebralLevel.T9, VertebralLevel.T8)
        assert mark(MarkKind.POINT, point).level is None
        assert mark(MarkKind.POINT, point, levels=levels).level is VertebralLevel.T9


class TestLengthsAndAngles:
    def test_distance(self) -> None:
        drawn = mark(MarkKind.DISTANCE, (1.0, 1.0, 1.0), (4.0, 5.0, 13.0))
        assert mark_values(drawn) == (MarkValue(name="Length", value=13.0, unit="mm"),)
        assert values(turned(drawn))["Length"] == pytest.approx(13.0, abs=1e-9)

    def test_the_longer_axis_comes_first_whichever_was_drawn_first(self) -> None:
        points = ((0.0, 0.0, 0.0), (0.0, 3.0, 4.0), (0.0, 0.0, 0.0), (0.0, 12.0, 5.0))
        drawn = mark(MarkKind.BIDIRECTIONAL, *points)
        assert values(drawn) == {"Long axis": 13.0, "Short axis": 5.0}
        assert list(values(drawn)) == ["Long axis", "Short axis"]

    @pytest.mark.parametrize("degrees", [0.5, 30.0, 90.0, 135.0, 179.5])
    def test_angle(self, degrees: float) -> None:
        end = (0.0, 7 * math.cos(math.radians(degrees)), 7 * math.sin(math.radians(degrees)))
        drawn = mark(MarkKind.ANGLE, (0.0, 2.0, 0.0), (0.0, 0.0, 0.0), end)
        assert values(drawn)["Angle"] == pytest.approx(degrees, abs=1e-9)
        assert values(turned(drawn))["Angle"] == pytest.approx(degrees, abs=1e-9)


class TestKyphosis:
    @pytest.mark.parametrize(
        ("upper_deg", "lower_deg", "kyphosis_deg"),
        [
            (-20.0, 15.0, 35.0),
            (0.0, 0.0, 0.0),
            (25.0, -20.0, -45.0),
            (-50.0, 50.0, 100.0),
            (10.0, 17.5, 7.5),
        ],
    )
    @pytest.mark.parametrize("kind", [MarkKind.COBB, MarkKind.LOCAL_KYPHOSIS])
    def test_kyphosis_is_positive_however_the_lines_were_drawn(
        self, kind: MarkKind, upper_deg: float, lower_deg: float, kyphosis_deg: float
    ) -> None:
        upper, lower = plate(40.0, upper_deg), plate(0.0, lower_deg)
        name = "Cobb kyphosis" if kind is MarkKind.COBB else "Local kyphosis"
        for first in (upper, upper[::-1]):
            for second in (lower, lower[::-1]):
                drawn = mark(kind, *first, *second)
                assert values(drawn)[name] == pytest.approx(kyphosis_deg, abs=1e-9)

    def test_the_side_from_which_it_is_seen_does_not_matter(self) -> None:
        drawn = mark(MarkKind.COBB, *plate(40.0, -12.0), *plate(0.0, 8.0))
        other_side = replace(drawn, direction=(1.0, 0.0, 0.0))
        upside_down = replace(drawn, up=(0.0, 0.0, -1.0))
        for seen in (drawn, other_side, upside_down):
            assert values(seen)["Cobb kyphosis"] == pytest.approx(20.0, abs=1e-9)

    def test_depth_does_not_matter(self) -> None:
        flat = [*plate(40.0, -12.0), *plate(0.0, 8.0)]
        deep = [(n * 3.0, y, z) for n, (_, y, z) in enumerate(flat)]
        assert values(mark(MarkKind.COBB, *deep))["Cobb kyphosis"] == pytest.approx(20.0, abs=1e-9)

    def test_an_oblique_sagittal_plane(self) -> None:
        """Turned by 20 degrees about the body axis, as a scoliotic segment needs it."""
        c, s = math.cos(math.radians(20)), math.sin(math.radians(20))
        plane = ((-c, -s, 0.0), (0.0, 0.0, 1.0))
        flat = [*plate(40.0, -18.0), *plate(0.0, 9.0)]
        points = [(-y * s, y * c, z) for _, y, z in flat]
        drawn = mark(MarkKind.COBB, *points, plane=plane)
        assert values(drawn)["Cobb kyphosis"] == pytest.approx(27.0, abs=1e-9)

    def test_a_coronal_plane_gives_the_angle_without_a_sign(self) -> None:
        points = ((0.0, 0.0, 40.0), (30.0, 0.0, 40.0), (30.0, 0.0, 0.0), (0.0, 0.0, 30.0))
        drawn = mark(MarkKind.COBB, *points, plane=CORONAL)
        assert mark_values(drawn)[0].name == "Coronal Cobb angle"
        assert mark_values(drawn)[0].value == pytest.approx(45.0, abs=1e-9)

    def test_an_axial_plane_is_refused(self) -> None:
        points = ((0.0, 0.0, 0.0), (30.0, 0.0, 0.0), (0.0, 9.0, 0.0), (30.0, 0.0, 0.0))
        value = mark_values(mark(MarkKind.COBB, *points, plane=AXIAL))[0]
        assert value.value is None
        assert value.reason.startswith("This plane is axial")

    def test_a_line_across_the_plane_is_refused(self) -> None:
        across = [(0.0, 0.0, 0.0), (8.0, 0.0, 0.0)]
        value = mark_values(mark(MarkKind.COBB, *plate(40.0, 0.0), *across))[0]
        assert value.value is None
        assert "across the plane" in value.reason


class TestTranslation:
    @pytest.mark.parametrize(
        ("slip_mm", "rise_deg"), [(6.0, 0.0), (6.0, 30.0), (-4.5, -20.0), (0.0, 12.0)]
    )
    def test_it_is_measured_along_the_end_plate(self, slip_mm: float, rise_deg: float) -> None:
        back, front = plate(0.0, rise_deg, 32.0)
        angle = math.radians(rise_deg)
        along, off = slip_mm, 5.0
        corner = sagittal(
            along * math.cos(angle) - off * math.sin(angle),
            along * math.sin(angle) + off * math.cos(angle),
        )
        drawn = mark(MarkKind.TRANSLATION, corner, back, front)
        for seen in (drawn, turned(drawn)):
            found = values(seen)
            assert found["Translation"] == pytest.approx(slip_mm, abs=1e-9)
            assert found["Of the end-plate"] == pytest.approx(abs(slip_mm) / 0.32, abs=1e-9)

    @pytest.mark.parametrize(
        ("percent", "grade"),
        [
            *((0.0, 0), (0.1, 1), (25.0, 1), (25.1, 2), (50.0, 2), (75.0, 3)),
            *((75.1, 4), (100.0, 4), (100.1, 5), (-1.0, 0)),
        ],
    )
    def test_meyerding(self, percent: float, grade: int) -> None:
        assert meyerding_grade(percent) == grade

    def test_the_grade_stands_with_the_slip(self) -> None:
        drawn = mark(MarkKind.TRANSLATION, sagittal(10.0, 4.0), *plate(0.0, 0.0, 40.0))
        assert values(drawn)["Meyerding grade"] == 1.0


def body(anterior: float, middle: float, posterior: float, tilt_deg: float = 0.0) -> list[PointLps]:
    """Six points of a body 30 mm deep whose lower end-plate is tilted."""
    c, s = math.cos(math.radians(tilt_deg)), math.sin(math.radians(tilt_deg))

    def place(front: float, up: float) -> PointLps:
        return sagittal(front * c - up * s, front * s + up * c)

    points = []
    for front, height in ((30.0, anterior), (15.0, middle), (0.0, posterior)):
        points += [place(front, height), place(front, 0.0)]
    return points


def heights_mark(level: VertebralLevel | None, anterior: float, **changes: object) -> Mark:
    levels = (level,) if level else ()
    points = body(anterior, anterior, 26.0)
    made = mark(MarkKind.VERTEBRAL_HEIGHTS, *points, levels=levels)
    return replace(made, id=f"heights {level}", **changes)  # type: ignore[arg-type]


class TestHeights:
    @pytest.mark.parametrize("tilt_deg", [0.0, 25.0, -40.0])
    def test_heights_stand_on_the_lower_end_plate(self, tilt_deg: float) -> None:
        drawn = mark(MarkKind.VERTEBRAL_HEIGHTS, *body(12.0, 20.0, 25.0, tilt_deg))
        for seen in (drawn, turned(drawn)):
            found = body_heights(seen)
            assert found.anterior == pytest.approx(12.0, abs=1e-9)
            assert found.middle == pytest.approx(20.0, abs=1e-9)
            assert found.posterior == pytest.approx(25.0, abs=1e-9)
        named = values(drawn)
        assert named["Wedge ratio"] == pytest.approx(0.48)
        assert named["Biconcavity ratio"] == pytest.approx(0.8)

    def test_a_top_drawn_a_little_aside_changes_nothing(self) -> None:
        points = body(18.0, 20.0, 25.0)
        x, y, z = points[0]
        points[0] = (x, y + 2.0, z)
        assert body_heights(mark(MarkKind.VERTEBRAL_HEIGHTS, *points)).anterior == 18.0

    def test_a_body_without_a_back_has_no_ratio(self) -> None:
        points = body(18.0, 20.0, 25.0)
        points[4] = (0.0, points[5][1] + 3.0, points[5][2])
        last = mark_values(mark(MarkKind.VERTEBRAL_HEIGHTS, *points))[-1]
        assert (last.name, last.value) == ("Wedge ratio", None)
        assert "no height at the back" in last.reason

    @pytest.mark.parametrize(
        ("anterior", "percent"), [(12.0, 53.846), (18.0, 30.769), (13.0, 50.0), (30.0, 0.0)]
    )
    def test_vectors_of_the_clinical_reference(self, anterior: float, percent: float) -> None:
        """Neighbors of 25 and 27 mm (section 7.5)."""
        above = BodyHeights(anterior=25.0, middle=25.0, posterior=25.0)
        below = BodyHeights(anterior=27.0, middle=27.0, posterior=27.0)
        own = BodyHeights(anterior=anterior, middle=26.0, posterior=26.0)
        neighbors = ((VertebralLevel.T11, above), (VertebralLevel.L1, below))
        loss = height_loss(own, neighbors)
        assert loss.percent == pytest.approx(percent, abs=1e-3)
        assert loss.references == (VertebralLevel.T11, VertebralLevel.L1)
        assert loss.method == "compared with T11 and L1"

    def test_the_largest_loss_is_named(self) -> None:
        same = BodyHeights(anterior=20.0, middle=20.0, posterior=20.0)
        own = BodyHeights(anterior=18.0, middle=11.0, posterior=19.0)
        loss = height_loss(own, [(VertebralLevel.L2, same)])
        assert (loss.part, loss.percent) == (HeightPart.MIDDLE, pytest.approx(45.0))
        assert [part for part, _ in loss.losses] == list(HeightPart)

    def test_without_neighbors_the_back_stands_in_and_that_is_weak(self) -> None:
        own = BodyHeights(anterior=15.0, middle=10.0, posterior=20.0)
        loss = height_loss(own, ())
        assert (loss.percent, loss.part, loss.weak) == (25.0, HeightPart.ANTERIOR, True)
        assert loss.method == "compared with its own posterior height, reference weak"

    def test_both_neighbors_are_the_reference(self) -> None:
        own = heights_mark(VertebralLevel.T12, 12.0)
        others = [heights_mark(VertebralLevel.T11, 25.0), heights_mark(VertebralLevel.L1, 27.0)]
        loss = loss_against_neighbors(own, [own, *others], frozenset())
        assert loss is not None
        assert loss.percent == pytest.approx(53.846, abs=1e-3)
        assert not loss.weak

    def test_an_abnormal_neighbor_is_left_out(self) -> None:
        own = heights_mark(VertebralLevel.T12, 12.0)
        others = [heights_mark(VertebralLevel.T11, 25.0), heights_mark(VertebralLevel.L1, 20.0)]
        loss = loss_against_neighbors(own, others, frozenset({VertebralLevel.L1}))
        assert loss is not None
        assert (loss.references, loss.weak) == ((VertebralLevel.T11,), False)
        assert loss.percent == pytest.approx(52.0)

    def test_with_both_abnormal_the_next_normal_level_is_a_weak_reference(self) -> None:
        own = heights_mark(VertebralLevel.T12, 12.0)
        others = [heights_mark(VertebralLevel.T11, 25.0), heights_mark(VertebralLevel.L2, 24.0)]
        loss = loss_against_neighbors(own, others, frozenset({VertebralLevel.T11}))
        assert loss is not None
        assert (loss.references, loss.percent, loss.weak) == ((VertebralLevel.L2,), 50.0, True)
        assert loss.method == "compared with L2, reference weak"

    def test_a_variant_says_what_is_adjacent(self) -> None:
        own = heights_mark(VertebralLevel.T12, 12.0)
        others = [heights_mark(VertebralLevel.L1, 20.0)]
        for variants, weak in ((frozenset(), False), (frozenset({Variant.THIRTEEN_RIBS}), True)):
            loss = loss_against_neighbors(own, others, frozenset(), variants=variants)
            assert loss is not None
            assert loss.weak is weak

    def test_the_nearest_of_several_is_taken(self) -> None:
        own = heights_mark(VertebralLevel.T12, 12.0)
        levels = (VertebralLevel.T9, VertebralLevel.T10, VertebralLevel.L3, VertebralLevel.L2)
        others = [heights_mark(level, 20.0) for level in levels]
        loss = loss_against_neighbors(own, others, frozenset())
        assert loss is not None
        assert loss.references == (VertebralLevel.T10, VertebralLevel.L2)

    def test_other_marks_are_no_reference(self) -> None:
        own = heights_mark(VertebralLevel.T12, 12.0)
        others = [
            heights_mark(None, 25.0),
            heights_mark(VertebralLevel.T11, 25.0, series_uid=cases.MR_SERIES),
            heights_mark(VertebralLevel.L1, 25.0, frame_of_reference_uid=cases.OTHER_FRAME),
            mark(MarkKind.POINT, (0.0, 0.0, 0.0), levels=(VertebralLevel.T11,)),
        ]
        loss = loss_against_neighbors(own, others, frozenset())
        assert loss is not None
        assert loss.references == ()

    def test_without_a_level_there_is_no_loss(self) -> None:
        assert loss_against_neighbors(heights_mark(None, 12.0), [], frozenset()) is None


class TestCanalAndCord:
    @pytest.mark.parametrize(
        ("worst", "above", "below", "percent"), [(6.0, 14.0, 13.0, 55.556), (4.2, 7.0, 6.8, 39.130)]
    )
    def test_vectors_of_the_clinical_reference(
        self, worst: float, above: float, below: float, percent: float
    ) -> None:
        """Section 7.8."""
        assert compression_percent(worst, above, below) == pytest.approx(percent, abs=1e-3)

    @pytest.mark.parametrize(
        ("kind", "name"),
        [
            (MarkKind.CANAL_DIAMETERS, "Max. canal compromise"),
            (MarkKind.CORD_DIAMETERS, "Max. cord compression"),
        ],
    )
    def test_from_three_drawn_diameters(self, kind: MarkKind, name: str) -> None:
        points = []
        for height, diameter in ((0.0, 6.0), (50.0, 14.0), (-50.0, 13.0)):
            points += [sagittal(diameter, height), sagittal(0.0, height)]
        drawn = mark(kind, *points)
        found = values(turned(drawn))
        assert found[name] == pytest.approx(55.556, abs=1e-3)
        assert found["Diameter"] == pytest.approx(6.0)
        assert found["Diameter above"] == pytest.approx(14.0)
        assert found["Diameter below"] == pytest.approx(13.0)


SQUARE = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)]
BOW_TIE = [(0.0, 0.0), (4.0, 4.0), (4.0, 0.0), (0.0, 4.0)]


class TestAreas:
    def test_rectangle(self) -> None:
        points = ((0.0, 0.0, 0.0), (0.0, 6.0, 0.0), (0.0, 6.0, 2.5), (0.0, 0.0, 2.5))
        drawn = mark(MarkKind.RECTANGLE, *points)
        assert values(drawn)["Area"] == 15.0
        assert values(turned(drawn))["Area"] == pytest.approx(15.0)

    def test_ellipse(self) -> None:
        drawn = mark(MarkKind.ELLIPSE, (1.0, 1.0, 1.0), (1.0, 5.0, 1.0), (1.0, 1.0, 3.0))
        assert values(drawn)["Area"] == pytest.approx(8.0 * math.pi)
        assert values(turned(drawn))["Area"] == pytest.approx(8.0 * math.pi)

    def test_a_notched_polygon_whichever_way_round(self) -> None:
        flat = [(0.0, 0.0), (6.0, 0.0), (6.0, 6.0), (3.0, 2.0), (0.0, 6.0)]
        points = [(0.0, y, z) for y, z in flat]
        assert values(mark(MarkKind.POLYGON, *points))["Area"] == 24.0
        assert values(mark(MarkKind.FREEHAND, *points[::-1]))["Area"] == 24.0

    def test_a_freehand_circle(self) -> None:
        turns = [2 * math.pi * n / 1000 for n in range(1000)]
        points = [(0.0, 10 * math.cos(t), 10 * math.sin(t)) for t in turns]
        area = values(mark(MarkKind.FREEHAND, *points))["Area"]
        assert area == pytest.approx(100 * math.pi, rel=1e-4)

    def test_an_outline_that_crosses_itself_is_refused(self) -> None:
        points = [(0.0, y, z) for y, z in BOW_TIE]
        value = mark_values(mark(MarkKind.POLYGON, *points))[0]
        assert value.value is None
        assert value.reason == "The outline crosses itself; draw it again."

    @pytest.mark.parametrize("shift", range(4))
    def test_the_first_point_does_not_matter(self, shift: int) -> None:
        assert outline_area_mm2(SQUARE[shift:] + SQUARE[:shift]) == 16.0
        assert outline_area_mm2(BOW_TIE[shift:] + BOW_TIE[:shift]) is None

    def test_sphere(self) -> None:
        drawn = mark(MarkKind.SPHERE, (1.0, 2.0, 3.0), (1.0, 2.0, 13.0))
        assert values(drawn)["Diameter"] == 20.0
        assert values(drawn)["Volume"] == pytest.approx(4.18879, abs=1e-5)

    @pytest.mark.parametrize("kind", [MarkKind.ARROW, MarkKind.TEXT, MarkKind.POINT])
    def test_what_only_points_has_no_value(self, kind: MarkKind) -> None:
        points = [(0.0, 0.0, 0.0), (0.0, 0.0, 1.0)][: POINT_COUNTS[kind]]
        assert mark_values(mark(kind, *points, label="x")) == ()

    def test_right_and_up_are_those_of_the_pane(self) -> None:
        drawn = mark(MarkKind.POINT, (0.0, 0.0, 0.0), center_lps=(5.0, 1.0, 2.0))
        assert flattened(drawn, (99.0, 4.0, 7.0)) == (3.0, 5.0)


DRAWN = mark(MarkKind.DISTANCE, (0.0, 0.0, 0.0), (0.0, 0.0, 9.0))


class TestCommands:
    @pytest.fixture
    def case(self) -> Case:
        return apply(cases.studied_case(), AddMark(mark=DRAWN))

    def test_a_mark_is_kept_in_the_order_of_drawing(self, case: Case) -> None:
        second = replace(DRAWN, id="m2")
        changed = apply(case, AddMark(mark=second))
        assert changed.marks == (DRAWN, second)
        assert changed.mark("m2") is second
        assert changed.mark("m3") is None

    def test_the_same_mark_is_not_added_twice(self, case: Case) -> None:
        with pytest.raises(CommandRefusedError, match="already in the case"):
            apply(case, AddMark(mark=DRAWN))

    def test_a_mark_that_is_not_sound_is_refused(self, case: Case) -> None:
        with pytest.raises(CommandRefusedError, match="needs 2 points") as caught:
            apply(case, AddMark(mark=replace(DRAWN, id="m2", points=DRAWN.points[:1])))
        assert caught.value.code == "bad-mark"

    def test_a_dragged_mark_replaces_itself_and_nothing_else(self, case: Case) -> None:
        other = replace(DRAWN, id="m2")
        moved = replace(DRAWN, points=((0.0, 0.0, 0.0), (0.0, 0.0, 4.0)))
        changed = apply(apply(case, AddMark(mark=other)), ReplaceMark(mark=moved))
        assert changed.marks == (moved, other)

    def test_a_mark_cannot_become_another_kind_or_move_to_another_space(self, case: Case) -> None:
        arrow = replace(DRAWN, kind=MarkKind.ARROW)
        elsewhere = replace(DRAWN, frame_of_reference_uid=cases.OTHER_FRAME)
        for wrong in (arrow, elsewhere):
            with pytest.raises(CommandRefusedError, match="keeps its kind and its space"):
                apply(case, ReplaceMark(mark=wrong))

    def test_a_drag_onto_itself_is_refused(self, case: Case) -> None:
        with pytest.raises(CommandRefusedError, match="are the same"):
            apply(case, ReplaceMark(mark=replace(DRAWN, points=(DRAWN.points[0],) * 2)))

    def test_typing_a_label_is_one_undo_step(self, case: Case) -> None:
        changed = apply(case, SetMarkLabel(id="m1", text="widest"))
        assert changed.marks[0].label == "widest"
        assert (
            SetMarkLabel(id="m1", text="a").merge_key == SetMarkLabel(id="m1", text="b").merge_key
        )
        assert (
            SetMarkLabel(id="m1", text="a").merge_key != SetMarkLabel(id="m2", text="a").merge_key
        )
        assert ReplaceMark(mark=DRAWN).merge_key == ""

    def test_a_mark_is_removed(self, case: Case) -> None:
        assert apply(case, RemoveMark(id="m1")).marks == ()

    def test_what_is_gone_cannot_be_changed(self) -> None:
        empty = cases.studied_case()
        gone = (ReplaceMark(mark=DRAWN), SetMarkLabel(id="m1", text="x"), RemoveMark(id="m1"))
        for command in gone:
            with pytest.raises(CommandRefusedError, match="no longer in the case") as caught:
                apply(empty, command)
            assert caught.value.code == "no-mark"

    def test_a_signed_case_takes_no_mark(self) -> None:
        with pytest.raises(CommandRefusedError, match="is signed"):
            apply(cases.signed_case(), AddMark(mark=DRAWN))
