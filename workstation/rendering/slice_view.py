"""One 2D view: layers of volumes cut by a plane, thin or thick, as a frame.

A frame is asked for with a frozen scene; only what differs from the last scene is made again, so
that a window drag colors values it already has.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from workstation.base.errors import RenderError
from workstation.imaging.volume import Volume, WindowSetting
from workstation.rendering.color_map import (
    ColorMap,
    Frame,
    blend,
    color_rows,
    color_table,
    cover,
    is_light,
    opaque_pixels,
)
from workstation.rendering.plane import PlaneView, Size
from workstation.rendering.reslice import OUTSIDE, Reslicer, Values
from workstation.rendering.stack import aligned_axis

LARGEST_SIDE = 16384
COARSE_STEP = 2
"""Pixels of the frame per drawn pixel while a thick oblique slab moves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceLayer:
    """One volume of a scene and how its values become colors.

    Parameters
    ----------
    volume : Volume
    window : WindowSetting
    color_map : ColorMap
    opacity : float
        From 0 to 1.
    see_through : bool
        Whether low values fade out, as a color layer over anatomy needs.
    """

    volume: Volume
    window: WindowSetting
    color_map: ColorMap = ColorMap.GREY
    opacity: float = 1.0
    see_through: bool = False

    def __post_init__(self) -> None:
        if not (math.isfinite(self.window.center) and 0 < self.window.width < math.inf):
            raise RenderError("A window needs a positive width.", code="bad-window")
        if not 0.0 <= self.opacity <= 1.0:
            raise RenderError("Opacity lies between 0 and 1.", code="bad-opacity")


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceScene:
    """Everything a frame depends on.

    Parameters
    ----------
    layers : tuple of SliceLayer
        From below; none gives an empty pane.
    view : PlaneView
    size : tuple of int
        Width and height of the frame in device pixels.
    moving : bool
        Whether a drag or the wheel is under way: a thick oblique slab is then drawn coarsely.
    """

    layers: tuple[SliceLayer, ...]
    view: PlaneView
    size: Size
    moving: bool = False

    def __post_init__(self) -> None:
        if not all(1 <= side <= LARGEST_SIDE for side in self.size):
            raise RenderError(
                "A view of this size cannot be drawn.", detail=f"{self.size}", code="bad-size"
            )

    @property
    def is_light(self) -> bool:
        """Whether the surroundings are white, so that marks need the colors for light panes."""
        return bool(self.layers) and is_light(self.layers[0].color_map)

    @property
    def is_fused(self) -> bool:
        """Whether a color layer lies over another, so that measurements must be white."""
        return len(self.layers) > 1


class SliceView:
    """The 2D pipeline of one pane."""

    def __init__(self) -> None:
        self._pipelines: list[_LayerPipeline] = []
        self._closed = False

    def render(self, scene: SliceScene) -> Frame:
        """Return the frame of a scene, shape (h, w, 4), uint8, top row first.

        Raises
        ------
        RenderError
            When the scene cannot be drawn or the view is closed.
        """
        if self._closed:
            raise RenderError("This view is closed.", code="view-closed")
        self._fit_pipelines(len(scene.layers))
        frame = _background(scene)
        for pipeline, layer in zip(self._pipelines, scene.layers, strict=True):
            frame = pipeline.drawn_over(frame, layer, scene)
        return frame

    def close(self) -> None:
        """Give every VTK object back; a second call does nothing."""
        self._pipelines.clear()
        self._closed = True

    def _fit_pipelines(self, count: int) -> None:
        del self._pipelines[count:]
        self._pipelines += [_LayerPipeline() for _ in range(count - len(self._pipelines))]


class _LayerPipeline:
    """Values of one layer, kept until volume, plane or size change."""

    def __init__(self) -> None:
        self.volume: Volume | None = None
        self.reslicer: Reslicer | None = None
        self.cut: tuple[PlaneView, Size, bool] | None = None
        self.values: Values = np.empty((0, 0), dtype=np.float32)

    def drawn_over(self, below: Frame, layer: SliceLayer, scene: SliceScene) -> Frame:
        """Return the frame with this layer on top."""
        values = self.values_of(layer.volume, scene)
        rows = color_rows(values, layer.window)
        inside = values != OUTSIDE
        if layer.opacity == 1.0 and not layer.see_through:
            return cover(below, opaque_pixels(rows, layer.color_map), inside)
        table = color_table(layer.color_map, see_through=layer.see_through)
        table[:, 3] *= layer.opacity
        return blend(below, rows, table, inside)

    def values_of(self, volume: Volume, scene: SliceScene) -> Values:
        """Return the values under the pixels of the scene, made again only when needed."""
        coarse = scene.moving and _is_costly(volume, scene.view)
        cut = (scene.view, scene.size, coarse)
        if volume is not self.volume or self.reslicer is None:
            self.volume, self.reslicer, self.cut = volume, Reslicer(volume), None
        if cut != self.cut:
            self.values = _sampled(self.reslicer, scene.view, scene.size, coarse=coarse)
            self.cut = cut
        return self.values


def fitted(volume: Volume, view: PlaneView, size: Size) -> PlaneView:
    """Return the view showing the whole volume around its middle, in the same plane."""
    centered = view.centered(volume.geometry.center_lps).through(view.center_lps)
    offsets = volume.geometry.corners_lps() - np.asarray(centered.center_lps)
    half_width = float(np.abs(offsets @ np.asarray(view.right)).max())
    half_height = float(np.abs(offsets @ np.asarray(view.up)).max())
    return replace(centered, field_mm=2.0 * max(half_height, half_width * size[1] / size[0]))


def _background(scene: SliceScene) -> Frame:
    frame = np.full((scene.size[1], scene.size[0], 4), 255, dtype=np.uint8)
    if not scene.is_light:
        frame[..., :3] = 0
    return frame


def _is_costly(volume: Volume, view: PlaneView) -> bool:
    thick = view.slab_thickness_mm > 0
    return thick and aligned_axis(volume.geometry, view.direction) is None


def _sampled(reslicer: Reslicer, view: PlaneView, size: Size, *, coarse: bool) -> Values:
    if not coarse:
        return reslicer.values(view, size)
    drawn = (math.ceil(size[0] / COARSE_STEP), math.ceil(size[1] / COARSE_STEP))
    # The coarse picture keeps the scale: as many millimeters per pixel, times the step.
    field_mm = view.mm_per_pixel(size) * COARSE_STEP * drawn[1]
    values = reslicer.values(replace(view, field_mm=field_mm), drawn, coarse=True)
    large = values.repeat(COARSE_STEP, axis=0).repeat(COARSE_STEP, axis=1)
    return np.ascontiguousarray(large[: size[1], : size[0]])
