"""A regular grid of values with geometry, unit and identity. Only the readers make one."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from numpy.typing import NDArray

from workstation.imaging.geometry import VolumeGeometry


class Unit(StrEnum):
    """What one voxel value means."""

    HU = "HU"
    SUVBW = "g/mL SUVbw"
    SUVLBM = "g/mL SUVlbm"
    SUVBSA = "cm2/mL SUVbsa"
    SUVIBW = "g/mL SUVibw"
    BQML = "Bq/mL"
    COUNTS = "counts"
    ADC = "10^-3 mm2/s"
    ARBITRARY = "a.u."


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something about a series the reader should know; shown as a warning chip.

    Parameters
    ----------
    code : str
        Stable word, e.g. ``"missing-slice"``.
    message : str
        One sentence for the reader; no patient identity.
    """

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedFile:
    """A file that cannot be used, and why.

    Parameters
    ----------
    path : str
    code : str
        Stable word, e.g. ``"not-dicom"``.
    reason : str
        One sentence for the reader.
    """

    path: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientIdentity:
    """Who a series says it belongs to, as read from its own header."""

    id: str = ""
    issuer: str = ""
    name: str = ""
    birth_date: str = ""
    """ISO date or empty."""
    sex: str = ""
    age: str = ""
    """DICOM age string at the study, e.g. "064Y", or empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesIdentity:
    """Which study and series a volume belongs to, and how the reader names it."""

    patient: PatientIdentity = PatientIdentity()
    study_uid: str = ""
    study_date: str = ""
    """ISO date, with time where known ("2026-03-14 15:20"), or empty."""
    study_description: str = ""
    accession: str = ""
    series_uid: str = ""
    series_number: int | None = None
    series_description: str = ""
    modality: str = ""
    frame_of_reference_uid: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowSetting:
    """Window center and width in the unit of the volume."""

    center: float
    width: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Volume:
    """Voxel values in patient space.

    Parameters
    ----------
    array : ndarray, shape (k, j, i), int16 or float32, C-contiguous
        Values in ``unit``; CT keeps int16 HU where the rescale is whole-numbered. Read-only once
        loaded.
    geometry : VolumeGeometry
    unit : Unit
    identity : SeriesIdentity
    volume_index : int
        Which volume of its series this is (slabs, echoes, phases).
    findings : tuple of Finding
        What was noticed while reading; never silently repaired.
    raw_factor : ndarray, shape (k,), float64, or None
        PET: what each slice was multiplied by after its rescale to reach ``unit``; None where
        values are the rescaled pixels themselves.
    raw_unit : Unit
        Unit after rescale and before ``raw_factor``.
    header_window : WindowSetting or None
        Window Center and Width of the first instance, when sane.
    slice_numbers : tuple of int
        Instance Number per slice k, so that the reader can find the image elsewhere.
    missing_slices : tuple of int
        Slices k that no image fills; their voxels hold no data and nothing is measured there.
    pending_slices : tuple of int
        Those of the missing slices that are still being read; empty once a volume is loaded.
    padding_range : tuple of float, or None
        Values (low, high) in ``unit`` that mark voxels without data (outside the scan circle).
    resampled : str
        How the grid was made when it is not the one the scanner wrote ("gantry tilt corrected");
        empty for native voxels.
    rejected : tuple of RejectedFile
        Pictures of this volume that could not be read; their slices count as missing.
    facts : dict of str
        Further read-outs for the reader: tracer, uptake time, SUV reasoning, echo time.
    """

    array: NDArray[Any]
    geometry: VolumeGeometry
    unit: Unit
    identity: SeriesIdentity
    volume_index: int = 0
    findings: tuple[Finding, ...] = ()
    raw_factor: NDArray[Any] | None = None
    raw_unit: Unit = Unit.ARBITRARY
    header_window: WindowSetting | None = None
    slice_numbers: tuple[int, ...] = ()
    missing_slices: tuple[int, ...] = ()
    pending_slices: tuple[int, ...] = ()
    padding_range: tuple[float, float] | None = None
    resampled: str = ""
    rejected: tuple[RejectedFile, ...] = ()
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> VolumeKey:
        """What names this volume within everything that is open."""
        return VolumeKey(series_uid=self.identity.series_uid, index=self.volume_index)


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeKey:
    """Names one volume: its series and its number within the series."""

    series_uid: str
    index: int = 0
