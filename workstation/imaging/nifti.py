"""NIfTI, NRRD and MetaImage files as volumes. The only place that deals with RAS.

SimpleITK reads these formats and gives LPS; NIfTI's own RAS is converted there. They carry no
patient, no unit and no frame of reference, and nothing is made up for them.
"""

from __future__ import annotations

import hashlib
import importlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.base.errors import InputRefusedError
from workstation.imaging.geometry import VolumeGeometry
from workstation.imaging.identity import MADE_UID_ROOT
from workstation.imaging.memory import largest_volume_bytes
from workstation.imaging.volume import Finding, SeriesIdentity, Unit, Volume

MAX_VOLUME_BYTES = largest_volume_bytes()
"""Files that claim more than this are refused before anything is read."""

MAX_COMPRESSION = 1100
"""Deflate cannot shrink data more than about 1,030 times; a file that claims more is false."""

NO_UNIT = Finding(
    code="no-unit",
    message="The file does not say what its values mean; they are shown without a unit.",
)

_DETACHED = re.compile(rb"^(?:data ?file|ElementDataFile)\s*[:=]\s*(.+?)\s*$", re.I | re.M)
_TEXT_HEADER_BYTES = 65536


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeFile:
    """A NIfTI, NRRD or MetaImage file and what its header says.

    Parameters
    ----------
    path : Path
    geometry : VolumeGeometry
        Grid of each of its volumes.
    volumes : int
        Number of volumes (4th axis).
    identity : SeriesIdentity
        Only the series is named; there is no patient.
    keeper : object or None
        Keeps the temporary folder of an archive alive as long as the file is used.
    """

    path: Path
    geometry: VolumeGeometry
    volumes: int
    identity: SeriesIdentity
    keeper: object | None = field(default=None, repr=False, compare=False)


def read_volume_file(path: Path, *, keeper: object | None = None) -> VolumeFile:
    """Return what the header of a volume file says.

    Raises
    ------
    InputRefusedError
        When the file is damaged, is no 3D grid, or points to data elsewhere.
    """
    if path.stat().st_size == 0:
        raise InputRefusedError("The file is empty.", code="empty")
    _check_detached(path)
    reader = _reader(path)
    dimension, size = reader.GetDimension(), reader.GetSize()
    if dimension not in (3, 4) or reader.GetNumberOfComponents() != 1:
        raise InputRefusedError(
            "The file does not hold a volume of single values.", code="not-a-volume"
        )
    _check_size(path, size)
    geometry = _geometry(reader, dimension)
    return VolumeFile(
        path=path,
        geometry=geometry,
        volumes=int(size[3]) if dimension == 4 else 1,
        keeper=keeper,
        identity=SeriesIdentity(
            series_uid=_made_uid(path, geometry), series_description=path.name, modality=""
        ),
    )


def load_volume_file(source: VolumeFile, index: int = 0) -> Volume:
    """Return one volume of a file, as int16 where its values are whole numbers that fit.

    Raises
    ------
    InputRefusedError
        When the data are damaged or not finite.
    """
    reader = _reader(source.path)
    if reader.GetDimension() == 4:
        size = list(reader.GetSize())
        size[3] = 0
        reader.SetExtractSize(size)
        reader.SetExtractIndex([0, 0, 0, index])
    try:
        array = _simple_itk().GetArrayFromImage(reader.Execute())
    except RuntimeError as error:
        raise _damaged(error) from error
    return Volume(
        array=_compact(array),
        geometry=source.geometry,
        unit=Unit.ARBITRARY,
        identity=source.identity,
        volume_index=index,
        findings=(NO_UNIT,),
    )


def _simple_itk() -> Any:
    """Return SimpleITK, which is slow to import and rarely needed."""
    return importlib.import_module("SimpleITK")


def _reader(path: Path) -> Any:
    sitk = _simple_itk()
    sitk.ProcessObject.SetGlobalWarningDisplay(False)
    reader = sitk.ImageFileReader()
    reader.SetFileName(str(path))
    try:
        reader.ReadImageInformation()
    except RuntimeError as error:
        raise _damaged(error) from error
    return reader


def _damaged(error: RuntimeError) -> InputRefusedError:
    return InputRefusedError(
        "The volume file is damaged or in a variant that cannot be read.",
        code="damaged-volume-file",
        detail=str(error)[:500],
    )


def _check_detached(path: Path) -> None:
    """Refuse a header that points to data outside its own folder."""
    if path.suffix.lower() not in (".nhdr", ".mhd", ".nrrd", ".mha"):
        return
    with path.open("rb") as file:
        head = file.read(_TEXT_HEADER_BYTES)
    for name in _DETACHED.findall(head.split(b"\n\n", 1)[0]):
        plain = name.decode("latin-1")
        if plain.upper() not in ("LOCAL", "LIST") and Path(plain).name != plain:
            raise InputRefusedError(
                "The file points to data in another folder; such files are not opened.",
                code="outside-folder",
            )


def _check_size(path: Path, size: tuple[int, ...]) -> None:
    voxels = int(np.prod(np.array(size, dtype=np.float64)))
    attached = path.suffix.lower() not in (".nhdr", ".mhd")
    impossible = attached and voxels > path.stat().st_size * MAX_COMPRESSION
    if min(size) < 1 or voxels * 4 > MAX_VOLUME_BYTES or impossible:
        raise InputRefusedError(
            "The file claims a volume that is larger than it can hold or than Batson opens.",
            code="too-large",
        )


def _geometry(reader: Any, dimension: int) -> VolumeGeometry:
    i, j, k = (int(value) for value in reader.GetSize()[:3])
    matrix = np.array(reader.GetDirection(), dtype=np.float64).reshape(dimension, dimension)
    spacing = tuple(float(value) for value in reader.GetSpacing()[:3])
    origin = tuple(float(value) for value in reader.GetOrigin()[:3])
    return VolumeGeometry(
        shape_kji=(k, j, i),
        spacing_ijk=(spacing[0], spacing[1], spacing[2]),
        origin_lps=(origin[0], origin[1], origin[2]),
        direction=np.ascontiguousarray(matrix[:3, :3]),
    )


def _made_uid(path: Path, geometry: VolumeGeometry) -> str:
    text = f"{path.name}\n{path.stat().st_size}\n{geometry.affine.tolist()}"
    digest = hashlib.sha256(text.encode()).digest()
    return f"{MADE_UID_ROOT}{int.from_bytes(digest[:12], 'big')}"


def _compact(array: NDArray[Any]) -> NDArray[Any]:
    if array.dtype.kind in "iu":
        if array.dtype.itemsize == 1 or (array.min() >= -32768 and array.max() <= 32767):
            return np.ascontiguousarray(array, dtype=np.int16)
    elif not np.isfinite(array).all():
        raise InputRefusedError("The volume holds values that are not numbers.", code="not-finite")
    elif _whole(array):
        return np.ascontiguousarray(array, dtype=np.int16)
    return np.ascontiguousarray(array, dtype=np.float32)


def _whole(array: NDArray[Any]) -> bool:
    if array.min() < -32768 or array.max() > 32767:
        return False
    return bool((array == np.rint(array)).all())
