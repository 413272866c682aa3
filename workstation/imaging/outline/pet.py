"""PET outlines by threshold inside a sphere, and the hot spots along the spine, on native voxels.

Nothing is resampled: a threshold of an interpolated maximum is another threshold. Thresholds differ
by up to half in volume, so every outline names its own (algorithms document, sections 5 and 7).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.base.errors import InputRefusedError
from workstation.domain.spine import PointLps
from workstation.imaging.mask import is_empty, trimmed
from workstation.imaging.measure import Region, sphere_region
from workstation.imaging.outline.patch import sitk
from workstation.imaging.volume import Volume

Array = NDArray[np.float64]

BACKGROUND_SHELL = 0.85
"""Background is looked at from this share of the radius outward."""

ADAPTED_SHARE = 0.42
"""Of the way from background to maximum: where the edge of a blurred ball of lesion size lies.

Half way would be the edge of a flat wall; a ball is blurred inward."""


class PetThreshold(StrEnum):
    """How the limit of a PET outline is set."""

    FIXED = "fixed"
    SHARE_OF_MAX = "share of maximum"
    BACKGROUND_ADAPTED = "background-adapted"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PetOutline:
    """An outline by threshold.

    Parameters
    ----------
    region : Region
        Native voxels, connected to the maximum.
    threshold : float
        In the unit of the volume.
    maximum : float
    maximum_lps : PointLps
        Voxel center of the maximum, mm.
    method : str
        As printed.
    """

    region: Region
    threshold: float
    maximum: float
    maximum_lps: PointLps
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HotSpot:
    """A local maximum.

    Parameters
    ----------
    point_lps : PointLps
        Voxel center, mm.
    value : float
        In the unit of the volume.
    """

    point_lps: PointLps
    value: float


def pet_outline(
    volume: Volume,
    center_lps: PointLps,
    radius_mm: float,
    method: PetThreshold,
    amount: float = 0.41,
) -> PetOutline:
    """Return the voxels above a threshold that hang together with the maximum of a sphere.

    Parameters
    ----------
    volume : Volume
    center_lps : PointLps
    radius_mm : float
    method : PetThreshold
    amount : float
        The threshold itself, or the share of the maximum; not used when adapted to background.

    Raises
    ------
    InputRefusedError
        When the sphere leaves the volume, holds no voxel, or nothing in it reaches the threshold.
    """
    sphere = sphere_region(volume, center_lps, radius_mm)
    if is_empty(sphere):
        raise InputRefusedError("The sphere is smaller than a voxel.", code="too-small")
    values = volume.array[sphere.box].astype(np.float64)
    hottest = np.unravel_index(int(np.argmax(np.where(sphere.mask, values, -np.inf))), values.shape)
    maximum = float(values[hottest])
    threshold = _threshold(volume, sphere, method, amount, maximum)
    if not maximum >= threshold:
        raise InputRefusedError(
            f"Nothing in the sphere reaches {threshold:g} {volume.unit.value}; the maximum is "
            f"{maximum:.3g}.",
            code="below-threshold",
        )
    region = _connected(sphere, values >= threshold, hottest)
    return PetOutline(
        region=region,
        threshold=threshold,
        maximum=maximum,
        maximum_lps=_voxel_point(volume, np.add(sphere.low_kji, hottest)),
        method=_words(method, amount, threshold, volume),
    )


def hot_spots(
    volume: Volume,
    near: Callable[[Array], NDArray[np.bool_]],
    least: float,
    apart_mm: float = 15.0,
) -> tuple[HotSpot, ...]:
    """Return the local maxima of native voxels in a part of the volume, hottest first.

    Parameters
    ----------
    volume : Volume
    near : callable
        Takes LPS points (n, 3) and says which lie in the part to be searched.
    least : float
        Lowest value that counts, in the unit of the volume.
    apart_mm : float
        A maximum this near to a hotter one is left out.
    """
    found: list[HotSpot] = []
    for index in _local_maxima(volume.array, least):
        point = volume.geometry.index_to_lps(index[::-1].astype(np.float64))
        if not near(point[None])[0]:
            continue
        if all(np.linalg.norm(point - np.array(spot.point_lps)) > apart_mm for spot in found):
            value = float(volume.array[tuple(index)])
            found.append(HotSpot(point_lps=_voxel_point(volume, index), value=value))
    return tuple(found)


def _local_maxima(array: NDArray[Any], least: float) -> NDArray[np.intp]:
    """Return indices (n, 3) kji of voxels not lower than any neighbor, hottest first."""
    candidates = np.argwhere(array >= least)
    values = array[tuple(candidates.T)]
    upper = np.array(array.shape) - 1
    highest = np.ones(len(candidates), dtype=np.bool_)
    for offset in itertools.product((-1, 0, 1), repeat=3):
        beside = np.clip(candidates + np.array(offset), 0, upper)
        highest &= np.asarray(array[tuple(beside.T)] <= values)
    order = np.argsort(values[highest], kind="stable")[::-1]
    return candidates[highest][order]


def _threshold(
    volume: Volume, sphere: Region, method: PetThreshold, amount: float, maximum: float
) -> float:
    if method is PetThreshold.FIXED:
        return amount
    if method is PetThreshold.SHARE_OF_MAX:
        if not 0.0 < amount < 1.0:
            raise InputRefusedError(
                "A share of the maximum lies between 0 and 1.", code="bad-share"
            )
        return amount * maximum
    background = _background(volume, sphere)
    return background + ADAPTED_SHARE * (maximum - background)


def _background(volume: Volume, sphere: Region) -> float:
    """Return the median of the outermost part of a sphere."""
    index = np.argwhere(sphere.mask)
    points = volume.geometry.index_to_lps((index + sphere.low_kji)[:, ::-1].astype(np.float64))
    off = np.linalg.norm(points - points.mean(axis=0), axis=1)
    outer = off >= BACKGROUND_SHELL * off.max()
    values = volume.array[sphere.box][tuple(index[outer].T)]
    return float(np.median(values))


def _connected(sphere: Region, above: NDArray[np.bool_], hottest: tuple[np.intp, ...]) -> Region:
    itk = sitk()
    inside = (above & sphere.mask).astype(np.uint8)
    parts = itk.GetArrayFromImage(itk.ConnectedComponent(itk.GetImageFromArray(inside)))
    return trimmed(Region(low_kji=sphere.low_kji, mask=parts == parts[hottest]))


def _voxel_point(volume: Volume, index_kji: NDArray[np.intp]) -> PointLps:
    x, y, z = volume.geometry.index_to_lps(np.asarray(index_kji)[::-1].astype(np.float64))
    return (float(x), float(y), float(z))


def _words(method: PetThreshold, amount: float, threshold: float, volume: Volume) -> str:
    limit = f"{threshold:.2f} {volume.unit.value}"
    if method is PetThreshold.FIXED:
        return f"at least {limit}"
    if method is PetThreshold.SHARE_OF_MAX:
        return f"at least {100.0 * amount:.0f} % of the maximum ({limit})"
    return f"{100.0 * ADAPTED_SHARE:.0f} % of the way from background to maximum ({limit})"
