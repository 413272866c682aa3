"""Print the Debian packages that are needed and not there, judged by what can be loaded.

Usage: system_packages.py GROUP...    with GROUP one of program, window, tests

Each library is opened as the program would open it, so a library that came from elsewhere counts
and a package that is only half there does not.
"""

import ctypes
import importlib.util
import shutil
import sys
from pathlib import Path

LIBRARIES = {
    "program": {
        "libGL.so.1": "libgl1",
        "libEGL.so.1": "libegl1",
        "libxkbcommon.so.0": "libxkbcommon0",
        "libdbus-1.so.3": "libdbus-1-3",
        "libfontconfig.so.1": "libfontconfig1",
        "libglib-2.0.so.0": "libglib2.0-0",
    },
    "window": {
        "libxcb-cursor.so.0": "libxcb-cursor0",
        "libxcb-icccm.so.4": "libxcb-icccm4",
        "libxcb-keysyms.so.1": "libxcb-keysyms1",
        "libxcb-shape.so.0": "libxcb-shape0",
        "libxcb-image.so.0": "libxcb-image0",
        "libxcb-render-util.so.0": "libxcb-render-util0",
        "libxcb-xkb.so.1": "libxcb-xkb1",
        "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    },
}
# The software renderer is loaded by libGL from one of these places, not by its name.
DRIVERS = ("lib*/dri/*_dri.so", "lib/*/dri/*_dri.so", "lib/*/libgallium-*.so")
COMMANDS = {"tests": {"Xvfb": "xvfb", "pdftotext": "poppler-utils", "pdftoppm": "poppler-utils"}}


def loads(name: str) -> bool:
    """Whether the dynamic linker finds and opens the library."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def missing(group: str) -> list[str]:
    """Packages of one group that this machine lacks."""
    packages = [package for name, package in LIBRARIES.get(group, {}).items() if not loads(name)]
    packages += [
        package for name, package in COMMANDS.get(group, {}).items() if shutil.which(name) is None
    ]
    if group == "program":
        if not any(any(Path("/usr").glob(pattern)) for pattern in DRIVERS):
            packages.append("libgl1-mesa-dri")
        if importlib.util.find_spec("ensurepip") is None:
            packages.append("python3-venv")
    return packages


if __name__ == "__main__":
    print(*sorted({package for group in sys.argv[1:] for package in missing(group)}))
