"""One picture of a file: a classic image, or one frame of a multi-frame object.

Functional groups of enhanced objects are laid over the shared header, so that grouping, geometry
and rescale read the same keywords for both (PS3.3 section C.7.6.16).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.imaging.dicom_header import InstanceHeader
from workstation.imaging.dicom_tags import TagValues
from workstation.imaging.mosaic import Tile, is_mosaic, mosaic_tiles
from workstation.imaging.pixel_layout import PixelLayout

Vector = NDArray[np.float64]

UNIT_TOLERANCE = 1e-3
"""How far the length of a direction cosine may be from 1, and two of them from perpendicular."""

MAX_SPACING_MM = 100.0
"""Larger pixel spacings are a fault, not an image."""

_PER_FRAME, _SHARED = "PerFrameFunctionalGroupsSequence", "SharedFunctionalGroupsSequence"
_CLASSIC_NAMES = {
    "EffectiveEchoTime": "EchoTime",
    "FrameType": "ImageType",
    "FrameAcquisitionDateTime": "AcquisitionDateTime",
    "TemporalPositionIndex": "TemporalPositionIdentifier",
    "InversionTimes": "InversionTime",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Placement:
    """Where a picture lies in the patient.

    Parameters
    ----------
    position : ndarray, shape (3,), float64
        Center of the first pixel, LPS mm.
    row, column, normal : ndarray, shape (3,), float64
        Unit vectors along a row (index i), along a column (index j) and through the picture.
    pixel_spacing : tuple of float
        Distance between rows and between columns, mm.
    """

    position: Vector
    row: Vector
    column: Vector
    normal: Vector
    pixel_spacing: tuple[float, float]

    @property
    def distance(self) -> float:
        """Position along the normal, mm."""
        return float(self.position @ self.normal)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ImageFrame:
    """One picture with the header values that apply to it.

    Parameters
    ----------
    header : InstanceHeader
    layout : PixelLayout
    index : int
        Frame number within the file, from 0.
    tags : TagValues
        Values that apply to this frame.
    tile : Tile or None
        Part of the stored picture that this slice is, in a mosaic.
    """

    header: InstanceHeader
    layout: PixelLayout
    index: int
    tags: TagValues
    tile: Tile | None = None

    @property
    def rows(self) -> int:
        """Rows of this picture."""
        return self.tile.rows if self.tile else self.layout.rows

    @property
    def columns(self) -> int:
        """Columns of this picture."""
        return self.tile.columns if self.tile else self.layout.columns

    @property
    def position(self) -> Vector | None:
        """Center of the first pixel in LPS mm, or None where missing or malformed."""
        values = self.tags.numbers("ImagePositionPatient", 3)
        return None if values is None else np.array(values)

    @property
    def axes(self) -> tuple[Vector, Vector] | None:
        """Unit vectors along a row (index i) and along a column (index j), or None."""
        values = self.tags.numbers("ImageOrientationPatient", 6)
        axes = None if values is None else _axes(values)
        return None if axes is None else axes[:2]

    @property
    def pixel_spacing(self) -> tuple[float, float] | None:
        """Distance between rows and between columns in mm (patient), or None."""
        values = self.tags.numbers("PixelSpacing", 2)
        if values is None or not all(0.0 < value <= MAX_SPACING_MM for value in values):
            return None
        return (values[0], values[1])

    @property
    def placement(self) -> Placement | None:
        """Where the picture lies, or None where the header does not say or contradicts itself."""
        values = self.tags.numbers("ImageOrientationPatient", 6)
        position, spacing = self.position, self.pixel_spacing
        if position is None or values is None or spacing is None:
            return None
        axes = _axes(values)
        if axes is None or abs(float(axes[0] @ axes[1])) > UNIT_TOLERANCE:
            return None
        row, column, normal = axes
        return Placement(
            position=position, row=row, column=column, normal=normal, pixel_spacing=spacing
        )

    @property
    def sop_instance_uid(self) -> str:
        """UID of the file's object."""
        return self.tags.text("SOPInstanceUID")

    @property
    def instance_number(self) -> int:
        """Number by which other systems show this picture; the frame number in a multi-frame."""
        if self.layout.frames > 1:
            return self.index + 1
        return self.tags.integer("InstanceNumber") or 0


@lru_cache(maxsize=256)
def _axes(values: tuple[float, ...]) -> tuple[Vector, Vector, Vector] | None:
    """Return row, column and normal of an orientation; most pictures of a series share one."""
    row, column = np.array(values[:3]), np.array(values[3:])
    lengths = np.array([np.linalg.norm(row), np.linalg.norm(column)])
    if np.any(np.abs(lengths - 1.0) > UNIT_TOLERANCE):
        return None
    row, column = row / lengths[0], column / lengths[1]
    normal = np.cross(row, column)
    length = np.linalg.norm(normal)
    if length == 0.0:
        return None
    normal /= length
    for axis in (row, column, normal):
        axis.setflags(write=False)
    return row, column, normal


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlacedFrame:
    """A picture whose header says where it lies."""

    frame: ImageFrame
    place: Placement


def frames_of(header: InstanceHeader) -> tuple[ImageFrame, ...]:
    """Return the pictures of a file, empty when it has none."""
    layout = header.pixels
    if layout is None:
        return ()
    tags = header.tags
    if is_mosaic(tags):
        return _tiles_of(header, layout)
    if _PER_FRAME in tags or _SHARED in tags:
        return _grouped_frames(header, layout)
    return tuple(
        ImageFrame(header=header, layout=layout, index=index, tags=tags)
        for index in range(layout.frames)
    )


def _grouped_frames(header: InstanceHeader, layout: PixelLayout) -> tuple[ImageFrame, ...]:
    """Return the frames of an enhanced object, functional groups laid over the shared header."""
    base = {k: v for k, v in header.tags.plain.items() if k not in (_PER_FRAME, _SHARED)}
    for item in header.tags.items(_SHARED):
        base.update(_flat(item.plain))
    own = [_flat(item.plain) for item in header.tags.items(_PER_FRAME)] or [{}] * layout.frames
    return tuple(
        ImageFrame(header=header, layout=layout, index=index, tags=TagValues(values, base))
        for index, values in enumerate(own[: layout.frames])
    )


def _tiles_of(header: InstanceHeader, layout: PixelLayout) -> tuple[ImageFrame, ...]:
    """Return the slices of a mosaic, or the whole picture without a place where it hides them."""
    tiles = mosaic_tiles(header.tags, layout)
    if not tiles:
        values = {k: v for k, v in header.tags.plain.items() if k != "ImagePositionPatient"}
        whole = ImageFrame(header=header, layout=layout, index=0, tags=TagValues(values))
        return (whole,)
    return tuple(
        ImageFrame(
            header=header, layout=layout, index=0, tags=header.tags.with_values(values), tile=tile
        )
        for tile, values in tiles
    )


def _flat(groups: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of all functional groups of one item, under their classic names."""
    values: dict[str, Any] = {}
    for content in groups.values():
        if isinstance(content, list) and content and isinstance(content[0], dict):
            values.update(content[0])
    for enhanced, classic in _CLASSIC_NAMES.items():
        if enhanced in values:
            values[classic] = values[enhanced]
    return values
