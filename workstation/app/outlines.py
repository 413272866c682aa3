"""Outlines that came with the open studies, read in the background."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from workstation.app.jobs import JobCallbacks, JobRunner
from workstation.app.library import Library

if TYPE_CHECKING:
    # The readers import pydicom, which a start without images does not need.
    from workstation.imaging.catalog import Catalog
    from workstation.imaging.contours import ContourSet

LoadContours = Callable[..., "tuple[ContourSet, ...]"]
"""``load_contours(catalog, *, progress, cancel)`` of the imaging layer."""


class Outlines(QObject):
    """The segmentations and structure sets of what is open. Lives on the main thread.

    Parameters
    ----------
    jobs : JobRunner
    library : Library
    load_contours : callable

    Signals
    -------
    changed()
        Outlines arrived or were closed; read :attr:`sets`.
    """

    changed = Signal()

    def __init__(
        self,
        jobs: JobRunner,
        library: Library,
        load_contours: LoadContours,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._library = library
        self._load_contours = load_contours
        self._sets: dict[int, tuple[ContourSet, ...]] = {}
        self._known: list[Catalog] = []
        library.catalog_changed.connect(self._on_catalog_changed)

    @property
    def sets(self) -> tuple[ContourSet, ...]:
        """All outlines, in the order in which their studies were opened."""
        return tuple(item for number in sorted(self._sets) for item in self._sets[number])

    def _on_catalog_changed(self) -> None:
        catalogs = self._library.catalogs
        if catalogs[: len(self._known)] != tuple(self._known) or not catalogs:
            self._known.clear()
            self._sets.clear()
            self.changed.emit()
        for catalog in catalogs[len(self._known) :]:
            self._known.append(catalog)
            done = partial(self._arrived, catalog, len(self._known) - 1)
            self._jobs.start(
                "Outlines", self._load_contours, catalog, callbacks=JobCallbacks(done=done)
            )

    def _arrived(self, catalog: Catalog, number: int, sets: tuple[ContourSet, ...]) -> None:
        """Take outlines in, unless their study was closed meanwhile."""
        if number < len(self._known) and self._known[number] is catalog and sets:
            self._sets[number] = sets
            self.changed.emit()
