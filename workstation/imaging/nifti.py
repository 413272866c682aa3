"""NIfTI, NRRD and MetaImage files as volumes. The only place that deals with RAS.

SimpleITK reads these formats in a process of its own and gives LPS; NIfTI's own RAS is converted
there. They carry no patient, no unit and no frame of reference, and nothing is made up for them.
"""

from __future__ import annotations

import atexit
import hashlib
import re
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from workstation.base.errors import InputRefusedError
from workstation.imaging.geometry import VolumeGeometry
from workstation.imaging.identity import MADE_UID_ROOT
from workstation.imaging.memory import largest_volume_bytes
from workstation.imaging.volume import Finding, SeriesIdentity, Unit, Volume
from workstation.imaging.worker_process import WorkerProcess

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
    header, _ = _asked({"path": str(path)})
    dimension, size = int(header["dimension"]), tuple(int(value) for value in header["size"])
    if dimension not in (3, 4) or header["components"] != 1:
        raise InputRefusedError(
            "The file does not hold a volume of single values.", code="not-a-volume"
        )
    _check_size(path, size)
    geometry = _geometry(header, dimension)
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
    head, body = _asked({"path": str(source.path), "index": index})
    array = np.frombuffer(body, dtype=head["dtype"]).reshape(head["shape"])
    if array.shape != source.geometry.shape_kji:
        raise InputRefusedError(
            "The volume file is not what it was when it was listed.", code="damaged-volume-file"
        )
    return Volume(
        array=array,
        geometry=source.geometry,
        unit=Unit.ARBITRARY,
        identity=source.identity,
        volume_index=index,
        findings=(NO_UNIT,),
    )


def _asked(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Return the answer of the process that parses volume files."""
    with _ONE_AT_A_TIME:
        answer = READER.exchange(request, b"")
    if answer is None:
        raise InputRefusedError(
            "The volume file is damaged: reading it failed or took too long.",
            code="damaged-volume-file",
        )
    head, body = answer
    if "code" in head:
        raise InputRefusedError(head["message"], code=head["code"], detail=head.get("detail", ""))
    return head, body


READ_TIMEOUT_S = 120.0
"""A volume file that takes longer is given up."""

READER = WorkerProcess("workstation.imaging.volume_file_worker", READ_TIMEOUT_S)
"""The process of this program that parses volume files; started when the first one is opened."""

atexit.register(READER.stop)

_ONE_AT_A_TIME = threading.Lock()


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


def _geometry(header: dict[str, Any], dimension: int) -> VolumeGeometry:
    i, j, k = (int(value) for value in header["size"][:3])
    matrix = np.array(header["direction"], dtype=np.float64).reshape(dimension, dimension)
    spacing = tuple(float(value) for value in header["spacing"][:3])
    origin = tuple(float(value) for value in header["origin"][:3])
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
