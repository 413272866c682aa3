from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage

from tests.support.cases import HOSTILE_TEXTS, key_image
from tests.ui.conftest import click, press, settle
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, YesNo
from workstation.domain.sins_options import SinsCategory
from workstation.domain.spine import VertebralLevel
from workstation.ui.components.banner import Banner, BannerTone, Remark
from workstation.ui.components.check_list import CompletenessMeter
from workstation.ui.components.choices import ChipSet, Choice, SegmentedChoice
from workstation.ui.components.controls import IconButton, TextButton
from workstation.ui.components.evidence import EvidenceDot, EvidenceRow, EvidenceState
from workstation.ui.components.item_row import AnswerKind, ItemRow, ItemView
from workstation.ui.components.labels import PlainLabel, Run, RunsLabel
from workstation.ui.components.level_strip import LevelChipView, LevelStrip
from workstation.ui.components.marks import FormState, Mark, MarkLabel, category_mark
from workstation.ui.components.pictogram_tile import TileRow, TileState, TileText
from workstation.ui.components.question_row import QuestionRow, QuestionView
from workstation.ui.components.schematic import diagram_source
from workstation.ui.components.score_bar import ScoreBar, ScoreView
from workstation.ui.components.value_pills import ValuePills
from workstation.ui.theme import current_theme

SIZES = [1.0, 2.0]


def picture(widget) -> QImage:
    settle()
    return widget.grab().toImage()


def count(image: QImage, color: QColor) -> int:
    wanted = color.rgb()
    return sum(
        image.pixelColor(x, y).rgb() == wanted
        for x in range(image.width()) for y in range(image.height())
    )  # fmt: skip


def test_the_four_marks_differ_in_shape_alone(show):
    label = MarkLabel(size_px=24)
    show(label, 40, 40)
    pictures = []
    for mark in Mark:
        label.set_mark(mark, "text")
        pictures.append(picture(label))
    for position, one in enumerate(pictures):
        assert all(one != other for other in pictures[position + 1 :])


def test_each_category_has_its_own_shape_and_color():
    looks = [category_mark(category) for category in SinsCategory]
    assert len({shape for shape, _ in looks}) == 3
    assert len({token for _, token in looks}) == 3
    assert category_mark(None) == (Mark.RING, "text_muted")


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_a_label_shows_text_as_it_is(show, text):
    label = PlainLabel(text)
    assert label.textFormat() is Qt.TextFormat.PlainText
    assert label.text() == text


def test_runs_wrap_and_keep_their_words(show):
    runs = RunsLabel([Run("Read on CT. ", weight=600), Run("hole " * 40, "text_muted")])
    show(runs, 300, 400)
    tall = runs.height_at(150)
    assert tall > runs.height_at(300) > runs.height_at(3000)
    assert runs.text == "Read on CT. " + "hole " * 40
    assert runs.accessibleName() == runs.text


def tile_row(show, width=440):
    texts = [
        TileText(key=str(n), title=f"Option {n}", line="a line", unit="pt", schematic="escc-0")
        for n in range(3)
    ]
    row = TileRow(texts)
    show(row, width, 300)
    return row


def test_tile_states_differ_in_pixels_and_words(show):
    row = tile_row(show)
    tile = row.tiles[0]
    states = [
        TileState(),
        TileState(selected=True),
        TileState(suggested=True),
        TileState(disabled_reason="needs no collapse"),
        TileState(prior=True),
    ]
    seen = {}
    for state in states:
        row.set_states({"0": state})
        seen[tile.accessibleName()] = picture(tile)
    assert len(seen) == len(states)
    images = list(seen.values())
    for position, one in enumerate(images):
        assert all(one != other for other in images[position + 1 :])
    assert any("suggested, not an answer" in name for name in seen)
    assert any("not available: needs no collapse" in name for name in seen)


def test_a_disabled_tile_cannot_be_chosen_by_mouse_or_key(show):
    row = tile_row(show)
    chosen = []
    row.chosen.connect(chosen.append)
    row.set_states({"1": TileState(disabled_reason="no")})
    click(row.tile("1"))
    click(row.tile("2"))
    assert chosen == ["2"]
    row.set_editable(False)
    click(row.tile("2"))
    assert chosen == ["2"]


def test_left_and_right_compare_without_answering(show):
    row = tile_row(show)
    chosen, compared = [], []
    row.chosen.connect(chosen.append)
    row.compared.connect(compared.append)
    row.tiles[0].setFocus()
    press("Right", "Right", "Left")
    assert compared == ["1", "2", "1"]
    assert chosen == []
    press("Space")
    assert chosen == ["1"]


def test_tiles_share_width_and_height(show):
    row = tile_row(show, 400)
    assert len({tile.size() for tile in row.tiles}) == 1
    assert row.tiles[-1].geometry().right() < row.width()


def test_a_segmented_choice_is_one_stop_and_changes_only_when_told(show):
    bar = SegmentedChoice("Read on", [Choice(value=v, text=v) for v in ("a", "b", "c")])
    show(bar, 300, 28)
    picked = []
    bar.picked.connect(picked.append)
    bar.set_value("")
    click(bar.button("b"))
    assert picked == ["b"]
    assert bar.value == ""
    bar.set_value("b")
    assert bar.value == "b"
    stops = [b for b in bar.buttons if b.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert stops == [bar.button("b")]
    bar.button("b").setFocus()
    press("Right", "Space")
    assert picked == ["b", "c"]


def test_chips_wrap_and_are_never_cut(show):
    chips = ChipSet("Kind", [Choice(value=str(n), text=f"Chip number {n}") for n in range(8)])
    show(chips, 300, 200)
    assert chips.height() == chips.height_at(300)
    assert all(chips.rect().contains(chip.geometry()) for chip in chips.buttons)
    boxes = [chip.geometry() for chip in chips.buttons]
    assert not any(a.intersects(b) for n, a in enumerate(boxes) for b in boxes[n + 1 :])


def test_the_two_pills_never_look_alike(show):
    pills = ValuePills("Pain")
    show(pills, 160, 64)
    pills.set_value(UNKNOWN)
    assert (pills.unknown.isChecked(), pills.not_assessed.isChecked()) == (True, False)
    pills.set_value(NOT_ASSESSED)
    assert (pills.unknown.isChecked(), pills.not_assessed.isChecked()) == (False, True)
    pills.set_value("lytic")
    assert picture(pills.unknown) != picture(pills.not_assessed)
    assert pills.unknown.accessibleName() == "Pain: Unknown"


def test_evidence_shows_what_stands_behind(show):
    dot = EvidenceDot("Pain")
    show(dot, 18, 24)
    seen = []
    for state in EvidenceState:
        dot.set_state(state, "Dr Weber" if state is EvidenceState.PERSON else "")
        seen.append(picture(dot))
    assert seen[0] != seen[1]
    assert seen[1] != seen[2]
    assert dot.accessibleName() == "Pain: stated by a person, Dr Weber"
    assert not dot.isEnabled()


def test_a_thumbnail_shows_its_picture_and_goes_there(show):
    asked = []

    def red(image, size: QSize) -> QImage:
        asked.append((image.id, size))
        made = QImage(size, QImage.Format.Format_RGB32)
        made.fill(QColor("#FF0000"))
        return made

    row = EvidenceRow(red)
    show(row, 400, 60)
    first = key_image(1)
    row.set_images([first])
    shown = picture(row.thumbs[0])
    assert asked[0][0] == first.id
    assert count(shown, QColor("#FF0000")) > 500
    gone = []
    row.activated.connect(gone.append)
    click(row.thumbs[0])
    assert gone == [first.id]
    row.set_images([])
    assert row.thumbs == ()


@pytest.mark.parametrize(
    ("low", "high", "known_token"),
    [(14, 14, "critical"), (8, 11, "caution"), (5, 8, "good")],
)
def test_the_bar_fills_the_known_part_in_the_color_of_its_category(show, low, high, known_token):
    bar = ScoreBar()
    show(bar, 440, 52)
    bar.set_view(ScoreView(minimum=low, maximum=high))
    image = picture(bar)
    ratio = image.devicePixelRatio()

    def cell(number: int) -> str:
        x = round((number - 0.5) * bar.width() / 18 * ratio)
        return image.pixelColor(x, round(20 * ratio)).name()

    theme = current_theme()
    assert cell(low) == theme.color(known_token).name()
    assert cell(18) != theme.color(known_token).name()
    assert ScoreView(minimum=low, maximum=high).words == (
        str(low) if low == high else f"{low}–{high}"
    )


def test_an_unknown_total_is_a_dash():
    assert ScoreView().words == "–"


def test_a_row_says_answer_points_and_evidence():
    view = ItemView(key="S5", name="Collapse", answer=">50 %", points="3", filled=3, boxes=3)
    row = ItemRow(view)
    assert row.accessibleName() == "Collapse, >50 %, 3 points, no image evidence"
    row.set_view(
        ItemView(
            key="S5",
            name="Collapse",
            answer="Unknown",
            kind=AnswerKind.UNKNOWN,
            points="0–3",
            caution="Which side?",
        )
    )
    assert row.accessibleName().endswith("Which side?")


def test_many_levels_wrap_and_stay_inside(show):
    strip = LevelStrip()
    show(strip, 400, 200)
    levels = list(VertebralLevel)[8:20]
    views = [
        LevelChipView(level=level, value="14", mark=Mark.TRIANGLE, token="critical")
        for level in levels
    ]
    strip.set_levels(views, levels[3])
    settle()
    assert [chip.view.level for chip in strip.chips if chip.isChecked()] == [levels[3]]
    inside = QRect(0, 0, strip.width(), strip.height())
    assert all(inside.contains(chip.geometry()) for chip in strip.chips if chip.isVisible())
    picked = []
    strip.picked.connect(picked.append)
    click(strip.chips[5])
    assert picked == [levels[5]]


def test_a_question_answers_by_click_and_key(show):
    row = QuestionRow(QuestionView(number=2, text="Thecal sac deformed?", no="No: 1a"))
    show(row, 440, 40)
    given = []
    row.answered.connect(lambda number, value: given.append((number, value)))
    click(row.yes)
    click(row.no)
    press("Y", "9", "Backspace")
    assert given == [
        (2, YesNo.YES),
        (2, YesNo.NO),
        (2, YesNo.YES),
        (2, UNKNOWN),
        (2, NOT_ASSESSED),
    ]
    row.set_view(QuestionView(number=2, text="Thecal sac deformed?", editable=False))
    click(row.yes)
    assert len(given) == 5


@pytest.mark.parametrize("tone", list(BannerTone))
def test_a_banner_is_as_tall_as_its_words(show, tone):
    banner = Banner(tone, "Title", "word " * 60)
    show(banner, 300, 400)
    assert banner.height() == banner.height_at(300) > banner.height_at(900)
    assert banner.accessibleName().startswith("Title. word")
    remark = Remark("word " * 60)
    show(remark, 300, 400)
    assert remark.height() == remark.height_at(300)


def test_the_meter_counts_in_words_and_cells(show):
    meter = CompletenessMeter()
    show(meter, 300, 12)
    meter.set_counts(3, 1, 2)
    assert meter.accessibleName() == "Completeness: 3 filled, 1 open, 2 block signing"
    image = picture(meter)
    assert count(image, current_theme().color("good")) > 500


def test_buttons_press_by_key_and_show_why_not():
    assert TextButton("Check", key="C").toolTip() == "Check (C)"
    button = IconButton("trash-2", "Remove", "Del")
    assert button.accessibleName() == "Remove"
    assert button.width() >= 28
    assert button.height() >= 28


def test_enter_presses_a_button(show):
    button = TextButton("Check")
    show(button, 100, 28)
    pressed = []
    button.clicked.connect(lambda: pressed.append(1))
    button.setFocus()
    press("Enter", "Space")
    assert pressed == [1, 1]


def test_states_of_a_form_have_words():
    assert {state.value for state in FormState} == {
        "empty",
        "partly answered",
        "complete",
        "needs attention",
    }


def test_every_schematic_named_by_the_forms_is_shipped():
    for name in ("escc-1a", "cauda-4", "sins-collapse-involved", "vertebra-axial"):
        assert diagram_source(name).startswith("<?xml")
    with pytest.raises(Exception, match="drawing of the forms is missing"):
        diagram_source("no-such-drawing")


def test_a_widget_point_outside_every_part_is_no_part(show):
    from workstation.ui.components.sector_picture import SectorPicture

    picture_ = SectorPicture(
        "epidural-position", {"anterior": "Anterior"}, name="Position", size_px=QSize(92, 84)
    )
    show(picture_, 92, 84)
    assert picture_.part_at(QPoint(1, 1).toPointF()) == ""
    assert picture_.part_at(picture_.center_of("anterior")) == "anterior"
