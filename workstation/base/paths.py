"""Where files lie: what the program ships, and the one folder in which it keeps everything.

Nobody else builds a path from ``__file__``. In a wheel the shipped files are inside the package,
in a checkout they lie beside it; an editable install is a checkout.
"""

import errno
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from workstation.base.errors import StoreError, WorkstationError

_PACKAGE = Path(__file__).resolve().parent.parent
_OWNER_ONLY = 0o700


def _shipped(kind: str) -> Path:
    for root in (_PACKAGE / "_data", _PACKAGE.parent):
        if (root / kind).is_dir():
            return root / kind
    raise WorkstationError(
        "Files that belong to Batson are missing; install it again.",
        detail=f"no folder {kind!r}",
        code="installation",
    )


def resource_path(*parts: str) -> Path:
    """Path of a shipped resource, for example ``resource_path("icons", "ruler.svg")``.

    Parameters
    ----------
    *parts : str
        Folder and file names below ``resources``; none gives the folder itself. The file need
        not exist.
    """
    return _below(_shipped("resources"), parts)


def plugins_folder() -> Path:
    """Folder of the plug-ins that are shipped with the program."""
    return _shipped("plugins")


def store_folder(store: Path | str | None = None) -> Path:
    """Folder that holds cases, index, settings and logs; made when it is not there.

    Parameters
    ----------
    store : Path or str, optional
        What ``--store`` names. Without it ``BATSON_HOME`` counts, and without that the per-user
        data folder of the platform.

    Raises
    ------
    StoreError
        The folder cannot be made, or a file is in its place.
    """
    try:
        folder = Path(store) if store else default_store(os.environ, sys.platform, Path.home)
        folder = folder.expanduser().absolute()
    except RuntimeError as error:
        raise StoreError(
            "This user has no home folder. Name a folder with --store or BATSON_HOME.",
            code="store-folder",
        ) from error
    return private_folder(folder)


def default_store(environment: Mapping[str, str], platform: str, home: Callable[[], Path]) -> Path:
    """Store used when none is named on the command line.

    Parameters
    ----------
    environment : mapping of str to str
        ``BATSON_HOME`` wins over the folder of the platform.
    platform : str
        As ``sys.platform`` names it.
    home : callable
        Gives the home folder of the user; called only when it is needed.

    Notes
    -----
    Linux: XDG Base Directory Specification 0.8, ``XDG_DATA_HOME``, which counts only when it is
    absolute. macOS: ``~/Library/Application Support``. Windows: ``LOCALAPPDATA``, which does not
    roam between machines.
    """
    if environment.get("BATSON_HOME"):
        return Path(environment["BATSON_HOME"])
    if platform == "win32":
        local = environment.get("LOCALAPPDATA", "")
        return (Path(local) if local else home() / "AppData" / "Local") / "Batson"
    if platform == "darwin":
        return home() / "Library" / "Application Support" / "Batson"
    data = environment.get("XDG_DATA_HOME", "")
    return (Path(data) if Path(data).is_absolute() else home() / ".local" / "share") / "batson"


def private_folder(folder: Path) -> Path:
    """Make a folder, and its missing parents, that only its owner can enter; give it back.

    A folder that is already there is left as it is: it may be shared on purpose, and it may not
    be ours to change.

    Raises
    ------
    StoreError
        It cannot be made, or a file is in its place.
    """
    try:
        for missing in reversed([f for f in (folder, *folder.parents) if not f.exists()]):
            missing.mkdir(mode=_OWNER_ONLY, exist_ok=True)
        if not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    except OSError as error:
        raise StoreError(
            f"The folder {folder} cannot be used: {error.strerror or 'unknown reason'}. "
            "Name another one with --store or BATSON_HOME.",
            code="store-folder",
        ) from error
    return folder


def _below(root: Path, parts: tuple[str, ...]) -> Path:
    path = root.joinpath(*parts)
    if ".." in path.parts[len(root.parts) :] or not path.is_relative_to(root):
        raise WorkstationError(
            "A file outside the program's own resources was asked for.",
            detail="/".join(parts),
            code="resource",
        )
    return path
