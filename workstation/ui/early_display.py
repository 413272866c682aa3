"""Shows series while they load: the first image at once, the rest as it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject

from workstation.app.library import Library
from workstation.imaging.volume import Volume, VolumeKey, WindowSetting
from workstation.imaging.window import starting_window
from workstation.rendering.slice_view import SliceLayer
from workstation.ui.hanging import framed, native_plane, slice_state
from workstation.ui.pane import Pane
from workstation.ui.reading_desk import ReadingDesk

PaneFor = Callable[[VolumeKey], Pane | None]
"""Gives the empty pane that waits for a series."""


class EarlyDisplay(QObject):
    """Puts what was read of a series into the pane that waits for it.

    Parameters
    ----------
    library : Library
    desk : ReadingDesk
    pane_for : callable
    """

    def __init__(self, library: Library, desk: ReadingDesk, pane_for: PaneFor) -> None:
        super().__init__()
        self._library = library
        self._desk = desk
        self._pane_for = pane_for
        self._first_windows: dict[VolumeKey, WindowSetting] = {}
        library.preview_ready.connect(self._on_preview_ready)
        library.volume_ready.connect(self._on_volume_ready)
        library.load_failed.connect(self._on_load_failed)

    def _on_preview_ready(self, key: VolumeKey) -> None:
        volume = self._library.preview(key)
        if volume is None or self._refresh(volume):
            return
        pane = self._pane_for(key)
        if pane is not None:
            state = framed(slice_state(volume, native_plane(volume)), pane.logical_size)
            self._first_windows[key] = state.window
            pane.show_state(state)

    def _on_volume_ready(self, key: VolumeKey) -> None:
        volume = self._library.volume(key)
        if volume is not None:
            self._refresh(volume)
        self._first_windows.pop(key, None)

    def _on_load_failed(self, key: VolumeKey, _error: object) -> None:
        """Take down what cannot be completed."""
        self._first_windows.pop(key, None)
        for pane in self._desk.slice_panes():
            if pane.state is not None and pane.state.volume.key == key:
                pane.show_state(None)

    def _refresh(self, volume: Volume) -> bool:
        """Put what was read since into the panes that show the series; False where none does."""
        found = False
        for pane in self._desk.slice_panes():
            state = pane.state
            if state is None or all(layer.volume.key != volume.key for layer in state.layers):
                continue
            found = True
            layers = tuple(self._newer(layer, volume) for layer in state.layers)
            pane.show_state(state.with_layers(layers))
        return found

    def _newer(self, layer: SliceLayer, volume: Volume) -> SliceLayer:
        """Return a layer with what was read of its volume since; once whole, in its own window."""
        if layer.volume.key != volume.key or layer.volume is volume:
            return layer
        untouched = layer.window == self._first_windows.get(volume.key)
        if volume.pending_slices or not untouched:
            return replace(layer, volume=volume)
        return replace(layer, volume=volume, window=starting_window(volume))
