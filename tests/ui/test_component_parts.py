"""The smaller parts: labels, fields, banners, evidence, checks, sentences, pages, pictures."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from tests.support.cases import HOSTILE_TEXTS, key_image
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
from workstation.base.errors import WorkstationError
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, YesNo
from workstation.domain.case import Communication, Sentence
from workstation.domain.clinical import Kps
from workstation.domain.completeness import Check, Severity
from workstation.domain.escc_options import EsccGrade
from workstation.domain.sins import MAXIMUM
from workstation.domain.sins_options import SinsCategory
from workstation.ui.components.axis_card import InputRow
from workstation.ui.components.banner import Banner, BannerTone, Remark
from workstation.ui.components.check_list import CheckList, CompletenessMeter
from workstation.ui.components.communication_box import CommunicationBox
from workstation.ui.components.evidence import EvidenceDot, EvidenceRow, EvidenceState
from workstation.ui.components.fields import ChoiceList, TextField
from workstation.ui.components.focus_ring import FocusRing, FocusRings
from workstation.ui.components.labels import FormHead, PlainLabel, Run, RunsLabel, SectionHead
from workstation.ui.components.marks import FormState, Mark, MarkLabel
from workstation.ui.components.page_preview import PagePreview, PageThumbs
from workstation.ui.components.result_foot import ResultLine
from workstation.ui.components.schematic import Schematic, diagram_source
from workstation.ui.components.score_bar import ScoreBar, ScoreView
from workstation.ui.components.sector_picture import SectorPicture
from workstation.ui.components.sentence_editor import SentenceList, SourceChip
from workstation.ui.components.suggestion_card import SuggestionCard
from workstation.ui.icons import icon, icon_pixmap, icon_size
from workstation.ui.lesion_panel_view import drawn_parts
from workstation.ui.theme import ThemeName, apply_theme, current_theme, load_theme, style_sheet

TONES = {
    BannerTone.EMERGENCY: ("critical", "critical_wash"),
    BannerTone.CRITICAL: ("critical", "critical_wash"),
    BannerTone.CAUTION: ("caution", "caution_wash"),
    BannerTone.INFO: ("accent", "accent_wash"),
    BannerTone.NOTE: ("text_muted", "raised"),
    BannerTone.GOOD: ("good", "good_wash"),
}


@pytest.fixture(params=list(ThemeName), ids=str)
def theme(request, qapp):
    apply_theme(qapp, request.param)
    yield request.param
    apply_theme(qapp, ThemeName.DARK)


@pytest.mark.parametrize("tone", TONES)
def test_a_banner_has_edge_and_wash_of_its_tone(show, theme, tone):
    banner = Banner(tone, "Title", "A sentence.")
    show(banner, 400, 60)
    token, wash = TONES[tone]
    image = picture(banner)
    assert amount(image, wash) > 2000
    assert amount(image.copy(0, 5, 3, 20), token) == 60


def test_emergency_and_critical_differ_by_more_than_color(show):
    looks = []
    for tone in (BannerTone.EMERGENCY, BannerTone.CRITICAL):
        banner = Banner(tone, "Title", "A sentence.")
        show(banner, 400, 60)
        looks.append(picture(banner))
    assert all_differ(looks)


@pytest.mark.parametrize(
    ("title", "text", "name"),
    [("A", "b", "A. b"), ("", "b", "b"), ("A", "", "A"), ("", "", "")],
)
def test_a_banner_reads_title_and_sentence(qapp, title, text, name):
    banner = Banner(BannerTone.INFO, title, text)
    assert banner.accessibleName() == name
    assert banner.toolTip() == name
    assert banner.height_at(300) >= 36


@pytest.mark.parametrize("width", [440, 376, 200])
def test_a_remark_is_as_tall_as_its_words(show, width):
    remark = Remark()
    show(remark, width, 100)
    low = remark.height()
    remark.set_content("word " * 80, "circle-alert", "caution")
    settle()
    assert remark.height() == remark.height_at(width) > low
    assert remark.toolTip() == remark.text
    assert shows(remark, "caution", 20)


@pytest.mark.parametrize("tone", ["muted", "good", "caution", "critical", "accent"])
def test_a_label_is_painted_in_its_tone(show, theme, tone):
    label = PlainLabel("MMMMMM", size_px=28, weight=700)
    show(label, 200, 40)
    label.set_tone(tone)
    token = "text_muted" if tone == "muted" else tone
    assert shows(label, token, 20)


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_runs_never_read_markup(show, text):
    runs = RunsLabel([Run(text), Run(" end", "text_muted")])
    show(runs, 300, 100)
    assert runs.text == text + " end"
    assert runs.accessibleName() == text + " end"


def test_a_struck_run_looks_struck(show):
    plain, struck = RunsLabel([Run("old value")]), RunsLabel([Run("old value", struck=True)])
    show(plain, 200, 20)
    show(struck, 200, 20)
    assert picture(plain) != picture(struck)


def test_heads_say_their_words(show):
    head = SectionHead("Missing")
    show(head, 300, 20)
    assert head.accessibleName() == "Missing"
    assert shows(head, "line", 100)
    form = FormHead("SINS", "SINS 2010")
    form.set_note("5 of 6 answered", "caution")
    assert form.note.text() == "5 of 6 answered"
    assert form.note.property("tone") == "caution"


@pytest.fixture
def field(show):
    host = QWidget()
    column = QVBoxLayout(host)
    made, other = TextField("Dose", hint="Gy", limit=5), QLineEdit()
    column.addWidget(made)
    column.addWidget(other)
    show(host, 200, 80)
    made.given_texts = []
    made.given.connect(made.given_texts.append)
    made.other = other
    return made


def test_a_field_gives_its_text_once_without_spaces(field, qtbot):
    field.setFocus()
    qtbot.keyClicks(field, " 30 ")
    press("Enter", "Enter")
    field.other.setFocus()
    settle()
    assert field.given_texts == ["30"]


def test_a_field_that_was_not_changed_gives_nothing(field):
    field.show_text("30")
    field.setFocus()
    press("Enter")
    assert field.given_texts == []


def test_a_field_keeps_what_is_being_typed(field, qtbot):
    field.setFocus()
    qtbot.keyClicks(field, "3")
    field.show_text("99")
    assert field.text() == "3"
    field.put_back("99")
    assert field.text() == "99"
    field.other.setFocus()
    settle()
    assert field.given_texts == []


def test_a_field_in_focus_that_nobody_types_in_follows_the_record(field):
    field.show_text("30")
    field.setFocus()
    field.show_text("45")
    assert field.text() == "45"
    field.other.setFocus()
    settle()
    assert field.given_texts == [], "leaving must not bring the old value back"


def test_a_sentence_in_focus_that_nobody_types_in_follows_the_record(sentences):
    sentences.editors[0].text.setFocus()
    changed = (replace(THREE[0], text="Changed elsewhere."), *THREE[1:])
    sentences.set_sentences(changed, editable=True)
    assert sentences.editors[0].text.toPlainText() == "Changed elsewhere."
    sentences.editors[1].text.setFocus()
    settle()
    assert sentences.given == []


def test_a_field_has_name_tip_and_limit(field, qtbot):
    assert field.accessibleName() == field.toolTip() == "Dose"
    field.setFocus()
    qtbot.keyClicks(field, "123456789")
    assert field.text() == "12345"


@pytest.fixture
def listed(show):
    made = ChoiceList("KPS", {str(k.value): f"KPS {k.value}" for k in Kps})
    show(made, 200, 28)
    return made


@pytest.mark.parametrize(
    ("value", "words"),
    [(NOT_ASSESSED, "Not assessed"), (UNKNOWN, "Unknown"), (Kps.K70, "KPS 70"), (Kps.K0, "KPS 0")],
)
def test_a_list_shows_the_recorded_value(listed, value, words):
    listed.show_value(value)
    assert listed.currentText() == words


def test_a_list_begins_with_the_two_missing_values_and_gives_what_is_chosen(listed):
    given = []
    listed.given.connect(given.append)
    for position in range(3):
        listed.activated.emit(position)
    assert given[:2] == [NOT_ASSESSED, UNKNOWN]
    assert given[2] == listed.itemData(2)


def test_showing_a_value_gives_nothing(listed):
    given = []
    listed.given.connect(given.append)
    listed.show_value(Kps.K70)
    assert given == []


@pytest.mark.parametrize("state", list(EvidenceState))
def test_only_evidence_by_an_image_can_be_followed(show, theme, state):
    dot = EvidenceDot("Pain")
    show(dot, 18, 24)
    dot.set_state(state, "Dr Weber")
    assert dot.isEnabled() is (state is EvidenceState.IMAGE)
    assert shows(dot, "evidence") is (state is EvidenceState.IMAGE)
    assert dot.accessibleName() == f"Pain: {state.value}, Dr Weber"
    assert dot.toolTip() == f"{state.value.capitalize()}: Dr Weber"


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (1, 1), (2, 2), (5, 2)])
def test_the_newest_images_show_as_thumbnails(show, count, shown):
    row = EvidenceRow(lambda image, size: None)
    show(row, 440, 60)
    row.set_images([key_image(n) for n in range(1, count + 1)])
    assert len(row.thumbs) == shown
    gone = []
    row.activated.connect(gone.append)
    for thumb in row.thumbs:
        settle()
        click(thumb)
    assert gone == [f"image-{n}" for n in range(count - shown + 1, count + 1)]


def test_the_attach_box_names_its_key_and_can_be_frozen(show):
    row = EvidenceRow(lambda image, size: None)
    show(row, 440, 60)
    asked = []
    row.attach_requested.connect(lambda: asked.append(1))
    click(row.attach)
    assert asked == [1]
    assert row.attach.toolTip().endswith("(Shift+K)")
    looks = [picture(row.attach)]
    hover(row.attach)
    looks.append(picture(row.attach))
    leave(row.attach)
    row.set_editable(False)
    looks.append(picture(row.attach))
    assert all_differ(looks)
    click(row.attach)
    assert asked == [1]


@pytest.mark.parametrize("ratio", SCALES)
def test_a_thumbnail_is_asked_for_at_device_size(show, ratio):
    sizes = []

    def blank(image, size):
        sizes.append(size)

    row = EvidenceRow(blank)
    show(row, 440, 60)
    row.set_images([key_image()])
    settle()
    scaled_picture(row.thumbs[0], ratio)
    assert sizes[-1] == QSize(84, 60)


CHECKS = [
    Check(code=f"c{n}", severity=severity, text=f"Text {n}", field=field, detail=detail)
    for n, (severity, field, detail) in enumerate(
        (
            (Severity.CONTRADICTION, "spine", "Number it."),
            (Severity.BLOCKING, "report.communication", "State to whom."),
            (Severity.OPEN, "sins.T12.pain", ""),
            (Severity.NOTE, "escc.T12", ""),
        )
    )
]


def test_each_severity_has_its_sign_word_and_link(show, theme):
    checks = CheckList()
    show(checks, 440, 300)
    checks.set_checks(CHECKS)
    settle()
    assert all_differ([picture(row) for row in checks.rows])
    words = ("contradiction, blocks signing", "blocks signing", "open, prints as it is", "note")
    for row, word in zip(checks.rows, words, strict=True):
        assert word in row.accessibleName()
        assert row.toolTip().startswith(word)
    assert [shows(row, "critical") for row in checks.rows] == [True, True, False, False]
    followed = []
    checks.followed.connect(followed.append)
    for row in checks.rows:
        click(row)
        row.setFocus()
        press("Enter")
    assert followed == [check.field for check in CHECKS for _ in range(2)]


@pytest.mark.parametrize("width", [440, 376, 260])
def test_checks_are_as_tall_as_their_words(show, width):
    checks = CheckList()
    show(checks, width, 400)
    long = replace(CHECKS[0], text="word " * 30, detail="detail " * 40)
    checks.set_checks([long, CHECKS[2]])
    settle()
    assert checks.height() == sum(row.height() for row in checks.rows)
    assert checks.rows[0].height() > checks.rows[1].height() >= 29
    checks.set_checks([])
    assert checks.rows == []


@pytest.mark.parametrize("counts", [(3, 1, 2), (0, 0, 0), (40, 0, 0), (0, 5, 0), (0, 0, 1)])
def test_the_meter_has_a_color_for_each_kind(show, counts):
    meter = CompletenessMeter()
    show(meter, 400, 12)
    meter.set_counts(*counts)
    image = picture(meter)
    filled, still_open, blocking = counts
    assert (amount(image, "good") > 0) is (filled > 0)
    assert (amount(image, "line_strong") > 0) is (still_open > 0)
    assert (amount(image, "critical_wash") > 0) is (blocking > 0)
    expected = f"{filled} filled, {still_open} open, {blocking} block signing"
    assert meter.toolTip() == expected


THREE = (
    Sentence(text="First.", sources=("sins.T12", "escc.T12")),
    Sentence(text="Second.", sources=("red_flags",)),
    Sentence(text="Third, by hand."),
)


@pytest.fixture
def sentences(show):
    made = SentenceList()
    show(made, 440, 500)
    made.set_sentences(THREE, editable=True)
    made.given = []
    made.changed.connect(made.given.append)
    settle()
    return made


def test_sentences_name_their_sources_or_say_that_they_have_none(sentences):
    shown = [[chip.accessibleName() for chip in e.sources.chips] for e in sentences.editors]
    assert shown == [["Source: SINS T12", "Source: ESCC T12"], ["Source: Red flags"], []]
    assert [e.typed.isVisible() for e in sentences.editors] == [False, False, True]


@pytest.mark.parametrize("position", range(3))
def test_a_removed_sentence_leaves_the_others(sentences, position):
    click(sentences.editors[position].remove)
    left = tuple(s for n, s in enumerate(THREE) if n != position)
    assert sentences.given == [left]


@pytest.mark.parametrize("position", range(3))
def test_an_edited_sentence_keeps_its_sources(sentences, position):
    editor = sentences.editors[position]
    editor.text.given.emit("Own words.")
    assert sentences.given[0][position] == replace(THREE[position], text="Own words.")
    editor.text.given.emit(THREE[position].text)
    assert len(sentences.given) == 1, "the same words are no change"


def test_a_sentence_without_words_is_removed(sentences):
    sentences.editors[1].text.given.emit("")
    assert sentences.given == [(THREE[0], THREE[2])]


def test_adding_appends_a_sentence_without_source(sentences):
    click(sentences.add)
    assert sentences.given == [(*THREE, Sentence(text="New sentence."))]


def test_frozen_sentences_can_be_read_and_not_changed(sentences):
    sentences.set_sentences(THREE, editable=False)
    assert all(editor.text.isReadOnly() for editor in sentences.editors)
    click(sentences.editors[0].remove)
    click(sentences.add)
    assert sentences.given == []


def test_fewer_sentences_hide_the_rest(sentences):
    sentences.set_sentences(THREE[:1], editable=True)
    assert [e.isVisible() for e in sentences.editors] == [True, False, False]


@pytest.mark.parametrize(("field", "words"), [("sins.T9.pain", "SINS T9 pain"),
                                              ("red_flags", "Red flags")])  # fmt: skip
def test_a_source_is_followed_by_click_and_key(show, field, words):
    chip = SourceChip(field)
    show(chip, chip.width(), 22)
    gone = []
    chip.followed.connect(gone.append)
    click(chip)
    chip.setFocus()
    press("Enter")
    assert gone == [field, field]
    assert chip.toolTip() == f"Go to {words}"


def page_image(color):
    image = QImage(210, 297, QImage.Format.Format_RGB32)
    image.fill(QColor(color))
    return image


@pytest.mark.parametrize(("count", "small"), [(0, 0), (1, 1), (3, 3), (7, 3)])
def test_pages_show_small_and_whole(show, count, small):
    thumbs, preview = PageThumbs(), PagePreview()
    show(thumbs, 300, 90)
    show(preview, 300, 600)
    pages = [page_image("#336699") for _ in range(count)]
    thumbs.set_pages(pages)
    preview.set_pages(pages)
    assert [t.accessibleName() for t in thumbs.thumbs] == [f"Page {n}" for n in range(1, small + 1)]
    assert [p.accessibleName() for p in preview.pages] == [
        f"Page {n} of the report" for n in range(1, count + 1)
    ]
    picked = []
    thumbs.picked.connect(picked.append)
    settle()
    for thumb in thumbs.thumbs:
        click(thumb)
    assert picked == list(range(1, small + 1))
    assert all(p.height_at(210) == 297 + 18 for p in preview.pages)


def bar_of(show, **view):
    bar = ScoreBar()
    show(bar, 360, 52)
    bar.set_view(ScoreView(**view))
    return bar


@pytest.mark.parametrize("total", [0, 1, 6, 7, 12, 13, 18])
def test_a_total_fills_so_many_cells(show, theme, total):
    image = picture(bar_of(show, minimum=total, maximum=total))
    ground = image.pixelColor(180, 1)
    filled = []
    for cell in range(1, MAXIMUM + 1):
        color = image.pixelColor(round((cell - 0.5) * 20), 24)
        filled.append(color != ground)
    assert sum(filled) == total
    assert all(filled[:total])


@pytest.mark.parametrize(
    ("low", "high", "words"), [(14, 14, "14"), (8, 11, "8–11"), (0, 18, "0–18"), (None, None, "–")]
)
def test_a_bar_reads_total_and_categories(show, low, high, words):
    bar = bar_of(show, minimum=low, maximum=high, categories=(SinsCategory.STABLE,))
    assert bar.accessibleName() == f"SINS {words} of 18, stable"
    assert bar.toolTip() == bar.accessibleName()


def test_an_open_range_is_hatched_and_a_prior_total_is_marked(show):
    looks = [
        picture(bar_of(show, minimum=8, maximum=8)),
        picture(bar_of(show, minimum=8, maximum=11)),
        picture(bar_of(show, minimum=8, maximum=11, prior=5)),
    ]
    assert all_differ(looks)


@pytest.mark.parametrize("value", ["14", "8–11", "Not computed"])
def test_a_result_reads_value_unit_and_word(show, value):
    line = ResultLine()
    show(line, 440, 40)
    line.set_result(value, "/ 18", [(Mark.TRIANGLE, "critical")], "Unstable", "critical")
    assert line.accessibleName() == f"{value} / 18 Unstable"
    assert (line.first_mark.isVisible(), line.second_mark.isVisible()) == (True, False)
    line.set_result("–", "", [], "", "muted")
    assert not line.first_mark.isVisible()
    assert not line.unit.isVisible()


@pytest.mark.parametrize("mark", list(Mark))
@pytest.mark.parametrize("scale", SCALES)
def test_marks_stay_inside_their_box_at_every_scale(show, mark, scale):
    label = MarkLabel(size_px=11)
    show(label, 13, 13)
    label.set_mark(mark, "critical")
    image = scaled_picture(label, scale)
    corners = [(0, 0), (image.width() - 1, 0)]
    ink = QColor(current_theme().tokens["critical"])
    assert all(image.pixelColor(x, y) != ink for x, y in corners)
    drawn = {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}
    assert len(drawn) > 2


def test_a_suggestion_is_dashed_named_and_taken_with_one_button(show, theme):
    card = SuggestionCard()
    show(card, 440, 110)
    card.set_content("None", "No vertebral body. Convention S-08.", "Accept none")
    taken = []
    card.accepted.connect(lambda: taken.append(1))
    click(card.accept)
    assert taken == [1]
    assert card.accessibleName().startswith("Suggestion, not an answer: None.")
    assert card.accept.accessibleName() == "Accept none: None"
    assert shows(card, "suggestion", 50)
    assert shows(card, "suggestion_wash", 1000)


PARTS, _ = drawn_parts(None)


@pytest.fixture
def sectors(show):
    made = SectorPicture("vertebra-axial", PARTS, name="Parts", size_px=QSize(168, 148))
    show(made, 168, 148)
    made.given = []
    made.toggled.connect(made.given.append)
    return made


@pytest.mark.parametrize("part", PARTS)
def test_each_part_is_hit_named_and_seen(sectors, part):
    click(sectors, sectors.center_of(part).toPoint())
    assert sectors.given == [part]
    before = picture(sectors)
    sectors.set_marked([part])
    assert sectors.marked == {part}
    assert PARTS[part] in sectors.accessibleName()
    assert picture(sectors) != before


@pytest.mark.parametrize("side", ["R", "L"])
def test_the_side_of_a_part_is_the_side_of_the_letter(sectors, side):
    for part in (name for name in PARTS if name.endswith(f"_{side}")):
        center = sectors.center_of(part)
        assert (center.x() < 84) is (side == "R"), part


def test_arrows_go_round_all_parts_and_space_marks(sectors):
    sectors.setFocus(Qt.FocusReason.TabFocusReason)
    press("Space")
    for _ in PARTS:
        press("Right", "Space")
    assert len(sectors.given) == len(PARTS) + 1
    assert set(sectors.given) == set(PARTS)
    press("Left", "Space")
    assert sectors.given[-1] == sectors.given[-3]


@pytest.mark.parametrize("button", [Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton])
def test_only_the_left_button_marks_a_part(sectors, button):
    QTest.mouseClick(sectors, button, pos=sectors.center_of("spinous").toPoint())
    assert sectors.given == []


def test_a_frozen_picture_takes_no_key(sectors):
    sectors.setEnabled(False)
    send_key(sectors, Qt.Key.Key_Right)
    send_key(sectors, Qt.Key.Key_Space)
    assert sectors.given == []
    assert sectors.part_at(QPointF(-5, -5)) == ""


@pytest.mark.parametrize("grade", list(EsccGrade))
def test_every_grade_has_a_drawing_that_paints(show, grade):
    name = f"escc-{grade.value}"
    drawing = Schematic(name, "A grade")
    show(drawing, 80, 80)
    assert diagram_source(name)
    image = picture(drawing)
    assert len({image.pixel(x, 40) for x in range(80)}) > 3
    drawing.set_schematic("escc-0", "No epidural tumor")
    assert drawing.accessibleName() == drawing.toolTip() == "No epidural tumor"


@pytest.fixture
def box(show):
    made = CommunicationBox()
    show(made, 440, 220)
    made.given_records = []
    made.given.connect(made.given_records.append)
    return made


RECORD = Communication(
    to_whom="Dr K. Weber", how="Telephone", at="2026-03-14T16:42:00+01:00", read_back=YesNo.YES,
    said="High grade",
)  # fmt: skip


def test_a_record_is_shown_whole_and_gives_nothing_by_itself(box):
    box.set_view(RECORD, required=True, editable=True)
    assert (box.to_whom.text(), box.how.text(), box.at.text(), box.said.text()) == (
        RECORD.to_whom, RECORD.how, RECORD.at, RECORD.said,
    )  # fmt: skip
    assert box.read_back.value == "yes"
    assert box.given_records == []


@pytest.mark.parametrize("field", ["to_whom", "how", "at", "said"])
def test_each_field_of_a_communication_gives_the_whole_record(box, field):
    box.set_view(RECORD, required=True, editable=True)
    getattr(box, field).setText("changed")
    getattr(box, field).editingFinished.emit()
    assert box.given_records == [replace(RECORD, **{field: "changed"})]


@pytest.mark.parametrize(
    ("record", "required", "red"),
    [
        (None, True, True), (None, False, False), (RECORD, True, False),
        (replace(RECORD, to_whom=""), True, True), (replace(RECORD, at=" "), True, True),
    ],
)  # fmt: skip
def test_a_missing_communication_is_red_until_it_says_who_how_and_when(box, record, required, red):
    box.set_view(record, required=required, editable=True)
    assert shows(box, "critical_wash", 2000) is red


def test_now_and_read_back_are_given_with_the_rest(box):
    box.set_view(RECORD, required=True, editable=True)
    asked = []
    box.now_wanted.connect(lambda: asked.append(1))
    click(box.now)
    box.set_time("2026-03-14T17:00:00+01:00")
    click(box.read_back.button("no"))
    assert asked == [1]
    assert [r.at for r in box.given_records] == ["2026-03-14T17:00:00+01:00"] * 2
    assert box.given_records[-1].read_back is YesNo.NO


def test_an_input_row_says_where_its_value_comes_from(show):
    row = InputRow("ESCC", QLineEdit())
    show(row, 400, 30)
    row.set_source(EvidenceState.PERSON, "Dr Weber")
    assert row.dot.accessibleName() == "ESCC: stated by a person, Dr Weber"
    assert row.minimumHeight() == 28


def test_a_ring_follows_hides_and_ends_with_its_target(show):
    host = QWidget()
    target = QLineEdit(host)
    target.setGeometry(20, 20, 80, 28)
    show(host, 200, 120)
    ring = FocusRing(target, host)
    assert ring.geometry() == target.geometry().adjusted(-4, -4, 4, 4)
    target.move(40, 60)
    settle()
    assert ring.geometry() == target.geometry().adjusted(-4, -4, 4, 4)
    assert shows(ring, "focus", 50)
    target.hide()
    assert ring.isHidden()


def test_another_window_gets_no_ring(show):
    rings = FocusRings(show(QWidget(), 100, 100))
    other = QWidget()
    field = QLineEdit(other)
    show(other, 200, 60)
    field.setFocus(Qt.FocusReason.TabFocusReason)
    settle()
    assert rings.ring is None


@pytest.mark.parametrize("name", list(ThemeName))
def test_both_themes_fill_the_style_sheet_with_the_same_rules(name):
    sheet = style_sheet(load_theme(name))
    assert "$" not in sheet
    assert load_theme(name).tokens["accent"] in sheet
    other = style_sheet(load_theme(next(t for t in ThemeName if t is not name)))
    assert sheet.count("{") == other.count("{")


@pytest.mark.parametrize("ratio", SCALES)
@pytest.mark.parametrize("size", [14, 18])
def test_an_icon_has_device_pixels_and_logical_size(qapp, ratio, size):
    made = icon_pixmap("plus", QColor("#ff0000"), size, ratio)
    assert made.width() == round(size * ratio)
    assert made.deviceIndependentSize().width() == pytest.approx(size, abs=0.5)
    assert icon_size(size) == QSize(size, size)
    assert not icon("plus", size_px=size).isNull()


def test_an_icon_that_is_not_shipped_is_named():
    with pytest.raises(WorkstationError, match="icon of the window is missing"):
        icon_pixmap("no-such-icon", QColor("#ff0000"), 18, 1.0)


def test_a_state_of_a_form_is_a_word():
    assert FormState.ALERT.value == "needs attention"
