"""The card of the selected lesion: parts, kind, state, note, and the grades of its level."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from workstation.app.session import CaseSession
from workstation.domain.answers import NOT_ASSESSED, Missing, YesNo
from workstation.domain.case import Case
from workstation.domain.commands import RemoveLesion, ReplaceLesion
from workstation.domain.escc_options import EsccGrade
from workstation.domain.grading import escc_of, sins_of
from workstation.domain.lesion import (
    Endplates,
    Fracture,
    Lesion,
    Matrix,
    PosteriorWall,
    SoftTissue,
    VertebraPart,
    parts_sentence,
)
from workstation.domain.spine import VertebralLevel
from workstation.ui.components.banner import Banner, BannerTone
from workstation.ui.components.choices import ChipSet, Choice
from workstation.ui.components.controls import IconButton
from workstation.ui.components.drawing import mixed_color
from workstation.ui.components.fields import TextField
from workstation.ui.components.labels import PlainLabel
from workstation.ui.components.marks import MarkLabel
from workstation.ui.components.pictogram_tile import TileRow, TileState, TileText
from workstation.ui.components.score_bar import ScoreBar, ScoreView
from workstation.ui.components.sector_picture import SectorLook, SectorPicture
from workstation.ui.escc_widget_view import grade_tiles
from workstation.ui.form_binding import EDGE_PX, column
from workstation.ui.lesion_panel_view import (
    FIELD_CHOICES,
    FIELD_TITLES,
    drawn_parts,
    listed_parts,
    stability_words,
)
from workstation.ui.theme import SEMIBOLD, SMALL_PX, VALUE_PX, current_theme

_TYPES: dict[str, Any] = {
    "matrix": Matrix,
    "posterior_wall": PosteriorWall,
    "endplates": Endplates,
    "fracture": Fracture,
    "treated": YesNo,
}
_LABEL_PX = 88
_BONE = ("#EAE3D6", "#F1EBDF", "#F5F0E6")


class NoteField(QPlainTextEdit):
    """A short note in plain text; it is given when the focus leaves."""

    given = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setToolTip(f"{name}, printed with the lesion")
        self.setFixedHeight(56)
        self.setTabChangesFocus(True)

    def show_text(self, text: str) -> None:
        """Show the recorded text, unless it is being typed."""
        typing = self.hasFocus() and self.document().isModified()
        if not typing and self.toPlainText() != text:
            self.setPlainText(text)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Give what was typed."""
        super().focusOutEvent(event)
        self.document().setModified(False)
        self.given.emit(self.toPlainText().strip())


class ChipRow(QWidget):
    """A field of the lesion as one row of chips."""

    picked = Signal(str, str)

    def __init__(self, field: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._field = field
        title = FIELD_TITLES[field]
        tip = "Press again to take it back"
        choices = [Choice(value=str(v), text=t, tip=tip) for v, t in FIELD_CHOICES[field].items()]
        self.chips = ChipSet(title, choices, gap_px=4)
        self.chips.picked.connect(self._on_picked)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        name = PlainLabel(title, tone="muted")
        name.setFixedWidth(_LABEL_PX)
        name.setMinimumHeight(28)
        row.addWidget(name, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.chips, 1)

    def show_value(self, value: object) -> None:
        """Show the recorded value; nothing chosen means not assessed."""
        if isinstance(value, frozenset):
            self.chips.set_values([str(item) for item in value])
        else:
            self.chips.set_values([] if isinstance(value, Missing) else [str(value)])

    def _on_picked(self, value: str) -> None:
        self.picked.emit(self._field, value)


class PartsPicture(QWidget):
    """The axial drawing with the sides in words, and the parts as a sentence.

    Signals
    -------
    toggled(str)
    """

    toggled = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        shown, _ = drawn_parts(None)
        self.picture = SectorPicture(
            "vertebra-axial", shown, name="Parts involved", size_px=QSize(168, 148)
        )
        self.picture.toggled.connect(self.toggled)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.picture)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(
            PlainLabel("Parts involved", size_px=SMALL_PX, weight=SEMIBOLD, tone="muted")
        )
        self.sentence = PlainLabel("", weight=SEMIBOLD, wraps=True)
        self.hint = PlainLabel(
            "Patient right is on the left of the drawing. Click a part to mark it.",
            size_px=SMALL_PX,
            tone="muted",
            wraps=True,
        )
        words.addWidget(self.sentence)
        words.addWidget(self.hint)
        listed = {**listed_parts(VertebralLevel.C1), **listed_parts(VertebralLevel.C2)}
        choices = [Choice(value=part, text=text) for part, text in listed.items()]
        self.others = ChipSet("Parts not in the drawing", choices, gap_px=4)
        self.others.picked.connect(self.toggled)
        words.addWidget(self.others)
        words.addStretch(1)
        row.addLayout(words, 1)

    def set_view(self, lesion: Lesion, token: str, *, editable: bool) -> None:
        """Show the marked parts in the color of the stability of the level."""
        shown, hidden = drawn_parts(lesion.level)
        self.picture.set_parts(shown, hidden)
        self.picture.set_look(_look(token))
        self.picture.set_marked([part.value for part in lesion.parts])
        self.picture.setEnabled(editable)
        listed = listed_parts(lesion.level)
        for button in self.others.buttons:
            button.setVisible(button.choice.value in listed)
        self.others.setVisible(bool(listed))
        self.others.set_values([part.value for part in lesion.parts])
        self.others.setEnabled(editable)
        self.sentence.setText(parts_sentence(lesion))
        self.sentence.set_tone("" if lesion.parts else "muted")


def _look(token: str) -> SectorLook:
    theme = current_theme()
    color = theme.color(token if token in theme.tokens else "text_muted")
    base = theme.spine_color("bone")
    fill = mixed_color(color, base, 0.55).name()
    recolor = [(old, theme.spine_map["bone"]) for old in _BONE]
    recolor += [
        ("#FDF4D8", theme.spine_map["posterior"]),
        ("#BFE3F5", theme.spine_map["csf"]),
        ("#8592A6", theme.spine_map["cord"]),
        ("#5A5348", theme.spine_map["bone_edge"]),
        ("#8F8778", theme.spine_map["bone_edge"]),
    ]
    return SectorLook(
        marked_fill=fill,
        marked_edge=color.name(),
        focus_edge=theme.tokens["focus"],
        recolor=tuple(recolor),
    )


class LesionDetail(QWidget):
    """Everything about the selected lesion.

    Signals
    -------
    key_image_wanted(str)
        Attach what the pane shows to this field.
    grade_wanted(str)
        Go to the form of a tab.
    """

    key_image_wanted = Signal(str)
    grade_wanted = Signal(str)

    def __init__(self, session: CaseSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._lesion_id = ""
        layout = column(self, spacing_px=8)
        layout.setContentsMargins(EDGE_PX, 12, EDGE_PX, 12)
        self._build_head(layout)
        self.open_level = Banner(BannerTone.CAUTION)
        self.parts = PartsPicture()
        self.parts.toggled.connect(self._on_part)
        layout.addWidget(self.open_level)
        layout.addWidget(self.parts)
        self.rows = {field: ChipRow(field) for field in FIELD_TITLES}
        for row in self.rows.values():
            row.picked.connect(self._on_picked)
            layout.addWidget(row)
        self._build_values(layout)
        self._build_grades(layout)

    def _build_head(self, layout: QVBoxLayout) -> None:
        self.mark = MarkLabel(size_px=13)
        self.level = PlainLabel("", size_px=VALUE_PX, weight=700)
        self.stability = PlainLabel("", weight=SEMIBOLD)
        self.bookmark = IconButton("bookmark", "Attach the pane to this lesion", "Shift+K")
        self.bookmark.clicked.connect(self._on_bookmark)
        self.remove = IconButton("trash-2", "Remove this lesion")
        self.remove.clicked.connect(self._on_remove)
        head = QHBoxLayout()
        head.setSpacing(8)
        for part in (self.mark, self.level, self.stability):
            head.addWidget(part)
        head.addStretch(1)
        head.addWidget(self.bookmark)
        head.addWidget(self.remove)
        layout.addLayout(head)

    def _build_values(self, layout: QVBoxLayout) -> None:
        values = QHBoxLayout()
        values.setSpacing(4)
        name = PlainLabel("Longest", tone="muted")
        name.setFixedWidth(_LABEL_PX)
        self.longest = PlainLabel("", weight=SEMIBOLD)
        involved = PlainLabel("Body involved", tone="muted")
        self.involved = TextField("Body involved, percent", hint="%", limit=5, width_px=64)
        self.involved.given.connect(self._on_involved)
        for part in (name, self.longest):
            values.addWidget(part)
        values.addStretch(1)
        values.addWidget(involved)
        values.addSpacing(4)
        values.addWidget(self.involved)
        layout.addLayout(values)

    def _build_grades(self, layout: QVBoxLayout) -> None:
        self.sins_head = PlainLabel("SINS", size_px=SMALL_PX, weight=SEMIBOLD, tone="muted")
        self.bar = ScoreBar(compact=True)
        self.escc_head = PlainLabel("ESCC", size_px=SMALL_PX, weight=SEMIBOLD, tone="muted")
        texts = [
            TileText(key=t.key, schematic=t.schematic, line="", description=t.description)
            for t in grade_tiles()
        ]
        self.escc = TileRow(texts, picture_px=52, gap_px=4)
        self.escc.chosen.connect(self._on_escc)
        self.note = NoteField("Note")
        self.note.given.connect(self._on_note)
        for part in (self.sins_head, self.bar, self.escc_head, self.escc):
            layout.addWidget(part)
        layout.addWidget(PlainLabel("Note", size_px=SMALL_PX, weight=SEMIBOLD, tone="muted"))
        layout.addWidget(self.note)

    def set_lesion(self, case: Case, lesion: Lesion, *, editable: bool) -> None:
        """Show a lesion."""
        if lesion.id != self._lesion_id:
            self.note.clearFocus()
        self._lesion_id = lesion.id
        level = lesion.level
        result = sins_of(case, level) if level is not None else None
        words, tone, mark = stability_words(result)
        token = tone if tone not in ("", "muted") else "text_muted"
        self.mark.set_mark(mark, token)
        self.level.setText(", ".join(x.value for x in lesion.levels) or f"Lesion {lesion.number}")
        self.stability.setText(words)
        self.stability.set_tone(tone)
        self.open_level.setVisible(level is None)
        text = "Confirm the numbering of the spine: the lesion then takes its level from it."
        self.open_level.set_content(BannerTone.CAUTION, "No level yet", text)
        look = token if token != "text_muted" else "accent"
        self.parts.set_view(lesion, look, editable=editable)
        for field, row in self.rows.items():
            row.show_value(getattr(lesion, field))
            row.chips.setEnabled(editable)
        self._show_values(lesion, editable)
        self._show_grades(case, level)
        self.note.show_text(lesion.note)
        self.note.setReadOnly(not editable)
        self.remove.setEnabled(editable)
        self.bookmark.setEnabled(editable)

    def _show_values(self, lesion: Lesion, editable: bool) -> None:
        self.longest.setText(f"{lesion.long_axis_mm:.1f} mm, drawn circle")
        known = lesion.body_involved_pct
        self.involved.show_text("" if isinstance(known, Missing) else f"{known:g}")
        self.involved.setEnabled(editable)

    def _show_grades(self, case: Case, level: VertebralLevel | None) -> None:
        shown = level is not None
        for part in (self.sins_head, self.bar, self.escc_head, self.escc):
            part.setVisible(shown)
        if level is None:
            return
        sins = sins_of(case, level)
        self.bar.set_view(
            ScoreView(minimum=sins.minimum, maximum=sins.maximum, categories=sins.categories)
        )
        result = escc_of(case, level)
        where = "cord level" if not result.below_conus else "below the conus"
        conus = "" if isinstance(case.conus, Missing) else f", conus at {case.conus}"
        self.escc_head.setText(f"ESCC  {where}{conus}")
        below = result.below_conus
        self.escc.set_states(
            {
                grade.value: TileState(
                    selected=grade is result.grade,
                    disabled_reason="not defined below the conus"
                    if below and grade not in (EsccGrade.G0, EsccGrade.G1A)
                    else "",
                )
                for grade in EsccGrade
            }
        )

    def _lesion(self) -> Lesion | None:
        case = self._session.case
        return case.lesion(self._lesion_id) if case is not None else None

    def _change(self, **changes: Any) -> None:
        lesion = self._lesion()
        if lesion is not None:
            self._session.dispatch(ReplaceLesion(lesion=replace(lesion, **changes)))

    def _on_part(self, part: str) -> None:
        lesion = self._lesion()
        if lesion is not None:
            self._change(parts=lesion.parts ^ {VertebraPart(part)})

    def _on_picked(self, field: str, value: str) -> None:
        lesion = self._lesion()
        if lesion is None:
            return
        if field == "soft_tissue":
            self._change(soft_tissue=toggled_tissue(lesion, SoftTissue(value)))
            return
        now = getattr(lesion, field)
        chosen = _TYPES[field](value)
        self._change(**{field: NOT_ASSESSED if now is chosen else chosen})

    def _on_involved(self, text: str) -> None:
        cleaned = text.removesuffix("%").strip().replace(",", ".")
        try:
            value = float(cleaned)
        except ValueError:
            value = -1.0
        if not cleaned:
            self._change(body_involved_pct=NOT_ASSESSED)
        elif 0.0 <= value <= 100.0:
            self._change(body_involved_pct=value)
        else:
            self.involved.setToolTip("Between 0 and 100 percent")
            lesion = self._lesion()
            known = lesion.body_involved_pct if lesion else NOT_ASSESSED
            self.involved.put_back("" if isinstance(known, Missing) else f"{known:g}")

    def _on_note(self, text: str) -> None:
        lesion = self._lesion()
        if lesion is not None and lesion.note != text:
            self._change(note=text)

    def _on_escc(self, grade: str) -> None:
        self.grade_wanted.emit("escc")

    def _on_bookmark(self) -> None:
        self.key_image_wanted.emit(f"lesion.{self._lesion_id}")

    def _on_remove(self) -> None:
        self._session.dispatch(RemoveLesion(id=self._lesion_id))


def toggled_tissue(lesion: Lesion, value: SoftTissue) -> frozenset[SoftTissue] | Missing:
    """Return the soft tissue after a chip was pressed: None excludes all other answers."""
    now = lesion.soft_tissue if isinstance(lesion.soft_tissue, frozenset) else frozenset()
    if value is SoftTissue.NONE:
        return NOT_ASSESSED if SoftTissue.NONE in now else frozenset({SoftTissue.NONE})
    changed = (now - {SoftTissue.NONE}) ^ {value}
    return changed or NOT_ASSESSED
