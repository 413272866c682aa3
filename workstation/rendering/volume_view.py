"""One 3D view: bone surface or volume rendering of a corridor, with markers, as a frame.

The camera is a ``PlaneView``: parallel projection, so that letters, zoom, pan and the pixel of a
point are those of every other pane.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

# The OpenGL ray caster registers itself on import.
import vtkmodules.vtkRenderingVolumeOpenGL2  # noqa: F401
from vtkmodules.vtkCommonDataModel import vtkPiecewiseFunction
from vtkmodules.vtkFiltersSources import vtkSphereSource
from vtkmodules.vtkRenderingCore import (
    vtkActor,
    vtkColorTransferFunction,
    vtkPolyDataMapper,
    vtkProp3D,
    vtkVolume,
    vtkVolumeProperty,
)
from vtkmodules.vtkRenderingVolume import vtkGPUVolumeRayCastMapper

from workstation.imaging.volume import WindowSetting
from workstation.rendering.color_map import ColorMap, Frame, color_table, is_light
from workstation.rendering.corridor import Grid, PreparedCorridor
from workstation.rendering.frame import FrameRenderer
from workstation.rendering.plane import PlaneName, PlaneView, Size, Vector
from workstation.rendering.primitives import Point
from workstation.rendering.surface import Surface, ray_hit, ray_maximum
from workstation.rendering.vtk_image import to_vtk_array

Rgb = tuple[float, float, float]
"""Red, green, blue from 0 to 1."""

BONE_COLOR: Rgb = (0.93, 0.89, 0.80)
PICKED_OPACITY = 0.15
"""Opacity at which a volume rendering counts as hit."""
TURN_DEG_PER_PANE = 180.0
"""Turn of the camera when the pointer crosses the height of the pane."""
MOVING_PIXELS = 3.0
"""Pixels per ray while moving: 20 pictures a second of 800 x 800 px without a graphics card."""
STILL_PIXELS = 1.5
"""Pixels per ray when still: within half a second on the same machine."""
SPHERE_RESOLUTION = 24
EYE_DISTANCE_MM = 2000.0


class Blend(StrEnum):
    """How the samples along a ray become one color."""

    COMPOSITE = "composite"
    MAXIMUM = "maximum"


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumePreset:
    """How values become color and opacity.

    Parameters
    ----------
    name : str
    opacity : tuple of (float, float)
        Value and opacity per millimeter, rising values.
    colors : tuple of (float, Rgb)
        Value and color, rising values.
    blend : Blend
    shaded : bool
        Whether light falls on it.
    light : bool
        Whether it stands on white.
    """

    name: str
    opacity: tuple[tuple[float, float], ...]
    colors: tuple[tuple[float, Rgb], ...]
    blend: Blend = Blend.COMPOSITE
    shaded: bool = True
    light: bool = False

    @property
    def picked_value(self) -> float:
        """The lowest value that is opaque enough to be clicked on."""
        lowest = self.opacity[0]
        for value, opacity in self.opacity:
            if opacity >= PICKED_OPACITY:
                part = (PICKED_OPACITY - lowest[1]) / max(opacity - lowest[1], 1e-9)
                return lowest[0] + min(max(part, 0.0), 1.0) * (value - lowest[0])
            lowest = (value, opacity)
        return lowest[0]


BONE = VolumePreset(
    name="Bone",
    opacity=((150.0, 0.0), (300.0, 0.25), (600.0, 0.7), (1500.0, 0.95)),
    colors=(
        (150.0, (0.55, 0.35, 0.25)),
        (300.0, (0.85, 0.70, 0.52)),
        (600.0, (0.96, 0.92, 0.83)),
        (1500.0, (1.0, 1.0, 1.0)),
    ),
)
SEE_THROUGH_BONE = VolumePreset(
    name="Bone, see-through",
    opacity=((150.0, 0.0), (400.0, 0.04), (1000.0, 0.15), (2000.0, 0.6)),
    colors=BONE.colors,
)
METAL = VolumePreset(
    name="Metal and cement",
    opacity=((150.0, 0.0), (500.0, 0.03), (1500.0, 0.05), (2200.0, 0.9)),
    colors=((150.0, (0.85, 0.8, 0.7)), (1500.0, (0.9, 0.9, 0.9)), (2200.0, (0.45, 0.7, 0.95))),
)
CT_PRESETS = (BONE, SEE_THROUGH_BONE, METAL)


def maximum_preset(window: WindowSetting, color_map: ColorMap) -> VolumePreset:
    """Return the maximum projection through the whole corridor in a window and color map."""
    low = window.center - window.width / 2.0
    rows = color_table(color_map)[::15, :3]
    step = window.width / (len(rows) - 1)
    colors = tuple(
        (low + number * step, (float(red), float(green), float(blue)))
        for number, (red, green, blue) in enumerate(rows)
    )
    return VolumePreset(
        name="Maximum",
        opacity=((low - window.width, 1.0), (low + window.width, 1.0)),
        colors=colors,
        blend=Blend.MAXIMUM,
        shaded=False,
        light=is_light(color_map),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """A ball at a point, such as the center of a lesion."""

    center_lps: Vector
    radius_mm: float
    color: Rgb


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeBody:
    """A corridor to be drawn by ray casting."""

    corridor: PreparedCorridor
    preset: VolumePreset = BONE


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeScene:
    """Everything a 3D frame depends on.

    Parameters
    ----------
    body : Surface, VolumeBody or None
    view : PlaneView
        The camera: center of turn, direction, height shown.
    size : tuple of int
        Width and height of the frame in device pixels.
    markers : tuple of Marker
    moving : bool
        Whether a drag is under way: coarse and quick.
    """

    body: Surface | VolumeBody | None
    view: PlaneView
    size: Size
    markers: tuple[Marker, ...] = ()
    moving: bool = False

    @property
    def is_light(self) -> bool:
        """Whether the surroundings are white."""
        return isinstance(self.body, VolumeBody) and self.body.preset.light


class VolumeView:
    """The 3D pipeline of one pane; its ``close()`` comes before the pane's end."""

    def __init__(self) -> None:
        self._frames = FrameRenderer()
        self._frames.renderer.GetActiveCamera().ParallelProjectionOn()
        self._body: Surface | VolumeBody | None = None
        self._markers: tuple[Marker, ...] = ()
        self._props: dict[bool, vtkProp3D] = {}
        self._balls: list[vtkActor] = []
        self._shown: vtkProp3D | None = None

    def render(self, scene: VolumeScene) -> Frame:
        """Return the frame of a scene, shape (h, w, 4), uint8, top row first.

        Raises
        ------
        RenderError
            When the scene cannot be drawn or the view is closed.
        """
        self._frames.resize(scene.size)
        self._apply_body(scene)
        self._apply_markers(scene.markers)
        self._apply_camera(scene.view)
        level = 1.0 if scene.is_light else 0.0
        self._frames.renderer.SetBackground(level, level, level)
        return self._frames.render()

    def close(self) -> None:
        """Give every VTK object back; a second call does nothing."""
        self._frames.close()
        self._props.clear()
        self._balls.clear()
        self._shown = None
        self._body = None

    def _apply_body(self, scene: VolumeScene) -> None:
        if scene.body is not self._body:
            self._props.clear()
            self._body = scene.body
        prop = self._prop_for(scene)
        if prop is not self._shown:
            if self._shown is not None:
                self._frames.renderer.RemoveViewProp(self._shown)
            if prop is not None:
                self._frames.renderer.AddViewProp(prop)
            self._shown = prop

    def _prop_for(self, scene: VolumeScene) -> vtkProp3D | None:
        body = scene.body
        if body is None:
            return None
        # A surface is quick enough to be the same while moving.
        coarse = scene.moving and isinstance(body, VolumeBody)
        if coarse not in self._props:
            self._props[coarse] = (
                _volume_prop(body, coarse=coarse)
                if isinstance(body, VolumeBody)
                else _surface_prop(body)
            )
        return self._props[coarse]

    def _apply_markers(self, markers: tuple[Marker, ...]) -> None:
        if markers == self._markers:
            return
        for ball in self._balls:
            self._frames.renderer.RemoveActor(ball)
        self._balls = [_ball(marker) for marker in markers]
        for ball in self._balls:
            self._frames.renderer.AddActor(ball)
        self._markers = markers

    def _apply_camera(self, view: PlaneView) -> None:
        camera = self._frames.renderer.GetActiveCamera()
        focus = np.asarray(view.center_lps)
        camera.SetFocalPoint(*focus)
        camera.SetPosition(*(focus - EYE_DISTANCE_MM * np.asarray(view.direction)))
        camera.SetViewUp(*view.up)
        camera.SetParallelScale(view.field_mm / 2.0)
        self._frames.renderer.ResetCameraClippingRange()


def start_view(grid: Grid, size: Size) -> PlaneView:
    """Return the camera from behind the patient, head up, with the whole corridor in the pane."""
    x, y, z = grid.extent_mm
    field_mm = max(z, math.hypot(x, y) * size[1] / size[0]) * 1.05
    view = PlaneView.for_plane(PlaneName.CORONAL, grid.center_lps, field_mm)
    return view.tilted((0.0, 0.0, 1.0), 180.0, grid.center_lps)


def turned(view: PlaneView, dx_px: float, dy_px: float, size: Size) -> PlaneView:
    """Return the camera after a drag: what is in front follows the pointer."""
    per_pixel = TURN_DEG_PER_PANE / size[1]
    about_up = view.tilted(view.up, -dx_px * per_pixel, view.center_lps)
    return about_up.tilted(about_up.right, -dy_px * per_pixel, view.center_lps)


def pick(scene: VolumeScene, pixel: Point) -> Vector | None:
    """Return the point of the body under a pixel, LPS mm; None beside the body."""
    body = scene.body
    if body is None:
        return None
    start = scene.view.pixel_to_lps(pixel, scene.size)
    if isinstance(body, Surface):
        return ray_hit(body.grid, body.threshold, start, scene.view.direction)
    grid = body.corridor.fine
    if body.preset.blend is Blend.MAXIMUM:
        return ray_maximum(grid, start, scene.view.direction)
    return ray_hit(grid, body.preset.picked_value, start, scene.view.direction)


def _volume_prop(body: VolumeBody, *, coarse: bool) -> vtkVolume:
    grid = body.corridor.coarse if coarse else body.corridor.fine
    mapper = vtkGPUVolumeRayCastMapper()
    mapper.SetInputData(grid.image())
    mapper.AutoAdjustSampleDistancesOff()
    mapper.SetSampleDistance(grid.spacing_mm)
    mapper.SetImageSampleDistance(MOVING_PIXELS if coarse else STILL_PIXELS)
    if body.preset.blend is Blend.MAXIMUM:
        mapper.SetBlendModeToMaximumIntensity()
    volume = vtkVolume()
    volume.SetMapper(mapper)
    volume.SetProperty(_volume_property(body.preset))
    return volume


def _volume_property(preset: VolumePreset) -> vtkVolumeProperty:
    opacity = vtkPiecewiseFunction()
    for value, part in preset.opacity:
        opacity.AddPoint(value, part)
    colors = vtkColorTransferFunction()
    for value, color in preset.colors:
        colors.AddRGBPoint(value, *color)
    result = vtkVolumeProperty()
    result.SetColor(colors)
    result.SetScalarOpacity(opacity)
    result.SetScalarOpacityUnitDistance(1.0)
    result.SetInterpolationTypeToLinear()
    result.SetShade(preset.shaded)
    return result


def _surface_prop(surface: Surface) -> vtkActor:
    mapper = vtkPolyDataMapper()
    mesh = surface.mesh
    if surface.point_colors is None:
        mapper.ScalarVisibilityOff()
    else:
        mesh = mesh.NewInstance()
        mesh.ShallowCopy(surface.mesh)
        mesh.GetPointData().SetScalars(to_vtk_array(surface.point_colors))
    mapper.SetInputData(mesh)
    actor = vtkActor()
    actor.SetMapper(mapper)
    actor.GetProperty().SetColor(*BONE_COLOR)
    return actor


def _ball(marker: Marker) -> vtkActor:
    source = vtkSphereSource()
    source.SetCenter(*marker.center_lps)
    source.SetRadius(marker.radius_mm)
    source.SetThetaResolution(SPHERE_RESOLUTION)
    source.SetPhiResolution(SPHERE_RESOLUTION)
    mapper = vtkPolyDataMapper()
    mapper.SetInputConnection(source.GetOutputPort())
    actor = vtkActor()
    actor.SetMapper(mapper)
    actor.GetProperty().SetColor(*marker.color)
    return actor
