"""An off-screen render window: a scene in, an RGBA array out, top row first."""

from __future__ import annotations

import ctypes
import os
import sys
import time
from dataclasses import dataclass

import numpy as np

# The OpenGL implementation registers itself on import; nothing renders without it.
import vtkmodules.vtkRenderingOpenGL2  # noqa: F401
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkFiltersSources import vtkSphereSource
from vtkmodules.vtkRenderingCore import (
    vtkActor,
    vtkPolyDataMapper,
    vtkRenderer,
    vtkRenderWindow,
)

from workstation.base.errors import RenderError
from workstation.rendering.color_map import Frame
from workstation.rendering.plane import Size
from workstation.rendering.vtk_errors import vtk_errors_raised
from workstation.rendering.vtk_image import to_numpy_array

WINDOW_VARIABLE = "VTK_DEFAULT_OPENGL_WINDOW"
EGL_WINDOW = "vtkEGLRenderWindow"
OSMESA_WINDOW = "vtkOSOpenGLRenderWindow"
LARGEST_SIDE = 16384


def prepare_display() -> None:
    """Choose an off-screen OpenGL when there is no display; on a desktop the GPU is used."""
    if not sys.platform.startswith("linux") or os.environ.get(WINDOW_VARIABLE):
        return
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return
    os.environ[WINDOW_VARIABLE] = EGL_WINDOW if _has_library("libEGL.so.1") else OSMESA_WINDOW


def _has_library(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


class FrameRenderer:
    """One off-screen render window, kept for the life of one pane.

    Parameters
    ----------
    size : tuple of int
        Width and height in device pixels.
    """

    def __init__(self, size: Size = (64, 64)) -> None:
        prepare_display()
        self.renderer = vtkRenderer()
        self.renderer.SetBackground(0.0, 0.0, 0.0)
        self._pixels = vtkUnsignedCharArray()
        self._window: vtkRenderWindow | None = self._make_window()
        self._size = (0, 0)
        self.resize(size)

    def _make_window(self) -> vtkRenderWindow:
        window = vtkRenderWindow()
        window.SetOffScreenRendering(1)
        window.SetMultiSamples(0)
        window.AddRenderer(self.renderer)
        return window

    @property
    def size(self) -> Size:
        """Width and height in device pixels."""
        return self._size

    @property
    def window(self) -> vtkRenderWindow:
        """The VTK window.

        Raises
        ------
        RenderError
            After ``close()``.
        """
        if self._window is None:
            raise RenderError("This view is closed.", code="view-closed")
        return self._window

    def resize(self, size: Size) -> None:
        """Make the following frames (width, height) device pixels large."""
        if not all(1 <= side <= LARGEST_SIDE for side in size):
            raise RenderError(
                "A view of this size cannot be drawn.", detail=f"{size}", code="bad-size"
            )
        if size != self._size:
            self.window.SetSize(*size)
            self._size = size

    def render(self) -> Frame:
        """Draw and return the frame; the array belongs to the caller.

        Raises
        ------
        RenderError
            When VTK complains or the view is closed.
        """
        window = self.window
        width, height = self._size
        with vtk_errors_raised():
            window.Render()
            window.GetRGBACharPixelData(0, 0, width - 1, height - 1, 0, self._pixels, 0)
        rows = to_numpy_array(self._pixels).reshape(height, width, 4)
        frame: Frame = np.ascontiguousarray(rows[::-1])
        frame[..., 3] = 255
        return frame

    def close(self) -> None:
        """Give the OpenGL context and everything drawn back; a second call does nothing."""
        if self._window is None:
            return
        self.renderer.RemoveAllViewProps()
        self._window.RemoveRenderer(self.renderer)
        self._window.Finalize()
        self._window = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderingReport:
    """What draws on this machine."""

    window_class: str
    opengl: str
    """Name of the OpenGL renderer, e.g. "llvmpipe"."""
    frame_ms: float


def probe_rendering() -> RenderingReport:
    """Draw a sphere and say what drew it.

    A broken graphics driver ends the process, so run this in a child process.

    Raises
    ------
    RenderError
        When the picture is not what it must be.
    """
    renderer = FrameRenderer((64, 64))
    try:
        renderer.renderer.AddActor(_sphere())
        renderer.render()
        begin = time.perf_counter()
        frame = renderer.render()
        elapsed = (time.perf_counter() - begin) * 1000.0
        if frame[32, 32, 0] < 100 or frame[0, 0, 0] != 0:
            raise RenderError("This machine draws wrong pictures.", code="probe-failed")
        return RenderingReport(
            window_class=renderer.window.GetClassName(),
            opengl=_opengl_name(renderer.window.ReportCapabilities()),
            frame_ms=elapsed,
        )
    finally:
        renderer.close()


def _sphere() -> vtkActor:
    source = vtkSphereSource()
    mapper = vtkPolyDataMapper()
    mapper.SetInputConnection(source.GetOutputPort())
    actor = vtkActor()
    actor.SetMapper(mapper)
    return actor


def _opengl_name(capabilities: str) -> str:
    label = "OpenGL renderer string:"
    lines = [line for line in capabilities.splitlines() if line.startswith(label)]
    return lines[0].removeprefix(label).strip() if lines else "unknown"
