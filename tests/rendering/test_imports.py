import subprocess
import sys

import pytest


def modules_after(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*sys.modules, sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "name", ["plane", "stack", "overlay", "linked_views", "color_map", "window_drag"]
)
def test_plain_geometry_needs_no_vtk(name):
    loaded = modules_after(f"import workstation.rendering.{name}")
    assert not {module for module in loaded if module.startswith("vtk")}


def test_slices_need_no_opengl():
    loaded = modules_after("import workstation.rendering.slice_view")
    assert "vtkmodules.vtkImagingCore" in loaded
    assert not {module for module in loaded if "OpenGL" in module}


def test_rendering_needs_no_qt():
    loaded = modules_after("import workstation.rendering.volume_view")
    assert not {module for module in loaded if module.startswith("PySide6")}
