"""Numbers the spine: click a vertebra and name it, drag what was proposed."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt

from workstation.domain.commands import MoveLandmark, SetSpine
from workstation.domain.spine import Landmark, LandmarkState, PointLps, Spine, VertebralLevel
from workstation.imaging.spine.interpolate import interpolated_spine
from workstation.ui.marks import Draft, LandmarkMark
from workstation.ui.pane_state import space_of
from workstation.ui.tools.tool import CLICK_PX, PointerEvent, Tool, ToolDesk, ToolId

GRAB_PX = 14.0
GRAB_DEPTH_MM = 12.0
"""A landmark is grabbed in planes at most this far from it."""


class LevelTool(Tool):
    """Click to name a vertebra; two named ones propose the chain between; drag to correct."""

    id: ToolId = ToolId.LEVEL
    hint: str = "Levels: click a vertebral body, name it, drag to correct. Esc to stop."
    cursor: Qt.CursorShape = Qt.CursorShape.PointingHandCursor

    def __init__(self, desk: ToolDesk) -> None:
        super().__init__(desk)
        self._begin: PointerEvent | None = None
        self._grabbed: Landmark | None = None
        self._draft: LandmarkMark | None = None

    @property
    def busy(self) -> bool:
        """Whether a vertebra is being dragged or named."""
        return self._begin is not None or self._draft is not None

    @property
    def drafts(self) -> tuple[Draft, ...]:
        """The vertebra being dragged or named."""
        return (self._draft,) if self._draft is not None else ()

    def press(self, event: PointerEvent) -> None:
        """Take hold of a landmark, or begin a click beside all of them."""
        self._begin = event
        self._grabbed = self._landmark_at(event)

    def move(self, event: PointerEvent) -> None:
        """Drag the landmark along."""
        if self._begin is None or self._grabbed is None:
            return
        self._draft = LandmarkMark(
            center_lps=event.point_lps,
            level=self._grabbed.level,
            frame_of_reference_uid=space_of(event.state.volume),
        )
        self.desk.redraw()

    def release(self, event: PointerEvent) -> None:
        """Put the landmark down, or ask for the name of what was clicked."""
        begin, grabbed = self._begin, self._grabbed
        self._begin = self._grabbed = self._draft = None
        if begin is None:
            return
        moved = event.position - begin.position
        dragged = math.hypot(moved.x(), moved.y()) >= CLICK_PX
        if grabbed is not None and dragged:
            self._drop(event, grabbed)
        elif not dragged:
            self.name(begin)
        self.desk.redraw()

    def name(self, event: PointerEvent) -> None:
        """Ask which vertebra lies at a point, and number the spine from the answer."""
        if event.state.is_projection:
            self.desk.caution("A projection has no depth; name levels in a slice.")
            return
        self._draft = LandmarkMark(
            center_lps=event.point_lps,
            level=None,
            frame_of_reference_uid=space_of(event.state.volume),
        )
        self.desk.ask_level(event, self._proposal(event), _Named(self, event))
        self.desk.redraw()

    def take_name(self, event: PointerEvent, level: VertebralLevel) -> None:
        """Give the clicked point its level and number the spine anew."""
        self._draft = None
        spine = self._spine(event)
        renamed = self._landmark_at(event)
        clicked = {
            mark.level: mark.center_lps
            for mark in (spine.landmarks if spine else ())
            if mark.state is LandmarkState.CLICKED and mark is not renamed
        }
        clicked[level] = renamed.center_lps if renamed is not None else event.point_lps
        self.desk.dispatch(SetSpine(spine=proposed_spine(event, spine, clicked)))
        self.desk.redraw()

    def cancel(self) -> None:
        """Leave everything as it was."""
        self._begin = self._grabbed = self._draft = None
        self.desk.redraw()

    def _drop(self, event: PointerEvent, grabbed: Landmark) -> None:
        self.desk.dispatch(
            MoveLandmark(
                frame_of_reference_uid=space_of(event.state.volume),
                level=grabbed.level,
                center_lps=event.point_lps,
            )
        )

    def _spine(self, event: PointerEvent) -> Spine | None:
        case = self.desk.case
        return case.spine_for(space_of(event.state.volume)) if case is not None else None

    def _landmark_at(self, event: PointerEvent) -> Landmark | None:
        """Return the landmark under the pointer, the nearest first."""
        spine = self._spine(event)
        view = event.state.view
        found: list[tuple[float, Landmark]] = []
        for mark in spine.landmarks if spine is not None else ():
            offset = event.pane.to_widget(mark.center_lps) - event.position
            distance = math.hypot(offset.x(), offset.y())
            if distance <= GRAB_PX and abs(view.distance_mm(mark.center_lps)) <= GRAB_DEPTH_MM:
                found.append((distance, mark))
        return min(found, key=lambda item: item[0])[1] if found else None

    def _proposal(self, event: PointerEvent) -> VertebralLevel | None:
        renamed = self._landmark_at(event)
        if renamed is not None:
            return renamed.level
        spine = self._spine(event)
        return spine.level_at(event.point_lps) if spine is not None else None


class _Named:
    """Carries the answer of the reader back to the tool, with the point it is about."""

    def __init__(self, tool: LevelTool, event: PointerEvent) -> None:
        self.tool = tool
        self.event = event

    def __call__(self, level: VertebralLevel) -> None:
        """Take the answer."""
        self.tool.take_name(self.event, level)


def proposed_spine(
    event: PointerEvent, spine: Spine | None, clicked: dict[VertebralLevel, PointLps]
) -> Spine:
    """Return the spine with the clicked levels, and those between them proposed."""
    volume = event.state.volume
    variants = spine.variants if spine is not None else frozenset()
    landmarks = interpolated_spine(clicked, variants)
    first = min(clicked, key=lambda level: level.order)
    return Spine(
        frame_of_reference_uid=space_of(volume),
        series_uid=volume.identity.series_uid,
        landmarks=landmarks,
        variants=variants,
        counted_from=spine.counted_from if spine and spine.counted_from else f"from {first}",
    )
