"""Buttons, choices, chips and pills: how each state looks, what it says, which keys it takes."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QHBoxLayout, QWidget

from tests.ui.conftest import click, press, settle
from tests.ui.pixels import (
    SCALES,
    all_differ,
    amount,
    hover,
    leave,
    picture,
    scaled_picture,
    send_key,
    shows,
)
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, YesNo
from workstation.ui.components.axis_card import YesNoChoice, answer_of
from workstation.ui.components.choices import ChipSet, Choice, SegmentedChoice
from workstation.ui.components.controls import IconButton, TextButton, rove, walk_focus
from workstation.ui.components.value_pills import MISSING_WORDS, ValuePill, ValuePills
from workstation.ui.theme import CONTROL_PX, ThemeName, apply_theme

KINDS = ("button", "primary", "flat", "suggestion", "quiet")
THREE = [Choice(value=v, text=v.title(), tip=f"Tip of {v}", key=v[0].upper()) for v in
         ("alpha", "beta", "gamma")]  # fmt: skip


@pytest.fixture(params=list(ThemeName), ids=str)
def theme(request, qapp):
    apply_theme(qapp, request.param)
    yield request.param
    apply_theme(qapp, ThemeName.DARK)


def button_of(show, kind, **options):
    button = TextButton("Check", kind=kind, **options)
    show(button, button.sizeHint().width(), CONTROL_PX)
    return button


@pytest.mark.parametrize("kind", KINDS)
def test_a_button_at_rest_hovered_pressed_and_disabled_looks_different(show, theme, kind):
    button = button_of(show, kind)
    looks = [picture(button)]
    hover(button)
    looks.append(picture(button))
    button.setDown(True)
    looks.append(picture(button))
    button.setDown(False)
    leave(button)
    assert picture(button) == looks[0]
    button.setEnabled(False)
    looks.append(picture(button))
    assert all_differ(looks)


@pytest.mark.parametrize(
    ("kind", "fill"),
    [("button", "raised"), ("primary", "accent"), ("suggestion", "suggestion_wash")],
)
def test_a_filled_button_has_the_fill_of_its_kind(show, theme, kind, fill):
    assert shows(button_of(show, kind), fill, least=300)


@pytest.mark.parametrize("kind", ["flat", "quiet"])
def test_a_flat_button_has_no_box_until_the_pointer_comes(show, theme, kind):
    button = button_of(show, kind)
    assert not shows(button, "hover", least=300)
    hover(button)
    assert shows(button, "hover", least=300)


@pytest.mark.parametrize("kind", ["button", "primary", "suggestion"])
def test_a_disabled_button_loses_its_fill_and_keeps_its_words(show, theme, kind):
    button = button_of(show, kind)
    button.setEnabled(False)
    image = picture(button)
    assert amount(image, "text_disabled") > 5
    assert amount(image, "accent") == 0
    assert button.accessibleName() == "Check"


@pytest.mark.parametrize(
    ("options", "wider"),
    [({"icon": "plus"}, 22), ({"key": "C"}, 8 + 18), ({"icon": "plus", "key": "C"}, 22 + 26)],
)
def test_icon_and_key_widen_a_button_by_their_space(qapp, options, wider):
    plain = TextButton("Check").sizeHint().width()
    assert TextButton("Check", **options).sizeHint().width() - plain in (wider, wider + 1)


@pytest.mark.parametrize("kind", KINDS)
def test_the_words_of_a_button_are_never_cut(qapp, kind):
    for text in ("Go", "Attribute the deficit to T12", "Sign and freeze"):
        button = TextButton(text, kind=kind)
        assert button.minimumSizeHint() == button.sizeHint()
        assert button.sizeHint().height() == CONTROL_PX


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scale", SCALES)
def test_a_button_paints_at_every_scale(show, kind, scale):
    button = button_of(show, kind)
    image = scaled_picture(button, scale)
    assert image.width() == pytest.approx(button.width() * scale, abs=1)
    ink = {"primary": "on_accent", "flat": "accent", "quiet": "text_muted"}.get(kind, "text")
    assert amount(image, ink) > 3 * scale


@pytest.mark.parametrize(
    ("tip", "key", "shown"),
    [
        ("", "", "Check"),
        ("", "C", "Check (C)"),
        ("What is missing", "", "What is missing"),
        ("What is missing", "C", "What is missing (C)"),
    ],
)
def test_a_tooltip_ends_with_the_key(qapp, tip, key, shown):
    button = TextButton("Check")
    button.describe("Check", tip, key)
    assert button.toolTip() == shown
    assert button.accessibleName() == "Check"


@pytest.mark.parametrize("enabled", [True, False])
def test_enter_and_space_press_a_button_only_while_it_is_enabled(show, enabled):
    button = button_of(show, "button")
    pressed = []
    button.clicked.connect(lambda: pressed.append(1))
    button.setFocus()
    button.setEnabled(enabled)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
        send_key(button, key)
    assert len(pressed) == (3 if enabled else 0)


def test_letters_and_digits_are_left_to_the_form_around(show, qtbot):
    class Form(QWidget):
        taken = ""

        def keyPressEvent(self, event):
            self.taken += event.text()

    form = Form()
    row = QHBoxLayout(form)
    button = TextButton("Check")
    row.addWidget(button)
    show(form, 200, 60)
    button.setFocus()
    qtbot.keyClicks(button, "s3")
    assert form.taken == "s3"


def test_up_and_down_walk_over_hidden_and_disabled_controls(show):
    host = QWidget()
    row = QHBoxLayout(host)
    buttons = [TextButton(name) for name in ("One", "Two", "Three", "Four")]
    for button in buttons:
        row.addWidget(button)
    show(host, 400, 40)
    buttons[1].setEnabled(False)
    buttons[2].hide()
    buttons[0].setFocus()
    press("Down")
    assert buttons[3].hasFocus()
    press("Up")
    assert buttons[0].hasFocus()


def test_walking_without_another_control_stays(show):
    button = button_of(show, "button")
    button.setFocus()
    walk_focus(button, 1)
    assert button.hasFocus()


def test_an_icon_button_brightens_under_the_pointer_and_dims_when_disabled(show, theme):
    button = IconButton("trash-2", "Remove this lesion", "Del")
    show(button, CONTROL_PX, CONTROL_PX)
    assert shows(button, "text_muted")
    hover(button)
    assert shows(button, "text")
    leave(button)
    button.setEnabled(False)
    assert shows(button, "text_disabled")
    assert button.toolTip() == "Remove this lesion (Del)"
    assert (button.width(), button.height()) == (CONTROL_PX, CONTROL_PX)


@pytest.mark.parametrize(
    ("able", "chosen", "stop"),
    [
        ([True, True, True], None, 0),
        ([True, True, True], 2, 2),
        ([False, True, True], None, 1),
        ([False, True, True], 0, 1),
        ([False, False, False], 1, None),
    ],
)
def test_a_group_is_one_stop_of_the_keyboard(qapp, able, chosen, stop):
    buttons = [TextButton(str(n)) for n in range(3)]
    for number, (button, can) in enumerate(zip(buttons, able, strict=True)):
        button.setCheckable(True)
        button.setChecked(number == chosen)
        button.setEnabled(can)
    rove(buttons)
    stops = [n for n, b in enumerate(buttons) if b.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert stops == ([] if stop is None else [stop])


@pytest.fixture(params=[SegmentedChoice, ChipSet], ids=["bar", "chips"])
def group(request, show):
    made = request.param("Group", THREE)
    show(made, 400, 60)
    return made


def choose(group, *values):
    if isinstance(group, SegmentedChoice):
        group.set_value(values[0] if values else "")
    else:
        group.set_values(values)


def test_choices_say_group_word_and_tip_with_key(group):
    assert group.accessibleName() == "Group"
    assert [b.accessibleName() for b in group.buttons] == [
        "Group: Alpha",
        "Group: Beta",
        "Group: Gamma",
    ]
    assert [b.toolTip() for b in group.buttons] == [
        "Tip of alpha (A)",
        "Tip of beta (B)",
        "Tip of gamma (G)",
    ]


def test_a_choice_at_rest_hovered_chosen_and_disabled_looks_different(group, theme):
    button = group.buttons[1]
    looks = [picture(button)]
    hover(button)
    looks.append(picture(button))
    leave(button)
    choose(group, "beta")
    looks.append(picture(button))
    choose(group)
    group.setEnabled(False)
    looks.append(picture(button))
    assert all_differ(looks)


def test_the_chosen_one_is_marked_by_more_than_color(group):
    button = group.buttons[1]
    assert amount(picture(button), "accent") == 0
    choose(group, "beta")
    token = "on_accent" if isinstance(group, SegmentedChoice) else "text"
    assert amount(picture(button), token) > 0
    assert amount(picture(button), "accent") > 50
    assert button.isChecked()


def test_pressing_asks_and_changes_nothing_by_itself(group):
    asked = []
    group.picked.connect(asked.append)
    for button in group.buttons:
        click(button)
    assert asked == ["alpha", "beta", "gamma"]
    assert not any(button.isChecked() for button in group.buttons)


def test_arrows_move_and_space_asks(group):
    asked = []
    group.picked.connect(asked.append)
    group.buttons[0].setFocus()
    press("Left", "Space", "Right", "Right", "Right", "Space")
    assert asked == ["alpha", "gamma"]


def test_a_disabled_group_cannot_be_asked(group):
    asked = []
    group.picked.connect(asked.append)
    group.setEnabled(False)
    for button in group.buttons:
        click(button)
    assert asked == []


def test_an_enabled_group_is_reached_by_tab_again(group):
    choose(group, "beta")
    group.setEnabled(False)
    choose(group, "beta")
    group.setEnabled(True)
    stops = [b.choice.value for b in group.buttons if b.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert stops == ["beta"]


def test_a_value_that_nobody_offers_shows_none(group):
    choose(group, "delta")
    assert not any(button.isChecked() for button in group.buttons)
    assert group.button("delta") is None
    assert group.button("beta") is group.buttons[1]


def test_several_chips_may_be_chosen_and_only_one_in_a_bar(show):
    chips, bar = ChipSet("Chips", THREE), SegmentedChoice("Bar", THREE)
    show(chips, 300, 40)
    show(bar, 300, 40)
    chips.set_values(["alpha", "gamma"])
    bar.set_value("gamma")
    assert [b.isChecked() for b in chips.buttons] == [True, False, True]
    assert [b.isChecked() for b in bar.buttons] == [False, False, True]
    assert bar.value == "gamma"


@pytest.mark.parametrize("width", [464, 400, 300, 180, 120])
def test_chips_stay_inside_at_every_width(show, width):
    chips = ChipSet("Kind", [Choice(value=str(n), text=f"Choice {n}") for n in range(9)])
    show(chips, width, 300)
    assert all(chips.rect().contains(chip.geometry()) for chip in chips.buttons)
    lines = {chip.y() for chip in chips.buttons}
    assert chips.height_at(width) == len(lines) * CONTROL_PX + (len(lines) - 1) * 4


def test_hidden_chips_take_no_room_and_are_skipped_by_the_arrows(show):
    chips = ChipSet("Kind", THREE)
    show(chips, 400, 60)
    chips.buttons[1].hide()
    chips.set_values([])
    assert chips.buttons[2].x() == chips.buttons[0].geometry().right() + 1 + 6
    chips.buttons[0].setFocus()
    press("Right")
    assert chips.buttons[2].hasFocus()


@pytest.mark.parametrize("width", [200, 300, 464])
def test_a_bar_fills_its_width_without_gaps(show, width):
    bar = SegmentedChoice("Bar", THREE)
    show(bar, width, CONTROL_PX)
    boxes = [button.geometry() for button in bar.buttons]
    assert boxes[0].left() == 1
    assert abs(boxes[-1].right() + 1 - (width - 1)) <= 1
    for left, right in itertools.pairwise(boxes):
        assert left.right() + 1 == right.left()


def test_a_bar_is_at_least_as_wide_as_its_words():
    bar = SegmentedChoice("Bar", THREE)
    assert bar.minimumSizeHint().width() < bar.sizeHint().width()
    assert bar.minimumSizeHint().width() > sum(len(c.text) for c in THREE) * 4


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (Qt.Key.Key_Y, "yes"),
        (Qt.Key.Key_N, "no"),
        (Qt.Key.Key_9, "unknown"),
        (Qt.Key.Key_Backspace, "not_assessed"),
    ],
)
@pytest.mark.parametrize(
    ("held", "taken"),
    [
        (Qt.KeyboardModifier.NoModifier, True),
        (Qt.KeyboardModifier.KeypadModifier, True),
        (Qt.KeyboardModifier.ControlModifier, False),
        (Qt.KeyboardModifier.AltModifier, False),
    ],
)
def test_yes_and_no_by_key_but_not_with_control(show, key, value, held, taken):
    bar = YesNoChoice("Myelopathy")
    show(bar, 240, CONTROL_PX)
    given = []
    bar.picked.connect(given.append)
    bar.buttons[0].setFocus()
    QTest.keyClick(bar.buttons[0], key, held)
    settle()
    assert given == ([value] if taken else [])


def test_yes_no_and_unknown_name_their_keys():
    bar = YesNoChoice("Myelopathy")
    assert [b.toolTip() for b in bar.buttons] == [
        "Myelopathy: No (N)",
        "Myelopathy: Yes (Y)",
        "Myelopathy: Unknown (9)",
    ]


def test_a_frozen_yes_no_takes_no_key(show):
    bar = YesNoChoice("Myelopathy")
    show(bar, 240, CONTROL_PX)
    given = []
    bar.picked.connect(given.append)
    bar.setEnabled(False)
    send_key(bar, Qt.Key.Key_Y)
    assert given == []


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        ("yes", YesNo.YES),
        ("no", YesNo.NO),
        ("unknown", UNKNOWN),
        ("not_assessed", NOT_ASSESSED),
    ],
)
def test_the_value_of_a_bar_is_an_answer(value, answer):
    assert answer_of(value) is answer


@pytest.mark.parametrize("value", [UNKNOWN, NOT_ASSESSED])
def test_a_pill_at_rest_hovered_chosen_and_disabled_looks_different(show, theme, value):
    pill = ValuePill(value, "Pain")
    show(pill, 150, CONTROL_PX)
    looks = [picture(pill)]
    hover(pill)
    looks.append(picture(pill))
    leave(pill)
    pill.setChecked(True)
    looks.append(picture(pill))
    pill.setChecked(False)
    pill.setEnabled(False)
    looks.append(picture(pill))
    assert all_differ(looks)


@pytest.mark.parametrize("scale", SCALES)
def test_the_two_signs_differ_at_every_scale(show, scale):
    pills = ValuePills("Pain", beside=True)
    show(pills, 320, CONTROL_PX)
    one, other = (scaled_picture(p, scale) for p in (pills.unknown, pills.not_assessed))
    sign = one.rect().adjusted(0, 0, -(one.width() - round(30 * scale)), 0)
    assert one.copy(sign) != other.copy(sign)


@pytest.mark.parametrize(
    ("value", "key", "tip"),
    [
        (UNKNOWN, "9", "Asked, and it cannot be known (9)"),
        (NOT_ASSESSED, "Backspace", "Nobody has looked at this yet (Backspace)"),
    ],
)
def test_a_pill_says_what_its_value_means(value, key, tip):
    pill = ValuePill(value, "Pain")
    assert pill.accessibleName() == f"Pain: {MISSING_WORDS[value]}"
    assert pill.toolTip() == tip
    assert ValuePill(value).accessibleName() == MISSING_WORDS[value]


def test_a_pill_gives_its_value_and_keeps_its_look_until_told(show):
    pills = ValuePills("Pain")
    show(pills, 160, 64)
    given = []
    pills.picked.connect(given.append)
    click(pills.unknown)
    click(pills.not_assessed)
    assert given == [UNKNOWN, NOT_ASSESSED]
    assert not pills.unknown.isChecked()
    assert not pills.not_assessed.isChecked()
    pills.set_editable(False)
    click(pills.unknown)
    assert len(given) == 2


@pytest.mark.parametrize("value", ["none", YesNo.NO, 0, ""])
def test_none_and_zero_are_neither_unknown_nor_not_assessed(show, value):
    pills = ValuePills("Pain")
    show(pills, 160, 64)
    pills.set_value(value)
    assert (pills.unknown.isChecked(), pills.not_assessed.isChecked()) == (False, False)
