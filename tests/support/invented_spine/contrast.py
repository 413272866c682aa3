"""What the invented patient looks like on each kind of image, with noise and shading."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.support.invented_spine.anatomy import PhantomSpine
from tests.support.invented_spine.tissue import Labels, Tissue, paint_spine
from workstation.imaging.geometry import VolumeGeometry
from workstation.imaging.volume import PatientIdentity, SeriesIdentity, Unit, Volume


class Contrast(StrEnum):
    """Kinds of images the invented patient is imaged with."""

    CT = "CT"
    CT_MYELOGRAM = "CT myelogram"
    T1 = "T1"
    T2 = "T2"
    STIR = "STIR"
    PET = "PET"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquisition:
    """How an image is made.

    Parameters
    ----------
    contrast : Contrast
    noise_sd : float
        Standard deviation of the noise in the unit of the image; for MR relative to 1000.
    shading : float
        Largest relative change of the signal by the coil (MR only).
    blur_mm : float
        Standard deviation of the point spread.
    seed : int
    """

    contrast: Contrast
    noise_sd: float = 0.0
    shading: float = 0.0
    blur_mm: float = 0.5
    seed: int = 7


_ORDER = (
    Tissue.AIR,
    Tissue.MUSCLE,
    Tissue.FAT,
    Tissue.DISC,
    Tissue.MARROW,
    Tissue.CORTEX,
    Tissue.EPIDURAL_FAT,
    Tissue.CSF,
    Tissue.CORD,
    Tissue.LYTIC,
    Tissue.BLASTIC,
    Tissue.EPIDURAL_TUMOR,
    Tissue.DARK_DISC,
)
_VALUES: Mapping[Contrast, tuple[float, ...]] = {
    Contrast.CT: (-1000, 55, -90, 85, 200, 620, -80, 10, 38, 45, 760, 60, 90),
    Contrast.CT_MYELOGRAM: (-1000, 55, -90, 85, 200, 620, -80, 420, 60, 45, 760, 60, 90),
    Contrast.T1: (5, 240, 700, 230, 430, 60, 640, 90, 270, 190, 80, 210, 200),
    Contrast.T2: (5, 150, 520, 420, 320, 40, 480, 820, 330, 500, 90, 430, 130),
    Contrast.STIR: (5, 175, 50, 330, 120, 30, 55, 850, 300, 520, 110, 480, 80),
    Contrast.PET: (0.0, 0.8, 0.3, 0.5, 1.6, 1.0, 0.4, 0.4, 1.8, 9.0, 5.0, 9.0, 0.5),
}
"""Value of each tissue in the order above: HU, MR signal or SUV. Design values."""

PET_BLUR_MM = 2.6
"""Standard deviation of the PET point spread: about 6 mm full width at half maximum."""


def image_of(
    spine: PhantomSpine,
    geometry: VolumeGeometry,
    acquisition: Acquisition,
    tissue: Labels | None = None,
) -> Volume:
    """Return the image of the invented patient on a grid.

    Parameters
    ----------
    spine : PhantomSpine
    geometry : VolumeGeometry
    acquisition : Acquisition
    tissue : ndarray, shape (k, j, i), uint8, optional
        Painted before with :func:`paint_spine` on the same grid.
    """
    painted = paint_spine(spine, geometry) if tissue is None else tissue
    contrast = acquisition.contrast
    table = np.zeros(len(_ORDER), dtype=np.float32)
    table[list(_ORDER)] = _VALUES[contrast]
    values = _blurred(table[painted], geometry, acquisition)
    random = np.random.default_rng(acquisition.seed)
    if acquisition.shading:
        values *= _shading(geometry, acquisition.shading)
    if acquisition.noise_sd:
        values += acquisition.noise_sd * random.standard_normal(values.shape, dtype=np.float32)
    return Volume(
        array=_stored(values, contrast),
        geometry=geometry,
        unit=_unit(contrast),
        identity=_identity(contrast, spine.recipe.seed),
    )


def _blurred(
    values: NDArray[np.float32], geometry: VolumeGeometry, acquisition: Acquisition
) -> NDArray[np.float32]:
    sigma = PET_BLUR_MM if acquisition.contrast is Contrast.PET else acquisition.blur_mm
    if sigma <= 0.0:
        return values
    sitk: Any = importlib.import_module("SimpleITK")
    image = sitk.GetImageFromArray(values)
    image.SetSpacing(geometry.spacing_ijk)
    blurred = sitk.DiscreteGaussian(image, sigma**2, 12, 0.02, True)
    smooth: NDArray[np.float32] = sitk.GetArrayFromImage(blurred)
    return smooth


def _shading(geometry: VolumeGeometry, amount: float) -> NDArray[np.float32]:
    """Return a slow change of the signal along slices and rows."""
    k, j, i = (np.linspace(-1.0, 1.0, n) for n in geometry.shape_kji)
    field = 1.0 + amount * (
        0.6 * np.sin(2.1 * k)[:, None, None]
        + 0.5 * np.sin(1.7 * j)[None, :, None]
        + 0.3 * np.cos(1.5 * i)[None, None, :]
    )
    shading: NDArray[np.float32] = field.astype(np.float32)
    return shading


def _stored(values: NDArray[np.float32], contrast: Contrast) -> NDArray[Any]:
    if contrast is Contrast.PET:
        return np.maximum(values, 0.0, dtype=np.float32)
    low = -1024.0 if _unit(contrast) is Unit.HU else 0.0
    return np.clip(np.rint(values), low, 3071.0).astype(np.int16)


def _unit(contrast: Contrast) -> Unit:
    if contrast in (Contrast.CT, Contrast.CT_MYELOGRAM):
        return Unit.HU
    return Unit.SUVBW if contrast is Contrast.PET else Unit.ARBITRARY


def _identity(contrast: Contrast, seed: int) -> SeriesIdentity:
    modality = {"HU": "CT", "g/mL SUVbw": "PT"}.get(_unit(contrast).value, "MR")
    number = list(Contrast).index(contrast) + 1
    return SeriesIdentity(
        patient=PatientIdentity(id=f"PHANTOM{seed}", name="Phantom^Spine", sex="O"),
        study_uid=f"2.25.{910000 + seed}",
        study_description="Phantom spine",
        series_uid=f"2.25.{9100000 + 100 * seed + number}",
        series_number=number,
        series_description=contrast.value,
        modality=modality,
        frame_of_reference_uid=f"2.25.{920000 + seed}",
    )
