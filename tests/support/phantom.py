"""An asymmetric object with known values at known LPS points, written as real DICOM files.

The object is the same whatever way it is written: markers of constant value sit on a body of
constant value, each large enough that the voxels around its center all lie inside. ``LEFT`` lies
on the patient's left, ``ANTERIOR`` in front, ``HEAD`` above; no mirror image equals the object.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    CTImageStorage,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    MRImageStorage,
    PositronEmissionTomographyImageStorage,
)

Points = NDArray[np.float64]
Point = tuple[float, float, float]
SliceTags = Callable[[int], Mapping[str, Any]]

CENTER: Point = (6.0, -9.0, 14.0)
AIR, BODY = -1000, 40
BODY_RADII_MM = (46.0, 34.0, 40.0)


@dataclass(frozen=True)
class Marker:
    """A sphere of constant value."""

    center: Point
    value: int
    radius_mm: float = 9.0


LEFT = Marker((32.0, -9.0, 16.0), 1000)
ANTERIOR = Marker((0.0, -31.0, 8.0), 600)
HEAD = Marker((-8.0, 2.0, 38.0), 300)
DEEP = Marker((6.0, -4.0, -4.0), -150)
MARKERS = {"left": LEFT, "anterior": ANTERIOR, "head": HEAD, "deep": DEEP}

PLANES: dict[str, tuple[Point, Point]] = {
    "axial": ((1, 0, 0), (0, 1, 0)),
    "sagittal": ((0, 1, 0), (0, 0, -1)),
    "coronal": ((1, 0, 0), (0, 0, -1)),
    "prone": ((-1, 0, 0), (0, -1, 0)),
    "decubitus": ((0, 1, 0), (-1, 0, 0)),
}
"""Row and column directions of the ways the object is written."""


def oblique(degrees: float = 20.0) -> tuple[Point, Point]:
    """Return the axial axes turned about x and then half as far about z."""
    a, b = np.radians(degrees), np.radians(degrees / 2)
    about_x = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    about_z = np.array([[np.cos(b), -np.sin(b), 0], [np.sin(b), np.cos(b), 0], [0, 0, 1]])
    turn = about_z @ about_x
    return tuple(turn[:, 0]), tuple(turn[:, 1])


PLANES["oblique"] = oblique()


def phantom_values(points_lps: Points) -> Points:
    """Return the object's value at LPS points (..., 3)."""
    offset = (points_lps - np.asarray(CENTER)) / np.asarray(BODY_RADII_MM)
    values = np.where((offset**2).sum(axis=-1) <= 1.0, float(BODY), float(AIR))
    for marker in MARKERS.values():
        distance = ((points_lps - np.asarray(marker.center)) ** 2).sum(axis=-1)
        values = np.where(distance <= marker.radius_mm**2, float(marker.value), values)
    return values


@dataclass(frozen=True, kw_only=True)
class Phantom:
    """How the object is written.

    ``shear_mm`` moves each slice along the column direction (tilted gantry); ``tags`` are added to
    every slice, ``slice_tags`` per slice; ``skip`` leaves slices out.
    """

    axes: tuple[Point, Point] = PLANES["axial"]
    spacing: tuple[float, float, float] = (2.0, 2.0, 3.0)
    size: tuple[int, int, int] = (56, 48, 30)
    modality: str = "CT"
    shear_mm: float = 0.0
    reversed_order: bool = False
    shuffled: bool = False
    slope: float = 1.0
    intercept: float = -1024.0
    signed: bool = False
    bits_stored: int = 16
    syntax: str = str(ExplicitVRLittleEndian)
    encode: Callable[[NDArray[Any]], bytes] | None = None
    skip: frozenset[int] = frozenset()
    series_uid: str = "1.2.826.0.1.3680043.10.1.1"
    study_uid: str = "1.2.826.0.1.3680043.10.1"
    frame_uid: str = "1.2.826.0.1.3680043.10.9"
    first_instance: int = 1
    values: Callable[[Points], Points] = phantom_values
    tags: Mapping[str, Any] = field(default_factory=dict)
    slice_tags: SliceTags = field(default=lambda k: {})

    @property
    def normal(self) -> Points:
        return np.cross(np.asarray(self.axes[0], float), np.asarray(self.axes[1], float))

    def origin(self, k: int) -> Points:
        """Return the center of the first pixel of slice k."""
        row, column = (np.asarray(axis, dtype=np.float64) for axis in self.axes)
        di, dj, dk = self.spacing
        i, j, count = self.size
        first = (
            np.asarray(CENTER)
            - row * (i - 1) / 2 * di
            - column * (j - 1) / 2 * dj
            - self.normal * (count - 1) / 2 * dk
        )
        drift = self.shear_mm * (k - (count - 1) / 2)
        return first + self.normal * dk * k + column * drift

    def slice_values(self, k: int) -> Points:
        """Return the object sampled on slice k, shape (rows, columns)."""
        row, column = (np.asarray(axis, dtype=np.float64) for axis in self.axes)
        i = np.arange(self.size[0])[None, :, None] * self.spacing[0]
        j = np.arange(self.size[1])[:, None, None] * self.spacing[1]
        return self.values(self.origin(k) + i * row + j * column)

    def stored(self, k: int) -> NDArray[Any]:
        """Return the stored pixels of slice k, so that rescale gives the values back."""
        raw = np.rint((self.slice_values(k) - self.intercept) / self.slope)
        return raw.astype(np.int16 if self.signed else np.uint16)


SOP_CLASSES = {
    "CT": CTImageStorage,
    "MR": MRImageStorage,
    "PT": PositronEmissionTomographyImageStorage,
}


def write_phantom(folder: Path, phantom: Phantom | None = None) -> list[Path]:
    """Write the object as one file per slice and return the files in slice order."""
    chosen = phantom or Phantom()
    folder.mkdir(parents=True, exist_ok=True)
    count = chosen.size[2]
    names = np.arange(count)
    if chosen.shuffled:
        np.random.default_rng(7).shuffle(names)
    paths = []
    for k in range(count):
        if k in chosen.skip:
            continue
        dataset = slice_dataset(chosen, k)
        number = int(names[k])
        dataset.InstanceNumber = chosen.first_instance + (
            count - 1 - number if chosen.reversed_order else number
        )
        path = folder / f"im{number:04d}"
        save(dataset, path, chosen.syntax)
        paths.append(path)
    return paths


def slice_dataset(phantom: Phantom, k: int) -> Dataset:
    """Return one slice of the object as a data set."""
    dataset = common_dataset(phantom)
    dataset.SOPInstanceUID = f"{phantom.series_uid}.{k + 1}"
    dataset.ImagePositionPatient = [round(float(value), 6) for value in phantom.origin(k)]
    dataset.ImageOrientationPatient = [
        round(float(value), 9) for axis in phantom.axes for value in axis
    ]
    dataset.PixelSpacing = [phantom.spacing[1], phantom.spacing[0]]
    dataset.SliceThickness = phantom.spacing[2]
    dataset.RescaleSlope = phantom.slope
    dataset.RescaleIntercept = phantom.intercept
    put_pixels(dataset, phantom, phantom.stored(k))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tests write values that pydicom rightly dislikes
        for keyword, value in {**phantom.tags, **phantom.slice_tags(k)}.items():
            if value is not None:
                setattr(dataset, keyword, value)
            elif keyword in dataset:
                delattr(dataset, keyword)
    return dataset


def common_dataset(phantom: Phantom) -> Dataset:
    """Return patient, study and series of the object."""
    dataset = Dataset()
    dataset.SOPClassUID = SOP_CLASSES[phantom.modality]
    dataset.PatientID = "PHANTOM"
    dataset.PatientName = "Phantom^Asymmetric"
    dataset.PatientBirthDate = "19600229"
    dataset.PatientSex = "F"
    dataset.StudyInstanceUID = phantom.study_uid
    dataset.SeriesInstanceUID = phantom.series_uid
    dataset.FrameOfReferenceUID = phantom.frame_uid
    dataset.StudyDate = "20260314"
    dataset.StudyTime = "152000"
    dataset.SeriesNumber = 3
    dataset.SeriesDescription = "phantom"
    dataset.Modality = phantom.modality
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    return dataset


def put_pixels(dataset: Dataset, phantom: Phantom, stored: NDArray[Any]) -> None:
    """Add pixels, compressed where the phantom says how."""
    dataset.Rows, dataset.Columns = stored.shape[-2:]
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsAllocated = 16
    dataset.BitsStored = phantom.bits_stored
    dataset.HighBit = phantom.bits_stored - 1
    dataset.PixelRepresentation = int(phantom.signed)
    if phantom.encode is not None:
        frames = stored if stored.ndim == 3 else stored[None]
        dataset.PixelData = encapsulate([phantom.encode(frame) for frame in frames])
        dataset["PixelData"].VR = "OB"
    elif phantom.syntax == ExplicitVRBigEndian:
        dataset.PixelData = stored.astype(stored.dtype.newbyteorder(">")).tobytes()
    else:
        dataset.PixelData = stored.tobytes()


def save(dataset: Dataset, path: Path, syntax: str = str(ExplicitVRLittleEndian)) -> None:
    """Write a data set as a DICOM file."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = syntax
    meta.MediaStorageSOPClassUID = dataset.get("SOPClassUID", "1.2.3")
    meta.MediaStorageSOPInstanceUID = dataset.get("SOPInstanceUID") or "1.2.3"
    file = FileDataset(
        str(path),
        dataset,
        file_meta=meta,
        preamble=b"\0" * 128,
        is_implicit_VR=syntax == ImplicitVRLittleEndian,
        is_little_endian=syntax != ExplicitVRBigEndian,
    )
    file.save_as(path, enforce_file_format=True)


def pet_tags(**changes: Any) -> dict[str, Any]:
    """Return the tags of an FDG scan: 70 kg, 370 MBq, one hour after injection."""
    tracer = Dataset()
    tracer.Radiopharmaceutical = "FDG"
    tracer.RadionuclideTotalDose = 370e6
    tracer.RadionuclideHalfLife = 6586.2
    tracer.RadiopharmaceuticalStartTime = "090000"
    for keyword in list(changes):
        if keyword.startswith("Radio"):
            value = changes.pop(keyword)
            if value is None:
                delattr(tracer, keyword)
            else:
                setattr(tracer, keyword, value)
    tags: dict[str, Any] = {
        "Units": "BQML",
        "CorrectedImage": ["NORM", "DTIM", "ATTN", "SCAT", "DECY", "RAN"],
        "DecayCorrection": "START",
        "PatientWeight": 70.0,
        "PatientSize": 1.75,
        "SeriesDate": "20260314",
        "SeriesTime": "100000",
        "AcquisitionDate": "20260314",
        "AcquisitionTime": "100000",
        "ActualFrameDuration": 120000,
        "Manufacturer": "SIEMENS",
        "RadiopharmaceuticalInformationSequence": [tracer],
    }
    return {**tags, **changes}


def pet_phantom(**changes: Any) -> Phantom:
    """Return the object as a PET: body 5,000, left marker 25,000 Bq/mL."""
    return Phantom(
        modality="PT",
        size=(28, 24, 12),
        spacing=(4.0, 4.0, 7.0),
        intercept=0.0,
        slope=0.5,
        values=pet_values,
        tags=pet_tags(**changes),
        series_uid="1.2.826.0.1.3680043.10.1.2",
    )


def pet_values(points_lps: Points) -> Points:
    """Return activity in Bq/mL at LPS points."""
    hot = ((points_lps - np.asarray(LEFT.center)) ** 2).sum(axis=-1) <= 12.0**2
    offset = (points_lps - np.asarray(CENTER)) / np.asarray(BODY_RADII_MM)
    body = np.where((offset**2).sum(axis=-1) <= 1.0, 5000.0, 0.0)
    return np.where(hot, 25000.0, body)


def variants() -> dict[str, Phantom]:
    """Return every way the object is written as single slices."""
    plain = Phantom()
    sagittal = replace(
        plain, axes=PLANES["sagittal"], size=(44, 52, 40), spacing=(2.0, 2.0, 2.5), modality="MR",
        intercept=-1024.0,
    )  # fmt: skip
    return {
        "axial": plain,
        "sagittal": sagittal,
        "coronal": replace(sagittal, axes=PLANES["coronal"], size=(56, 52, 34)),
        "oblique": replace(plain, axes=PLANES["oblique"], size=(62, 56, 40)),
        "feet first": replace(plain, tags={"PatientPosition": "FFS"}, reversed_order=True),
        "prone": replace(plain, axes=PLANES["prone"], tags={"PatientPosition": "HFP"}),
        "decubitus": replace(
            plain, axes=PLANES["decubitus"], size=(48, 56, 30), tags={"PatientPosition": "HFDR"}
        ),
        "reversed": replace(plain, reversed_order=True),
        "shuffled": replace(plain, shuffled=True),
        "anisotropic": replace(plain, spacing=(1.5, 2.5, 4.0), size=(76, 40, 24)),
        "tilted": replace(plain, shear_mm=-0.8),
        "signed": replace(plain, signed=True, intercept=0.0),
        "twelve bits": replace(plain, bits_stored=12),
        "fractional slope": replace(plain, slope=0.5, intercept=-1024.5),
    }
