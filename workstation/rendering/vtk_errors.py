"""What VTK complains about becomes an error that Batson can show; nothing goes to stderr."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from vtkmodules.vtkCommonCore import vtkCommand, vtkLogger, vtkOutputWindow

from workstation.base.errors import RenderError


class _Complaints:
    """Texts of VTK errors and warnings since the last look."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.window: vtkOutputWindow | None = None

    def install(self) -> None:
        """Take the place of VTK's own error window, once in a process."""
        if self.window is not None:
            return
        window = vtkOutputWindow()
        window.SetDisplayModeToNever()
        window.AddObserver(vtkCommand.ErrorEvent, self.note)
        window.AddObserver(vtkCommand.WarningEvent, self.note)
        vtkOutputWindow.SetInstance(window)
        vtkLogger.SetStderrVerbosity(vtkLogger.VERBOSITY_OFF)
        self.window = window

    def note(self, _caller: object, _event: str, text: str) -> None:
        """Keep one complaint."""
        self.texts.append(text.strip())

    # VTK's Python wrapper reads this attribute to know that the text is wanted.
    note.CallDataType = "string0"  # type: ignore[attr-defined]

    def taken(self) -> str:
        """Return everything since the last call and forget it."""
        text = "\n".join(self.texts)
        self.texts.clear()
        return text


_complaints = _Complaints()


@contextmanager
def vtk_errors_raised() -> Iterator[None]:
    """Raise what VTK complains about within the block.

    Raises
    ------
    RenderError
        With VTK's words as its detail.
    """
    _complaints.install()
    _complaints.taken()
    yield
    complaint = _complaints.taken()
    if complaint:
        raise RenderError("The image could not be drawn on this machine.", detail=complaint)
