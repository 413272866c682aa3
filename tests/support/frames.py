"""Pictures and volumes made in memory: headers without files, grids with known values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.imaging.dicom_header import InstanceHeader
from workstation.imaging.dicom_tags import TagValues
from workstation.imaging.geometry import VolumeGeometry
from workstation.imaging.image_frame import ImageFrame, PlacedFrame
from workstation.imaging.pixel_layout import EXPLICIT_LITTLE, PixelLayout
from workstation.imaging.volume import SeriesIdentity, Unit, Volume

LAYOUT = PixelLayout(
    transfer_syntax=EXPLICIT_LITTLE,
    offset=800,
    length=32,
    rows=4,
    columns=4,
    frames=1,
    samples=1,
    bits_allocated=16,
    bits_stored=16,
    high_bit=15,
    signed=False,
    floating=False,
    photometric="MONOCHROME2",
    planar=False,
)
"""Four by four pixels of 16 bits, uncompressed."""


def frame_of(tags: dict[str, Any], name: str = "im", **layout: Any) -> ImageFrame:
    """Return a picture that has only these header values; no file stands behind it."""
    chosen = replace(LAYOUT, **layout)
    header = InstanceHeader(path=Path(name), size=9000, tags=TagValues(tags), pixels=chosen)
    return ImageFrame(header=header, layout=chosen, index=0, tags=header.tags)


def placed_frames(
    positions: Iterable[Sequence[float]],
    axes: Sequence[float] = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0),
    spacing: Sequence[float] = (1.0, 1.0),
    **tags: Any,
) -> list[PlacedFrame]:
    """Return pictures at these positions, numbered from 1 in the order given."""
    placed = []
    for number, position in enumerate(positions):
        values = {
            "ImagePositionPatient": list(position),
            "ImageOrientationPatient": list(axes),
            "PixelSpacing": list(spacing),
            "InstanceNumber": number + 1,
            "SOPInstanceUID": f"1.2.3.{number + 1}",
            **tags,
        }
        frame = frame_of(values, name=f"im{number}")
        assert frame.placement is not None
        placed.append(PlacedFrame(frame=frame, place=frame.placement))
    return placed


def volume_of(
    array: NDArray[Any],
    *,
    spacing: tuple[float, float, float] = (1.0, 1.0, 1.0),
    origin: tuple[float, float, float] = (0.0, 0.0, 0.0),
    direction: Sequence[Sequence[float]] | None = None,
    unit: Unit = Unit.HU,
    **changes: Any,
) -> Volume:
    """Return a volume of these voxels (k, j, i); ``direction`` has i, j, k as columns."""
    k, j, i = array.shape
    matrix = np.eye(3) if direction is None else np.array(direction, dtype=np.float64)
    geometry = VolumeGeometry(
        shape_kji=(k, j, i), spacing_ijk=spacing, origin_lps=origin, direction=matrix
    )
    return Volume(
        array=array, geometry=geometry, unit=unit, identity=SeriesIdentity(series_uid="1.2"),
        **changes,
    )  # fmt: skip
