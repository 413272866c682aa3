"""What the actions of the images do: the table's ids joined to the desk and the hanger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from workstation.app.actions import ActionRegistry
from workstation.imaging.volume import WindowSetting
from workstation.imaging.window import WindowPreset, presets_for, starting_window
from workstation.rendering.color_map import ColorMap
from workstation.ui.hanger import Hanger
from workstation.ui.hanging import PET_OPACITY
from workstation.ui.pane import Pane
from workstation.ui.pane_follower import PaneFollower
from workstation.ui.pane_host import PaneHost
from workstation.ui.pane_state import PaneState, at_slice, slice_position, stepped
from workstation.ui.reading_context import TextMode
from workstation.ui.reading_desk import ReadingDesk
from workstation.ui.tools.mark_plans import PLANS
from workstation.ui.tools.tool import ToolId

TOOL_ACTIONS: dict[str, ToolId] = {
    "tool.window_level": ToolId.WINDOW,
    "tool.zoom": ToolId.ZOOM,
    "tool.pan": ToolId.PAN,
    "tool.lesion": ToolId.LESION,
    "tool.level": ToolId.LEVEL,
    **{f"tool.{plan.tool_id}": plan.tool_id for plan in PLANS},
}
_TEXT_ORDER = (TextMode.ALL, TextMode.SHORT, TextMode.NONE)
_INVERTED = {
    ColorMap.GREY: ColorMap.INVERTED_GREY,
    ColorMap.INVERTED_GREY: ColorMap.GREY,
}
QUARTER_DEG = 90.0
_BLENDS = (0.0, 0.5, 1.0)


class ImageActions:
    """Binds the image actions.

    Parameters
    ----------
    registry : ActionRegistry
    desk : ReadingDesk
    host : PaneHost
    follower : PaneFollower
    hanger : Hanger
    """

    def __init__(
        self,
        registry: ActionRegistry,
        desk: ReadingDesk,
        host: PaneHost,
        follower: PaneFollower,
        hanger: Hanger,
    ) -> None:
        self._desk = desk
        self._host = host
        self._hanger = hanger
        for action_id, tool_id in TOOL_ACTIONS.items():
            registry.bind(action_id, partial(self.take_tool, tool_id))
        handlers: dict[str, Callable[[], object]] = {
            "slice.previous": partial(self.step, -1),
            "slice.next": partial(self.step, 1),
            "slice.first": partial(self.go_to_end, first=True),
            "slice.last": partial(self.go_to_end, first=False),
            "series.previous": partial(hanger.step_series, -1),
            "series.next": partial(hanger.step_series, 1),
            "pane.previous": partial(self.step_pane, -1),
            "pane.next": partial(self.step_pane, 1),
            "level.next": partial(follower.walk, 1),
            "level.previous": partial(follower.walk, -1),
            "view.hide_overlays": self.toggle_hidden,
            "view.crosshair": self.toggle_crosshair,
            "view.text": self.cycle_text,
            "view.invert": self.invert,
            "view.reset": hanger.reset_pane,
            "view.maximize": self.toggle_alone,
            "view.link": self.toggle_link,
            "view.fusion": self.toggle_fusion,
            "view.blend": self.cycle_blend,
            "view.compare": hanger.toggle_compare,
            "stage.next": partial(hanger.step_stage, 1),
            "stage.previous": partial(hanger.step_stage, -1),
            "view.flip": self.flip,
            "view.rotate": self.rotate,
            "tool.disarm": self.disarm,
            "window.preset_0": self.reset_window,
        }
        for key in range(1, 10):
            handlers[f"window.preset_{key}"] = partial(self.preset_number, key)
        for action_id, handler in handlers.items():
            registry.bind(action_id, handler)

    def take_tool(self, tool_id: ToolId) -> None:
        """Arm a tool; the same key again puts it away, or marks where the pointer is."""
        if self._desk.armed is tool_id and tool_id is not ToolId.WINDOW:
            self._desk.arm(ToolId.WINDOW)
        else:
            self._desk.arm(tool_id)

    def disarm(self) -> None:
        """Give up what is being drawn, else put the tool away."""
        if not self._host.pointer.cancel():
            self._desk.arm(ToolId.WINDOW)

    def step(self, steps: int) -> None:
        """Go some slices on in the active pane."""
        pane, state = self._active()
        if pane is not None and state is not None:
            self._desk.change_state(pane, stepped(state, steps))

    def go_to_end(self, *, first: bool) -> None:
        """Go to the first or last slice of the active pane."""
        pane, state = self._active()
        if pane is not None and state is not None:
            last = slice_position(state).count - 1
            self._desk.change_state(pane, at_slice(state, 0 if first else last))

    def step_pane(self, steps: int) -> None:
        """Make the pane before or after the active one the active one."""
        panes = self._desk.grid.panes
        active = self._desk.grid.active
        if active in panes:
            place = (panes.index(active) + steps) % len(panes)
            self._host.activate(panes[place])

    def preset_number(self, number: int) -> None:
        """Set the window with this digit, where the kind of image has one."""
        _, state = self._active()
        if state is None:
            return
        presets = presets_for(state.layers[-1].volume)
        if number <= len(presets):
            self.set_preset(presets[number - 1])

    def set_preset(self, preset: WindowPreset) -> None:
        """Set a named window for every pane of the active series."""
        self._set_window(preset.setting)

    def reset_window(self) -> None:
        """Set the window the series started with."""
        _, state = self._active()
        if state is not None:
            self._set_window(starting_window(state.layers[-1].volume))

    def invert(self) -> None:
        """Swap black and white of the active pane's series."""
        pane, state = self._active()
        if pane is None or state is None:
            return
        upper = state.layers[-1]
        if upper.color_map in _INVERTED:
            swapped = replace(upper, color_map=_INVERTED[upper.color_map])
            pane.show_state(state.with_layers((*state.layers[:-1], swapped)))

    def flip(self) -> None:
        """Mirror the active pane; its letters follow."""
        pane, state = self._active()
        if pane is not None and state is not None:
            pane.show_state(state.with_view(state.view.flip()))

    def rotate(self) -> None:
        """Turn the active pane a quarter clockwise; its letters follow."""
        pane, state = self._active()
        if pane is not None and state is not None:
            pane.show_state(state.with_view(state.view.rotated(QUARTER_DEG)))

    def toggle_hidden(self) -> None:
        """Hide every overlay, or show them again."""
        settings = self._desk.settings
        self._desk.set_settings(replace(settings, hidden=not settings.hidden))

    def toggle_crosshair(self) -> None:
        """Show full cross-hair lines, then no lines at all, then the short cross again."""
        settings = self._desk.settings
        self._desk.set_settings(replace(settings, lines=not settings.lines))

    def cycle_text(self) -> None:
        """Show all, short, no text in the corners."""
        settings = self._desk.settings
        place = (_TEXT_ORDER.index(settings.text) + 1) % len(_TEXT_ORDER)
        self._desk.set_settings(replace(settings, text=_TEXT_ORDER[place]))

    def toggle_link(self) -> None:
        """Link or unlink the panes of one space."""
        settings = self._desk.settings
        self._desk.set_settings(replace(settings, linked=not settings.linked))

    def toggle_alone(self) -> None:
        """Show the active pane alone, or all again."""
        if self._desk.grid.active is not None:
            self._desk.grid.toggle_alone(self._desk.grid.active)

    def toggle_fusion(self) -> None:
        """Take the color layer out of the active pane, or put it back."""
        pane, state = self._active()
        if pane is None or state is None or len(state.layers) < 2:
            return
        upper = state.layers[-1]
        opacity = 0.0 if upper.opacity > 0 else PET_OPACITY
        self._set_opacity(pane, state, opacity)

    def cycle_blend(self) -> None:
        """Blend 0, 50 or 100 percent of the upper series in."""
        pane, state = self._active()
        if pane is None or state is None or len(state.layers) < 2:
            return
        larger = [value for value in _BLENDS if value > state.layers[-1].opacity + 1e-6]
        self._set_opacity(pane, state, larger[0] if larger else _BLENDS[0])

    def _set_opacity(self, pane: Pane, state: PaneState, opacity: float) -> None:
        upper = replace(state.layers[-1], opacity=opacity)
        blended = state.with_layers((*state.layers[:-1], upper))
        pane.show_state(replace(blended, note=f"fused {round(100 * opacity)} %"))

    def _set_window(self, window: WindowSetting) -> None:
        pane, state = self._active()
        if pane is not None and state is not None:
            self._desk.change_window(pane, state.with_window(window))

    def _active(self) -> tuple[Pane | None, PaneState | None]:
        pane = self._desk.active_slice_pane()
        return (pane, pane.state if pane is not None else None)
