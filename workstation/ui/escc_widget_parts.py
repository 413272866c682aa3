"""Parts of the ESCC form: labelled lines, the cauda equina descriptor, cause and position."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workstation.domain.escc_options import (
    CompressionCause,
    EpiduralPosition,
    EsccAnswers,
    MyelogramBlock,
    ScreeningAnswer,
)
from workstation.domain.escc_texts import CAUSE_TITLES, POSITION_TITLES
from workstation.domain.spine import VertebralLevel, level_chain
from workstation.ui.components.choices import ChipSet, Choice, SegmentedChoice
from workstation.ui.components.labels import PlainLabel, Run, RunsLabel, SectionHead
from workstation.ui.components.pictogram_tile import TileRow
from workstation.ui.components.sector_picture import SectorLook, SectorPicture
from workstation.ui.escc_widget_view import cauda_states, cauda_tiles
from workstation.ui.form_binding import column
from workstation.ui.theme import SEMIBOLD, SMALL_PX

TUMOR_FILL = "#B5341A"
TUMOR_EDGE = "#5E1206"

_POSITION_IDS = {
    EpiduralPosition.ANTERIOR: "anterior",
    EpiduralPosition.LATERAL_RIGHT: "lateral_R",
    EpiduralPosition.LATERAL_LEFT: "lateral_L",
    EpiduralPosition.POSTERIOR: "posterior",
}


class LabeledLine(QWidget):
    """A short name on the left, one control that fills the rest."""

    def __init__(
        self, name: str, control: QWidget, *, name_px: int = 0, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.name = PlainLabel(name, tone="muted")
        if name_px:
            self.name.setFixedWidth(name_px)
        self.control = control
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.name)
        row.addWidget(control, 1)


class CausePosition(QWidget):
    """Cause of the compression and position around the sac, side by side.

    Signals
    -------
    cause_picked(str)
    position_toggled(EpiduralPosition)
    """

    cause_picked = Signal(str)
    position_toggled = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        choices = [Choice(value=c.value, text=t) for c, t in CAUSE_TITLES.items()]
        self.cause = ChipSet("Cause of compression", choices)
        self.cause.picked.connect(self.cause_picked)
        self._cause_box = QWidget()
        left = column(self._cause_box, spacing_px=4)
        left.addWidget(_small_head("Cause of compression"))
        left.addWidget(self.cause)
        left.addStretch(1)
        parts = {
            _POSITION_IDS[position]: f"{words.capitalize()} of the sac"
            for position, words in POSITION_TITLES.items()
        }
        self.picture = SectorPicture(
            "epidural-position", parts, name="Position around the sac", size_px=QSize(92, 84)
        )
        look = SectorLook(marked_fill=TUMOR_FILL, marked_edge=TUMOR_EDGE, focus_edge="#2F6FB0")
        self.picture.set_look(look)
        self.picture.toggled.connect(self._on_toggled)
        words = QVBoxLayout()
        words.setSpacing(2)
        self.position = PlainLabel("", weight=SEMIBOLD, wraps=True)
        self.hint = PlainLabel(
            "Click a quadrant; all four = circumferential.",
            size_px=SMALL_PX,
            tone="muted",
            wraps=True,
        )
        words.addWidget(_small_head("Position around the sac"))
        words.addWidget(self.position)
        words.addWidget(self.hint)
        words.addStretch(1)
        row.addWidget(self._cause_box, 5)
        row.addWidget(self.picture)
        row.addLayout(words, 4)

    def set_view(self, answers: EsccAnswers, *, with_cause: bool, editable: bool) -> None:
        """Show cause and position; below the conus only the position."""
        self._cause_box.setVisible(with_cause)
        self.cause.set_values([answers.cause.value])
        self.cause.setEnabled(editable)
        self.picture.set_marked([_POSITION_IDS[position] for position in answers.positions])
        self.picture.setEnabled(editable)
        self.position.setText(position_words(answers))

    def _on_toggled(self, part: str) -> None:
        position = next(p for p, name in _POSITION_IDS.items() if name == part)
        self.position_toggled.emit(position)


def position_words(answers: EsccAnswers) -> str:
    """Return the position in words."""
    if answers.circumferential:
        return "Circumferential"
    words = [text for position, text in POSITION_TITLES.items() if position in answers.positions]
    return " + ".join(words).capitalize() if words else "Not assessed"


class CaudaEquinaPart(QWidget):
    """The descriptor below the conus, named as not validated.

    Signals
    -------
    chosen(str)
    foramen_toggled(str)
        "R" or "L".
    """

    chosen = Signal(str)
    foramen_toggled = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = column(self, spacing_px=8)
        note = RunsLabel(
            [
                Run("Proposed 2025 (conference abstract), ", "text_muted"),
                Run("not validated", "text", SEMIBOLD),
                Run(". Grades of the thecal sac, 0–2 partial, 3–4 complete.", "text_muted"),
            ]
        )
        self.tiles = TileRow(cauda_tiles(), picture_px=70)
        self.tiles.chosen.connect(self.chosen)
        choices = [Choice(value="R", text="Right"), Choice(value="L", text="Left")]
        self.foramen = ChipSet("Foraminal stenosis", choices)
        self.foramen.picked.connect(self.foramen_toggled)
        layout.addWidget(SectionHead("Cauda equina descriptor"))
        layout.addWidget(note)
        layout.addWidget(self.tiles)
        layout.addWidget(LabeledLine("+F foraminal stenosis", self.foramen))

    def set_view(self, answers: EsccAnswers, *, editable: bool) -> None:
        """Show grade and sides."""
        self.tiles.set_states(cauda_states(answers))
        self.tiles.set_editable(editable)
        sides = (("R", answers.foraminal_right), ("L", answers.foraminal_left))
        self.foramen.set_values([side for side, present in sides if present])
        self.foramen.setEnabled(editable)


class CtPart(QWidget):
    """What only CT asks: block on a myelogram, a coarse answer on a screening CT.

    Signals
    -------
    block_picked(str), block_level_picked(str), screening_picked(str)
    """

    block_picked = Signal(str)
    block_level_picked = Signal(str)
    screening_picked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = column(self, spacing_px=8)
        blocks = [Choice(value=b.value, text=b.value.capitalize()) for b in MyelogramBlock]
        self.block = SegmentedChoice("Block", blocks)
        self.block.picked.connect(self.block_picked)
        self._block_line = LabeledLine("Block", self.block, name_px=64)
        levels = [Choice(value=level.value, text=level.value) for level in level_chain()]
        self.block_level = ChipSet("Block level, caudal end", levels)
        self.block_level.picked.connect(self.block_level_picked)
        self._level_line = LabeledLine("Block level, caudal end", self.block_level)
        titles = {
            ScreeningAnswer.NONE: "None",
            ScreeningAnswer.LOW: "Low grade",
            ScreeningAnswer.HIGH: "High grade",
        }
        screening = [Choice(value=a.value, text=text) for a, text in titles.items()]
        self.screening = SegmentedChoice("CT screening", screening)
        self.screening.picked.connect(self.screening_picked)
        self._screening_note = PlainLabel(
            "CT answers none, low or high; a single grade is optional.", tone="muted", wraps=True
        )
        for part in (self._block_line, self._level_line, self._screening_note, self.screening):
            layout.addWidget(part)

    def set_view(self, answers: EsccAnswers, level: VertebralLevel, *, editable: bool) -> None:
        """Show what the modality asks; levels are offered around the one that is shown."""
        myelogram = answers.modality == "ct_myelogram"
        screening = answers.modality == "ct_screening"
        self.setVisible(myelogram or screening)
        self._block_line.setVisible(myelogram)
        blocked = answers.block in (MyelogramBlock.PARTIAL, MyelogramBlock.COMPLETE)
        self._level_line.setVisible(myelogram and blocked)
        self._screening_note.setVisible(screening)
        self.screening.setVisible(screening)
        self.block.set_value(answers.block.value)
        self.screening.set_value(answers.screening.value)
        for button in self.block_level.buttons:
            distance = abs(VertebralLevel(button.choice.value).order - level.order)
            button.setVisible(distance <= 1 or button.choice.value == answers.block_level)
        self.block_level.set_values([answers.block_level.value])
        self.block_level.arrange()
        for control in (self.block, self.block_level, self.screening):
            control.setEnabled(editable)


def _small_head(text: str) -> PlainLabel:
    return PlainLabel(text, size_px=SMALL_PX, weight=SEMIBOLD, tone="muted")


def as_cause(value: str) -> CompressionCause:
    """Return the cause of a chip."""
    return CompressionCause(value)
