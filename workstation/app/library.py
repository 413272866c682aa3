"""What is open: catalogs of studies, the volumes in memory, and their thumbnails.

Everything slow runs as a job; what arrives for a case that is no longer open is dropped here.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from workstation.app.jobs import JobCallbacks, JobRunner
from workstation.app.thumbnails import middle_slice_entry, thumbnail_of
from workstation.base.errors import InputRefusedError, WorkstationError
from workstation.base.task import CancelToken, Progress
from workstation.imaging.volume import Volume, VolumeKey

if TYPE_CHECKING:
    # The readers import pydicom and SimpleITK, which a start without images does not need.
    from workstation.imaging.catalog import Catalog, VolumeEntry
    from workstation.imaging.volume import RejectedFile
    from workstation.imaging.volume_load import VolumeLoad

MEMORY_BUDGET_BYTES = 3 * 1024**3
"""Voxels kept in memory beside those that a pane shows."""


OpenPaths = Callable[..., "Catalog"]
"""``open_paths(paths, *, progress, cancel) -> Catalog`` of the imaging layer."""

LoadVolume = Callable[..., Volume]
"""``load_volume(entry, *, progress, cancel) -> Volume`` of the imaging layer."""

BeginVolume = Callable[..., "VolumeLoad"]
"""``begin_volume(entry) -> VolumeLoad`` of the imaging layer."""


class Library(QObject):
    """The open studies and the volumes in memory. Lives on the main thread.

    Parameters
    ----------
    jobs : JobRunner
    open_paths, load_volume : callable
        The imaging layer's readers.
    begin_volume : callable, optional
        Reader of volumes that can be looked at while they load.
    budget_bytes : int
        Volumes beyond it are forgotten, the longest unused first; held ones stay.

    Signals
    -------
    catalog_changed()
        Studies were opened or closed; read :attr:`catalogs` and :attr:`rejected`.
    volume_ready(VolumeKey)
    preview_ready(VolumeKey)
        A volume that loads has its first or further slices; read :meth:`preview`.
    thumbnail_ready(VolumeKey)
    loading_progress(VolumeKey, int, int)
        Slices done and all slices.
    open_failed(WorkstationError)
        A folder could not be opened at all.
    load_failed(VolumeKey, WorkstationError)
    """

    catalog_changed = Signal()
    volume_ready = Signal(object)
    preview_ready = Signal(object)
    thumbnail_ready = Signal(object)
    loading_progress = Signal(object, int, int)
    open_failed = Signal(object)
    load_failed = Signal(object, object)

    def __init__(
        self,
        jobs: JobRunner,
        *,
        open_paths: OpenPaths,
        load_volume: LoadVolume,
        begin_volume: BeginVolume | None = None,
        budget_bytes: int = MEMORY_BUDGET_BYTES,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._open_paths = open_paths
        self._load_volume = load_volume
        self._begin_volume = begin_volume
        self._budget_bytes = budget_bytes
        self._generation = 0
        self._catalogs: list[Catalog] = []
        self._entries: dict[VolumeKey, VolumeEntry] = {}
        self._ambiguous: set[VolumeKey] = set()
        self._volumes: OrderedDict[VolumeKey, Volume] = OrderedDict()
        self._loading: dict[VolumeKey, _Loading] = {}
        self._previews: dict[VolumeKey, Volume] = {}
        self._held: dict[object, VolumeKey] = {}
        self._thumbnails: dict[VolumeKey, NDArray[np.uint8]] = {}
        self._without_thumbnail: deque[VolumeKey] = deque()

    @property
    def catalogs(self) -> tuple[Catalog, ...]:
        """The catalogs of everything opened since :meth:`close_all`, in that order."""
        return tuple(self._catalogs)

    @property
    def rejected(self) -> tuple[RejectedFile, ...]:
        """What could not be used, over all catalogs."""
        return tuple(item for catalog in self._catalogs for item in catalog.rejected)

    @property
    def keys(self) -> tuple[VolumeKey, ...]:
        """Every volume that can be asked for, in the order of the study list."""
        return tuple(self._entries)

    def entry(self, key: VolumeKey) -> VolumeEntry | None:
        """Return the catalog's row of a volume, or None when it is not open."""
        return self._entries.get(key)

    def open(self, paths: Iterable[Path]) -> None:
        """Read what lies at these paths in the background and add it."""
        generation = self._generation
        self._jobs.start(
            "Opening",
            self._open_paths,
            tuple(paths),
            callbacks=JobCallbacks(
                done=partial(self._opened, generation), failed=partial(self._refused, generation)
            ),
        )

    def close_all(self) -> None:
        """Forget everything; what is still loading is dropped when it arrives."""
        self._generation += 1
        for key in self._loading:
            self._jobs.cancel_slot(_slot(key))
        self._jobs.cancel_slot(_THUMBNAIL_SLOT)
        self._catalogs.clear()
        self._entries.clear()
        self._ambiguous.clear()
        self._volumes.clear()
        self._loading.clear()
        self._previews.clear()
        self._held.clear()
        self._thumbnails.clear()
        self._without_thumbnail.clear()
        self.catalog_changed.emit()

    def volume(self, key: VolumeKey) -> Volume | None:
        """Return a volume that is in memory, or None; see :meth:`request`."""
        found = self._volumes.get(key)
        if found is not None:
            self._volumes.move_to_end(key)
        return found

    def preview(self, key: VolumeKey) -> Volume | None:
        """Return a volume that loads, as far as it is; None before its first slice or at the end.

        Slices that are not there yet count as missing, so that nothing is measured on them.
        """
        return self._previews.get(key)

    def request(self, key: VolumeKey) -> Volume | None:
        """Return a volume at once when it is in memory, else load it and signal when it is."""
        found = self.volume(key)
        if found is not None or key in self._loading or key not in self._entries:
            return found
        if key in self._ambiguous:
            self.load_failed.emit(key, InputRefusedError(_AMBIGUOUS, code="ambiguous-series"))
            return None
        generation = self._generation
        loading = self._loading[key] = _Loading(self._load_volume, self._begin_volume)
        self._jobs.start(
            "Loading",
            _load_with_thumbnail,
            loading,
            self._entries[key],
            slot=_slot(key),
            callbacks=JobCallbacks(
                done=partial(self._loaded, generation, key),
                failed=partial(self._not_loaded, generation, key),
                progress=partial(self._moved, generation, key),
            ),
        )
        return None

    def hold(self, pane: object, key: VolumeKey | None) -> None:
        """Say which volume a pane shows, so that it is not forgotten; None for none."""
        if key is None:
            self._held.pop(pane, None)
        else:
            self._held[pane] = key
        self._forget_surplus()

    def is_loading(self, key: VolumeKey) -> bool:
        """Whether a volume is on its way."""
        return key in self._loading

    def thumbnail(self, key: VolumeKey) -> NDArray[np.uint8] | None:
        """Return the small picture of a volume, shape (rows, columns), uint8, or None."""
        return self._thumbnails.get(key)

    @property
    def memory_bytes(self) -> int:
        """Voxels in memory, bytes."""
        return sum(volume.array.nbytes for volume in self._volumes.values())

    def _opened(self, generation: int, catalog: Catalog) -> None:
        if generation != self._generation:
            return
        self._catalogs.append(catalog)
        for series in catalog.series:
            for entry in series.volumes:
                self._add(entry)
        self.catalog_changed.emit()
        # One at a time, and after the window has asked for what it shows.
        self._next_thumbnail()

    def _add(self, entry: VolumeEntry) -> None:
        """Take a volume in; a key that two persons or studies share names neither."""
        if entry.key not in self._entries:
            self._without_thumbnail.append(entry.key)
        known = self._entries.setdefault(entry.key, entry)
        if _owner(known) != _owner(entry):
            self._ambiguous.add(entry.key)
            self._volumes.pop(entry.key, None)
            self._thumbnails.pop(entry.key, None)

    def _next_thumbnail(self) -> None:
        """Read the middle slice of the next volume that has no picture yet."""
        while self._without_thumbnail:
            key = self._without_thumbnail.popleft()
            unwanted = key in self._thumbnails or key in self._loading or key in self._ambiguous
            single = None if unwanted else middle_slice_entry(self._entries[key])
            if single is None:
                continue
            generation = self._generation
            self._jobs.start(
                "Thumbnails",
                _load_with_thumbnail,
                self._load_volume,
                single,
                slot=_THUMBNAIL_SLOT,
                callbacks=JobCallbacks(
                    done=partial(self._pictured, generation, key),
                    failed=partial(self._not_pictured, generation),
                ),
            )
            return

    def _pictured(
        self, generation: int, key: VolumeKey, loaded: tuple[Volume, NDArray[np.uint8]]
    ) -> None:
        if generation != self._generation:
            return
        if key not in self._ambiguous:
            self._thumbnails.setdefault(key, loaded[1])
            self.thumbnail_ready.emit(key)
        self._next_thumbnail()

    def _not_pictured(self, generation: int, _error: WorkstationError) -> None:
        """Leave a series without its picture; opening it will say what is wrong."""
        if generation == self._generation:
            self._next_thumbnail()

    def _refused(self, generation: int, error: WorkstationError) -> None:
        if generation == self._generation:
            self.open_failed.emit(error)

    def _loaded(
        self, generation: int, key: VolumeKey, loaded: tuple[Volume, NDArray[np.uint8]]
    ) -> None:
        if generation != self._generation:
            return
        self._forget_loading(key)
        if key in self._ambiguous:
            return
        self._volumes[key], self._thumbnails[key] = loaded
        self._forget_surplus(keep=key)
        self.thumbnail_ready.emit(key)
        self.volume_ready.emit(key)

    def _not_loaded(self, generation: int, key: VolumeKey, error: WorkstationError) -> None:
        if generation == self._generation:
            self._forget_loading(key)
            self.load_failed.emit(key, error)

    def _moved(self, generation: int, key: VolumeKey, done: int, total: int) -> None:
        if generation != self._generation or key not in self._loading:
            return
        self.loading_progress.emit(key, done, total)
        load = self._loading[key].load
        preview = load.preview if load is not None else None
        if preview is not None and key not in self._ambiguous:
            self._previews[key] = preview
            self.preview_ready.emit(key)

    def _forget_loading(self, key: VolumeKey) -> None:
        self._loading.pop(key, None)
        self._previews.pop(key, None)

    def _forget_surplus(self, keep: VolumeKey | None = None) -> None:
        """Forget the longest unused volumes while more than the budget is in memory."""
        shown = {*self._held.values(), keep}
        for key in tuple(self._volumes):
            if self.memory_bytes <= self._budget_bytes:
                return
            if key not in shown:
                del self._volumes[key]


_THUMBNAIL_SLOT = "thumbnails"

_AMBIGUOUS = "This series is used by more than one patient or study. Open them one at a time."


def _owner(entry: VolumeEntry) -> tuple[object, str]:
    return (entry.identity.patient, entry.identity.study_uid)


def _slot(key: VolumeKey) -> str:
    return f"volume {key.series_uid} {key.index}"


class _Loading:
    """A volume on its way; the worker sets ``load`` once, before its first progress.

    Parameters
    ----------
    load_volume : callable
    begin_volume : callable or None
    """

    def __init__(self, load_volume: LoadVolume, begin_volume: BeginVolume | None) -> None:
        self._load_volume = load_volume
        self._begin_volume = begin_volume
        self.load: VolumeLoad | None = None

    def __call__(self, entry: VolumeEntry, *, progress: Progress, cancel: CancelToken) -> Volume:
        """Return the whole volume."""
        if self._begin_volume is None:
            return self._load_volume(entry, progress=progress, cancel=cancel)
        load = self.load = self._begin_volume(entry)
        return load.read(progress=progress, cancel=cancel)


def _load_with_thumbnail(
    load_volume: LoadVolume, entry: VolumeEntry, *, progress: Progress, cancel: CancelToken
) -> tuple[Volume, NDArray[np.uint8]]:
    volume = load_volume(entry, progress=progress, cancel=cancel)
    cancel.check()
    return volume, thumbnail_of(volume)
