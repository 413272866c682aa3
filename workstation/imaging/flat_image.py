"""Pictures that are shown by themselves: radiographs, secondary captures, single slices.

Gray pictures keep their values (rescale or modality table applied); color pictures become RGB.
What a distance on them means is said: in the patient, on the detector, or nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.base.errors import InputRefusedError
from workstation.imaging.dicom_tags import TagValues
from workstation.imaging.image_frame import MAX_SPACING_MM, ImageFrame
from workstation.imaging.lookup_table import LookupTable, lookup_table
from workstation.imaging.overlay_planes import OverlayPlane, overlay_planes
from workstation.imaging.palette import palette_rgb
from workstation.imaging.pixel_layout import YBR_FULL_422
from workstation.imaging.pixel_read import read_stored
from workstation.imaging.value_scale import header_window, rescale, voi_table
from workstation.imaging.volume import Unit, WindowSetting


class LengthMeaning(StrEnum):
    """What a length measured on a picture means."""

    PATIENT = "mm"
    CALIBRATED = "mm (calibrated)"
    DETECTOR = "mm (detector, uncalibrated)"
    PIXELS = "px"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FlatImage:
    """A 2D picture.

    Parameters
    ----------
    array : ndarray, shape (rows, columns) float32, or (rows, columns, 3) uint8 for RGB
        Read-only.
    unit : Unit
    spacing_ij : tuple of float, or None
        Distance between columns and between rows, mm; None where only pixels can be counted.
    length_meaning : LengthMeaning
    inverted : bool
        Whether low values are shown bright (MONOCHROME1, inverse presentation).
    window : WindowSetting or None
    voi_table : LookupTable or None
        How values become gray where the header gives a table instead of a window.
    overlays : tuple of OverlayPlane
        What was drawn over the picture; shown or hidden, never part of the values.
    burned_in : bool
        Whether the header says that text is part of the picture.
    facts : dict of str
    """

    array: NDArray[Any]
    unit: Unit = Unit.ARBITRARY
    spacing_ij: tuple[float, float] | None = None
    length_meaning: LengthMeaning = LengthMeaning.PIXELS
    inverted: bool = False
    window: WindowSetting | None = None
    voi_table: LookupTable | None = None
    overlays: tuple[OverlayPlane, ...] = ()
    burned_in: bool = False
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def is_color(self) -> bool:
        """Whether the picture is RGB."""
        return self.array.ndim == 3


def load_flat_image(frame: ImageFrame) -> FlatImage:
    """Return one picture for display and measurement.

    Raises
    ------
    InputRefusedError
        When the pixels are damaged or in an unsupported color format.
    """
    stored = read_stored(frame)
    tags = frame.tags
    photometric = frame.layout.photometric
    if photometric == "PALETTE COLOR":
        array: NDArray[Any] = palette_rgb(stored, tags)
    elif frame.layout.samples >= 3:
        array = _rgb(stored, frame)
    else:
        array = _gray(stored, frame)
    array.setflags(write=False)
    spacing, meaning = length_scale(tags)
    return FlatImage(
        array=array,
        spacing_ij=spacing,
        length_meaning=meaning,
        inverted=photometric == "MONOCHROME1" or tags.text("PresentationLUTShape") == "INVERSE",
        window=header_window(frame),
        voi_table=voi_table(frame) if array.ndim == 2 else None,
        overlays=overlay_planes(frame),
        burned_in=tags.text("BurnedInAnnotation") == "YES",
    )


def length_scale(tags: TagValues) -> tuple[tuple[float, float] | None, LengthMeaning]:
    """Return spacing (between columns, between rows) in mm and what it means (PS3.3 10.7.1.3)."""
    patient = _spacing(tags, "PixelSpacing")
    detector = _spacing(tags, "ImagerPixelSpacing")
    if patient is not None:
        projected = detector is not None
        if projected and patient == detector and not tags.text("PixelSpacingCalibrationType"):
            return patient, LengthMeaning.DETECTOR
        return patient, LengthMeaning.CALIBRATED if projected else LengthMeaning.PATIENT
    if detector is not None:
        return detector, LengthMeaning.DETECTOR
    return None, LengthMeaning.PIXELS


def _spacing(tags: TagValues, keyword: str) -> tuple[float, float] | None:
    values = tags.numbers(keyword, 2)
    if values is None or not all(0.0 < value <= MAX_SPACING_MM for value in values):
        return None
    return (values[1], values[0])


def _gray(stored: NDArray[Any], frame: ImageFrame) -> NDArray[np.float32]:
    for table in frame.tags.items("ModalityLUTSequence")[:1]:
        found = lookup_table(table, signed=stored.dtype.kind == "i")
        if found is not None:
            return found.applied(stored)
    slope, intercept = rescale(frame)
    with np.errstate(over="ignore", invalid="ignore"):
        values: NDArray[np.float32] = (stored * np.float64(slope) + intercept).astype(np.float32)
    if not np.isfinite(values).all():
        raise InputRefusedError("The picture holds values that are not numbers.", code="not-finite")
    return values


def _rgb(stored: NDArray[Any], frame: ImageFrame) -> NDArray[np.uint8]:
    color = stored[..., :3]
    if color.dtype != np.uint8:
        shift = max(frame.layout.bits_stored - 8, 0)
        color = (color >> shift).astype(np.uint8)
    photometric = frame.layout.photometric
    if frame.layout.decodes_to_rgb or photometric == "RGB":
        return np.array(color)
    if photometric in ("YBR_FULL", YBR_FULL_422):
        return ybr_to_rgb(color)
    raise InputRefusedError(
        f"The color format {photometric or 'of the picture'} is not supported.",
        code="unsupported-format",
    )


def ybr_to_rgb(color: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return RGB of full-range YBR pixels, shape (..., 3) (PS3.3 C.7.6.3.1.2)."""
    y, blue, red = (color[..., n].astype(np.float32) for n in range(3))
    blue, red = blue - 128.0, red - 128.0
    channels = (y + 1.402 * red, y - 0.344136 * blue - 0.714136 * red, y + 1.772 * blue)
    rounded: NDArray[np.float32] = np.rint(np.stack(channels, axis=-1))
    return np.clip(rounded, 0, 255).astype(np.uint8)
