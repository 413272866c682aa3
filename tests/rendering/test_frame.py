import gc
import os
import weakref

import numpy as np
import pytest
from vtkmodules.vtkCommonCore import vtkLookupTable
from vtkmodules.vtkFiltersCore import vtkPolyDataNormals
from vtkmodules.vtkFiltersSources import vtkPlaneSource
from vtkmodules.vtkImagingCore import vtkImageReslice
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

from workstation.base.errors import RenderError
from workstation.rendering import frame as module
from workstation.rendering.frame import FrameRenderer, prepare_display, probe_rendering
from workstation.rendering.vtk_errors import vtk_errors_raised


@pytest.fixture
def frames():
    renderer = FrameRenderer((40, 20))
    yield renderer
    renderer.close()


def upper_right_square():
    """A red square from (0, 0) to (1, 1), unlit."""
    source = vtkPlaneSource()
    source.SetOrigin(0.0, 0.0, 0.0)
    source.SetPoint1(1.0, 0.0, 0.0)
    source.SetPoint2(0.0, 1.0, 0.0)
    mapper = vtkPolyDataMapper()
    mapper.SetInputConnection(source.GetOutputPort())
    actor = vtkActor()
    actor.SetMapper(mapper)
    actor.GetProperty().LightingOff()
    actor.GetProperty().SetColor(1.0, 0.0, 0.0)
    return actor


def look_at_origin(frames):
    camera = frames.renderer.GetActiveCamera()
    camera.ParallelProjectionOn()
    camera.SetPosition(0.0, 0.0, 10.0)
    camera.SetFocalPoint(0.0, 0.0, 0.0)
    camera.SetParallelScale(1.0)
    frames.renderer.ResetCameraClippingRange()


def test_an_empty_frame_is_black(frames):
    frame = frames.render()
    assert frame.shape == (20, 40, 4)
    assert frame.dtype == np.uint8
    assert frame.flags.c_contiguous
    assert (frame[..., :3] == 0).all()
    assert (frame[..., 3] == 255).all()


def test_rows_come_from_the_top_and_colors_in_order(frames):
    frames.renderer.AddActor(upper_right_square())
    look_at_origin(frames)
    frame = frames.render()
    # One unit is 10 pixels: the square covers columns 20 to 29 of rows 0 to 9.
    assert (frame[0:10, 20:30] == [255, 0, 0, 255]).all()
    assert (frame[..., 0] > 0).sum() == 100


def test_resize(frames):
    frames.renderer.AddActor(upper_right_square())
    look_at_origin(frames)
    for width, height in ((80, 40), (33, 17), (640, 480), (40, 20)):
        frames.resize((width, height))
        frame = frames.render()
        assert frames.size == (width, height)
        assert frame.shape == (height, width, 4)
        assert frame[height // 4, width // 2 + height // 4].tolist() == [255, 0, 0, 255]


def test_a_frame_is_not_overwritten_by_the_next(frames):
    first = frames.render()
    frames.renderer.SetBackground(1.0, 1.0, 1.0)
    second = frames.render()
    assert first[0, 0, 0] == 0
    assert second[0, 0, 0] == 255


def test_two_renderers_do_not_disturb_each_other(frames):
    other = FrameRenderer((30, 30))
    other.renderer.SetBackground(0.0, 1.0, 0.0)
    assert other.render()[5, 5].tolist() == [0, 255, 0, 255]
    assert frames.render()[5, 5].tolist() == [0, 0, 0, 255]
    other.close()
    assert frames.render()[5, 5].tolist() == [0, 0, 0, 255]


@pytest.mark.parametrize("size", [(0, 5), (5, 0), (-3, 5), (99999, 5)])
def test_impossible_sizes_are_refused(frames, size):
    with pytest.raises(RenderError) as caught:
        frames.resize(size)
    assert caught.value.code == "bad-size"
    assert frames.size == (40, 20)


def test_a_closed_renderer_draws_nothing():
    renderer = FrameRenderer((8, 8))
    renderer.close()
    renderer.close()
    with pytest.raises(RenderError) as caught:
        renderer.render()
    assert caught.value.code == "view-closed"


def test_close_frees_what_was_drawn():
    renderer = FrameRenderer((8, 8))
    actor = upper_right_square()
    renderer.renderer.AddActor(actor)
    renderer.render()
    gone = weakref.ref(actor)
    window = weakref.ref(renderer.window)
    renderer.close()
    del actor
    gc.collect()
    assert gone() is None
    assert window() is None


def test_complaints_of_vtk_become_an_error(capfd):
    with pytest.raises(RenderError) as caught, vtk_errors_raised():
        vtkImageReslice().Update()
    assert "vtkImageReslice" in caught.value.detail
    assert "could not be drawn" in caught.value.message
    assert capfd.readouterr().err == ""


def test_an_old_complaint_does_not_spoil_the_next_frame(frames):
    with pytest.raises(RenderError), vtk_errors_raised():
        vtkImageReslice().Update()
    frames.render()


def test_complaints_while_rendering_are_raised(frames):
    without_input = vtkPolyDataNormals()
    mapper = vtkPolyDataMapper()
    mapper.SetInputConnection(without_input.GetOutputPort())
    actor = vtkActor()
    actor.SetMapper(mapper)
    frames.renderer.AddActor(actor)
    with pytest.raises(RenderError):
        frames.render()


def test_errors_of_the_block_come_through():
    with pytest.raises(ZeroDivisionError), vtk_errors_raised():
        vtkLookupTable().SetNumberOfTableValues(1 // 0)


def test_probe_says_what_draws():
    report = probe_rendering()
    assert report.window_class.startswith("vtk")
    assert report.opengl not in ("", "unknown")
    assert 0.0 < report.frame_ms < 5000.0


class TestDisplay:
    @pytest.fixture(autouse=True)
    def no_display(self, monkeypatch):
        monkeypatch.setattr(module.sys, "platform", "linux")
        for name in ("DISPLAY", "WAYLAND_DISPLAY", module.WINDOW_VARIABLE):
            monkeypatch.delenv(name, raising=False)

    def test_egl_without_a_display(self, monkeypatch):
        monkeypatch.setattr(module, "_has_library", lambda name: name == "libEGL.so.1")
        prepare_display()
        assert os.environ[module.WINDOW_VARIABLE] == "vtkEGLRenderWindow"

    def test_osmesa_without_egl(self, monkeypatch):
        monkeypatch.setattr(module, "_has_library", lambda name: False)
        prepare_display()
        assert os.environ[module.WINDOW_VARIABLE] == "vtkOSOpenGLRenderWindow"

    @pytest.mark.parametrize("name", ["DISPLAY", "WAYLAND_DISPLAY"])
    def test_a_desktop_is_left_alone(self, monkeypatch, name):
        monkeypatch.setenv(name, ":0")
        prepare_display()
        assert module.WINDOW_VARIABLE not in os.environ

    def test_a_choice_already_made_stays(self, monkeypatch):
        monkeypatch.setenv(module.WINDOW_VARIABLE, "vtkOSOpenGLRenderWindow")
        prepare_display()
        assert os.environ[module.WINDOW_VARIABLE] == "vtkOSOpenGLRenderWindow"

    def test_other_systems_are_left_alone(self, monkeypatch):
        monkeypatch.setattr(module.sys, "platform", "win32")
        prepare_display()
        assert module.WINDOW_VARIABLE not in os.environ

    def test_a_missing_library_is_missing(self):
        assert not module._has_library("libThatNobodyHas.so.99")


def test_probe_refuses_wrong_pictures(monkeypatch):
    black = np.zeros((64, 64, 4), np.uint8)
    monkeypatch.setattr(FrameRenderer, "render", lambda self: black)
    with pytest.raises(RenderError) as caught:
        probe_rendering()
    assert caught.value.code == "probe-failed"


def test_probe_closes_its_window(monkeypatch):
    closed = []
    original = FrameRenderer.close

    def close(self):
        closed.append(self)
        original(self)

    monkeypatch.setattr(FrameRenderer, "close", close)
    probe_rendering()
    assert len(closed) == 1


def test_many_windows_one_after_the_other():
    """Opening and closing panes all day must not run out of contexts."""
    for _ in range(30):
        renderer = FrameRenderer((16, 16))
        renderer.renderer.SetBackground(0.0, 0.0, 1.0)
        assert renderer.render()[8, 8].tolist() == [0, 0, 255, 255]
        renderer.close()


def test_sixteen_windows_at_once():
    renderers = [FrameRenderer((16, 16)) for _ in range(16)]
    for number, renderer in enumerate(renderers):
        renderer.renderer.SetBackground(number / 15.0, 0.0, 0.0)
    levels = [int(renderer.render()[8, 8, 0]) for renderer in renderers]
    assert levels == [round(number / 15.0 * 255) for number in range(16)]
    for renderer in renderers:
        renderer.close()
