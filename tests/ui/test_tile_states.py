"""Tiles, rows, questions and strips: states by pixels, names with state, keys, sizes."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.ui.conftest import click, press, settle
from tests.ui.pixels import (
    SCALES,
    WIDTHS,
    all_differ,
    amount,
    hover,
    leave,
    picture,
    scaled_picture,
    shows,
)
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, YesNo
from workstation.domain.sins_options import SinsComponent
from workstation.domain.spine import VertebralLevel, level_chain
from workstation.ui.components.evidence import EvidenceState
from workstation.ui.components.item_row import AnswerKind, CardHead, ItemRow, ItemView
from workstation.ui.components.lesion_row import LesionRow, LesionRowView
from workstation.ui.components.level_strip import LevelChip, LevelChipView, LevelStrip
from workstation.ui.components.marks import Mark
from workstation.ui.components.pictogram_tile import PictogramTile, TileRow, TileState, TileText
from workstation.ui.components.question_row import QuestionRow, QuestionView
from workstation.ui.escc_widget_view import cauda_tiles, grade_tiles
from workstation.ui.sins_widget_view import tile_texts
from workstation.ui.theme import ThemeName, apply_theme

TITLED = TileText(
    key="3", unit="pt", title="Mechanical", line="worse on load", schematic="sins-pain-mechanical",
    description="Relieved by lying down or provoked by load",
)  # fmt: skip
NARROW = TileText(key="1b", line="sac indented", schematic="escc-1b")
STATES = {
    "rest": TileState(),
    "selected": TileState(selected=True),
    "suggested": TileState(suggested=True),
    "prior": TileState(prior=True),
    "disabled": TileState(disabled_reason="needs no collapse"),
    "selected and prior": TileState(selected=True, prior=True),
}
LEVELS = level_chain()


@pytest.fixture(params=list(ThemeName), ids=str)
def theme(request, qapp):
    apply_theme(qapp, request.param)
    yield request.param
    apply_theme(qapp, ThemeName.DARK)


def tile_of(show, text, width=130):
    tile = PictogramTile(text)
    show(tile, width, tile.height_at(width) + 16)
    return tile


@pytest.mark.parametrize("text", [TITLED, NARROW], ids=["titled", "narrow"])
def test_every_state_of_a_tile_has_its_own_look_and_words(show, theme, text):
    tile = tile_of(show, text)
    looks, names = [], set()
    for state in STATES.values():
        tile.set_state(state)
        looks.append(picture(tile))
        names.add(tile.accessibleName())
    tile.set_state(TileState())
    hover(tile)
    looks.append(picture(tile))
    leave(tile)
    assert all_differ(looks)
    assert len(names) == len(STATES)


@pytest.mark.parametrize(
    ("state", "token", "least"),
    [
        ("selected", "accent", 200),
        ("selected", "accent_wash", 400),
        ("suggested", "suggestion", 60),
        ("rest", "line", 100),
        ("disabled", "text_disabled", 5),
    ],
)
def test_a_state_has_its_color(show, theme, state, token, least):
    tile = tile_of(show, TITLED)
    tile.set_state(STATES[state])
    assert shows(tile, token, least)


def test_a_suggested_tile_is_dashed_and_a_chosen_one_is_not(show):
    tile = tile_of(show, TITLED)
    tile.set_state(STATES["suggested"])
    image = picture(tile)
    top = [image.pixel(x, 0) for x in range(10, tile.width() - 10)]
    assert len(set(top)) > 1, "the upper edge has gaps"
    tile.set_state(STATES["selected"])
    image = picture(tile)
    top = [image.pixel(x, 0) for x in range(10, tile.width() - 10)]
    assert len(set(top)) == 1


def test_what_is_chosen_and_suggested_counts_as_chosen(show):
    tile = tile_of(show, TITLED)
    tile.set_state(TileState(selected=True, suggested=True))
    assert not shows(tile, "suggestion")
    assert "suggested" not in tile.accessibleName()
    assert "chosen" in tile.accessibleName()


def test_a_tile_says_title_definition_points_and_state():
    tile = PictogramTile(TITLED)
    assert tile.accessibleName() == (
        "Mechanical, Relieved by lying down or provoked by load, 3 points"
    )
    assert tile.toolTip() == "Relieved by lying down or provoked by load (3)"
    narrow = PictogramTile(NARROW)
    assert narrow.accessibleName() == "1b, sac indented, 1b"
    assert narrow.toolTip() == "sac indented (1 then b)"


def test_a_disabled_tile_says_why_in_name_tooltip_and_line(show):
    tile = tile_of(show, TITLED)
    tall = tile.height_at(130)
    tile.set_state(STATES["disabled"])
    assert tile.accessibleName().endswith("not available: needs no collapse")
    assert "Not available: needs no collapse." in tile.toolTip()
    assert not tile.isEnabled()
    assert tile.height_at(130) >= tall


@pytest.mark.parametrize("text", [TITLED, NARROW], ids=["titled", "narrow"])
@pytest.mark.parametrize("scale", SCALES)
def test_a_tile_paints_its_picture_at_every_scale(show, text, scale):
    tile = tile_of(show, text)
    image = scaled_picture(tile, scale)
    assert image.width() == pytest.approx(tile.width() * scale, abs=1)
    assert image.height() == pytest.approx(tile.height() * scale, abs=1)
    drawn = image.copy(0, image.height() // 3, image.width(), image.height() // 3)
    assert len({drawn.pixel(x, y) for x in range(0, drawn.width(), 3)
                for y in range(0, drawn.height(), 3)}) > 4  # fmt: skip


def test_a_mirrored_drawing_is_the_other_way_round(show):
    text = TileText(key="1", line="", schematic="sins-posterolateral-unilateral")
    tile = tile_of(show, text)
    plain = picture(tile)
    tile.set_state(TileState(mirrored=True))
    turned = picture(tile)
    assert plain != turned
    middle = plain.copy(20, 60, tile.width() - 40, 30)
    assert middle.flipped(Qt.Orientation.Horizontal) != middle, "the drawing has sides"


@pytest.mark.parametrize("prior", [True, False])
def test_prior_takes_its_own_line(qapp, prior):
    tile = PictogramTile(NARROW)
    low = tile.height_at(70)
    tile.set_state(TileState(prior=prior))
    assert tile.height_at(70) == low + (16 if prior else 0)


def test_frozen_tiles_keep_the_answer_readable(show):
    tile = tile_of(show, TITLED)
    tile.set_state(TileState(selected=True))
    tile.set_enabled_for_editing(False)
    assert shows(tile, "text", 5)
    assert not tile.isEnabled()
    tile.set_enabled_for_editing(True)
    assert tile.isEnabled()


def test_a_tile_that_is_not_available_stays_so_when_editing_is_allowed(show):
    tile = tile_of(show, TITLED)
    tile.set_state(STATES["disabled"])
    tile.set_enabled_for_editing(True)
    assert not tile.isEnabled()


def test_enter_is_left_to_the_suggestion_and_space_chooses(show):
    tile = tile_of(show, TITLED)
    chosen = []
    tile.chosen.connect(chosen.append)
    tile.setFocus()
    press("Enter")
    assert chosen == []
    press("Space")
    assert chosen == ["3"]


ROWS = {component.value: tile_texts(component) for component in SinsComponent}
ROWS |= {"escc": grade_tiles(), "cauda": cauda_tiles()}


@pytest.mark.parametrize("width", [width - 46 for width in WIDTHS])
@pytest.mark.parametrize("name", ROWS)
def test_the_tiles_of_a_form_share_width_and_height_and_stay_inside(show, name, width):
    row = TileRow(ROWS[name], gap_px=3)
    show(row, width, 400)
    assert len({tile.size() for tile in row.tiles}) == 1
    assert all(row.rect().contains(tile.geometry()) for tile in row.tiles)
    assert row.height() == row.height_at(width)
    assert [tile.content.key for tile in row.tiles] == [text.key for text in ROWS[name]]
    assert row.tile("no such key") is None


def test_the_keyboard_comes_back_to_the_chosen_tile_after_an_amendment(show):
    row = TileRow(ROWS["pain"])
    show(row, 400, 300)
    states = {"1": TileState(selected=True)}
    row.set_states(states)
    row.set_editable(False)
    row.set_states(states)
    row.set_editable(True)
    stops = [t.content.key for t in row.tiles if t.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert stops == ["1"]


def test_comparing_stops_at_both_ends(show):
    row = TileRow(ROWS["pain"])
    show(row, 400, 300)
    seen = []
    row.compared.connect(seen.append)
    row.tiles[0].setFocus()
    press("Left", "Right", "Right", "Right")
    keys = [text.key for text in ROWS["pain"]]
    assert seen == [keys[0], keys[1], keys[2], keys[2]]


ITEM = ItemView(
    key="S5",
    name="Collapse",
    answer=">50 %",
    points="3",
    filled=3,
    boxes=3,
    agreement="κ 0.42–0.46",
)


def item(**changes):
    base = {f: getattr(ITEM, f) for f in ITEM.__slots__}
    return ItemView(**(base | changes))


def row_of(show, view, width=400):
    row = ItemRow(view)
    show(row, width, row.sizeHint().height())
    return row


def test_the_three_kinds_of_a_row_look_and_read_differently(show, theme):
    row = row_of(show, ITEM)
    looks = []
    for kind, answer in (
        (AnswerKind.ANSWER, "None"),
        (AnswerKind.UNKNOWN, "Unknown"),
        (AnswerKind.NOT_ASSESSED, "Not assessed"),
    ):
        row.set_view(item(answer=answer, kind=kind, points="0–3", filled=0))
        looks.append(picture(row))
        assert row.accessibleName().startswith(f"Collapse, {answer}, 0–3 points")
    assert all_differ(looks)


@pytest.mark.parametrize("state", list(EvidenceState))
def test_a_row_says_what_stands_behind_the_answer(show, state):
    row = row_of(show, item(evidence=state))
    assert state.value in row.accessibleName()
    assert shows(row, "evidence") is (state is EvidenceState.IMAGE)


@pytest.mark.parametrize(
    ("changes", "height", "token"),
    [
        ({}, 34, ""),
        ({"note": "from Dr Weber"}, 50, ""),
        ({"caution": "Which side?"}, 50, "caution"),
        ({"caution": "Which side?", "note": "from Dr Weber"}, 50, "caution"),
    ],
)
def test_a_second_line_makes_room_and_caution_comes_before_a_note(show, changes, height, token):
    row = row_of(show, item(**changes))
    assert row.sizeHint().height() == height
    assert row.minimumSizeHint().height() == height
    if token:
        assert shows(row, token)
        assert row.accessibleName().endswith("Which side?")


@pytest.mark.parametrize(("filled", "boxes"), list(itertools.product((0, 1, 2, 3), (3, 4))))
def test_the_mini_points_show_filled_and_all_boxes(show, filled, boxes):
    row = row_of(show, item(filled=filled, boxes=boxes, name="", answer="", points="x"))
    image = picture(row)
    left = row.width() - 1 - boxes * 9 + 2
    full = [
        image.pixelColor(left + n * 9 + 3, 17).name() == "#e8eaed"
        or image.pixelColor(left + n * 9 + 3, 17).lightness() > 180
        for n in range(boxes)
    ]
    assert full == [n < filled for n in range(boxes)]


def test_a_row_opens_by_click_enter_and_space_and_names_its_keys(show):
    row = row_of(show, ITEM)
    opened = []
    row.opened.connect(opened.append)
    click(row)
    row.setFocus()
    press("Enter", "Space")
    assert opened == ["S5"] * 3
    assert row.toolTip() == "Open Collapse (S 5)"


def test_a_field_without_points_shows_none(show):
    row = row_of(show, item(points="", boxes=0, filled=0, key="N"))
    assert "points" not in row.accessibleName()
    assert row.toolTip() == "Open Collapse (N)"


@pytest.mark.parametrize("width", [440, 376, 300])
def test_the_head_of_an_open_item_shortens_the_agreement_and_keeps_it_in_the_tooltip(show, width):
    head = CardHead(ITEM)
    show(head, width, 30)
    assert "readers disagree, κ 0.42–0.46" in head.accessibleName()
    assert "Fourney 2011" in head.toolTip()
    assert head.toolTip().endswith("(Esc)")
    assert shows(head, "caution", 20)


def test_an_item_on_which_readers_agree_has_no_pill(show):
    head = CardHead(item(agreement=""))
    show(head, 376, 30)
    assert not shows(head, "caution")
    assert "disagree" not in head.accessibleName()


def question_of(show, width=440, **changes):
    view = {"number": 4, "text": "Cord compressed or displaced?", "yes": "Yes", "no": "No: 1c"}
    row = QuestionRow(QuestionView(**(view | changes)))
    show(row, width, row.height_at(width))
    return row


@pytest.mark.parametrize(
    ("answer", "yes", "no", "said"),
    [
        (YesNo.YES, True, False, "yes"),
        (YesNo.NO, False, True, "no"),
        (UNKNOWN, False, False, "unknown"),
        (NOT_ASSESSED, False, False, "not assessed"),
    ],
)
def test_a_question_shows_and_says_its_answer(show, answer, yes, no, said):
    row = question_of(show, answer=answer)
    assert (row.yes.isChecked(), row.no.isChecked()) == (yes, no)
    assert row.accessibleName() == f"Question 4: Cord compressed or displaced? {said}"


def test_the_four_answers_of_a_question_look_different(show, theme):
    row = question_of(show)
    looks = []
    for answer in (YesNo.YES, YesNo.NO, UNKNOWN, NOT_ASSESSED):
        row.set_view(QuestionView(number=4, text=row.view.text, answer=answer))
        looks.append(picture(row))
    assert all_differ(looks)


@pytest.mark.parametrize(
    "changes", [{"dimmed": True}, {"editable": False}], ids=["dimmed", "frozen"]
)
def test_a_dimmed_or_frozen_question_is_pale(show, changes):
    row, pale = question_of(show), question_of(show, **changes)
    assert picture(row) != picture(pale)
    assert shows(pale, "text_disabled", 10)


def test_a_dimmed_question_says_that_it_is_not_needed_and_still_takes_an_answer(show):
    row = question_of(show, dimmed=True)
    assert row.accessibleName().endswith("not needed after an earlier no")
    given = []
    row.answered.connect(lambda *answer: given.append(answer))
    click(row.yes)
    assert given == [(4, YesNo.YES)]


@pytest.mark.parametrize("held", [Qt.KeyboardModifier.ControlModifier,
                                  Qt.KeyboardModifier.AltModifier])  # fmt: skip
def test_a_question_leaves_shortcuts_alone(show, held):
    row = question_of(show)
    given = []
    row.answered.connect(lambda *answer: given.append(answer))
    row.setFocus()
    for key in (Qt.Key.Key_Y, Qt.Key.Key_N, Qt.Key.Key_9):
        QTest.keyClick(row, key, held)
    assert given == []


@pytest.mark.parametrize("width", [440, 376, 300, 240])
def test_a_question_wraps_and_its_answers_stay_at_the_right(show, width):
    row = question_of(show, width, text="Cord touched (no CSF between sac wall and cord)?")
    assert row.no.geometry().right() == row.width() - 1
    assert row.yes.geometry().right() < row.no.x()
    assert row.height_at(240) >= row.height_at(width)
    assert row.rect().contains(row.yes.geometry())


def test_a_question_tells_when_the_keyboard_comes(show):
    row = question_of(show)
    seen = []
    row.clearFocus()
    row.focused.connect(seen.append)
    row.setFocus(Qt.FocusReason.TabFocusReason)
    assert seen == [4]
    assert row.keyboard_focus
    assert shows(row, "raised", 200)


def chip_of(level=VertebralLevel.T12, value="14", **changes):
    return LevelChipView(level=level, value=value, mark=Mark.TRIANGLE, token="critical", **changes)


def test_a_level_chip_at_rest_hovered_and_chosen_looks_different(show, theme):
    chip = LevelChip(chip_of(words="SINS 14, unstable"))
    show(chip, chip.sizeHint().width(), 32)
    looks = [picture(chip)]
    hover(chip)
    looks.append(picture(chip))
    leave(chip)
    chip.setChecked(True)
    looks.append(picture(chip))
    assert all_differ(looks)
    assert shows(chip, "critical", 10)


def test_a_level_chip_says_value_and_index():
    chip = LevelChip(chip_of(words="SINS 14, unstable", is_index=True))
    assert chip.accessibleName() == "T12, SINS 14, unstable, index level, the worst"
    assert chip.toolTip() == "Show T12: SINS 14, unstable"
    plain = LevelChip(chip_of())
    assert plain.accessibleName() == "T12, 14"
    assert plain.sizeHint().width() < chip.sizeHint().width()


@pytest.mark.parametrize("is_index", [True, False])
@pytest.mark.parametrize("value", ["0", "14", "3–18", "1b, 1c, 2 or 3"])
def test_small_spaces_never_shorten_the_words(qapp, value, is_index):
    chip = LevelChip(chip_of(value=value, is_index=is_index))
    saved = chip.width_px(tight=False) - chip.width_px(tight=True)
    assert saved == pytest.approx(18 if is_index else 14, abs=5)
    chip.tight = True
    assert chip.sizeHint().width() == chip.width_px(tight=True)


def strip_of(show, count, width=376, value="14"):
    strip = LevelStrip()
    show(strip, width, 200)
    views = [chip_of(level, value) for level in LEVELS[8 : 8 + count]]
    strip.set_levels(views, views[0].level if views else None)
    settle()
    return strip, views


@pytest.mark.parametrize("width", [440, 376])
@pytest.mark.parametrize("value", ["2", "14", "P9", "1b, 1c, 2 or 3"])
@pytest.mark.parametrize("count", [0, 1, 2, 5, 12, 19])
def test_the_strip_never_takes_more_than_two_lines(show, count, value, width):
    strip, _ = strip_of(show, count, width, value)
    assert strip.height() <= 2 * 38
    visible = [chip for chip in strip.chips if chip.isVisible()]
    assert bool(visible) is (count > 0)
    assert all(strip.rect().contains(chip.geometry()) for chip in visible)
    for one, other in itertools.combinations(visible, 2):
        assert not one.geometry().intersects(other.geometry())


@pytest.mark.parametrize("position", [0, 4, 9, 18])
def test_the_chosen_level_is_always_in_view(show, position):
    strip, views = strip_of(show, 19)
    strip.set_levels(views, views[position].level)
    assert strip.chips[position].isVisible()
    assert strip.chips[position].isChecked()


def wheel(widget, delta):
    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle, middle, QPoint(0, 0), QPoint(0, delta), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def test_the_wheel_scrolls_to_all_levels_and_stops_at_both_ends(show):
    strip, _ = strip_of(show, 19)
    seen = {chip.view.level for chip in strip.chips if chip.isVisible()}
    assert len(seen) < 19
    for _ in range(8):
        assert wheel(strip, -120)
        seen |= {chip.view.level for chip in strip.chips if chip.isVisible()}
    assert seen == set(LEVELS[8:27])
    assert strip.chips[-1].isVisible()
    for _ in range(8):
        wheel(strip, 120)
    assert strip.chips[0].isVisible()


def test_a_strip_that_fits_leaves_the_wheel_to_the_panel(show):
    strip, _ = strip_of(show, 3)
    assert not wheel(strip, -120)
    edge = picture(strip).copy(strip.width() - 3, 0, 3, strip.height())
    assert amount(edge, "line_strong") == 0


def test_a_scrolled_strip_shows_how_far(show):
    strip, _ = strip_of(show, 19)
    before = picture(strip)
    edge = strip.width() - 2
    assert amount(before.copy(edge - 1, 0, 3, strip.height()), "line_strong") > 20
    wheel(strip, -120)
    assert picture(strip).copy(edge - 1, 0, 3, 10) != before.copy(edge - 1, 0, 3, 10)


@pytest.mark.parametrize(("count", "shown"), [(1, False), (2, True), (19, True)])
def test_the_keys_of_the_neighbors_show_when_there_are_any(show, count, shown):
    strip, _ = strip_of(show, count)
    hints = [w for w in strip.children() if type(w).__name__ == "KeyHint"]
    assert [hint.isVisible() for hint in hints] == [shown, shown]
    assert {hint.accessibleName() for hint in hints} == {"U: Previous level", "J: Next level"}


def test_fewer_levels_after_scrolling_come_back_into_view(show):
    strip, views = strip_of(show, 19)
    strip.set_levels(views, views[-1].level)
    strip.set_levels(views[:2], views[0].level)
    settle()
    assert [chip.isVisible() for chip in strip.chips] == [True, True]


LESION = LesionRowView(
    lesion_id="lesion-1",
    title="1 · T12",
    extents=("Body anterior, left pedicle", "Body, left pedicle", "3 parts"),
    size="19.0 mm",
    sins="14",
    escc="2",
    mark=Mark.TRIANGLE,
    token="critical",
    words="Lesion 1, T12, unstable",
)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_lesion_row_at_rest_hovered_and_chosen_looks_different(show, theme, width):
    row = LesionRow(LESION)
    show(row, width, row.height())
    looks = [picture(row)]
    hover(row)
    looks.append(picture(row))
    leave(row)
    row.setChecked(True)
    looks.append(picture(row))
    assert all_differ(looks)
    assert shows(row, "accent_wash", 500)
    assert shows(row, "critical", 10)


def test_a_lesion_row_gives_its_id_by_click_and_key(show):
    row = LesionRow(LESION)
    show(row, 400, row.height())
    picked = []
    row.picked.connect(picked.append)
    click(row)
    row.setFocus()
    press("Enter")
    assert picked == ["lesion-1", "lesion-1"]
    assert row.accessibleName() == "Lesion 1, T12, unstable"
    assert not row.isChecked()
