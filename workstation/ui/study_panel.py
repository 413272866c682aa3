"""Studies and series of the open case, what could not be opened and why."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QMimeData, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QDrag, QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from workstation.app.library import Library
from workstation.domain.case import Case
from workstation.imaging.catalog import Catalog, SeriesEntry, StudyEntry
from workstation.imaging.object_kind import ObjectKind
from workstation.imaging.volume import VolumeKey
from workstation.ui.bar_controls import Band
from workstation.ui.components.controls import IconButton, PaintedControl, TextButton
from workstation.ui.components.drawing import paint_box, paint_line, paint_text, text_width
from workstation.ui.components.labels import PlainLabel
from workstation.ui.hanger import Hanger
from workstation.ui.icons import paint_icon
from workstation.ui.theme import (
    BODY_PX,
    LABEL_PX,
    REGULAR,
    SEMIBOLD,
    SMALL_PX,
    current_theme,
    font,
)

HEAD_PX = 30
STUDY_ROW_PX = 30
SERIES_ROW_PX = 66
THUMBNAIL_PX = 54
SERIES_MIME = "application/x-batson-series"
NOTE = {"wait": "Series appear here as soon as a study opens."}


class SectionBar(QWidget):
    """The head of a part of the left dock: its name in capitals, icons on the right."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self.setFixedHeight(HEAD_PX)
        self.setAccessibleName(title)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw name and line."""
        del event
        painter = QPainter(self)
        theme = current_theme()
        face = font(LABEL_PX, SEMIBOLD, spacing_px=0.8)
        area = QRectF(12, 0, self.width(), self.height())
        paint_text(painter, area, self._title.upper(), face, theme.color("text_muted"))
        base = self.height() - 0.5
        paint_line(painter, QPointF(0, base), QPointF(self.width(), base), theme.color("line"))


class StudyRow(QWidget):
    """Date and name of a study, and whether it is the newest."""

    def __init__(self, study: StudyEntry, role: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._date = study.date[:10] or "No date"
        self._name = study.description or "Study"
        self._role = role
        self.setFixedHeight(STUDY_ROW_PX)
        self.setAccessibleName(f"Study {self._date} {self._name} {role}".strip())
        self.setToolTip(f"{self._date} {self._name}")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the row."""
        del event
        painter = QPainter(self)
        theme = current_theme()
        paint_icon(painter, "chevron-down", QRectF(9, 8, 14, 14), theme.color("text_muted"))
        face = font(BODY_PX, SEMIBOLD)
        height = self.height()
        paint_text(painter, QRectF(28, 0, 100, height), self._date, face, theme.color("text"))
        left = 28 + text_width(self._date, face) + 8
        role = text_width(self._role, font(SMALL_PX)) if self._role else 0.0
        room = self.width() - left - role - 20
        plain = font(BODY_PX)
        painter.setFont(plain)
        name = painter.fontMetrics().elidedText(
            self._name, Qt.TextElideMode.ElideRight, round(room)
        )
        muted = theme.color("text_muted")
        paint_text(painter, QRectF(left, 0, room, height), name, plain, muted)
        area = QRectF(self.width() - role - 12, 0, role + 2, height)
        paint_text(painter, area, self._role, font(SMALL_PX), muted)


class SeriesRow(PaintedControl):
    """One series: picture, number and name, images, what was noticed, in which panes it is.

    Signals
    -------
    wanted(VolumeKey)
        Show it in the active pane.
    """

    wanted = Signal(object)

    def __init__(
        self, series: SeriesEntry, library: Library, hanger: Hanger, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._series = series
        self._library = library
        self._hanger = hanger
        self._progress: tuple[int, int] | None = None
        self._press: QPointF | None = None
        self.key: VolumeKey | None = series.volumes[0].key if series.volumes else None
        self.setFixedHeight(SERIES_ROW_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.describe(f"Series {self.title}, {self.extent}", self.title)
        self.setEnabled(self.key is not None)
        self.clicked.connect(self._on_clicked)

    @property
    def title(self) -> str:
        """Number and name."""
        identity = self._series.identity
        number = f"{identity.series_number}  " if identity.series_number is not None else ""
        return f"{number}{identity.series_description or identity.modality or 'Series'}"

    @property
    def extent(self) -> str:
        """How many images, how far apart."""
        if not self._series.volumes:
            return self._series.object_kind.value
        geometry = self._series.volumes[0].geometry
        words = f"{geometry.shape_kji[0]} images · {geometry.spacing_ijk[2]:.1f} mm"
        more = len(self._series.volumes) - 1
        return f"{words} · {more + 1} volumes" if more else words

    @property
    def warning(self) -> str:
        """The first thing that was noticed while reading, or empty."""
        findings = [*self._series.findings]
        for entry in self._series.volumes:
            findings.extend(entry.findings)
        return findings[0].message.rstrip(".") if findings else ""

    def set_progress(self, done: int, total: int) -> None:
        """Show how far loading is."""
        self._progress = (done, total) if done < total else None
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of a row."""
        return QSize(240, SERIES_ROW_PX)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where a drag may begin."""
        self._press = event.position()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Carry the series onto a pane."""
        if self._press is None or self.key is None:
            return
        if (event.position() - self._press).manhattanLength() < 10:
            return
        self._press = None
        self.setDown(False)
        data = QMimeData()
        data.setData(SERIES_MIME, f"{self.key.index} {self.key.series_uid}".encode())
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.exec(Qt.DropAction.CopyAction)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the row."""
        del event
        painter = QPainter(self)
        theme = current_theme()
        shown = self._hanger.shown(self.key) if self.key is not None else ()
        if any(shown) or self.hovered:
            token = "hover" if self.hovered else "raised"
            painter.fillRect(self.rect(), theme.color(token))
        picture = QRectF(8, (self.height() - THUMBNAIL_PX) / 2, THUMBNAIL_PX, THUMBNAIL_PX)
        self._paint_thumbnail(painter, picture)
        if any(shown):
            paint_box(painter, picture.adjusted(-1, -1, 1, 1), edge=theme.color("accent"))
            self._paint_grid(painter, shown)
        self._paint_words(painter, picture.right() + 10)

    def _paint_thumbnail(self, painter: QPainter, area: QRectF) -> None:
        painter.fillRect(area, current_theme().color("canvas"))
        picture = self._library.thumbnail(self.key) if self.key is not None else None
        if picture is None:
            return
        gray = np.ascontiguousarray(picture)
        height, width = gray.shape
        image = QImage(gray.data, width, height, width, QImage.Format.Format_Grayscale8)
        scale = min(area.width() / width, area.height() / height)
        size = QSize(round(width * scale), round(height * scale))
        place = QRectF(0, 0, size.width(), size.height())
        place.moveCenter(area.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, image)

    def _paint_grid(self, painter: QPainter, shown: tuple[bool, ...]) -> None:
        theme = current_theme()
        columns = 2 if len(shown) <= 4 else 4
        for number, here in enumerate(shown):
            x = self.width() - 28 + (number % columns) * 9
            y = 14 + (number // columns) * 7
            painter.fillRect(QRectF(x, y, 8, 6), theme.color("accent" if here else "line"))

    def _paint_words(self, painter: QPainter, left: float) -> None:
        theme = current_theme()
        warning = self.warning
        room = self.width() - left - (36 if self.key is not None else 8)
        top = 9 if warning or self._progress else 15
        rows = [(self.title, font(BODY_PX, SEMIBOLD), "text")]
        rows.append((self.extent, font(SMALL_PX, REGULAR), "text_muted"))
        for text, face, token in rows:
            painter.setFont(face)
            words = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, round(room))
            paint_text(painter, QRectF(left, top, room, 18), words, face, theme.color(token))
            top += 18
        if self._progress is not None:
            self._paint_progress(painter, left, top + 6)
        elif warning:
            paint_icon(
                painter, "triangle-alert", QRectF(left, top + 2, 14, 14), theme.color("caution")
            )
            face = font(SMALL_PX)
            painter.setFont(face)
            words = painter.fontMetrics().elidedText(
                warning, Qt.TextElideMode.ElideRight, round(self.width() - left - 28)
            )
            area = QRectF(left + 18, top, room, 18)
            paint_text(painter, area, words, face, theme.color("caution"))
            self.setToolTip(f"{self.title}\n{warning}")

    def _paint_progress(self, painter: QPainter, left: float, top: float) -> None:
        theme = current_theme()
        done, total = self._progress or (0, 1)
        room = self.width() - left - 48
        painter.fillRect(QRectF(left, top, room, 3), theme.color("line"))
        painter.fillRect(QRectF(left, top, room * done / max(total, 1), 3), theme.color("accent"))
        words = f"{100 * done // max(total, 1)} %"
        area = QRectF(left + room + 6, top - 8, 40, 18)
        paint_text(painter, area, words, font(LABEL_PX), theme.color("text_muted"))

    def _on_clicked(self) -> None:
        if self.key is not None:
            self.wanted.emit(self.key)


class RefusedLine(QWidget):
    """How many files were refused or hidden, with "Why".

    Signals
    -------
    why_pressed()
    """

    why_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = PlainLabel(size_px=SMALL_PX, tone="muted", parent=self)
        self.why = TextButton("Why", kind="flat", parent=self)
        self.why.describe("Why files were not opened")
        self.why.clicked.connect(self.why_pressed)
        self.setFixedHeight(28)

    def show_counts(self, refused: int, hidden: int, other: int) -> None:
        """Show how many files were not opened, how many series are hidden or no images."""
        parts = []
        if other:
            parts.append(f"{other} object{'s' if other > 1 else ''} without images")
        if hidden:
            parts.append("Localiser hidden" if hidden == 1 else f"{hidden} localisers hidden")
        if refused:
            parts.append(f"{refused} file{'s' if refused > 1 else ''} refused")
        self.text.setText(" · ".join(parts))
        self.why.setVisible(refused > 0)
        self.setVisible(bool(parts))

    def resizeEvent(self, event: object) -> None:
        """Keep the button on the right."""
        del event
        self.text.setGeometry(34, 0, self.width() - 90, self.height())
        self.why.move(self.width() - self.why.sizeHint().width() - 8, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the sign."""
        del event
        color = current_theme().color("text_muted")
        paint_icon(QPainter(self), "info", QRectF(12, 7, 14, 14), color)


class StudyPanel(Band):
    """The list of studies and series.

    Parameters
    ----------
    library : Library
    hanger : Hanger

    Signals
    -------
    series_wanted(VolumeKey)
    refused_wanted()
        The reader asks why files were not opened.
    dock_pressed()
        Hide the dock.
    """

    series_wanted = Signal(object)
    refused_wanted = Signal()
    dock_pressed = Signal()

    def __init__(self, library: Library, hanger: Hanger, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setAccessibleName("Studies and series")
        self._library = library
        self._hanger = hanger
        self._case: Case | None = None
        self.rows: list[SeriesRow] = []
        self.head = SectionBar("Studies", self)
        self.hide_button = IconButton("panel-left", "Hide series and map", "F4", self)
        self.hide_button.clicked.connect(self.dock_pressed)
        self.refused = RefusedLine()
        self.refused.why_pressed.connect(self.refused_wanted)
        self._list = QWidget()
        self._column = QVBoxLayout(self._list)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self._list)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.head)
        outer.addWidget(self._scroll, 1)
        outer.addWidget(self.refused)
        library.catalog_changed.connect(self.refresh)
        library.thumbnail_ready.connect(self._repaint)
        library.volume_ready.connect(self._repaint)
        library.loading_progress.connect(self._on_progress)
        hanger.shown_changed.connect(self._repaint)
        self.refresh()

    def show_case(self, case: Case | None) -> None:
        """List the studies of a case."""
        self._case = case
        self.refresh()

    def refresh(self) -> None:
        """List what is open."""
        self.rows = []
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.setParent(None)
                widget.deleteLater()
        studies = self._studies()
        hidden = other = 0
        for number, study in enumerate(studies):
            role = "" if len(studies) == 1 else ("Current" if number == 0 else "Prior")
            self._column.addWidget(StudyRow(study, role))
            for series in study.series:
                if series.kind.localizer:
                    hidden += 1
                elif series.object_kind is not ObjectKind.IMAGE:
                    other += 1
                else:
                    self._add_series(series)
        if not studies:
            self._column.addWidget(_note(NOTE["wait"]))
        self._column.addStretch(1)
        self.refused.show_counts(len(self._library.rejected), hidden, other)

    def wanted_height(self) -> int:
        """Return the height at which everything is visible."""
        rows = len(self.rows) * SERIES_ROW_PX + len(self._studies()) * STUDY_ROW_PX
        return HEAD_PX + max(rows, 60) + (28 if self.refused.isVisibleTo(self) else 0)

    def resizeEvent(self, event: object) -> None:
        """Keep the button in the head."""
        del event
        self.hide_button.move(self.width() - 34, 1)
        self.hide_button.raise_()

    def _studies(self) -> list[StudyEntry]:
        uids = {item.study_uid for item in self._case.studies} if self._case is not None else set()
        found = [
            study
            for catalog in self._library.catalogs
            if isinstance(catalog, Catalog)
            for study in catalog.studies
            if study.uid in uids
        ]
        unique = {study.uid: study for study in found}
        return sorted(unique.values(), key=lambda study: study.date, reverse=True)

    def _add_series(self, series: SeriesEntry) -> None:
        row = SeriesRow(series, self._library, self._hanger)
        row.wanted.connect(self.series_wanted)
        self.rows.append(row)
        self._column.addWidget(row)

    def _repaint(self, *_: object) -> None:
        for row in self.rows:
            row.update()

    def _on_progress(self, key: VolumeKey, done: int, total: int) -> None:
        for row in self.rows:
            if row.key == key:
                row.set_progress(done, total)


def _note(text: str) -> QWidget:
    label = PlainLabel(text, wraps=True)
    label.setContentsMargins(12, 12, 12, 12)
    return label
