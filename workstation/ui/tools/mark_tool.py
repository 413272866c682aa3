"""Draws marks: collects points on one plane and asks for the command that keeps the mark."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

import numpy as np

from workstation.base.errors import InputRefusedError
from workstation.domain.commands import AddMark
from workstation.domain.mark import Mark, MarkKind, mark_refusal
from workstation.domain.spine import PointLps, Spine, VertebralLevel
from workstation.imaging.measure import check_no_gap
from workstation.ui.marks import Draft
from workstation.ui.pane_state import PaneState, space_of
from workstation.ui.tools.mark_plans import PLANS, Gesture, MarkPlan
from workstation.ui.tools.tool import CLICK_PX, PointerEvent, Tool, ToolDesk

PROJECTION_REFUSAL = "A projection has no depth; nothing is measured in it."
MOVED_REFUSAL = "The slice changed while the mark was drawn; begin again."
DRAFT_ID = "draft"
STROKE_STEP_PX = 2.0
"""A freehand outline takes a point each time the pointer has gone this far."""
SAME_PLANE_MM = 1e-3
PICTURES = frozenset({MarkKind.ARROW, MarkKind.TEXT})
"""Kinds that measure nothing, so that gaps do not forbid them."""


class MarkTool(Tool):
    """Draws one kind of mark; it stays armed for the next one.

    Parameters
    ----------
    desk : ToolDesk
    plan : MarkPlan
    """

    def __init__(self, desk: ToolDesk, plan: MarkPlan) -> None:
        super().__init__(desk)
        self.id = plan.tool_id
        self.hint = plan.hint
        self.plan = plan
        self._begin: PointerEvent | None = None
        self._pressed: PointerEvent | None = None
        self._points: list[PointLps] = []
        self._live: PointLps | None = None

    @property
    def busy(self) -> bool:
        """Whether a mark is unfinished."""
        return self._begin is not None

    @property
    def drafts(self) -> tuple[Draft, ...]:
        """The mark as far as it is drawn."""
        if self._begin is None:
            return ()
        points = [*self._points] if self._live is None else self._with_last(self._live)
        return (self._mark(self._begin, points, DRAFT_ID),)

    def press(self, event: PointerEvent) -> None:
        """Set a point here."""
        begin = self._begin
        if begin is not None and not same_plane(begin, event):
            self._reset()
            self.desk.caution(MOVED_REFUSAL)
            return
        if begin is None:
            self._begin = event
        self._pressed = event
        if len(self._points) < self._room:
            self._points.append(event.point_lps)
        self._live = None
        self.desk.redraw()

    def move(self, event: PointerEvent) -> None:
        """Draw as far as here."""
        begin = self._begin
        if begin is None or event.pane is not begin.pane or not same_plane(begin, event):
            return
        self._live = event.point_lps
        self.desk.redraw()

    def release(self, event: PointerEvent) -> None:
        """Set the end of a drag, and keep the mark when it has all its points."""
        begin, pressed = self._begin, self._pressed
        if begin is None or pressed is None:
            return
        self._pressed = None
        if self._is_drag(pressed, event):
            self._points = self._with_last(event.point_lps)
        self._live = None
        if self._complete(event):
            self._keep(begin, self._points)
        self.desk.redraw()

    def cancel(self) -> None:
        """Take the unfinished mark away."""
        self._reset()
        self.desk.redraw()

    @property
    def _room(self) -> int:
        return self.plan.count

    def _is_drag(self, pressed: PointerEvent, event: PointerEvent) -> bool:
        moved = event.position - pressed.position
        return math.hypot(moved.x(), moved.y()) >= CLICK_PX

    def _with_last(self, point: PointLps) -> list[PointLps]:
        """Return the points with one more, or the last one moved where all are set."""
        if len(self._points) < self._room:
            return [*self._points, point]
        return [*self._points[:-1], point]

    def _complete(self, event: PointerEvent) -> bool:
        del event
        return len(self._points) == self.plan.count

    def _keep(self, begin: PointerEvent, points: Sequence[PointLps]) -> None:
        mark = self._mark(begin, points, self.desk.new_id())
        self._reset()
        refusal = drawing_refusal(begin.state, mark)
        if refusal:
            self.desk.caution(refusal)
        elif self.desk.dispatch(AddMark(mark=mark)):
            self.desk.select_mark(mark.id)

    def _mark(
        self, begin: PointerEvent, points: Sequence[PointLps], mark_id: str, label: str = ""
    ) -> Mark:
        state = begin.state
        return Mark(
            id=mark_id,
            kind=self.plan.kind,
            points=self.plan.shape(points, state.view),
            center_lps=state.view.center_lps,
            direction=state.view.direction,
            up=state.view.up,
            frame_of_reference_uid=space_of(state.volume),
            series_uid=state.volume.identity.series_uid,
            volume_index=state.volume.volume_index,
            label=label,
            levels=_levels(self.plan.kind, points, self.desk.spine_of(state)),
            created_at="" if mark_id == DRAFT_ID else self.desk.now(),
        )

    def _reset(self) -> None:
        self._begin = self._pressed = self._live = None
        self._points = []


class PolygonTool(MarkTool):
    """Draws an outline corner by corner; the first corner, or a double click, closes it."""

    @property
    def _room(self) -> int:
        return 10**6

    def _is_drag(self, pressed: PointerEvent, event: PointerEvent) -> bool:
        del pressed, event
        return False

    def _complete(self, event: PointerEvent) -> bool:
        if len(self._points) < 2:
            return False
        places = [event.pane.to_widget(point) - event.position for point in self._points[:-1]]
        if math.hypot(places[-1].x(), places[-1].y()) < CLICK_PX:
            self._points.pop()
            return len(self._points) >= 3
        if math.hypot(places[0].x(), places[0].y()) < 2.0 * CLICK_PX:
            self._points.pop()
            return len(self._points) >= 3
        return False


class FreehandTool(MarkTool):
    """Draws an outline in one stroke."""

    @property
    def _room(self) -> int:
        return 10**6

    def move(self, event: PointerEvent) -> None:
        """Take the stroke on to here."""
        begin = self._begin
        if begin is None or event.pane is not begin.pane or not same_plane(begin, event):
            return
        last = event.pane.to_widget(self._points[-1]) - event.position
        if math.hypot(last.x(), last.y()) >= STROKE_STEP_PX:
            self._points.append(event.point_lps)
            self.desk.redraw()

    def _is_drag(self, pressed: PointerEvent, event: PointerEvent) -> bool:
        del pressed, event
        return False

    def _complete(self, event: PointerEvent) -> bool:
        del event
        return True


class TextTool(MarkTool):
    """Puts words on the image."""

    def _keep(self, begin: PointerEvent, points: Sequence[PointLps]) -> None:
        place = tuple(points)
        self._reset()
        self.desk.ask_text(begin, partial(self._write, begin, place))

    def _write(self, begin: PointerEvent, points: Sequence[PointLps], text: str) -> None:
        mark = self._mark(begin, points, self.desk.new_id(), text.strip())
        refusal = drawing_refusal(begin.state, mark)
        if refusal:
            self.desk.caution(refusal)
        elif self.desk.dispatch(AddMark(mark=mark)):
            self.desk.select_mark(mark.id)
        self.desk.redraw()


def make_mark_tools(desk: ToolDesk) -> tuple[Tool, ...]:
    """Return one tool for each kind of mark."""
    return tuple(_tool(desk, plan) for plan in PLANS)


def _tool(desk: ToolDesk, plan: MarkPlan) -> Tool:
    if plan.kind is MarkKind.TEXT:
        return TextTool(desk, plan)
    made = {Gesture.CORNERS: PolygonTool, Gesture.STROKE: FreehandTool}.get(plan.gesture, MarkTool)
    return made(desk, plan)


def same_plane(one: PointerEvent, other: PointerEvent) -> bool:
    """Whether two events happened in one pane on one plane of one series."""
    view = one.state.view
    return (
        one.pane is other.pane
        and one.state.volume is other.state.volume
        and np.allclose(view.direction, other.state.view.direction, atol=1e-9)
        and abs(view.distance_mm(other.point_lps)) < SAME_PLANE_MM
    )


def drawing_refusal(state: PaneState, mark: Mark) -> str:
    """Return why a mark is not kept on what a pane shows, as one sentence; empty when it is."""
    if state.is_projection:
        return PROJECTION_REFUSAL
    refusal = mark_refusal(mark)
    if refusal or mark.kind in PICTURES:
        return refusal
    try:
        check_no_gap(state.volume, mark.points)
    except InputRefusedError as error:
        return error.message
    return ""


def _levels(
    kind: MarkKind, points: Sequence[PointLps], spine: Spine | None
) -> tuple[VertebralLevel, ...]:
    """Return the vertebra a mark lies at, where the numbering is confirmed; for diameters three."""
    if spine is None or not spine.confirmed or not points:
        return ()
    pairs = kind in (MarkKind.CANAL_DIAMETERS, MarkKind.CORD_DIAMETERS)
    step = 2 if pairs else len(points)
    groups = [points[start : start + step] for start in range(0, len(points), step)]
    found = [spine.level_at(_middle(group)) for group in groups]
    return tuple(level for level in found if level is not None)


def _middle(points: Sequence[PointLps]) -> PointLps:
    x, y, z = np.mean(np.asarray(points), axis=0)
    return (float(x), float(y), float(z))
