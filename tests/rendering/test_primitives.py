import json
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from workstation.rendering.overlay import (
    Chip,
    Depth,
    Ellipse,
    Gradient,
    Ink,
    Line,
    Polyline,
    Rect,
    Stroke,
    Text,
)

TOKENS = Path(__file__).parents[2] / "resources" / "theme" / "tokens.json"


@pytest.fixture(scope="module")
def tokens():
    return json.loads(TOKENS.read_text(encoding="utf-8"))


@pytest.mark.parametrize("ink", list(Ink), ids=lambda ink: ink.value)
def test_every_ink_is_a_color_of_the_theme(tokens, ink):
    color = tokens["overlay"][ink.value]
    assert color.startswith("#")
    assert len(color) == 7


def test_marks_have_a_color_on_white_panes_too(tokens):
    only_on_dark = {Ink.MEASURE_SELECTED}
    missing = {ink for ink in Ink if ink.value not in tokens["overlay_on_light"]}
    assert missing <= only_on_dark


@pytest.mark.parametrize(
    "primitive",
    [
        Text(1.0, 2.0, "R"),
        Line((0.0, 0.0), (1.0, 1.0), Stroke(color=Ink.MEASURE)),
        Polyline(((0.0, 0.0), (1.0, 1.0)), Stroke(color=Ink.STABLE), closed=True),
        Ellipse((5.0, 5.0), (2.0, 3.0), Stroke(color=Ink.UNSTABLE)),
        Rect(0.0, 0.0, 1.0, 1.0),
        Chip(0.0, 0.0, 10.0, 10.0, ("L1",), Ink.LEVEL),
        Gradient(0.0, 0.0, 8.0, 100.0, ((0, 0, 0),)),
    ],
    ids=lambda primitive: type(primitive).__name__,
)
def test_primitives_are_values(primitive):
    assert hash(primitive) == hash(type(primitive)(**fields_of(primitive)))
    assert primitive == type(primitive)(**fields_of(primitive))
    with pytest.raises(FrozenInstanceError):
        setattr(primitive, primitive.__slots__[0], 1)


def fields_of(primitive):
    return {name: getattr(primitive, name) for name in primitive.__slots__}


def test_order_from_below():
    # Gap bands, reference lines, contours, cross-hair, measurements, tags, corner text.
    names = [depth.name for depth in sorted(Depth)]
    assert names == [
        "GAP",
        "REFERENCE",
        "CONTOUR",
        "CROSSHAIR",
        "MEASUREMENT",
        "TAG",
        "CORNER",
    ]


def test_lines_are_solid_and_have_a_halo_unless_told():
    stroke = Stroke(color=Ink.MEASURE)
    assert stroke.halo
    assert stroke.dash.value == "solid"
    assert stroke.width == 1.0
