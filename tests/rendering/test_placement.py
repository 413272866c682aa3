import itertools

import pytest

from workstation.rendering.placement import (
    Box,
    Placement,
    clipped_line,
    lines_cross,
    text_box,
)
from workstation.rendering.primitives import Anchor, Text, TextStyle

SIZE = (400, 300)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (Box(5, 5, 10, 10), True),
        (Box(10, 0, 5, 5), False),
        (Box(0, 10, 5, 5), False),
        (Box(-5, -5, 30, 30), True),
        (Box(9.9, 9.9, 1, 1), True),
        (Box(20, 20, 5, 5), False),
    ],
)
def test_overlap(other, expected):
    box = Box(0, 0, 10, 10)
    assert box.overlaps(other) is expected
    assert other.overlaps(box) is expected


def test_overlap_with_a_margin():
    assert not Box(0, 0, 10, 10).overlaps(Box(12, 0, 5, 5), 2.0)
    assert Box(0, 0, 10, 10).overlaps(Box(12, 0, 5, 5), 2.1)


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        (Box(0, 0, 400, 300), True),
        (Box(-1, 0, 10, 10), False),
        (Box(391, 0, 10, 10), False),
        (Box(0, 291, 10, 10), False),
    ],
)
def test_within(box, expected):
    assert box.within(SIZE) is expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ((-5, 5), (15, 5), ((0, 5), (10, 5))),
        ((5, -5), (5, 5), ((5, 0), (5, 5))),
        ((-10, -10), (20, 20), ((0, 0), (10, 10))),
        ((2, 3), (4, 5), ((2, 3), (4, 5))),
        ((-5, 12), (15, 12), None),
        ((-5, 5), (-1, 5), None),
        ((8, -4), (14, 2), None),
    ],
)
def test_clipping(start, end, expected):
    found = clipped_line(start, end, Box(0, 0, 10, 10))
    if expected is None:
        assert found is None
    else:
        assert found == (pytest.approx(expected[0]), pytest.approx(expected[1]))


def test_crossing_lines():
    assert lines_cross(((0, 0), (10, 10)), ((0, 10), (10, 0)))
    assert not lines_cross(((0, 0), (10, 10)), ((0, 1), (10, 11)))
    assert not lines_cross(((0, 0), (4, 4)), ((0, 10), (10, 0)))


@pytest.mark.parametrize(
    ("anchor", "corner"),
    [
        (Anchor.TOP_LEFT, (100, 50)),
        (Anchor.TOP, (70, 50)),
        (Anchor.TOP_RIGHT, (40, 50)),
        (Anchor.LEFT, (100, 42.5)),
        (Anchor.CENTER, (70, 42.5)),
        (Anchor.RIGHT, (40, 42.5)),
        (Anchor.BOTTOM_LEFT, (100, 35)),
        (Anchor.BOTTOM, (70, 35)),
        (Anchor.BOTTOM_RIGHT, (40, 35)),
    ],
)
def test_box_of_a_text(measure, anchor, corner):
    box = text_box(Text(100, 50, "T10 lesion", TextStyle.BODY, anchor), measure)
    assert box == Box(*corner, 60.0, 15.0)


def test_tag_stands_beside_its_target():
    place = Placement(SIZE).place_tag((200, 150), (60, 30))
    assert place is not None
    assert place.leader == ((200, 150), (224, 150))
    assert place.box == Box(224, 135, 60, 30)


def test_tag_goes_to_the_wanted_side():
    place = Placement(SIZE).place_tag((200, 150), (60, 30), to_left=True)
    assert place is not None
    assert place.box == Box(116, 135, 60, 30)


def test_tag_moves_out_along_its_leader():
    placement = Placement(SIZE)
    placement.reserve(Box(230, 145, 4, 4))
    placement.reserve(Box(225, 155, 10, 10))
    place = placement.place_tag((200, 150), (60, 30))
    assert place is not None
    assert place.leader[0] == (200, 150)
    assert not place.box.overlaps(Box(230, 145, 4, 4))
    assert not Box(230, 145, 4, 4).crossed_by(*place.leader)


def test_tag_at_the_border_goes_to_the_other_side():
    place = Placement(SIZE).place_tag((380, 150), (60, 30))
    assert place is not None
    assert place.box.right < 380


def test_no_room_is_said():
    placement = Placement(SIZE)
    placement.reserve(Box(0, 0, 400, 300))
    assert placement.place_tag((200, 150), (60, 30)) is None


def test_tag_larger_than_the_pane_has_no_room():
    assert Placement((100, 80)).place_tag((50, 40), (120, 30)) is None


def test_many_tags_never_meet():
    placement = Placement(SIZE)
    corners = [Box(0, 0, 150, 40), Box(250, 0, 150, 40), Box(0, 260, 150, 40)]
    for corner in corners:
        placement.reserve(corner)
    targets = [(180 + 7 * n, 60 + 25 * n) for n in range(8)]
    places = [placement.place_tag(target, (70, 18)) for target in targets]
    found = [place for place in places if place is not None]
    assert len(found) >= 6
    for first, second in itertools.combinations(found, 2):
        assert not first.box.overlaps(second.box)
        assert not lines_cross(first.leader, second.leader)
        assert not first.box.crossed_by(*second.leader)
        assert not second.box.crossed_by(*first.leader)
    for place in found:
        assert place.box.within(SIZE)
        assert not any(place.box.overlaps(corner) for corner in corners)


def test_claim_is_refused_where_something_stands():
    placement = Placement(SIZE)
    assert placement.claim(Box(10, 10, 40, 15))
    assert not placement.claim(Box(30, 12, 40, 15))
    assert not placement.claim(Box(380, 10, 40, 15))
    assert placement.claim(Box(60, 10, 40, 15))


def test_tag_finds_room_on_a_slope_when_the_level_is_taken():
    placement = Placement(SIZE)
    # A wall to the right and one to the left of the target, open above and below.
    placement.reserve(Box(215, 140, 185, 20))
    placement.reserve(Box(0, 140, 185, 20))
    place = placement.place_tag((200, 150), (60, 18))
    assert place is not None
    assert place.leader[1][1] != 150
    assert not place.box.overlaps(Box(215, 140, 185, 20))
    assert not Box(215, 140, 185, 20).crossed_by(*place.leader)


def test_second_tag_of_one_place_does_not_cover_the_first():
    placement = Placement(SIZE)
    first = placement.place_tag((200, 150), (60, 18))
    second = placement.place_tag((200, 152), (60, 18))
    assert first is not None
    assert second is not None
    assert not first.box.overlaps(second.box)
    assert not lines_cross(first.leader, second.leader)


def test_the_leader_touches_its_tag():
    placement = Placement(SIZE)
    for target in ((60, 50), (340, 250), (200, 20)):
        place = placement.place_tag(target, (50, 16))
        assert place is not None
        x, y = place.leader[1]
        assert place.box.x - 0.01 <= x <= place.box.right + 0.01
        assert y == pytest.approx(place.box.y + 8.0)
