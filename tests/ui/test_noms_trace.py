"""The trace of NOMS for all 16 rows, for every undecided letter, and the words around it."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.support.cases import one_lesion_case
from tests.ui.conftest import click, settle
from tests.ui.pixels import SCALES, WIDTHS, all_differ, amount, picture, scaled_picture, shows
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, YesNo
from workstation.domain.escc import CompressionCause, EsccGrade
from workstation.domain.grading import noms_of
from workstation.domain.noms import SIGN_OFF, NomsInput, assess_noms
from workstation.domain.noms_table import (
    DECISION_WORDS,
    NOMS_ROWS,
    MechanicalAxis,
    NeurologicAxis,
    OncologicAxis,
    SystemicAxis,
)
from workstation.domain.radiosensitivity import HISTOLOGIES, Histology
from workstation.domain.spine import VertebralLevel
from workstation.ui.components.axis_card import AxisCard
from workstation.ui.components.marks import Mark
from workstation.ui.components.trace_path import PathState, TracePath, TraceView
from workstation.ui.noms_form_cards import OncologicCard
from workstation.ui.noms_form_editing import NomsEditor
from workstation.ui.noms_form_outcome import FlagBadges, MissingList, OutcomeBox, SideNotes
from workstation.ui.noms_form_view import (
    MISSING_WORDS,
    mechanical_word,
    neurologic_word,
    oncologic_word,
    outcome_text,
    outcome_title,
    reachable_rows,
    row_flag,
    row_words,
    systemic_word,
    trace_rows,
    trace_view,
)
from workstation.ui.theme import ThemeName, apply_theme

AXES = ("neurologic", "oncologic", "mechanical", "systemic")
LETTERS = dict(zip("NOMS", AXES, strict=True))
ALL = [row.name for row in trace_rows()]


def given_of(row, **changes):
    values = {name: getattr(row, name) for name in AXES}
    return NomsInput(**(values | {"prior_radiation": YesNo.NO} | changes))


@pytest.mark.parametrize("row", NOMS_ROWS, ids=lambda row: f"row{row.row}")
def test_each_row_of_the_table_is_traced_to_its_published_row(row):
    result = assess_noms(given_of(row))
    view = trace_view(result)
    assert view.decided
    assert view.reachable == {row.published}
    assert reachable_rows(result) == (row.published,)
    assert row_words(result) == row.published
    assert row_flag(result) == f"Row {row.published} ({row.row} of 16)"
    title = outcome_title(result)
    assert title.lower() == DECISION_WORDS[row.decision].lower()
    assert title[0].isupper()
    assert outcome_text(result) == "Multidisciplinary review required."


@pytest.mark.parametrize("row", NOMS_ROWS, ids=lambda row: f"row{row.row}")
def test_each_row_decides_its_own_nodes_and_no_others(row):
    view = trace_view(assess_noms(given_of(row)))
    own = next(shown for shown in view.rows if shown.name == row.published)
    for shown in view.rows:
        for depth in range(1, len(shown.nodes) + 1):
            path = shown.nodes[:depth]
            expected = PathState.DECIDED if own.nodes[:depth] == path else PathState.UNREACHABLE
            assert view.node_state(path) is expected, path
        state = PathState.DECIDED if shown is own else PathState.UNREACHABLE
        assert view.row_state(shown) is state


OPEN = [
    (letter, row) for letter in "NOM" for row in NOMS_ROWS
    if row.systemic is SystemicAxis.ABLE
]  # fmt: skip


@pytest.mark.parametrize(("letter", "row"), OPEN, ids=lambda x: str(getattr(x, "row", x)))
@pytest.mark.parametrize("missing", [UNKNOWN, NOT_ASSESSED])
def test_an_open_letter_leaves_both_branches_and_names_the_rows(letter, row, missing):
    given = given_of(row, **{LETTERS[letter]: missing})
    result = assess_noms(given)
    fellows = {
        other.published for other in NOMS_ROWS
        if all(getattr(other, axis) == getattr(row, axis) for axis in AXES
               if axis != LETTERS[letter])
    }  # fmt: skip
    assert set(reachable_rows(result)) == fellows
    view = trace_view(result)
    assert not view.decided
    assert letter in result.missing
    left = [shown for shown in view.rows if shown.name in fellows]
    assert {view.row_state(shown) for shown in left} == {PathState.OPEN}
    assert row_words(result) == " or ".join(name for name in ALL if name in fellows)
    assert row_flag(result) == f"Row {row_words(result)}"
    assert "Each branch stands" in outcome_text(result)


@pytest.mark.parametrize("row", [r for r in NOMS_ROWS if r.systemic is SystemicAxis.ABLE],
                         ids=lambda row: row.published)  # fmt: skip
def test_an_open_s_branches_only_where_it_changes_the_decision(row):
    result = assess_noms(given_of(row, systemic=UNKNOWN))
    twin = next(
        other for other in NOMS_ROWS
        if other.row != row.row and all(getattr(other, a) == getattr(row, a) for a in AXES[:3])
    )  # fmt: skip
    differs = twin.decision is not row.decision
    assert trace_view(result).decided is not differs
    assert row_words(result) == (
        f"{row.published} or {twin.published}" if differs else row.published
    )
    if not differs:
        assert row_flag(result) == f"Row {row.published}", "no number while S is open"


@pytest.mark.parametrize("letters", [
    pair for size in (2, 3, 4) for pair in itertools.combinations("NOMS", size)
], ids="".join)  # fmt: skip
def test_several_open_letters_keep_every_row_that_fits(letters):
    base = NOMS_ROWS[-1]
    result = assess_noms(given_of(base, **{LETTERS[x]: NOT_ASSESSED for x in letters}))
    fits = {
        row.published for row in NOMS_ROWS
        if all(getattr(row, axis) == getattr(base, axis) for letter, axis in LETTERS.items()
               if letter not in letters)
    }  # fmt: skip
    assert set(reachable_rows(result)) == fits
    assert set(letters) <= set(result.missing)
    words = row_words(result)
    assert words == ("–" if len(fits) > 3 else " or ".join(x for x in ALL if x in fits))
    if len(result.branches) > 4:
        assert outcome_title(result) == "Not yet decided"
        assert outcome_text(result).startswith("Too much is open")
        assert row_flag(result) == ""


def test_a_discordant_n_stops_the_trace():
    result = assess_noms(given_of(NOMS_ROWS[0], neurologic=NeurologicAxis.DISCORDANT))
    view = trace_view(result)
    assert view.stop == (
        "No row applies",
        "Myelopathy with ESCC 0–1c is not in the table. The trace stops at N.",
    )
    assert view.reachable == frozenset()
    assert {view.row_state(row) for row in view.rows} == {PathState.UNREACHABLE}
    assert row_words(result) == "no row"
    assert row_flag(result) == ""
    assert outcome_title(result) == "No suggestion"
    assert "not explained at this level" in outcome_text(result)


@pytest.mark.parametrize("row", NOMS_ROWS, ids=lambda row: f"row{row.row}")
def test_prior_radiation_makes_every_row_resistant(row):
    result = assess_noms(given_of(row, prior_radiation=YesNo.YES))
    assert result.axes.oncologic is OncologicAxis.RESISTANT
    assert oncologic_word(result)[0] == "Radioresistant"
    own = next(shown for shown in trace_rows() if shown.name == result.published)
    assert own.nodes[1] == "resist."


WORDS = [
    (neurologic_word, "neurologic", NeurologicAxis.LOW, "Low", Mark.DISC, "good"),
    (neurologic_word, "neurologic", NeurologicAxis.HIGH, "High", Mark.TRIANGLE, "critical"),
    (neurologic_word, "neurologic", NeurologicAxis.DISCORDANT, "Discordant", Mark.TRIANGLE,
     "critical"),
    (neurologic_word, "neurologic", NeurologicAxis.NOT_APPLICABLE, "Clinician chooses", Mark.RING,
     "caution"),
    (oncologic_word, "oncologic", OncologicAxis.SENSITIVE, "Radiosensitive", Mark.DISC, "good"),
    (oncologic_word, "oncologic", OncologicAxis.RESISTANT, "Radioresistant", Mark.DIAMOND,
     "caution"),
    (mechanical_word, "mechanical", MechanicalAxis.STABLE, "Stable", Mark.DISC, "good"),
    (mechanical_word, "mechanical", MechanicalAxis.UNSTABLE, "Unstable", Mark.TRIANGLE, "critical"),
    (mechanical_word, "mechanical", MechanicalAxis.INDETERMINATE, "Undecided", Mark.DIAMOND,
     "caution"),
    (systemic_word, "systemic", SystemicAxis.ABLE, "Able", Mark.DISC, "good"),
    (systemic_word, "systemic", SystemicAxis.UNABLE, "Unable", Mark.DIAMOND, "caution"),
]  # fmt: skip


@pytest.mark.parametrize(("word_of", "axis", "value", "word", "mark", "token"), WORDS)
def test_each_value_of_a_letter_has_word_shape_and_color(word_of, axis, value, word, mark, token):
    assert word_of(assess_noms(NomsInput(**{axis: value}))) == (word, mark, token)


@pytest.mark.parametrize(
    ("axis", "word_of"),
    list(zip(AXES, (neurologic_word, oncologic_word, mechanical_word, systemic_word), strict=True)),
)
def test_unknown_and_not_assessed_letters_read_differently(axis, word_of):
    unknown = word_of(assess_noms(NomsInput(**{axis: UNKNOWN})))
    untouched = word_of(assess_noms(NomsInput()))
    assert unknown == ("Unknown", Mark.RING, "text_muted")
    assert untouched == ("Not assessed", Mark.RING, "text_muted")


@pytest.fixture
def trace(show):
    made = TracePath()
    show(made, 440, made.height())
    return made


def painted(trace, given):
    trace.set_view(trace_view(assess_noms(given)))
    return picture(trace)


@pytest.mark.parametrize("theme", list(ThemeName))
def test_decided_open_and_stopped_traces_look_different(trace, qapp, theme):
    apply_theme(qapp, theme)
    decided = painted(trace, given_of(NOMS_ROWS[-1]))
    assert amount(decided, "accent_wash") > 400
    assert amount(decided, "caution_wash") == 0
    opened = painted(trace, given_of(NOMS_ROWS[-1], mechanical=UNKNOWN))
    assert amount(opened, "caution_wash") > 400
    stopped = painted(trace, given_of(NOMS_ROWS[0], neurologic=NeurologicAxis.DISCORDANT))
    assert amount(stopped, "critical_wash") > 1000
    assert all_differ([decided, opened, stopped])
    apply_theme(qapp, ThemeName.DARK)


def test_every_row_of_the_table_paints_its_own_trace(trace):
    seen = {}
    for row in NOMS_ROWS:
        seen.setdefault(row.published, []).append(painted(trace, given_of(row)))
    assert all_differ([images[0] for images in seen.values()])
    for images in seen.values():
        assert all(image == images[0] for image in images)


@pytest.mark.parametrize("width", [width - 24 for width in WIDTHS])
@pytest.mark.parametrize("scale", SCALES)
def test_the_trace_paints_at_every_width_and_scale(show, width, scale):
    trace = TracePath()
    show(trace, width, trace.height())
    trace.set_view(trace_view(assess_noms(given_of(NOMS_ROWS[-1]))))
    image = scaled_picture(trace, scale)
    assert image.width() == pytest.approx(width * scale, abs=1)
    assert amount(image, "accent_wash") > 300 * scale


def test_the_trace_reads_out_what_is_left(trace):
    painted(trace, given_of(NOMS_ROWS[-1]))
    assert trace.accessibleName() == "NOMS trace: row P10, stabilization, then cEBRT"
    painted(trace, given_of(NOMS_ROWS[0], mechanical=UNKNOWN))
    assert trace.accessibleName() == ("NOMS trace: open, P1 cEBRT or P2 stabilization, then cEBRT")
    painted(trace, given_of(NOMS_ROWS[0], neurologic=NeurologicAxis.DISCORDANT))
    assert trace.accessibleName().startswith("NOMS trace: No row applies. Myelopathy")


@pytest.mark.parametrize("width", [376, 440])
def test_a_press_on_a_column_asks_for_its_letter(show, width):
    trace = TracePath()
    show(trace, width, trace.height())
    asked = []
    trace.node_pressed.connect(asked.append)
    for x in trace._columns():
        click(trace, QPoint(round(x), 60))
    assert asked == list("NOMS")
    click(trace, QPoint(width - 20, 60))
    assert len(asked) == 4, "the rows are no columns"


def test_only_the_left_button_goes_to_a_letter(trace):
    asked = []
    trace.node_pressed.connect(asked.append)
    place = QPoint(round(trace._columns()[0]), 60)
    QTest.mouseClick(trace, Qt.MouseButton.RightButton, pos=place)
    assert asked == []


def test_an_empty_trace_has_no_state():
    view = TraceView()
    assert not view.decided
    assert view.node_state(("low",)) is PathState.UNREACHABLE


@pytest.mark.parametrize(
    ("given", "badges"),
    [
        (given_of(NOMS_ROWS[0]), "Row P1 (1 of 16)"),
        (given_of(NOMS_ROWS[3]), "Row P2 (4 of 16). Limited stabilization"),
        (given_of(NOMS_ROWS[4], prior_radiation=YesNo.YES), "Row P3 (5 of 16). Prior radiation"),
        (given_of(NOMS_ROWS[0], prior_radiation=UNKNOWN),
         "Row P1 (1 of 16). Prior radiation unknown"),
        (given_of(NOMS_ROWS[2], systemic=UNKNOWN), "Row P2. Limited stabilization if unable"),
        (given_of(NOMS_ROWS[0], functional_radiculopathy=YesNo.YES),
         "Row P1 (1 of 16). Radiculopathy, sets no N"),
        (given_of(NOMS_ROWS[0], neurologic=NeurologicAxis.DISCORDANT), "Discordant"),
    ],
)  # fmt: skip
def test_the_outcome_says_row_and_flags_in_words(show, given, badges):
    box = OutcomeBox()
    show(box, 440, 160)
    result = assess_noms(given)
    box.set_result(result)
    assert box.flags.accessibleName() == badges
    assert box.accessibleName() == result.sentence
    assert box.title.text() == outcome_title(result)
    assert box.text.text() == outcome_text(result)


@pytest.mark.parametrize("width", [440, 376, 240])
def test_badges_wrap_inside_and_cautions_are_amber(show, width):
    flags = FlagBadges()
    show(flags, width, 120)
    flags.set_flags(("Row P9 (15 of 16)",), ("Limited stabilization if unable", "Prior radiation"))
    settle()
    assert flags.height() == flags.height_at(width)
    assert shows(flags, "caution", 30)
    assert all(box.right() <= width for box, _, _ in flags._boxes(width))
    flags.set_flags((), ())
    assert not flags.isVisible()


@pytest.mark.parametrize("size", range(6))
def test_the_missing_list_shows_exactly_what_is_missing(show, size):
    listed = MissingList()
    show(listed, 440, 200)
    for missing in itertools.islice(itertools.combinations(MISSING_WORDS, size), 4):
        listed.set_missing(missing)
        shown = [name for name, row in listed._rows.items() if not row.isHidden()]
        assert tuple(shown) == missing
        assert listed.isHidden() is (not missing)


@pytest.mark.parametrize(
    ("name", "letter"), [("N", "N"), ("O", "O"), ("M", "M"), ("S", "S"), ("prior_rt", "O")]
)
def test_a_missing_letter_leads_to_its_card(show, name, letter):
    listed = MissingList()
    show(listed, 440, 200)
    listed.set_missing(tuple(MISSING_WORDS))
    wanted = []
    listed.wanted.connect(wanted.append)
    click(listed.buttons[name])
    assert wanted == [letter]
    assert listed.buttons[name].accessibleName() == f"Go to {MISSING_WORDS[name]}"


SIDE_NOTES = [
    ({"escc": EsccGrade.G1C, "oncologic": OncologicAxis.RESISTANT}, "1c: SRS feasibility"),
    ({"cause": CompressionCause.BONE}, "Radiation will not relieve bony compression"),
    ({"targeted_option": YesNo.YES}, "Ask medical oncology"),
    ({"mechanical": MechanicalAxis.INDETERMINATE}, "SINS 7-12: both branches"),
    ({"neurologic": NeurologicAxis.HIGH}, "surgical opinion still required"),
]


@pytest.mark.parametrize(("changes", "words"), SIDE_NOTES)
def test_each_side_note_stands_word_for_word(show, changes, words):
    notes = SideNotes()
    show(notes, 440, 300)
    result = assess_noms(given_of(NOMS_ROWS[0], **changes))
    notes.set_notes(result.notes)
    assert notes.notes == result.notes
    assert any(words in note for note in notes.notes)
    assert notes.source.text() == SIGN_OFF
    notes.set_notes(())
    settle()
    assert [r for r in notes.findChildren(type(notes)) if r.isVisible()] == []


@pytest.mark.parametrize(("letter", "title"), [("N", "Neurologic"), ("O", "Oncologic"),
                                               ("M", "Mechanical"), ("S", "Systemic")])  # fmt: skip
def test_a_card_shows_its_letter_word_and_edge_in_the_color_of_the_value(show, letter, title):
    card = AxisCard(letter, title)
    show(card, 440, 60)
    looks = []
    for word, mark, token in (
        ("Not assessed", Mark.RING, "text_muted"),
        ("Stable", Mark.DISC, "good"),
        ("Undecided", Mark.DIAMOND, "caution"),
        ("Unstable", Mark.TRIANGLE, "critical"),
    ):
        card.set_value(word, mark, token)
        looks.append(picture(card))
        assert card.accessibleName() == f"{letter}, {title}: {word}"
        assert card.word == word
        assert amount(looks[-1].copy(0, 0, 3, 60), token) == 180
    assert all_differ(looks)


@pytest.fixture
def oncologic(session, show):
    session.new(replace(one_lesion_case(), oncology=replace(one_lesion_case().oncology,
                                                            histology=NOT_ASSESSED)))  # fmt: skip
    card = OncologicCard(NomsEditor(session))
    show(card, 440, 260)
    return card


def show_card(card, session):
    level = VertebralLevel.T12
    card.set_view(session.case, level, noms_of(session.case, level), editable=True)


@pytest.mark.parametrize("histology", list(Histology), ids=str)
def test_every_histology_of_the_list_can_be_chosen_and_says_its_default(
    oncologic, session, histology
):
    entry = HISTOLOGIES[histology]
    assert oncologic.histology.findText(entry.title) >= 2
    oncologic.histology.given.emit(histology.value)
    show_card(oncologic, session)
    assert session.case.oncology.histology is histology
    assert oncologic.histology.currentText() == entry.title
    words = oncologic.default.text
    if entry.default is None:
        assert words.startswith("Not in the NOMS list: choose sensitive or resistant.")
        unknown = histology is Histology.UNKNOWN_PRIMARY
        assert oncologic.word == ("Unknown" if unknown else "Not assessed")
    else:
        kind = entry.default.value.lower()
        assert words.startswith(f"Default list: {kind}.")
        assert oncologic.word == f"Radio{kind}"
    assert ("Sources differ:" in words) is bool(entry.conflicts)
    for view in entry.conflicts:
        assert view in words


@pytest.mark.parametrize("missing", [UNKNOWN, NOT_ASSESSED])
def test_a_missing_histology_has_no_default(oncologic, session, missing):
    oncologic.histology.given.emit(missing)
    show_card(oncologic, session)
    assert session.case.oncology.histology is missing
    assert oncologic.default.isHidden()
    expected = "Unknown" if missing is UNKNOWN else "Not assessed"
    assert oncologic.histology.currentText() == expected


@pytest.mark.parametrize("choice", list(OncologicAxis))
def test_an_own_choice_is_refused_without_and_taken_with_its_reason(oncologic, session, choice):
    oncologic.histology.given.emit(Histology.BREAST.value)
    show_card(oncologic, session)
    click(oncologic.override.button(choice.value))
    assert session.case.oncology.override is NOT_ASSESSED
    assert not oncologic.refusal.isHidden()
    assert oncologic.refusal.text == "An own choice needs its reason."
    oncologic.reason.setText("Small cell component on review.")
    oncologic.reason.editingFinished.emit()
    show_card(oncologic, session)
    assert session.case.oncology.override is choice
    assert session.case.oncology.override_reason == "Small cell component on review."
    assert oncologic.refusal.isHidden()
    click(oncologic.reset)
    show_card(oncologic, session)
    assert session.case.oncology.override is NOT_ASSESSED
    assert oncologic.reason_row.isHidden()


def test_another_histology_ends_the_own_choice(oncologic, session):
    oncologic.histology.given.emit(Histology.BREAST.value)
    oncologic.reason.setText("Trial")
    oncologic._editor.override("RESISTANT", "Trial")
    oncologic.histology.given.emit(Histology.MELANOMA.value)
    show_card(oncologic, session)
    assert session.case.oncology.override is NOT_ASSESSED
    assert session.case.oncology.override_reason == ""
