"""Lytic, blastic or mixed from CT, against the patient's own uninvolved vertebrae.

There are no accepted limits in HU and experts agree poorly (kappa 0.24), so the patient is his own
reference and the histogram is shown (algorithms document, section 4). Never from MR.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workstation.base.errors import InputRefusedError
from workstation.domain.lesion import Matrix
from workstation.domain.spine import PointLps
from workstation.imaging.mask import is_empty
from workstation.imaging.measure import Region, sphere_region
from workstation.imaging.outline.patch import sitk
from workstation.imaging.volume import Unit, Volume

Array = NDArray[np.float64]

METHOD = "share of voxels beyond the patient's own trabecular bone, smoothed 2 mm"
SMOOTH_MM = 1.0
"""Standard deviation of the smoothing: about 2 mm wide."""

MARGIN_MM = 4.0
TRABECULAR_RADIUS_MM = 7.0
LYTIC_SD, BLASTIC_SD = 2.0, 3.0
LYTIC_HU, BLASTIC_HU, METAL_HU = 50.0, 300.0, 2000.0
DECIDED, NO_CORRELATE = 0.70, 0.10
LEAST_LEVELS = 2
ENOSTOSIS_MEAN_HU, ENOSTOSIS_MAX_HU = 885.0, 1060.0
"""Mean and maximum from which a dense focus may be a bone island (Ulano 2016)."""

BIN_HU = 50.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BoneQuality:
    """What a lesion is made of, as suggested.

    Parameters
    ----------
    matrix : Matrix or None
        None where CT shows no correlate.
    lytic_share, blastic_share : float
        Of the lesion's voxels, 0 to 1.
    reference_mean_hu, reference_sd_hu : float
        Of the uninvolved levels.
    lesion_mean_hu, lesion_max_hu : float
    histogram : tuple of (float, int)
        Lower edge of each bin of 50 HU and its voxels.
    excluded_share : float
        Share left out as metal or cement.
    notes : tuple of str
    """

    matrix: Matrix | None
    lytic_share: float
    blastic_share: float
    reference_mean_hu: float
    reference_sd_hu: float
    lesion_mean_hu: float
    lesion_max_hu: float
    histogram: tuple[tuple[float, int], ...]
    excluded_share: float
    notes: tuple[str, ...] = ()


def bone_quality(
    volume: Volume, lesion: Region, reference_centers: Sequence[PointLps]
) -> BoneQuality:
    """Return what a lesion is made of, against the bodies of uninvolved levels.

    Parameters
    ----------
    volume : Volume
        CT in HU.
    lesion : Region
    reference_centers : sequence of PointLps
        Body centers of two or three levels without lesion.

    Raises
    ------
    InputRefusedError
        When the values are no HU, the outline is empty or there are fewer than two references.
    """
    if volume.unit is not Unit.HU:
        raise InputRefusedError(
            "Lytic and blastic are measured on CT only; leave the answer to the reader.",
            code="no-ct",
        )
    if is_empty(lesion):
        raise InputRefusedError("The outline is empty.", code="empty-outline")
    if len(reference_centers) < LEAST_LEVELS:
        raise InputRefusedError(
            "Two uninvolved levels are needed as reference.", code="no-reference"
        )
    spheres = [sphere_region(volume, at, TRABECULAR_RADIUS_MM) for at in reference_centers]
    reference = np.concatenate([_values(volume, sphere) for sphere in spheres])
    raw = volume.array[lesion.box][lesion.mask].astype(np.float64)
    values = _values(volume, lesion)
    kept = raw <= METAL_HU
    return _judged(values[kept], raw[kept], reference, float(1.0 - kept.mean()))


def _judged(values: Array, raw: Array, reference: Array, excluded: float) -> BoneQuality:
    if values.size == 0:
        raise InputRefusedError("The outline holds nothing but metal.", code="metal")
    mean, sd = float(reference.mean()), float(reference.std())
    lytic = float(((values < mean - LYTIC_SD * sd) | (values < LYTIC_HU)).mean())
    blastic = float((values > max(mean + BLASTIC_SD * sd, BLASTIC_HU)).mean())
    edges = np.arange(np.floor(raw.min() / BIN_HU), np.floor(raw.max() / BIN_HU) + 2) * BIN_HU
    counts, _ = np.histogram(raw, edges)
    return BoneQuality(
        matrix=_matrix(lytic, blastic),
        lytic_share=lytic,
        blastic_share=blastic,
        reference_mean_hu=mean,
        reference_sd_hu=sd,
        lesion_mean_hu=float(raw.mean()),
        lesion_max_hu=float(raw.max()),
        histogram=tuple((float(e), int(n)) for e, n in zip(edges[:-1], counts, strict=True)),
        excluded_share=excluded,
        notes=_notes(lytic, blastic, raw, excluded),
    )


def _matrix(lytic: float, blastic: float) -> Matrix | None:
    abnormal = lytic + blastic
    if abnormal < NO_CORRELATE:
        return None
    if lytic >= DECIDED * abnormal:
        return Matrix.LYTIC
    return Matrix.BLASTIC if blastic >= DECIDED * abnormal else Matrix.MIXED


def _notes(lytic: float, blastic: float, raw: Array, excluded: float) -> tuple[str, ...]:
    notes = []
    if lytic + blastic < NO_CORRELATE:
        notes.append("no CT correlate")
    dense = raw.mean() >= ENOSTOSIS_MEAN_HU or raw.max() >= ENOSTOSIS_MAX_HU
    if dense and blastic > lytic:
        notes.append("very dense: consider a bone island (Ulano 2016)")
    if excluded > 0.0:
        notes.append(f"{100.0 * excluded:.0f} % left out as metal or cement")
    return tuple(notes)


def _values(volume: Volume, region: Region) -> Array:
    """Return the smoothed values of a region, shape (n,), HU."""
    spacing = np.asarray(volume.geometry.spacing_ijk[::-1])
    margin = np.ceil(MARGIN_MM / spacing).astype(int)
    low = np.maximum(np.asarray(region.low_kji) - margin, 0)
    high = np.minimum(np.asarray(region.low_kji) + region.mask.shape + margin, volume.array.shape)
    box = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
    itk = sitk()
    image = itk.GetImageFromArray(np.ascontiguousarray(volume.array[box], dtype=np.float32))
    image.SetSpacing(volume.geometry.spacing_ijk)
    smooth = itk.GetArrayFromImage(itk.DiscreteGaussian(image, SMOOTH_MM**2, 32, 0.01, True))
    inner = tuple(
        slice(start - first, start - first + size)
        for start, first, size in zip(region.low_kji, low, region.mask.shape, strict=True)
    )
    values: Array = smooth[inner][region.mask].astype(np.float64)
    return values
