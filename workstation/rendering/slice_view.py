"""One 2D view: layers of volumes cut by a plane, thin or thick, as a frame.

A frame is asked for with a frozen scene; only what differs from the last scene is set again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from vtkmodules.vtkCommonCore import vtkLookupTable
from vtkmodules.vtkRenderingCore import vtkImageProperty, vtkImageSlice
from vtkmodules.vtkRenderingImage import vtkImageResliceMapper, vtkImageStack

from workstation.base.errors import RenderError
from workstation.imaging.volume import Volume, WindowSetting
from workstation.rendering.color_map import ROWS, ColorMap, color_table, is_light
from workstation.rendering.frame import Frame, FrameRenderer
from workstation.rendering.plane import Interpolation, PlaneView, Size, SlabMode
from workstation.rendering.vtk_image import SharedImage, shared_image

EYE_DISTANCE_MM = 500.0
SMALLEST_WIDTH = 1e-6
MOVING_SLAB_MM = 2.0
"""Thinnest slab that is drawn at half resolution while the view moves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceLayer:
    """One volume of a scene and how its values become colors.

    Parameters
    ----------
    volume : Volume
    window : WindowSetting
        Values from center - width / 2 to center + width / 2 span the color map (the function
        LINEAR_EXACT of PS3.3 C.11.2.1.3.2).
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
        if not (math.isfinite(self.window.center) and self.window.width > 0):
            raise RenderError("A window needs a positive width.", code="bad-window")


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

    @property
    def is_light(self) -> bool:
        """Whether the surroundings are white, so that marks need the colors for light panes."""
        return bool(self.layers) and is_light(self.layers[0].color_map)

    @property
    def pixel_step(self) -> int:
        """Pixels of the frame per drawn pixel: 2 for a moving thick oblique slab, else 1."""
        thick = self.view.slab_thickness_mm >= MOVING_SLAB_MM
        return 2 if self.moving and thick and self._cuts_obliquely() else 1

    def _cuts_obliquely(self) -> bool:
        axes = [layer.volume.geometry.direction for layer in self.layers]
        normal = np.asarray(self.view.direction)
        return any(np.abs(normal @ direction).max() < math.cos(1e-3) for direction in axes)


class SliceView:
    """The 2D pipeline of one pane; its ``close()`` comes before the pane's end."""

    def __init__(self) -> None:
        self._frames = FrameRenderer()
        self._stack = vtkImageStack()
        self._frames.renderer.AddViewProp(self._stack)
        self._frames.renderer.GetActiveCamera().ParallelProjectionOn()
        self._pipelines: list[_LayerPipeline] = []
        self._scene: SliceScene | None = None

    def render(self, scene: SliceScene) -> Frame:
        """Return the frame of a scene, shape (h, w, 4), uint8, top row first.

        Raises
        ------
        RenderError
            When the scene cannot be drawn.
        """
        step = scene.pixel_step
        self._frames.resize(_drawn_size(scene.size, step))
        self._apply_layers(scene)
        self._apply_view(scene)
        self._scene = scene
        frame = self._frames.render()
        return frame if step == 1 else _enlarged(frame, scene.size, step)

    def close(self) -> None:
        """Give every VTK object back; a second call does nothing."""
        for pipeline in self._pipelines:
            self._stack.RemoveImage(pipeline.slice)
        self._pipelines.clear()
        self._scene = None
        self._frames.close()

    def _apply_layers(self, scene: SliceScene) -> None:
        while len(self._pipelines) > len(scene.layers):
            self._stack.RemoveImage(self._pipelines.pop().slice)
        while len(self._pipelines) < len(scene.layers):
            pipeline = _LayerPipeline(len(self._pipelines))
            self._pipelines.append(pipeline)
            self._stack.AddImage(pipeline.slice)
        for pipeline, layer in zip(self._pipelines, scene.layers, strict=True):
            pipeline.apply(layer, scene.view)
        level = 1.0 if scene.is_light else 0.0
        self._frames.renderer.SetBackground(level, level, level)

    def _apply_view(self, scene: SliceScene) -> None:
        view = scene.view
        step = scene.pixel_step
        drawn_height = _drawn_size(scene.size, step)[1]
        shown_mm = view.mm_per_pixel(scene.size) * step * drawn_height
        # Seen from behind, the same plane is its own mirror image.
        forward = np.asarray(view.direction) * (-1.0 if view.flipped else 1.0)
        focus = np.asarray(view.center_lps)
        camera = self._frames.renderer.GetActiveCamera()
        camera.SetFocalPoint(*focus)
        camera.SetPosition(*(focus - EYE_DISTANCE_MM * forward))
        camera.SetViewUp(*view.up)
        camera.SetParallelScale(shown_mm / 2.0)
        self._frames.renderer.ResetCameraClippingRange()


class _LayerPipeline:
    """Reslice, color and place one layer."""

    def __init__(self, number: int) -> None:
        self.mapper = vtkImageResliceMapper()
        self.mapper.SliceFacesCameraOn()
        self.mapper.SliceAtFocalPointOn()
        self.mapper.ResampleToScreenPixelsOn()
        self.mapper.AutoAdjustImageQualityOff()
        self.mapper.BorderOn()
        self.property = vtkImageProperty()
        self.property.SetLayerNumber(number)
        self.slice = vtkImageSlice()
        self.slice.SetMapper(self.mapper)
        self.slice.SetProperty(self.property)
        self.image: SharedImage | None = None
        self.colors: tuple[ColorMap, bool] | None = None

    def apply(self, layer: SliceLayer, view: PlaneView) -> None:
        """Make the pipeline show a layer; VTK itself skips values that did not change."""
        self._apply_image(layer)
        self._apply_colors(layer)
        self._apply_slab(view)

    def _apply_image(self, layer: SliceLayer) -> None:
        image = shared_image(layer.volume)
        if image is not self.image:
            self.mapper.SetInputData(image.data)
            self.image = image

    def _apply_colors(self, layer: SliceLayer) -> None:
        colors = (layer.color_map, layer.see_through)
        if colors != self.colors:
            self.property.SetLookupTable(_lookup_table(*colors))
            self.colors = colors
        self.property.SetColorWindow(max(layer.window.width, SMALLEST_WIDTH))
        self.property.SetColorLevel(layer.window.center)
        self.property.SetOpacity(layer.opacity)

    def _apply_slab(self, view: PlaneView) -> None:
        if view.interpolation is Interpolation.NEAREST:
            self.property.SetInterpolationTypeToNearest()
        else:
            self.property.SetInterpolationTypeToLinear()
        self.mapper.SetSlabThickness(view.slab_thickness_mm)
        if view.slab_mode is SlabMode.MAXIMUM:
            self.mapper.SetSlabTypeToMax()
        elif view.slab_mode is SlabMode.MINIMUM:
            self.mapper.SetSlabTypeToMin()
        else:
            self.mapper.SetSlabTypeToMean()


def fitted_field_mm(volume: Volume, view: PlaneView, size: Size) -> float:
    """Return the height to show, mm, so that the whole volume fits the pane."""
    offsets = volume.geometry.corners_lps() - np.asarray(view.center_lps)
    half_width = float(np.abs(offsets @ np.asarray(view.right)).max())
    half_height = float(np.abs(offsets @ np.asarray(view.up)).max())
    return 2.0 * max(half_height, half_width * size[1] / size[0])


def fitted(volume: Volume, view: PlaneView, size: Size) -> PlaneView:
    """Return the view showing the whole volume around its middle, in the same plane."""
    depth = view.center_lps
    centered = view.centered(volume.geometry.center_lps).through(depth)
    return replace(centered, field_mm=fitted_field_mm(volume, centered, size))


def _lookup_table(color_map: ColorMap, see_through: bool) -> vtkLookupTable | None:
    # Without a table VTK maps to grey without rounding to rows first.
    if color_map is ColorMap.GREY and not see_through:
        return None
    table = vtkLookupTable()
    table.SetNumberOfTableValues(ROWS)
    for row, color in enumerate(color_table(color_map, see_through=see_through)):
        table.SetTableValue(row, *color)
    return table


def _drawn_size(size: Size, step: int) -> Size:
    return (math.ceil(size[0] / step), math.ceil(size[1] / step))


def _enlarged(frame: Frame, size: Size, step: int) -> Frame:
    large = frame.repeat(step, axis=0).repeat(step, axis=1)
    return np.ascontiguousarray(large[: size[1], : size[0]])
