"""The lateral drawing: colors by level, variants, call-outs that do not collide."""

from __future__ import annotations

import itertools
import json
import re
import xml.etree.ElementTree as ElementTree

import pytest

from workstation.base.errors import ReportError
from workstation.base.paths import resource_path
from workstation.domain.spine import Variant, VertebralLevel, level_chain
from workstation.report.figures import (
    DARK_THEME,
    PAPER_THEME,
    LevelColors,
    SpineDrawing,
    color_spine,
    cropped,
    drawing_of_chain,
    pushed_apart,
    read_drawing,
    standard_chain,
)
from workstation.report.spine_map import shipped_drawing

SVG = "{http://www.w3.org/2000/svg}"
RED = LevelColors(fill="#DB8C7F", edge="#A3200D")


@pytest.fixture(scope="module")
def drawing() -> SpineDrawing:
    return shipped_drawing()


def groups(svg: str) -> dict[str, ElementTree.Element]:
    root = ElementTree.fromstring(svg)
    return {group.get("id", ""): group for group in root.iter(f"{SVG}g")}


def body(svg: str, level: str) -> ElementTree.Element:
    return next(path for path in groups(svg)[level].iter(f"{SVG}path") if path.get("class"))


def bounds(element: ElementTree.Element) -> tuple[float, float, float, float]:
    numbers = [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", element.get("d", ""))]
    xs, ys = numbers[::2], numbers[1::2]
    return min(xs), min(ys), max(xs), max(ys)


def test_drawing_and_geometry_name_the_same_29_levels(drawing: SpineDrawing) -> None:
    named = [level.value for level in drawing.levels]
    assert list(groups(drawing.svg)) == named
    assert len(named) == 29
    assert named[0] == "C1"
    assert named[-1] == "S5"


def test_a_level_of_the_geometry_that_is_not_drawn_is_refused(drawing: SpineDrawing) -> None:
    geometry = {"viewBox": [0, 0, 1, 1], "levels": {"T13": {"cx": 1, "cy": 1, "w": 1, "h": 1}}}
    with pytest.raises(ReportError, match="different levels"):
        read_drawing(drawing.svg, json.dumps(geometry))


def test_every_center_lies_inside_its_body(drawing: SpineDrawing) -> None:
    for level, box in drawing.levels.items():
        left, top, right, bottom = bounds(body(drawing.svg, level))
        assert top < box.cy < bottom, level
        # The center of C1 is that of the ring, not of its front arch alone.
        if level is not VertebralLevel.C1:
            assert left < box.cx < right, level


def test_only_the_named_level_takes_the_color(drawing: SpineDrawing) -> None:
    colored = color_spine(drawing.svg, {VertebralLevel.T8: RED})
    assert body(colored, "T8").get("fill") == RED.fill
    assert body(colored, "T8").get("stroke") == RED.edge
    assert body(colored, "T8").get("stroke-width") == "1.7"
    for name in groups(colored):
        if name != "T8":
            assert body(colored, name).get("fill") == PAPER_THEME.bone


def test_the_theme_reaches_bone_arches_cord_and_csf(drawing: SpineDrawing) -> None:
    colored = color_spine(drawing.svg, {}, DARK_THEME)
    fills = {path.get("fill") for path in ElementTree.fromstring(colored).iter(f"{SVG}path")}
    strokes = {path.get("stroke") for path in ElementTree.fromstring(colored).iter(f"{SVG}path")}
    assert fills == {DARK_THEME.bone, DARK_THEME.posterior, "none"}
    assert strokes == {
        DARK_THEME.bone_edge,
        DARK_THEME.posterior_edge,
        DARK_THEME.csf,
        DARK_THEME.cord,
    }


def test_coloring_moves_nothing(drawing: SpineDrawing) -> None:
    def shapes(svg: str) -> list[str | None]:
        return [path.get("d") for path in ElementTree.fromstring(svg).iter(f"{SVG}path")]

    assert shapes(color_spine(drawing.svg, {VertebralLevel.L2: RED})) == shapes(drawing.svg)


def test_the_standard_chain_changes_nothing(drawing: SpineDrawing) -> None:
    assert drawing_of_chain(drawing, standard_chain()) is drawing


@pytest.mark.parametrize(
    ("variant", "extra", "source", "below"),
    [
        (Variant.THIRTEEN_RIBS, "T13", "T12", "L1"),
        (Variant.SIX_LUMBAR, "L6", "L5", "S1"),
    ],
)
def test_an_extra_level_copies_the_one_above_and_moves_the_rest(
    drawing: SpineDrawing, variant: Variant, extra: str, source: str, below: str
) -> None:
    made = drawing_of_chain(drawing, level_chain(frozenset({variant})))
    upper, new, lower = (made.levels[VertebralLevel(name)] for name in (source, extra, below))
    was = drawing.levels[VertebralLevel(below)]
    assert (new.cx, new.cy) == (was.cx, was.cy)
    assert (new.w, new.h) == (upper.w, upper.h)
    assert lower.cy - new.cy == pytest.approx(new.cy - upper.cy, abs=0.02)
    assert made.view_box[3] > drawing.view_box[3]
    assert list(groups(made.svg)) == [level.value for level in made.levels]
    left, top, right, bottom = bounds(body(made.svg, extra))
    assert left < new.cx < right
    assert top < new.cy < bottom


def test_both_extra_levels_stack(drawing: SpineDrawing) -> None:
    both = level_chain(frozenset({Variant.THIRTEEN_RIBS, Variant.SIX_LUMBAR}))
    made = drawing_of_chain(drawing, both)
    assert len(made.levels) == 31
    heights = [box.cy for box in made.levels.values()]
    assert heights == sorted(heights)


@pytest.mark.parametrize(
    ("variant", "gone", "above", "below"),
    [(Variant.ELEVEN_RIBS, "T12", "T11", "L1"), (Variant.FOUR_LUMBAR, "L5", "L4", "S1")],
)
def test_a_missing_level_is_closed_up(
    drawing: SpineDrawing, variant: Variant, gone: str, above: str, below: str
) -> None:
    made = drawing_of_chain(drawing, level_chain(frozenset({variant})))
    assert gone not in groups(made.svg)
    assert VertebralLevel(gone) not in made.levels
    closed = made.levels[VertebralLevel(below)]
    was = drawing.levels[VertebralLevel(gone)]
    assert (closed.cx, closed.cy) == pytest.approx((was.cx, was.cy), abs=0.02)
    assert made.levels[VertebralLevel(above)] == drawing.levels[VertebralLevel(above)]


def test_cord_and_csf_follow_the_moved_levels(drawing: SpineDrawing) -> None:
    made = drawing_of_chain(drawing, level_chain(frozenset({Variant.THIRTEEN_RIBS})))
    taller = made.view_box[3] - drawing.view_box[3]

    def lowest(svg: str) -> float:
        return bounds(ElementTree.fromstring(svg).findall(f"{SVG}path")[0])[3]

    assert lowest(made.svg) - lowest(drawing.svg) == pytest.approx(taller, abs=0.1)


def test_cropping_keeps_every_body_inside(drawing: SpineDrawing) -> None:
    cut = cropped(drawing, above=5.0, below=3.0)
    _, top, _, height = cut.view_box
    assert height < drawing.view_box[3]
    for level in cut.levels:
        _, upper, _, lower = bounds(body(cut.svg, level))
        assert top <= upper
        assert lower <= top + height
    assert ElementTree.fromstring(cut.svg).get("viewBox", "").split()[1] == f"{top:g}"


def spread(wanted: list[float], heights: list[float], gap: float = 1.0) -> tuple[float, ...]:
    return pushed_apart(wanted, heights, low=0.0, high=100.0, gap=gap)


def test_boxes_that_do_not_meet_stay() -> None:
    assert spread([10.0, 40.0, 90.0], [5.0, 5.0, 5.0]) == (10.0, 40.0, 90.0)


def test_two_boxes_at_one_place_part_evenly() -> None:
    assert spread([50.0, 50.0], [10.0, 10.0]) == (44.5, 55.5)


def test_boxes_stay_inside() -> None:
    assert spread([1.0, 99.0], [10.0, 10.0]) == (5.0, 95.0)


@pytest.mark.parametrize(
    "wanted",
    [
        [0.0, 0.0, 0.0, 0.0],
        [100.0, 100.0, 100.0],
        [10.0, 12.0, 14.0, 50.0, 51.0, 99.0],
        [5.0 + i for i in range(12)],
    ],
)
def test_order_is_kept_and_nothing_overlaps(wanted: list[float]) -> None:
    heights = [6.0 + (i % 2) for i in range(len(wanted))]
    centers = spread(wanted, heights)
    boxes = [(c - h / 2, c + h / 2) for c, h in zip(centers, heights, strict=True)]
    assert boxes[0][0] >= -1e-9
    assert boxes[-1][1] <= 100.0 + 1e-9
    for (_, lower), (upper, _) in itertools.pairwise(boxes):
        assert upper >= lower + 1.0 - 1e-9


def test_the_gap_is_given_up_before_a_box_leaves() -> None:
    centers = spread([50.0] * 10, [10.0] * 10)
    assert centers == pytest.approx([5.0 + 10.0 * i for i in range(10)])


def test_nothing_to_place_gives_nothing() -> None:
    assert spread([], []) == ()


def test_the_shipped_diagrams_stay_inside_svg_tiny() -> None:
    allowed_tags = {"svg", "g", "path", "circle", "title", "desc", "ellipse", "rect", "polygon"}
    refused = {"style", "filter", "clip-path", "mask", "href", "onload"}
    for path in sorted(resource_path("diagrams").glob("*.svg")):
        root = ElementTree.fromstring(path.read_text(encoding="utf-8"))
        for element in root.iter():
            assert element.tag.removeprefix(SVG) in allowed_tags, path.name
            assert not refused & set(element.attrib), path.name
            for name in ("fill", "stroke"):
                assert "url(" not in element.get(name, ""), path.name
