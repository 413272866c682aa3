"""Sees to it that images are read from the very files that were opened.

A file that was replaced under an open case may be another patient's; its pixels must not appear
under the name that the header gave before.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workstation.base.errors import InputRefusedError
from workstation.base.task import CancelToken, Progress, no_progress
from workstation.imaging.volume import SeriesIdentity, Volume

if TYPE_CHECKING:
    # The readers import pydicom and SimpleITK, which a start without images does not need.
    from workstation.imaging.catalog import Catalog, VolumeEntry
    from workstation.imaging.volume_load import VolumeLoad

Stamp = tuple[int, int, int]
"""Size in bytes, time of the last change in ns, and number of the file on its disk."""


class SourceWatch:
    """Wraps the imaging layer's readers for the library. Safe to use from several threads.

    Parameters
    ----------
    open_paths, load_volume : callable
        The imaging layer's readers.
    begin_volume : callable, optional
        The reader that shows slices as they come.
    """

    def __init__(
        self,
        open_paths: Callable[..., Catalog],
        load_volume: Callable[..., Volume],
        begin_volume: Callable[..., VolumeLoad] | None = None,
    ) -> None:
        self._open_paths = open_paths
        self._load_volume = load_volume
        self._begin_volume = begin_volume
        self._stamps: dict[tuple[Path, SeriesIdentity], Stamp] = {}
        self._lock = threading.Lock()

    def open_paths(
        self, paths: Iterable[Path], *, progress: Progress, cancel: CancelToken
    ) -> Catalog:
        """Return what is under ``paths`` and remember how the files were."""
        catalog = self._open_paths(paths, progress=progress, cancel=cancel)
        for entry in catalog.volumes:
            cancel.check()
            found = {(path, entry.identity): _stamp(path) for path in entry.files}
            with self._lock:
                self._stamps.update({key: stamp for key, stamp in found.items() if stamp})
        return catalog

    def load_volume(self, entry: VolumeEntry, *, progress: Progress, cancel: CancelToken) -> Volume:
        """Return the voxels of a volume.

        Raises
        ------
        InputRefusedError
            When a file of it is gone or was changed since it was opened, also while it was read.
        """
        self._refuse_changed(entry)
        volume = self._load_volume(entry, progress=progress, cancel=cancel)
        self._refuse_changed(entry)
        return volume

    def begin_volume(self, entry: VolumeEntry) -> VolumeLoad:
        """Return the running read of a volume; refused as by :meth:`load_volume`."""
        self._refuse_changed(entry)
        if self._begin_volume is None:
            raise InputRefusedError("Slices cannot be shown one by one here.")
        return _WatchedLoad(self._begin_volume(entry), partial(self._refuse_changed, entry))

    def _refuse_changed(self, entry: VolumeEntry) -> None:
        with self._lock:
            known = [self._stamps.get((path, entry.identity)) for path in entry.files]
        now = [_stamp(path) for path in entry.files]
        gone = sum(stamp is None for stamp in now)
        if gone:
            raise InputRefusedError(
                f"{_files(gone)} of this series cannot be reached any more. Marks and grades are "
                "kept; connect the drive or open the study from another place.",
                code="source-missing",
            )
        changed = sum(
            before is not None and before != after for before, after in zip(known, now, strict=True)
        )
        if changed:
            raise InputRefusedError(
                f"{_files(changed)} of this series changed since it was opened. Open the study "
                "again, so that the images are those of the patient named here.",
                code="source-changed",
            )


class _WatchedLoad:
    """A running read that ends with a look at its files."""

    def __init__(self, load: VolumeLoad, refuse_changed: Callable[[], None]) -> None:
        self._load = load
        self._refuse_changed = refuse_changed

    @property
    def preview(self) -> Volume | None:
        """The volume as it is filled."""
        return self._load.preview

    @property
    def loaded(self) -> NDArray[np.bool_]:
        """Which slices k are there by now, shape (k,), bool."""
        return self._load.loaded

    def read(
        self, *, progress: Progress = no_progress, cancel: CancelToken | None = None
    ) -> Volume:
        """Read everything and return the volume."""
        volume = self._load.read(progress=progress, cancel=cancel)
        self._refuse_changed()
        return volume


def _stamp(path: Path) -> Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return (status.st_size, status.st_mtime_ns, status.st_ino)


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"
