"""Real-world value mapping: what stored values mean where rescale does not say (PS3.3 C.7.6.16)."""

from __future__ import annotations

from dataclasses import dataclass

from workstation.imaging.dicom_tags import TagValues
from workstation.imaging.image_frame import ImageFrame
from workstation.imaging.volume import Unit

_UNITS = {
    "um2/s": (Unit.ADC, 1e-3),
    "10-6.mm2/s": (Unit.ADC, 1e-3),
    "10*-6.mm2/s": (Unit.ADC, 1e-3),
    "10-3.mm2/s": (Unit.ADC, 1.0),
    "10*-3.mm2/s": (Unit.ADC, 1.0),
    "mm2/s": (Unit.ADC, 1e3),
    "[hnsf'U]": (Unit.HU, 1.0),
    "{HU}": (Unit.HU, 1.0),
    "{SUVbw}g/ml": (Unit.SUVBW, 1.0),
    "g/ml{SUVbw}": (Unit.SUVBW, 1.0),
    "{SUVlbm}g/ml": (Unit.SUVLBM, 1.0),
    "g/ml{SUVlbm}": (Unit.SUVLBM, 1.0),
    "{SUVbsa}cm2/ml": (Unit.SUVBSA, 1.0),
    "cm2/ml{SUVbsa}": (Unit.SUVBSA, 1.0),
    "Bq/ml": (Unit.BQML, 1.0),
}
"""UCUM code to our unit and the factor into it."""


@dataclass(frozen=True, slots=True)
class RealWorldMapping:
    """A linear mapping of stored values: ``value = stored * slope + intercept`` in ``unit``."""

    slope: float
    intercept: float
    unit: Unit


def real_world_mapping(frame: ImageFrame) -> RealWorldMapping | None:
    """Return the first linear mapping with a known unit, or None."""
    items = frame.tags.items("RealWorldValueMappingSequence") or (frame.tags,)
    for item in items:
        mapping = _mapping(item)
        if mapping is not None:
            return mapping
    return None


def _mapping(item: TagValues) -> RealWorldMapping | None:
    slope, intercept = item.number("RealWorldValueSlope"), item.number("RealWorldValueIntercept")
    codes = item.items("MeasurementUnitsCodeSequence")
    if not slope or intercept is None or not codes:
        return None
    known = _UNITS.get(codes[0].text("CodeValue"))
    if known is None:
        return None
    unit, factor = known
    return RealWorldMapping(slope * factor, intercept * factor, unit)
