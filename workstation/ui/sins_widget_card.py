"""The open SINS component: definition, picture tiles, sides, remarks, evidence, missing values."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from workstation.domain.case import KeyImage
from workstation.domain.sins_options import (
    PosterolateralPart,
    SinsAnswers,
    SinsComponent,
    SinsContext,
    SinsOption,
)
from workstation.domain.sins_texts import COMPONENT_TEXTS
from workstation.ui.components.banner import Remark
from workstation.ui.components.choices import ChipSet, Choice
from workstation.ui.components.drawing import paint_box
from workstation.ui.components.evidence import EvidenceRow, KeyImagePicture
from workstation.ui.components.item_row import CardHead, ItemView
from workstation.ui.components.labels import PlainLabel, Run, RunsLabel
from workstation.ui.components.pictogram_tile import TileRow, TileState
from workstation.ui.components.suggestion_card import SuggestionCard
from workstation.ui.components.value_pills import ValuePills
from workstation.ui.form_binding import column
from workstation.ui.sins_widget_view import CONTEXT_CHIPS, tile_texts
from workstation.ui.theme import SEMIBOLD, current_theme


@dataclass(frozen=True, slots=True, kw_only=True)
class CardView:
    """What an open component shows.

    Parameters
    ----------
    item : ItemView
    tiles : dict of str to TileState
        By the points of the option.
    answer : SinsOption or Missing
    answers : SinsAnswers
        For the rows and remarks beside the answer.
    images : tuple of KeyImage
    remarks : tuple of str
        Conventions that act here.
    suggestion : tuple of str, optional
        Title, method and verb of what is proposed.
    has_ribs : bool
        Whether the level carries costovertebral joints.
    derived : bool
        Whether the answer follows from the level, so that nobody gives it.
    editable : bool
    """

    item: ItemView
    tiles: dict[str, TileState]
    answer: object
    answers: SinsAnswers
    images: tuple[KeyImage, ...] = ()
    remarks: tuple[str, ...] = ()
    suggestion: tuple[str, str, str] | None = None
    has_ribs: bool = True
    derived: bool = False
    editable: bool = True


class SideRows(QWidget):
    """Two rows of structures, the patient's right and left.

    Signals
    -------
    toggled(str, str)
        Side ("R" or "L") and structure.
    """

    toggled = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = column(self, spacing_px=4)
        self.right = self._add_row(layout, "R", "patient right")
        self.left = self._add_row(layout, "L", "patient left")
        self.right.picked.connect(self._on_right)
        self.left.picked.connect(self._on_left)

    def set_view(self, answers: SinsAnswers, *, has_ribs: bool, editable: bool) -> None:
        """Show which parts are marked; without ribs there is no costovertebral joint."""
        pairs = (
            (self.right, answers.posterolateral_right),
            (self.left, answers.posterolateral_left),
        )
        for chips, parts in pairs:
            joint = chips.button(PosterolateralPart.COSTOVERTEBRAL.value)
            if joint is not None:
                joint.setVisible(has_ribs)
            chips.set_values([part.value for part in parts])
            chips.setEnabled(editable)

    def _add_row(self, layout: object, letter: str, words: str) -> ChipSet:
        row = QHBoxLayout()
        row.setSpacing(8)
        side = PlainLabel(letter, weight=700)
        side.setFixedWidth(14)
        name = PlainLabel(words, tone="muted")
        name.setFixedWidth(78)
        titles = {
            PosterolateralPart.PEDICLE: "Pedicle",
            PosterolateralPart.FACET: "Facet",
            PosterolateralPart.COSTOVERTEBRAL: "Costovertebral",
        }
        chips = ChipSet(
            words.capitalize(), [Choice(value=p.value, text=t) for p, t in titles.items()]
        )
        row.addWidget(side)
        row.addWidget(name)
        row.addWidget(chips, 1)
        layout.addLayout(row)  # type: ignore[attr-defined]
        return chips

    def _on_right(self, part: str) -> None:
        self.toggled.emit("R", part)

    def _on_left(self, part: str) -> None:
        self.toggled.emit("L", part)


class SinsCard(QWidget):
    """One open component.

    Signals
    -------
    chosen(str)
        Points of the option that was pressed.
    missing_picked(Missing)
    context_toggled(str)
        A circumstance was stated or taken back.
    side_toggled(str, str)
    source_typed(str)
        Who stated the pain.
    suggestion_accepted()
    closed()
    evidence_activated(str)
    attach_requested()
    """

    chosen = Signal(str)
    missing_picked = Signal(object)
    context_toggled = Signal(str)
    side_toggled = Signal(str, str)
    source_typed = Signal(str)
    suggestion_accepted = Signal()
    closed = Signal()
    evidence_activated = Signal(str)
    attach_requested = Signal()

    def __init__(
        self,
        component: SinsComponent,
        view: CardView,
        picture: KeyImagePicture,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.component = component
        layout = column(self, spacing_px=8, edge_px=11)
        title = COMPONENT_TEXTS[component].title
        self.head = CardHead(view.item)
        self.tiles = TileRow(tile_texts(component), picture_px=_picture_px(component))
        self.sides = SideRows() if component is SinsComponent.POSTEROLATERAL else None
        self.source = _source_field() if component is SinsComponent.PAIN else None
        choices = [Choice(value=c.value, text=t) for c, t in CONTEXT_CHIPS[component].items()]
        self.context = ChipSet(f"{title}: circumstances", choices)
        self.suggestion = SuggestionCard()
        self.remarks = Remark(token="caution")
        self.pills = ValuePills(title)
        self.evidence = EvidenceRow(picture, trailing=self.pills)
        layout.addWidget(self.head)
        layout.addWidget(RunsLabel(definition_runs(COMPONENT_TEXTS[component].definition)))
        layout.addWidget(self.tiles)
        for part in (self.sides, self.source):
            if part is not None:
                layout.addWidget(part)
        for widget in (self.suggestion, self.remarks, self.context, self.evidence):
            layout.addWidget(widget)
        self._connect()
        self.set_view(view)

    def set_view(self, view: CardView) -> None:
        """Show another answer."""
        self.head.set_view(view.item)
        self.tiles.set_states(view.tiles)
        self.tiles.set_editable(view.editable)
        self.pills.set_value(view.answer)
        self.pills.set_editable(view.editable and not view.derived)
        self.evidence.set_images(view.images)
        self.evidence.set_editable(view.editable)
        self.context.set_values([item.value for item in view.answers.context])
        self.context.setEnabled(view.editable)
        self.remarks.setVisible(bool(view.remarks))
        self.remarks.set_content("\n".join(view.remarks), "circle-alert", "caution")
        self.suggestion.setVisible(view.suggestion is not None)
        self.suggestion.setEnabled(view.editable)
        if view.suggestion is not None:
            self.suggestion.set_content(*view.suggestion)
        if self.sides is not None:
            self.sides.set_view(view.answers, has_ribs=view.has_ribs, editable=view.editable)
        if self.source is not None:
            self.source.setEnabled(view.editable)
            if not (self.source.hasFocus() and self.source.isModified()):
                self.source.setText(view.answers.pain_source)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the accent edge of the open item."""
        theme = current_theme()
        painter = QPainter(self)
        fill = theme.color("raised" if theme.is_dark else "panel")
        if theme.is_dark:
            fill = theme.color("panel").lighter(108)
        rect = QRectF(self.rect())
        paint_box(painter, rect, fill=fill, edge=theme.color("accent"), width_px=1.5)

    def _connect(self) -> None:
        self.head.clicked.connect(self.closed)
        self.tiles.chosen.connect(self.chosen)
        self.pills.picked.connect(self.missing_picked)
        self.context.picked.connect(self.context_toggled)
        self.evidence.activated.connect(self.evidence_activated)
        self.evidence.attach_requested.connect(self.attach_requested)
        self.suggestion.accepted.connect(self.suggestion_accepted)
        if self.sides is not None:
            self.sides.toggled.connect(self.side_toggled)
        if self.source is not None:
            self.source.editingFinished.connect(self._on_source_typed)

    def _on_source_typed(self) -> None:
        if self.source is not None:
            self.source_typed.emit(self.source.text().strip())


def definition_runs(text: str) -> list[Run]:
    """Return a definition with its first clause strong and its last sentence quiet."""
    cut = min((place for place in (text.find(":"), text.find(". ")) if place > 0), default=0)
    first, rest = text[: cut + 1], text[cut + 1 :]
    last = rest.rfind(". ", 0, len(rest) - 1)
    if last < 0:
        return [Run(first, "text", SEMIBOLD), Run(rest)]
    return [
        Run(first, "text", SEMIBOLD),
        Run(rest[: last + 1]),
        Run(rest[last + 1 :], "text_muted"),
    ]


def _picture_px(component: SinsComponent) -> int:
    return 92 if len(COMPONENT_TEXTS[component].options) < 4 else 84


def _source_field() -> QLineEdit:
    field = QLineEdit()
    field.setPlaceholderText("Stated by, how and when: Dr Weber, by phone 14:05")
    field.setAccessibleName("Pain: stated by")
    field.setToolTip("Who stated the pain, how and when; printed with the answer")
    field.setMaxLength(120)
    return field


def option_title(component: SinsComponent, option: SinsOption) -> str:
    """Return the title of an option."""
    return COMPONENT_TEXTS[component].options[option].title


__all__ = ["CardView", "SideRows", "SinsCard", "SinsContext", "definition_runs", "option_title"]
