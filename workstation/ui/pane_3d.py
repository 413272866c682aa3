"""The 3D pane: bone of the spine corridor and lesions; a click sends the 2D panes there."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from workstation.base.errors import RenderError
from workstation.domain.case import Case
from workstation.domain.spine import PointLps
from workstation.imaging.volume import Volume
from workstation.rendering.corridor import Corridor, prepare_corridor
from workstation.rendering.overlay import (
    Anchor,
    CornerContent,
    Text,
    TextStyle,
    corner_texts,
    larger_text_px,
    orientation_letters,
    scale_bar,
    text_box,
)
from workstation.rendering.plane import PlaneView
from workstation.rendering.surface import Surface, iso_surface
from workstation.rendering.volume_view import (
    Marker,
    VolumeScene,
    VolumeView,
    pick,
    start_view,
    turned,
)
from workstation.ui.overlay_painter import OverlayStyle, PaneDrawing, text_measure
from workstation.ui.pane_frame import Frame, PaneFrame, PaneSize, in_frame_pixels
from workstation.ui.pane_marks import stability_ink
from workstation.ui.pane_state import space_of
from workstation.ui.pane_texts import series_title
from workstation.ui.theme import current_theme

PREPARE_DELAY_MS = 60
"""The 2D panes are drawn before the corridor is prepared."""
SPINE_MARGIN_MM = 45.0
HALF_WIDTH_MM = 70.0
"""Half the width of the corridor while the spine is not numbered."""
CORRIDOR_SPACING_MM = 1.0
CLICK_PX = 4.0
ZOOM_DRAG_PX = 200.0
WHEEL_ZOOM = 1.15


class Pane3d(PaneFrame):
    """One 3D pane.

    Signals
    -------
    picked(Pane3d, tuple)
        A point of the bone was clicked, LPS mm.
    entered(Pane3d)
        The pointer came over the pane.
    """

    picked = Signal(object, object)
    entered = Signal(object)

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(number, parent)
        self._volume: Volume | None = None
        self._case: Case | None = None
        self._view: PlaneView | None = None
        self._surface: Surface | None = None
        self._pipeline: VolumeView | None = None
        self._scene: VolumeScene | None = None
        self._frame: Frame | None = None
        self._refusal = ""
        self._press: tuple[QPointF, Qt.MouseButton, PlaneView] | None = None
        self._moving = False
        self._prepare = QTimer(self)
        self._prepare.setSingleShot(True)
        self._prepare.setInterval(PREPARE_DELAY_MS)
        self._prepare.timeout.connect(self._prepare_surface)
        self.overlay = self._drawing

    @property
    def volume(self) -> Volume | None:
        """What the pane shows."""
        return self._volume

    @property
    def view(self) -> PlaneView | None:
        """The camera, or None before the corridor is prepared."""
        return self._view

    def show_volume(self, volume: Volume, case: Case | None) -> None:
        """Show the bone of a volume, around the spine where it is numbered."""
        self._volume = volume
        self._case = case
        self._surface = self._view = None
        self._refusal = ""
        self.setAccessibleName(f"Pane {self.number}, {series_title(volume)}, 3D bone surface")
        self._prepare.start()
        self.update()

    def set_case(self, case: Case | None) -> None:
        """Show the lesions of a case as balls."""
        if case is not self._case:
            self._case = case
            self.update()

    def render_frame(self, size: PaneSize) -> Frame | None:
        """Return the frame of the present camera, rendered again only when it differs."""
        if self._surface is None or self._view is None:
            return None
        scene = VolumeScene(
            body=self._surface,
            view=self._view,
            size=size,
            markers=self._markers(),
            moving=self._moving,
        )
        if scene != self._scene or self._frame is None:
            if self._pipeline is None:
                self._pipeline = VolumeView()
            self._frame = self._pipeline.render(scene)
            self._scene = scene
        return self._frame

    def close_view(self) -> None:
        """Give the render window back and show nothing."""
        self._prepare.stop()
        if self._pipeline is not None:
            self._pipeline.close()
            self._pipeline = None
        self._scene = self._frame = self._surface = self._view = self._volume = None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to turn (left), move (middle) or zoom (right)."""
        if self._view is not None:
            self._press = (event.position(), event.button(), self._view)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Turn, move or zoom with the pointer."""
        if self._press is None:
            return
        start, button, view = self._press
        moved = event.position() - start
        self._moving = True
        size = self.logical_size
        if button is Qt.MouseButton.LeftButton:
            self._view = turned(view, moved.x(), moved.y(), size)
        elif button is Qt.MouseButton.MiddleButton:
            self._view = view.panned(moved.x(), moved.y(), size)
        else:
            self._view = view.zoomed(math.exp(-moved.y() / ZOOM_DRAG_PX))
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the movement; a click on bone sends the other panes there."""
        press, self._press = self._press, None
        self._moving = False
        self.update()
        if press is None or press[1] is not Qt.MouseButton.LeftButton:
            return
        moved = event.position() - press[0]
        if math.hypot(moved.x(), moved.y()) < CLICK_PX:
            self._pick(event.position())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Magnify."""
        if self._view is not None and event.angleDelta().y():
            factor = WHEEL_ZOOM if event.angleDelta().y() > 0 else 1.0 / WHEEL_ZOOM
            self._view = self._view.zoomed(factor)
            self.update()
        event.accept()

    def enterEvent(self, event: object) -> None:
        """Say that the pointer is here."""
        del event
        self.entered.emit(self)

    def _pick(self, position: QPointF) -> None:
        if self._scene is None or self._view is None:
            return
        scene = VolumeScene(body=self._surface, view=self._view, size=self.logical_size)
        point = pick(scene, in_frame_pixels(position))
        if point is not None:
            self.picked.emit(self, point)

    def _prepare_surface(self) -> None:
        volume = self._volume
        if volume is None:
            return
        try:
            corridor = _corridor(volume, self._case)
            prepared = prepare_corridor(volume, corridor, CORRIDOR_SPACING_MM)
            self._surface = iso_surface(prepared.fine)
            self._view = start_view(prepared.fine, self.logical_size)
        except RenderError as error:
            self._refusal = error.message
        self.update()

    def _markers(self) -> tuple[Marker, ...]:
        if self._case is None or self._volume is None:
            return ()
        space = space_of(self._volume)
        return tuple(
            Marker(
                center_lps=lesion.center_lps,
                radius_mm=lesion.radius_mm,
                color=_rgb(stability_ink(self._case, lesion)[0].value),
            )
            for lesion in self._case.lesions
            if lesion.frame_of_reference_uid == space
        )

    def _drawing(self) -> PaneDrawing:
        size = self.logical_size
        style = OverlayStyle(larger_px=larger_text_px(size[0]))
        if self._volume is None:
            return PaneDrawing(style=style)
        measure = text_measure(style.larger_px)
        content = CornerContent(top_left=(series_title(self._volume), "3D, bone surface"))
        if self._view is None:
            words = self._refusal or "Preparing the 3D view…"
            middle = Text(size[0] / 2, size[1] / 2, words, TextStyle.BODY, Anchor.CENTER)
            parts = (middle, *corner_texts(content, size, measure))
            return PaneDrawing(primitives=parts, style=style)
        letters = orientation_letters(self._view, size)
        taken = tuple(text_box(letter, measure) for letter in letters)
        parts = (
            *letters,
            *scale_bar(self._view, size),
            *corner_texts(content, size, measure, taken),
        )
        return PaneDrawing(primitives=parts, style=style)


def _corridor(volume: Volume, case: Case | None) -> Corridor:
    """Return the box around the numbered spine, else around the middle of the volume."""
    spine = case.spine_for(space_of(volume)) if case is not None else None
    if spine is not None and len(spine.landmarks) > 1:
        centers: list[PointLps] = [mark.center_lps for mark in spine.landmarks]
        return Corridor.around(centers, SPINE_MARGIN_MM).clipped_to(volume)
    whole = Corridor.whole(volume)
    middle = (whole.low_lps[0] + whole.high_lps[0]) / 2.0
    return Corridor(
        low_lps=(max(middle - HALF_WIDTH_MM, whole.low_lps[0]), *whole.low_lps[1:]),
        high_lps=(min(middle + HALF_WIDTH_MM, whole.high_lps[0]), *whole.high_lps[1:]),
    )


def _rgb(token: str) -> tuple[float, float, float]:
    color = current_theme().overlay_color(token)
    return (color.redF(), color.greenF(), color.blueF())


