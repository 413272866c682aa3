"""A volume that can be looked at while it is still being read."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from workstation.base.task import CancelToken, Progress, no_progress
from workstation.imaging.nifti import VolumeFile, load_volume_file
from workstation.imaging.volume import Volume


class VolumeLoad(Protocol):
    """A volume being read: ``preview`` at once, slices from the middle outward, then the whole."""

    @property
    def preview(self) -> Volume | None:
        """The volume as it is filled, or None where nothing can be shown before the end."""

    @property
    def loaded(self) -> NDArray[np.bool_]:
        """Which slices k are there by now, shape (k,)."""

    def read(
        self, *, progress: Progress = no_progress, cancel: CancelToken | None = None
    ) -> Volume:
        """Read everything and return the volume, which takes the place of the preview."""


class FileLoad:
    """Reads a NIfTI, NRRD or MetaImage file, which comes in one piece.

    Parameters
    ----------
    source : VolumeFile
    index : int
    """

    preview: Volume | None = None

    def __init__(self, source: VolumeFile, index: int) -> None:
        self._source = source
        self._index = index
        self._done = False

    @property
    def loaded(self) -> NDArray[np.bool_]:
        """All slices or none, shape (k,)."""
        return np.full(self._source.geometry.shape_kji[0], self._done)

    def read(
        self, *, progress: Progress = no_progress, cancel: CancelToken | None = None
    ) -> Volume:
        """Return the volume.

        Raises
        ------
        InputRefusedError
            When the data are damaged or not finite.
        """
        (cancel or CancelToken()).check()
        volume = load_volume_file(self._source, self._index)
        self._done = True
        progress(1, 1)
        return volume
