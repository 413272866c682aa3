import itertools
from dataclasses import replace

import pytest

from workstation.imaging.volume import WindowSetting
from workstation.rendering.color_map import ColorMap
from workstation.rendering.overlay import (
    Anchor,
    Box,
    Chip,
    Dash,
    Gradient,
    Ink,
    Line,
    Rect,
    ReferenceStyle,
    Text,
    TextStyle,
    color_bar,
    color_bar_box,
    crosshair,
    different_space_chip,
    gap_band,
    length_text,
    orientation_letters,
    reference_line,
    scale_bar,
    scale_length_mm,
    slider,
    text_box,
)
from workstation.rendering.plane import PlaneName, PlaneView

SIZE = (401, 301)
AXIAL = PlaneView.for_plane(PlaneName.AXIAL, (0.0, 0.0, 0.0), 301.0)
SAGITTAL = PlaneView.for_plane(PlaneName.SAGITTAL, (0.0, 0.0, 0.0), 301.0)
CORONAL = PlaneView.for_plane(PlaneName.CORONAL, (0.0, 0.0, 0.0), 301.0)


def lines_of(parts):
    return [part for part in parts if isinstance(part, Line)]


def near(point):
    return pytest.approx(point, abs=1e-6)


class TestLetters:
    def test_each_letter_stands_at_its_edge(self):
        left, right, top, bottom = orientation_letters(AXIAL, SIZE)
        assert [text.text for text in (left, right, top, bottom)] == ["R", "L", "A", "P"]
        assert left.x < 20 < 380 < right.x
        assert top.y < 20 < 280 < bottom.y
        assert left.y == right.y == 150.0
        assert top.x == bottom.x == 200.0
        assert left.style is TextStyle.LETTER
        assert left.color is Ink.TEXT

    def test_letters_lie_inside_the_pane(self, measure):
        view = AXIAL.tilted((1, 1, 0), 40.0, (0, 0, 0))
        for text in orientation_letters(view, SIZE):
            assert text_box(text, measure).within(SIZE)

    def test_letters_follow_turn_and_mirror(self):
        turned = orientation_letters(AXIAL.rotated(90.0), SIZE)
        assert [text.text for text in turned] == ["P", "A", "R", "L"]
        mirrored = orientation_letters(AXIAL.flip(), SIZE)
        assert [text.text for text in mirrored] == ["L", "R", "A", "P"]


class TestScale:
    @pytest.mark.parametrize(
        ("field_mm", "size", "expected"),
        [
            # 24 % of the width is 96.2 mm, 48.1 mm, 24.1 mm, 9.6 mm, 4.8 mm.
            (301.0, SIZE, 100.0),
            (150.5, SIZE, 50.0),
            (75.25, SIZE, 20.0),
            (30.1, SIZE, 10.0),
            (15.05, SIZE, 5.0),
            # 2.4 mm and 0.24 mm.
            (10.0, (100, 100), 2.0),
            (1.0, (100, 100), 0.2),
            # 36 mm lies nearer to 50 than to 20, 34 mm nearer to 20.
            (150.0, (100, 100), 50.0),
            (141.0, (100, 100), 20.0),
            # 72 mm lies nearer to 50, 84 mm nearer to 100.
            (300.0, (100, 100), 50.0),
            (350.0, (100, 100), 100.0),
        ],
    )
    def test_round_length_nearest_a_quarter(self, field_mm, size, expected):
        view = replace(AXIAL, field_mm=field_mm)
        assert scale_length_mm(view, size) == pytest.approx(expected)

    @pytest.mark.parametrize("field_mm", [3.0, 17.0, 80.0, 240.0, 512.0, 1500.0])
    def test_bar_is_as_long_as_its_word(self, field_mm):
        view = replace(AXIAL, field_mm=field_mm)
        parts = scale_bar(view, SIZE)
        bar = parts[0]
        label = parts[-1]
        pixels = bar.end[0] - bar.start[0]
        assert label.text == f"{pixels * view.mm_per_pixel(SIZE):g} mm".replace(".0 ", " ")
        assert 0.1 * SIZE[0] < pixels < 0.45 * SIZE[0]

    def test_bar_has_four_equal_parts(self):
        ticks = lines_of(scale_bar(AXIAL, SIZE))[1:]
        places = [tick.start[0] for tick in ticks]
        assert len(places) == 5
        assert [b - a for a, b in itertools.pairwise(places)] == [near(25.0)] * 4

    def test_bar_stands_in_the_lower_right_corner(self, measure):
        parts = scale_bar(AXIAL, SIZE)
        bar, label = parts[0], parts[-1]
        assert bar.end[0] == SIZE[0] - 1 - 16.0
        assert bar.end[1] == SIZE[1] - 1 - 8.0
        assert label.anchor is Anchor.BOTTOM_RIGHT
        assert text_box(label, measure).bottom < bar.end[1]

    @pytest.mark.parametrize(
        ("length", "words"), [(20.0, "20 mm"), (0.5, "0.5 mm"), (100.0, "100 mm")]
    )
    def test_words(self, length, words):
        assert length_text(length) == words


class TestCrosshair:
    def test_short_cross_is_open_in_the_middle(self):
        left, right, top, bottom = crosshair((100.0, 80.0), SIZE)
        assert (left.start, left.end) == ((74.0, 80.0), (92.0, 80.0))
        assert (right.start, right.end) == ((108.0, 80.0), (126.0, 80.0))
        assert (top.start, top.end) == ((100.0, 54.0), (100.0, 72.0))
        assert (bottom.start, bottom.end) == ((100.0, 88.0), (100.0, 106.0))
        assert left.stroke.color is Ink.CROSSHAIR

    def test_full_lines_reach_the_borders(self):
        left, right, top, bottom = crosshair((100.0, 80.0), SIZE, full=True)
        assert left.start == (0.0, 80.0)
        assert right.end == (400.0, 80.0)
        assert top.start == (100.0, 0.0)
        assert bottom.end == (100.0, 300.0)

    def test_open_around_an_ellipse(self):
        left, _, top, _ = crosshair((100.0, 80.0), SIZE, full=True, open_radii=(40.0, 20.0))
        assert left.end == (60.0, 80.0)
        assert top.end == (100.0, 60.0)

    def test_arm_beyond_the_border_is_left_out(self):
        lines = crosshair((3.0, 80.0), SIZE, full=True)
        assert len(lines) == 3


class TestReferenceLine:
    def test_axial_plane_is_a_level_line_in_sagittal(self):
        # 30 mm toward the head is 30 px above the middle at 1 mm a pixel.
        line, label = reference_line(SAGITTAL, AXIAL.scrolled(30.0), SIZE)
        assert (line.start, line.end) == (near((0.0, 120.0)), near((400.0, 120.0)))
        assert label.text == "ax"
        assert label.y < 120.0

    def test_sagittal_plane_is_an_upright_line_in_axial(self):
        # x = +25 mm, left of the patient, is right of the middle.
        other = SAGITTAL.centered((25.0, 0.0, 0.0))
        line, label = reference_line(AXIAL, other, SIZE)
        assert (line.start, line.end) == (near((225.0, 0.0)), near((225.0, 300.0)))
        assert label.text == "sag"

    def test_line_moves_to_the_other_side_of_a_mirrored_pane(self):
        other = SAGITTAL.centered((25.0, 0.0, 0.0))
        line = reference_line(AXIAL.flip(), other, SIZE)[0]
        assert line.start[0] == near(175.0)

    def test_tilted_plane_by_hand(self):
        # Tilted about left-right by 45 degrees: z = -y, falls toward posterior on the right.
        other = AXIAL.tilted((1, 0, 0), -45.0, (0, 0, 0))
        line = reference_line(SAGITTAL, other, SIZE)[0]
        ends = sorted((line.start, line.end))
        slope = (ends[1][1] - ends[0][1]) / (ends[1][0] - ends[0][0])
        assert abs(slope) == pytest.approx(1.0)
        for x, y in ends:
            point = SAGITTAL.pixel_to_lps((x, y), SIZE)
            assert other.distance_mm(point) == near(0.0)

    @pytest.mark.parametrize("rotation", [0.0, 25.0, 190.0])
    @pytest.mark.parametrize("flipped", [False, True])
    def test_every_point_of_the_line_lies_in_both_planes(self, rotation, flipped):
        view = replace(
            CORONAL.zoomed(1.7).panned(20.0, 9.0, SIZE), rotation_deg=rotation, flipped=flipped
        )
        other = PlaneView.oblique((4.0, 5.0, 6.0), (0.3, 0.2, 0.9), 100.0)
        line = reference_line(view, other, SIZE)[0]
        for pixel in (line.start, line.end):
            assert other.distance_mm(view.pixel_to_lps(pixel, SIZE)) == near(0.0)
        for x, y in (line.start, line.end):
            assert min(abs(x), abs(x - 400.0), abs(y), abs(y - 300.0)) == near(0.0)

    def test_parallel_planes_have_no_line(self):
        assert reference_line(AXIAL, AXIAL.scrolled(5.0), SIZE) == ()

    def test_a_line_outside_the_pane_is_not_drawn(self):
        assert reference_line(SAGITTAL, AXIAL.scrolled(151.0), SIZE) == ()

    def test_other_frame_of_reference_has_no_line(self):
        assert reference_line(SAGITTAL, AXIAL, SIZE, same_space=False) == ()

    def test_active_line_is_solid_and_stronger(self):
        active = reference_line(SAGITTAL, AXIAL, SIZE, ReferenceStyle(active=True))[0]
        quiet = reference_line(SAGITTAL, AXIAL, SIZE)[0]
        assert (active.stroke.color, active.stroke.width) == (Ink.REFERENCE_ACTIVE, 1.4)
        assert active.stroke.dash is Dash.SOLID
        assert (quiet.stroke.color, quiet.stroke.width) == (Ink.REFERENCE, 1.0)
        assert quiet.stroke.dash is Dash.DASHED

    def test_ticks_only_touch_the_border(self):
        first, second = reference_line(AXIAL, SAGITTAL, SIZE, ReferenceStyle(ticks_only=True))
        ends = sorted([first.start, first.end, second.start, second.end], key=lambda p: p[1])
        assert [y for _, y in ends] == [near(0.0), near(12.0), near(288.0), near(300.0)]

    def test_word_of_the_line(self):
        named = reference_line(SAGITTAL, AXIAL, SIZE, ReferenceStyle(label="T10"))
        assert named[1].text == "T10"
        assert len(reference_line(SAGITTAL, AXIAL, SIZE, ReferenceStyle(label=""))) == 1

    def test_chip_says_why_nothing_follows(self, measure):
        chip = different_space_chip(SIZE, measure)
        assert isinstance(chip, Chip)
        assert chip.lines == ("Not in the same space",)
        assert chip.x + chip.width / 2 == SIZE[0] / 2


class TestGap:
    def test_band_is_as_high_as_the_gap(self):
        band, words = gap_band(SAGITTAL, SIZE, (0.0, 0.0, 10.0), (0.0, 0.0, 16.5))
        assert isinstance(band, Rect)
        assert band.hatched
        assert band.y == near(150.0 - 16.5)
        assert band.height == near(6.5)
        assert words.text == "gap 6.5 mm"
        assert words.color is Ink.WARNING


class TestSlider:
    def test_ends(self):
        first = slider(0, 38, SIZE)[2]
        last = slider(37, 38, SIZE)[2]
        assert first.y == 0.0
        assert last.y + last.height == near(301.0)

    def test_thumb_stays_large_enough_to_grab(self):
        thumb = slider(100, 2000, SIZE)[2]
        assert thumb.height == 14.0
        assert thumb.width == 5.0

    def test_middle(self):
        thumb = slider(50, 101, SIZE)[2]
        assert thumb.y + thumb.height / 2 == near(150.5)

    def test_loaded_part(self):
        track, ready, _ = slider(0, 10, SIZE, loaded=0.62)
        assert ready.height == near(0.62 * track.height)
        assert track.x + track.width == SIZE[0]

    def test_a_single_slice_fills_the_track(self):
        thumb = slider(0, 1, SIZE)[2]
        assert (thumb.y, thumb.height) == (0.0, 301.0)


class TestColorBar:
    PANE = (588, 375)

    def values(self, window, size=PANE):
        parts = color_bar(ColorMap.HOT_IRON, window, "SUVbw", size)
        texts = [part for part in parts if isinstance(part, Text)]
        return [text.text for text in texts[1:]], texts, parts

    @pytest.mark.parametrize(
        ("high", "expected"),
        [
            (5.0, ["0", "1", "2", "3", "4", "5"]),
            (7.0, ["0", "2", "4", "6"]),
            (10.0, ["0", "2", "4", "6", "8", "10"]),
            (15.0, ["0", "5", "10", "15"]),
        ],
    )
    def test_round_values(self, high, expected):
        found, _, _ = self.values(WindowSetting(center=high / 2, width=high))
        assert found == expected

    def test_unit_and_colors(self):
        _, texts, parts = self.values(WindowSetting(center=3.5, width=7.0))
        assert texts[0].text == "SUVbw"
        (bar,) = [part for part in parts if isinstance(part, Gradient)]
        assert len(bar.colors) == 256
        assert bar.colors[0] == (255, 255, 255)
        assert bar.colors[-1] == (0, 0, 0)

    def test_values_stand_at_their_color(self):
        _, texts, parts = self.values(WindowSetting(center=2.5, width=5.0))
        (bar,) = [part for part in parts if isinstance(part, Gradient)]
        places = {text.text: text.y for text in texts[1:]}
        assert places["5"] == near(bar.y)
        assert places["0"] == near(bar.y + bar.height)
        assert places["2"] == near(bar.y + bar.height * 0.6)

    def test_bar_keeps_clear_of_corner_and_letter(self, measure):
        box = color_bar_box(self.PANE)
        assert box.y == 36.0
        letter = text_box(orientation_letters(AXIAL, self.PANE)[1], measure)
        assert letter.y - box.bottom >= 36.0

    def test_low_pane_has_no_bar(self):
        assert color_bar_box((320, 240)) is None
        assert color_bar(ColorMap.GREY, WindowSetting(center=1, width=1), "SUV", (320, 240)) == ()


class TestWordOfALine:
    def letters(self, measure, view):
        return tuple(text_box(text, measure) for text in orientation_letters(view, SIZE))

    @pytest.mark.parametrize(("view", "other"), [(AXIAL, SAGITTAL), (SAGITTAL, AXIAL)])
    def test_it_keeps_clear_of_the_letters(self, measure, view, other):
        word = reference_line(view, other, SIZE)[1]
        box = text_box(word, measure)
        assert not any(box.overlaps(letter) for letter in self.letters(measure, view))

    def test_it_stands_above_a_level_line_and_beside_a_steep_one(self):
        level = reference_line(SAGITTAL, AXIAL, SIZE)[1]
        steep = reference_line(AXIAL, SAGITTAL, SIZE)[1]
        assert (level.anchor, level.x, level.y) == (Anchor.BOTTOM, 48.0, 148.0)
        assert (steep.anchor, steep.x, steep.y) == (Anchor.LEFT, 205.0, 48.0)

    def test_it_moves_along_the_line_past_what_stands_there(self, measure):
        corner = Box(0.0, 120.0, 100.0, 40.0)
        word = reference_line(SAGITTAL, AXIAL, SIZE, ReferenceStyle(avoid=(corner,)))[1]
        assert not text_box(word, measure).overlaps(corner)
        assert word.y == 148.0

    def test_without_room_the_line_goes_without_a_word(self):
        everywhere = Box(0.0, 0.0, 401.0, 301.0)
        parts = reference_line(SAGITTAL, AXIAL, SIZE, ReferenceStyle(avoid=(everywhere,)))
        assert [type(part) for part in parts] == [Line]


def test_ticks_need_room_for_two():
    # The line cuts only a corner of the pane, 14 px long.
    across = PlaneView.oblique((-195.0, -145.0, 0.0), (1.0, 1.0, 0.0), 50.0)
    line = reference_line(AXIAL, across, SIZE, ReferenceStyle(label=""))
    assert len(line) == 1
    assert reference_line(AXIAL, across, SIZE, ReferenceStyle(ticks_only=True)) == ()
