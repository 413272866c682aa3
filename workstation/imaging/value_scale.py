"""From stored values to numbers with a unit: rescale per slice, and what the result means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from workstation.base.errors import InputRefusedError
from workstation.imaging.image_frame import ImageFrame
from workstation.imaging.lookup_table import LookupTable, lookup_table
from workstation.imaging.pet_scale import PetEntries, pet_scale
from workstation.imaging.real_world import real_world_mapping
from workstation.imaging.suv import SuvKind
from workstation.imaging.volume import Finding, Unit, WindowSetting

LOWEST_HU, HIGHEST_HU = -8192.0, 40000.0
"""CT values outside cannot be HU, extended scales for metal included."""

_NO_ADC_UNIT = Finding(
    code="no-adc-unit",
    message="The header does not say in which unit diffusion is given; values have no unit.",
)
_HU_TYPES = frozenset({"", "HU", "HU_MOD"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueScale:
    """How stored values of each slice become numbers.

    ``value = (stored * slope + intercept) * factor``; all tuples have one entry per picture.
    """

    slopes: tuple[float, ...]
    intercepts: tuple[float, ...]
    factors: tuple[float, ...]
    unit: Unit
    raw_unit: Unit
    findings: tuple[Finding, ...] = ()
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def converted(self) -> bool:
        """Whether anything is multiplied after the rescale."""
        return any(factor != 1.0 for factor in self.factors)


def value_scale(
    frames: Sequence[ImageFrame],
    modality: str,
    *,
    suv_kind: SuvKind = SuvKind.BODY_WEIGHT,
    pet_entries: PetEntries | None = None,
) -> ValueScale:
    """Return the scale of the pictures of one volume.

    Raises
    ------
    InputRefusedError
        When the rescale of a picture is malformed.
    """
    slopes, intercepts = zip(*(rescale(frame) for frame in frames), strict=True)
    mapped = _mapped_scale(frames, modality)
    if mapped is not None:
        return mapped
    if modality == "PT":
        pet = pet_scale([frame.tags for frame in frames], kind=suv_kind, entries=pet_entries)
        return ValueScale(
            slopes=slopes,
            intercepts=intercepts,
            factors=pet.factors,
            unit=pet.unit,
            raw_unit=pet.raw_unit,
            findings=(pet.finding,) if pet.finding else (),
            facts=pet.facts,
        )
    unit, findings = _unit(frames, modality)
    ones = (1.0,) * len(frames)
    return ValueScale(
        slopes=slopes,
        intercepts=intercepts,
        factors=ones,
        unit=unit,
        raw_unit=unit,
        findings=findings,
    )


def _mapped_scale(frames: Sequence[ImageFrame], modality: str) -> ValueScale | None:
    """Return the scale of a real-world value mapping that every picture has, in one unit.

    For CT and for PET with units of its own the rescale is the safer source and is kept.
    """
    if modality == "CT" or (modality == "PT" and frames[0].tags.text("Units")):
        return None
    found = list(filter(None, (real_world_mapping(frame) for frame in frames)))
    if len(found) != len(frames) or len({mapping.unit for mapping in found}) != 1:
        return None
    return ValueScale(
        slopes=tuple(mapping.slope for mapping in found),
        intercepts=tuple(mapping.intercept for mapping in found),
        factors=(1.0,) * len(frames),
        unit=found[0].unit,
        raw_unit=found[0].unit,
        facts={"values": "by the real world value mapping of the header"},
    )


def rescale(frame: ImageFrame) -> tuple[float, float]:
    """Return Rescale Slope and Intercept of one picture; (1, 0) where the header has none.

    Raises
    ------
    InputRefusedError
        When they are malformed or the slope is zero.
    """
    tags = frame.tags
    slope, intercept = tags.number("RescaleSlope"), tags.number("RescaleIntercept")
    malformed = (slope is None and tags.text("RescaleSlope") != "") or (
        intercept is None and tags.text("RescaleIntercept") != ""
    )
    if malformed or slope == 0.0:
        raise InputRefusedError(
            "The factor that turns stored pixels into values is zero or unreadable.",
            code="bad-rescale",
        )
    return (1.0 if slope is None else slope, 0.0 if intercept is None else intercept)


def has_rescale(frame: ImageFrame) -> bool:
    """Whether the header gives a rescale for this picture."""
    return "RescaleSlope" in frame.tags or "RescaleIntercept" in frame.tags


def _unit(frames: Sequence[ImageFrame], modality: str) -> tuple[Unit, tuple[Finding, ...]]:
    if modality == "CT":
        return _ct_unit(frames)
    if modality == "MR" and "ADC" in frames[0].tags.texts("ImageType"):
        return Unit.ARBITRARY, (_NO_ADC_UNIT,)
    return Unit.ARBITRARY, ()


def _ct_unit(frames: Sequence[ImageFrame]) -> tuple[Unit, tuple[Finding, ...]]:
    without = sum(not has_rescale(frame) for frame in frames)
    if without == len(frames):
        return Unit.ARBITRARY, (_no_hu("the header gives no rescale"),)
    if without:
        return Unit.ARBITRARY, (_no_hu(f"{without} of {len(frames)} images give no rescale"),)
    types = {frame.tags.text("RescaleType").upper() for frame in frames}
    if not types <= _HU_TYPES:
        return Unit.ARBITRARY, (_no_hu("the header says that the values are not HU"),)
    if any("LOCALIZER" in frame.tags.texts("ImageType") for frame in frames):
        return Unit.ARBITRARY, ()
    return Unit.HU, ()


def _no_hu(reason: str) -> Finding:
    return Finding(code="no-hu", message=f"Values are not given in HU: {reason}.")


def implausible_hu(low: float, high: float) -> Finding | None:
    """Return why a range of CT values cannot be HU, or None when it can."""
    if low >= LOWEST_HU and high <= HIGHEST_HU:
        return None
    return _no_hu(f"they run from {low:g} to {high:g}")


def padding_range(frames: Sequence[ImageFrame], scale: ValueScale) -> tuple[float, float] | None:
    """Return the values that mark voxels without data, when all pictures agree on them."""
    ranges = set()
    for n, frame in enumerate(frames):
        first = frame.tags.integer("PixelPaddingValue")
        if first is None:
            return None
        limit = frame.tags.integer("PixelPaddingRangeLimit")
        ends = [first, first if limit is None else limit]
        if frame.layout.signed:
            ends = [_signed16(value) for value in ends]
        values = [
            (value * scale.slopes[n] + scale.intercepts[n]) * scale.factors[n] for value in ends
        ]
        ranges.add((min(values), max(values)))
    return ranges.pop() if len(ranges) == 1 else None


def _signed16(value: int) -> int:
    return value - 65536 if value > 32767 else value


def header_window(frame: ImageFrame) -> WindowSetting | None:
    """Return the window a picture asks for, when it is sane: its own, else that of its VOI LUT."""
    center, width = frame.tags.number("WindowCenter"), frame.tags.number("WindowWidth")
    if center is None or width is None:
        table = voi_table(frame)
        return None if table is None else table.window
    if not 1e-6 < width < 1e6 or abs(center) > 1e6:
        return None
    return WindowSetting(center=center, width=width)


def voi_table(frame: ImageFrame) -> LookupTable | None:
    """Return the first VOI LUT of a picture: values after rescale to gray (PS3.3 C.11.2)."""
    for item in frame.tags.items("VOILUTSequence")[:1]:
        signed = frame.layout.signed or rescale(frame)[1] < 0.0
        return lookup_table(item, signed=signed)
    return None
