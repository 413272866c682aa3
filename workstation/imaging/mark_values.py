"""Values of marks on the native voxels of a volume, each with its unit or the reason for none.

What follows from the points alone comes from :mod:`workstation.domain.mark_geometry` and is checked
here against the volume: nothing is measured in another space or across missing slices.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from workstation.base.errors import InputRefusedError
from workstation.domain.mark import REGIONS, Mark, MarkKind
from workstation.domain.mark_geometry import MarkValue, mark_values
from workstation.imaging import measure
from workstation.imaging.measure import SUV_UNITS, Region, RegionStatistics
from workstation.imaging.quantity import Quantity
from workstation.imaging.resample import nearest_kji
from workstation.imaging.volume import Volume

OTHER_SPACE = "This series is not in the same space as the mark."


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedQuantity:
    """One line of the table of a mark: "Mean", 57.0 HU.

    Parameters
    ----------
    name : str
    quantity : Quantity
    note : str
        What the reader should know about the voxels ("gantry tilt corrected"); usually empty.
    """

    name: str
    quantity: Quantity
    note: str = ""


def mark_quantities(mark: Mark, volume: Volume) -> tuple[NamedQuantity, ...]:
    """Return every value of a mark on a volume, the ones of its geometry first.

    Parameters
    ----------
    mark : Mark
    volume : Volume
        The volume the mark was drawn on, or any other of its space: an outline on a fused pane has
        the values of both.
    """
    refusal = _refusal(mark, volume)
    geometry = tuple(_geometric(value, refusal) for value in mark_values(mark))
    return (*geometry, *voxel_quantities(mark, volume))


def voxel_quantities(mark: Mark, volume: Volume) -> tuple[NamedQuantity, ...]:
    """Return the values that need voxels; none for kinds that have no inside.

    Regions: mean, population standard deviation, minimum, maximum and number of the voxels whose
    centers lie inside; a sphere on SUV gives SUVmax, SUVmean and SUVpeak (clinical reference 8.6).
    """
    if mark.kind not in REGIONS and mark.kind is not MarkKind.POINT:
        return ()
    unit = str(volume.unit)
    if not in_space_of(mark, volume):
        return (NamedQuantity(name="Value", quantity=Quantity.refused(unit, OTHER_SPACE)),)
    if mark.kind is MarkKind.POINT:
        return (_point_value(mark, volume),)
    try:
        region = _REGIONS[mark.kind](mark, volume)
        found = measure.statistics(volume, region)
    except InputRefusedError as refusal:
        return (NamedQuantity(name="Mean", quantity=Quantity.refused(unit, refusal.message)),)
    if mark.kind is MarkKind.SPHERE and volume.unit in SUV_UNITS:
        return _uptake(mark, volume, found)
    return _statistics(found, volume)


def in_space_of(mark: Mark, volume: Volume) -> bool:
    """Whether a mark lies in the space of a volume; one without a frame of reference is alone."""
    frame = volume.identity.frame_of_reference_uid
    if not frame:
        return mark.series_uid == volume.identity.series_uid
    return frame == mark.frame_of_reference_uid


def _refusal(mark: Mark, volume: Volume) -> str:
    """Return why the geometry of a mark cannot be measured on a volume, or empty."""
    if not in_space_of(mark, volume):
        return OTHER_SPACE
    try:
        measure.check_no_gap(volume, mark.points)
    except InputRefusedError as refusal:
        return refusal.message
    return ""


def _geometric(value: MarkValue, refusal: str) -> NamedQuantity:
    reason = refusal or value.reason
    if reason:
        return NamedQuantity(name=value.name, quantity=Quantity.refused(value.unit, reason))
    return NamedQuantity(name=value.name, quantity=Quantity(value=value.value, unit=value.unit))


def _point_value(mark: Mark, volume: Volume) -> NamedQuantity:
    """Return the value of the voxel in which the point lies."""
    unit, point = str(volume.unit), mark.points[0]
    reason = _refusal(mark, volume)
    if not volume.geometry.contains(point):
        reason = "The point lies outside the volume."
    if reason:
        return NamedQuantity(name="Value", quantity=Quantity.refused(unit, reason))
    index = volume.geometry.lps_to_index(np.asarray(point))
    k, j, i = nearest_kji(index, volume.array.shape)
    value = float(volume.array[k, j, i])
    if volume.padding_range and volume.padding_range[0] <= value <= volume.padding_range[1]:
        reason = "There is no data here: the voxel lies outside the scan."
        return NamedQuantity(name="Value", quantity=Quantity.refused(unit, reason))
    return _named("Value", value, volume)


def _uptake(mark: Mark, volume: Volume, found: RegionStatistics) -> tuple[NamedQuantity, ...]:
    try:
        peak, _ = measure.suv_peak(volume, mark.points[0], _radius(mark))
        last = _named("SUVpeak", peak, volume)
    except InputRefusedError as refusal:
        refused = Quantity.refused(str(volume.unit), refusal.message)
        last = NamedQuantity(name="SUVpeak", quantity=refused)
    return (
        _named("SUVmax", found.high, volume),
        _named("SUVmean", found.mean, volume),
        last,
        _count(found),
    )


def _statistics(found: RegionStatistics, volume: Volume) -> tuple[NamedQuantity, ...]:
    return (
        _named("Mean", found.mean, volume),
        _named("SD", found.sd, volume),
        _named("Min", found.low, volume),
        _named("Max", found.high, volume),
        _count(found),
    )


def _named(name: str, value: float, volume: Volume) -> NamedQuantity:
    quantity = Quantity(value=value, unit=str(volume.unit))
    return NamedQuantity(name=name, quantity=quantity, note=volume.resampled)


def _count(found: RegionStatistics) -> NamedQuantity:
    return NamedQuantity(name="Voxels", quantity=Quantity(value=float(found.count), unit=""))


def _radius(mark: Mark) -> float:
    return measure.distance_mm(mark.points[0], mark.points[1])


def _outline(mark: Mark, volume: Volume) -> Region:
    # An outline that crosses itself has no inside; its area says so, and so do its values.
    for value in mark_values(mark):
        if value.reason:
            raise measure.refused(value.reason)
    return measure.polygon_region(volume, mark.points)


def _ellipse(mark: Mark, volume: Volume) -> Region:
    return measure.ellipse_region(volume, *mark.points)


def _sphere(mark: Mark, volume: Volume) -> Region:
    return measure.sphere_region(volume, mark.points[0], _radius(mark))


_REGIONS: dict[MarkKind, Callable[[Mark, Volume], Region]] = {
    MarkKind.RECTANGLE: _outline,
    MarkKind.POLYGON: _outline,
    MarkKind.FREEHAND: _outline,
    MarkKind.ELLIPSE: _ellipse,
    MarkKind.SPHERE: _sphere,
}
