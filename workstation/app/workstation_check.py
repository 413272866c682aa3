"""What this machine can render, decode and write; each answer as one line for the reader.

Rendering is tried in a child process, because a broken graphics driver ends the process it is
loaded into.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from workstation.base.task import CancelToken, Progress, no_progress

PROBE_TIMEOUT_S = 60.0
LITTLE_SPACE_BYTES = 2_000_000_000
_PROBE = (
    "import dataclasses, json\n"
    "from workstation.rendering.frame import probe_rendering\n"
    "print(json.dumps(dataclasses.asdict(probe_rendering())))\n"
)
_SOFTWARE_RENDERERS = ("llvmpipe", "softpipe", "swrast", "mesa offscreen")


class CheckState(StrEnum):
    """How a part of the workstation stands."""

    GOOD = "good"
    CAUTION = "caution"
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line of the workstation check.

    Parameters
    ----------
    name : str
        What was checked, as printed.
    state : CheckState
    text : str
        The answer in a few words.
    detail : str
        What to do, or technical facts; may be empty.
    """

    name: str
    state: CheckState
    text: str
    detail: str = ""


def check_workstation(
    store: Path, *, progress: Progress = no_progress, cancel: CancelToken | None = None
) -> tuple[Check, ...]:
    """Return every check, in the order it is shown.

    Parameters
    ----------
    store : Path
        Folder of the case store; it need not exist yet.
    """
    token = cancel or CancelToken()
    steps: tuple[Callable[[], Check], ...] = (
        check_rendering,
        check_decoders,
        lambda: check_store(store),
        check_report,
        check_pacs,
    )
    done: list[Check] = []
    for step in steps:
        token.check()
        done.append(step())
        progress(len(done), len(steps))
    return tuple(done)


def check_rendering() -> Check:
    """Draw a small scene in a child process and say what drew it, and how fast."""
    name = "Rendering"
    try:
        answer = subprocess.run(
            [sys.executable, "-c", _PROBE],
            capture_output=True,
            text=True,
            timeout=PROBE_TIMEOUT_S,
            check=False,
            env=_child_environment(),
        )
    except subprocess.TimeoutExpired:
        return Check(name=name, state=CheckState.BAD, text="does not answer")
    if answer.returncode != 0:
        last = answer.stderr.strip().splitlines()[-1:] or [f"exit code {answer.returncode}"]
        return Check(name=name, state=CheckState.BAD, text="does not work", detail=last[0])
    facts = json.loads(answer.stdout.strip().splitlines()[-1])
    return _rendering_line(name, facts)


def _rendering_line(name: str, facts: dict[str, object]) -> Check:
    opengl = str(facts["opengl"])
    software = any(word in opengl.lower() for word in _SOFTWARE_RENDERERS)
    kind = "CPU" if software else "GPU"
    milliseconds = max(round(float(str(facts["frame_ms"]))), 1)
    return Check(
        name=name,
        state=CheckState.GOOD,
        text=f"{kind}, {milliseconds} ms a frame",
        detail=f"{opengl}; {facts['window_class']}",
    )


def _child_environment() -> dict[str, str]:
    paths = [entry for entry in sys.path if entry]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def check_decoders() -> Check:
    """Say which kinds of compressed pixels can be read."""
    names = ["RLE"]
    if importlib.util.find_spec("imagecodecs") is not None:
        import imagecodecs

        for label, codec in (
            ("JPEG", "JPEG8"),
            ("JPEG-LS", "JPEGLS"),
            ("JPEG 2000", "JPEG2K"),
        ):
            if getattr(getattr(imagecodecs, codec, None), "available", False):
                names.append(label)
    order = [name for name in ("JPEG", "JPEG-LS", "JPEG 2000", "RLE") if name in names]
    complete = len(order) == 4
    return Check(
        name="Decoders",
        state=CheckState.GOOD if complete else CheckState.CAUTION,
        text=", ".join(order),
        detail="" if complete else "Some compressed studies will be refused.",
    )


def check_store(store: Path) -> Check:
    """Say whether the case store can be written and how much space is left."""
    name = "Case store"
    folder = store
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free
    except OSError as error:
        return Check(
            name=name,
            state=CheckState.BAD,
            text="cannot be written",
            detail=error.strerror or "The folder refuses new files.",
        )
    state = CheckState.GOOD if free > LITTLE_SPACE_BYTES else CheckState.CAUTION
    return Check(name=name, state=state, text=f"{_size_text(free)} free")


def _size_text(count: int) -> str:
    gigabytes = count / 1e9
    return f"{gigabytes:.0f} GB" if gigabytes >= 10 else f"{gigabytes:.1f} GB"


def check_report() -> Check:
    """Say whether the parts that write the report are installed."""
    missing = [part for part in ("typst", "pydicom") if importlib.util.find_spec(part) is None]
    if missing:
        return Check(
            name="Report and DICOM export",
            state=CheckState.BAD,
            text="not installed",
            detail=f"Missing: {', '.join(missing)}.",
        )
    return Check(name="Report and DICOM export", state=CheckState.GOOD, text="ready")


def check_pacs() -> Check:
    """Say whether a picture archive is set up."""
    return Check(
        name="PACS",
        state=CheckState.CAUTION,
        text="not set up",
        detail="Studies are opened from folders and files.",
    )
