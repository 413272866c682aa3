"""What proves an answer: the dot before a field, thumbnails of key images, the attach box."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from workstation.domain.case import KeyImage
from workstation.ui.components.controls import PaintedControl
from workstation.ui.components.drawing import paint_box, paint_key, paint_text
from workstation.ui.icons import paint_icon
from workstation.ui.theme import LABEL_PX, SEMIBOLD, SMALL_PX, current_theme, font

KeyImagePicture = Callable[[KeyImage, QSize], QImage | None]
"""Gives the picture of a key image at a size in device pixels, None while there is none."""

THUMB_SIZE = QSize(84, 60)
_ATTACH_SIZE = QSize(78, 60)


class EvidenceState(StrEnum):
    """What stands behind an answer."""

    IMAGE = "image evidence attached"
    NONE = "no image evidence"
    PERSON = "stated by a person"


class EvidenceDot(PaintedControl):
    """Filled when an image proves the answer; a click goes there."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self.state = EvidenceState.NONE
        self.setFixedSize(18, 24)
        self.set_state(EvidenceState.NONE)

    def set_state(self, state: EvidenceState, detail: str = "") -> None:
        """Show another state; ``detail`` names who stated it, or the image."""
        self.state = state
        self.setEnabled(state is EvidenceState.IMAGE)
        words = f"{self._name}: {state.value}"
        tip = state.value.capitalize() + (f": {detail}" if detail else "")
        self.describe(f"{words}, {detail}" if detail else words, tip)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the dot or the person."""
        painter = QPainter(self)
        paint_evidence(painter, self.state, QPointF(self.width() / 2.0, self.height() / 2.0))


def paint_evidence(painter: QPainter, state: EvidenceState, center: QPointF) -> None:
    """Draw the sign of an evidence state around ``center``."""
    theme = current_theme()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if state is EvidenceState.PERSON:
        box = QRectF(center.x() - 7, center.y() - 7, 14, 14)
        paint_icon(painter, "user-round", box, theme.color("text_muted"))
    elif state is EvidenceState.IMAGE:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("evidence"))
        painter.drawEllipse(center, 4.5, 4.5)
    else:
        painter.setPen(QPen(theme.color("text_muted"), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(center, 3.75, 3.75)
    painter.restore()


class EvidenceThumb(PaintedControl):
    """A key image, small; a click brings the panes there.

    Signals
    -------
    activated(str)
        The id of the key image.
    """

    activated = Signal(str)

    def __init__(
        self, image: KeyImage, picture: KeyImagePicture, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._image = image
        self._picture = picture
        self.setFixedSize(THUMB_SIZE)
        self.clicked.connect(self._on_clicked)
        words = image.caption or image.plane
        self.describe(f"Evidence: {words}", f"{words}\nClick: show this place in the panes")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture, its caption and the dot."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current_theme()
        rect = QRectF(self.rect())
        clip = QPainterPath()
        clip.addRoundedRect(rect, 4, 4)
        painter.setClipPath(clip)
        painter.fillRect(rect, theme.color("canvas"))
        ratio = self.devicePixelRatioF()
        wanted = QSize(round(self.width() * ratio), round(self.height() * ratio))
        picture = self._picture(self._image, wanted)
        if picture is not None:
            painter.drawImage(rect, picture)
        painter.setClipping(False)
        strip = QRectF(5, self.height() - 19, self.width() - 10, 16)
        face = font(LABEL_PX, SEMIBOLD)
        paint_text(painter, strip, self._words(), face, theme.overlay_color("text"))
        edge = theme.color("accent" if self.hovered else "line_strong")
        paint_box(painter, rect, edge=edge)
        paint_evidence(painter, EvidenceState.IMAGE, QPointF(self.width() - 10.0, 10.0))

    def _words(self) -> str:
        return self._image.plane

    def _on_clicked(self) -> None:
        self.activated.emit(self._image.id)


class AttachBox(PaintedControl):
    """The dashed box that attaches what the pane under the cursor shows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(_ATTACH_SIZE)
        tip = "Keep what the pane under the cursor shows as evidence of this answer"
        self.describe("Attach pane", tip, "Shift+K")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the box with its words and key."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current_theme()
        ink = theme.color("text_disabled" if not self.isEnabled() else "text_muted")
        rect = QRectF(self.rect())
        fill = theme.color(self.fill_token()) if self.hovered else None
        edge = theme.color("line_strong" if self.isEnabled() else "line")
        paint_box(painter, rect, fill=fill, edge=edge, dashed=True)
        center = Qt.AlignmentFlag.AlignCenter
        box = QRectF(0, 8, self.width(), 18)
        paint_text(painter, box, "Attach pane", font(SMALL_PX), ink, center)
        paint_key(painter, "Shift K", QPointF((self.width() - 44) / 2.0, 32), color=ink)


class EvidenceRow(QWidget):
    """The thumbnails of one field, the attach box, and room for more on the right.

    Signals
    -------
    activated(str)
        A thumbnail was pressed: the id of its key image.
    attach_requested()
    """

    activated = Signal(str)
    attach_requested = Signal()

    def __init__(
        self,
        picture: KeyImagePicture,
        *,
        shown: int = 2,
        trailing: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._picture = picture
        self._shown = shown
        self._images: tuple[KeyImage, ...] = ()
        self._thumbs: list[EvidenceThumb] = []
        self.attach = AttachBox()
        self.attach.clicked.connect(self.attach_requested)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        self._row.addWidget(self.attach)
        self._row.addStretch(1)
        if trailing is not None:
            self._row.addWidget(trailing)

    @property
    def thumbs(self) -> tuple[EvidenceThumb, ...]:
        """The thumbnails that show."""
        return tuple(self._thumbs)

    def set_images(self, images: Sequence[KeyImage]) -> None:
        """Show these key images, the newest last."""
        if tuple(images) == self._images:
            return
        self._images = tuple(images)
        for thumb in self._thumbs:
            self._row.removeWidget(thumb)
            thumb.deleteLater()
        self._thumbs = [EvidenceThumb(image, self._picture) for image in images[-self._shown :]]
        for position, thumb in enumerate(self._thumbs):
            thumb.activated.connect(self.activated)
            self._row.insertWidget(position, thumb)

    def set_editable(self, editable: bool) -> None:
        """Allow or forbid attaching."""
        self.attach.setEnabled(editable)
