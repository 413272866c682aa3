"""The 3D pane: bone of the spine corridor and lesions; a click sends the 2D panes there."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from workstation.base.errors import RenderError
from workstation.domain.case import Case
from workstation.domain.spine import PointLps
from workstation.imaging.volume import Unit, Volume, WindowSetting
from workstation.imaging.window import starting_window
from workstation.rendering.color_map import ColorMap
from workstation.rendering.corridor import Corridor, prepare_corridor
from workstation.rendering.overlay import (
    Anchor,
    CornerContent,
    Primitive,
    Text,
    TextStyle,
    color_bar,
    corner_texts,
    larger_text_px,
    orientation_letters,
    scale_bar,
    text_box,
)
from workstation.rendering.plane import PlaneName, PlaneView
from workstation.rendering.slice_view import SliceLayer
from workstation.rendering.surface import Surface, iso_surface
from workstation.rendering.volume_view import (
    Marker,
    VolumeBody,
    VolumeScene,
    VolumeView,
    maximum_preset,
    pick,
    start_view,
    turned,
)
from workstation.ui.hanging import is_pet, spine_focus
from workstation.ui.overlay_painter import OverlayStyle, PaneDrawing, text_measure
from workstation.ui.pane_frame import Frame, PaneFrame, PaneSize, in_frame_pixels
from workstation.ui.pane_marks import stability_ink
from workstation.ui.pane_state import space_of
from workstation.ui.pane_texts import series_title, short_unit, window_line
from workstation.ui.theme import current_theme

PREPARE_DELAY_MS = 60
"""The 2D panes are drawn before the corridor is prepared."""
SPINE_MARGIN_MM = 45.0
HALF_WIDTH_MM = 60.0
FRONT_MM = 60.0
BACK_MM = 40.0
"""Half width, front and back of the corridor while the spine is not numbered; the table of the
scanner stays out."""
CORRIDOR_SPACING_MM = 1.0
PROJECTION_SPACING_MM = 2.0
PROJECTION_SUV = WindowSetting(center=5.0, width=10.0)
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
        self._body: Surface | VolumeBody | None = None
        self._pipeline: VolumeView | None = None
        self._scene: VolumeScene | None = None
        self._frame: Frame | None = None
        self._refusal = ""
        self._window: WindowSetting | None = None
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
    def moving(self) -> bool:
        """Whether a coarse picture is shown because the camera moves."""
        return self._moving

    @property
    def view(self) -> PlaneView | None:
        """The camera, or None before the corridor is prepared."""
        return self._view

    def show_volume(self, volume: Volume, case: Case | None) -> None:
        """Show the bone of a volume, around the spine where it is numbered."""
        self._volume = volume
        self._case = case
        self._body = self._view = None
        self._refusal = ""
        self._window = None
        kind = "maximum projection" if is_pet(volume) else "3D bone surface"
        self.setAccessibleName(f"Pane {self.number}, {series_title(volume)}, {kind}")
        self._prepare.start()
        self.update()

    def set_case(self, case: Case | None) -> None:
        """Show the lesions of a case as balls."""
        if case is not self._case:
            self._case = case
            self.update()

    def render_frame(self, size: PaneSize) -> Frame | None:
        """Return the frame of the present camera, rendered again only when it differs."""
        if self._body is None or self._view is None:
            return None
        scene = VolumeScene(
            body=self._body,
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
        self._scene = self._frame = self._body = self._view = self._volume = None

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
        scene = VolumeScene(body=self._body, view=self._view, size=self.logical_size)
        point = pick(scene, in_frame_pixels(position))
        if point is not None:
            self.picked.emit(self, point)

    def _prepare_surface(self) -> None:
        volume = self._volume
        if volume is None:
            return
        try:
            if is_pet(volume):
                self._prepare_projection(volume)
            else:
                corridor = _corridor(volume, self._case)
                prepared = prepare_corridor(volume, corridor, CORRIDOR_SPACING_MM)
                self._body = iso_surface(prepared.fine)
                self._view = start_view(prepared.fine, self.logical_size)
        except RenderError as error:
            self._refusal = error.message
        self.update()

    def _prepare_projection(self, volume: Volume) -> None:
        """Prepare the maximum through the patient, seen from the front."""
        grid = prepare_corridor(volume, Corridor.whole(volume), PROJECTION_SPACING_MM)
        window = PROJECTION_SUV if volume.unit is Unit.SUVBW else starting_window(volume)
        preset = maximum_preset(window, ColorMap.INVERTED_GREY)
        self._body = VolumeBody(corridor=grid, preset=preset)
        self._window = window
        turned_front = start_view(grid.fine, self.logical_size)
        center, field_mm = turned_front.center_lps, turned_front.field_mm
        self._view = PlaneView.for_plane(PlaneName.CORONAL, center, field_mm)

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
        light = isinstance(self._body, VolumeBody) and self._body.preset.light
        style = OverlayStyle(light=light, larger_px=larger_text_px(size[0]))
        if self._volume is None:
            return PaneDrawing(style=style)
        measure = text_measure(style.larger_px)
        content = self._corners(self._volume)
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
            *self._color_bar(self._volume, size),
            *corner_texts(content, size, measure, taken),
        )
        return PaneDrawing(primitives=parts, style=style)

    def _corners(self, volume: Volume) -> CornerContent:
        if not is_pet(volume):
            return CornerContent(top_left=(series_title(volume), "3D, bone surface"))
        lines = (series_title(volume), "Maximum projection, drag to turn")
        if self._window is None:
            return CornerContent(top_left=lines)
        layer = SliceLayer(volume=volume, window=self._window)
        return CornerContent(top_left=lines, bottom_left=(window_line(layer),))

    def _color_bar(self, volume: Volume, size: PaneSize) -> tuple[Primitive, ...]:
        if self._window is None or not isinstance(self._body, VolumeBody):
            return ()
        unit = short_unit(volume.unit)
        return color_bar(ColorMap.INVERTED_GREY, self._window, unit, size)


def _corridor(volume: Volume, case: Case | None) -> Corridor:
    """Return the box around the numbered spine, else around the middle of the volume."""
    spine = case.spine_for(space_of(volume)) if case is not None else None
    if spine is not None and len(spine.landmarks) > 1:
        centers: list[PointLps] = [mark.center_lps for mark in spine.landmarks]
        return Corridor.around(centers, SPINE_MARGIN_MM).clipped_to(volume)
    whole = Corridor.whole(volume)
    x, y, _ = spine_focus(volume)
    return Corridor(
        low_lps=(x - HALF_WIDTH_MM, y - FRONT_MM, whole.low_lps[2]),
        high_lps=(x + HALF_WIDTH_MM, y + BACK_MM, whole.high_lps[2]),
    ).clipped_to(volume)


def _rgb(token: str) -> tuple[float, float, float]:
    color = current_theme().overlay_color(token)
    return (color.redF(), color.greenF(), color.blueF())
