"""What the numbers of a PET series mean, and the factor per slice that makes them SUV.

Every row of the clinical reference, section 8.5: Units, SUV Type, Decay Correction, the private
Philips factors. Where any input is missing or implausible the series keeps Bq/mL or counts and
the reason is told; the word SUV is never put on such numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from workstation.base.errors import InputRefusedError
from workstation.imaging.dicom_tags import TagValues
from workstation.imaging.suv import (
    Sex,
    SuvKind,
    body_size,
    checked_dose_bq,
    checked_half_life_s,
    checked_weight_kg,
    decayed_dose_bq,
    mean_activity_time_s,
    no_suv,
    nuclide_of,
)
from workstation.imaging.suv_time import (
    acquisition_time,
    administration_time,
    checked_uptake_s,
    start_reference,
)
from workstation.imaging.volume import Finding, Unit

_DECAY_TERMS = frozenset({"DECY", "DECAY"})

_UNIT_OF_KIND = {
    SuvKind.BODY_WEIGHT: Unit.SUVBW,
    SuvKind.LEAN_JANMAHASATIAN: Unit.SUVLBM,
    SuvKind.LEAN_JAMES: Unit.SUVLBM,
    SuvKind.LEAN_MORGAN: Unit.SUVLBM,
    SuvKind.SURFACE: Unit.SUVBSA,
    SuvKind.IDEAL_WEIGHT: Unit.SUVIBW,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PetEntries:
    """What a reader typed because the header lacks it; printed wherever the SUV is.

    Parameters
    ----------
    weight_kg, dose_bq, height_m : float or None
        None where the header counts.
    """

    weight_kg: float | None = None
    dose_bq: float | None = None
    height_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PetScale:
    """How rescaled PET values become the numbers shown.

    Parameters
    ----------
    factors : tuple of float
        One per slice, multiplied after the rescale; 1 where nothing is converted.
    unit : Unit
    raw_unit : Unit
        Unit of the rescaled values.
    finding : Finding or None
        Why there is no SUV.
    facts : dict of str
        Tracer, dose, weight, uptake time and rules, as shown to the reader.
    """

    factors: tuple[float, ...]
    unit: Unit
    raw_unit: Unit
    finding: Finding | None = None
    facts: dict[str, str] = field(default_factory=dict)


def pet_scale(
    slices: Sequence[TagValues],
    *,
    kind: SuvKind = SuvKind.BODY_WEIGHT,
    entries: PetEntries | None = None,
) -> PetScale:
    """Return the unit and the factors of a PET series.

    Parameters
    ----------
    slices : sequence of TagValues
        Header values per slice, in volume order.
    kind : SuvKind
        SUV wanted where the series holds activity.
    entries : PetEntries, optional
        Values a reader gave for what the header lacks.
    """
    raw_unit = _raw_unit(slices[0])
    try:
        return _scaled(slices, kind, entries or PetEntries(), raw_unit)
    except InputRefusedError as refusal:
        kept = Unit.ARBITRARY if raw_unit in _UNIT_OF_KIND.values() else raw_unit
        return PetScale(
            factors=(1.0,) * len(slices),
            unit=kept,
            raw_unit=kept,
            finding=Finding(code="suv-refused", message=refusal.message),
            facts=_tracer_facts(slices[0]),
        )


def _raw_unit(tags: TagValues) -> Unit:
    units = {
        "BQML": Unit.BQML,
        "CNTS": Unit.COUNTS,
        "CM2ML": Unit.SUVBSA,
        "GML": Unit.SUVBW,
    }
    unit = units.get(tags.text("Units"), Unit.ARBITRARY)
    if unit is Unit.SUVBW:
        return _stored_suv_unit(tags) or Unit.ARBITRARY
    return unit


def _stored_suv_unit(tags: TagValues) -> Unit | None:
    """Return the unit of a series stored as g/mL; body surface cannot be in g/mL."""
    stored = tags.text("SUVType") or SuvKind.BODY_WEIGHT.value
    if stored == SuvKind.SURFACE or stored not in list(SuvKind):
        return None
    return _UNIT_OF_KIND[SuvKind(stored)]


def _scaled(
    slices: Sequence[TagValues], kind: SuvKind, entries: PetEntries, raw_unit: Unit
) -> PetScale:
    units = slices[0].text("Units")
    if units in ("GML", "CM2ML"):
        return _already_suv(slices, raw_unit)
    if units == "BQML":
        _check_corrections(slices[0])
        return _from_activity(slices, (1.0,) * len(slices), kind, entries, raw_unit)
    if units == "CNTS":
        _check_corrections(slices[0])
        return _from_counts(slices, kind, entries)
    shown = units or "not given"
    raise no_suv(f"the unit of the values ({shown}) is not known")


def _already_suv(slices: Sequence[TagValues], raw_unit: Unit) -> PetScale:
    if raw_unit is Unit.ARBITRARY:
        raise no_suv("the kind of SUV stored contradicts its unit g/mL")
    if "CorrectedImage" in slices[0]:
        _check_corrections(slices[0])
    facts = _tracer_facts(slices[0])
    facts["suv"] = "stored as SUV by the scanner; not converted"
    return PetScale(factors=(1.0,) * len(slices), unit=raw_unit, raw_unit=raw_unit, facts=facts)


def _check_corrections(tags: TagValues) -> None:
    corrected = set(tags.texts("CorrectedImage"))
    if "ATTN" not in corrected:
        raise no_suv("the images are not corrected for attenuation")
    uncorrected = tags.text("DecayCorrection") == "NONE"
    if not uncorrected and not corrected & _DECAY_TERMS:
        raise no_suv("the header does not say that decay was corrected")


def _from_counts(slices: Sequence[TagValues], kind: SuvKind, entries: PetEntries) -> PetScale:
    activity = [tags.number("PhilipsActivityFactor") for tags in slices]
    if all(activity):
        to_activity = tuple(value or 0.0 for value in activity)
        return _from_activity(slices, to_activity, kind, entries, Unit.COUNTS)
    direct = [tags.number("PhilipsSuvFactor") for tags in slices]
    if not all(direct):
        raise no_suv("the images hold counts and no factor to activity is given")
    facts = _tracer_facts(slices[0])
    facts["suv"] = "counts times the scanner's SUV factor (7053,xx00)"
    return PetScale(
        factors=tuple(value or 0.0 for value in direct),
        unit=Unit.SUVBW,
        raw_unit=Unit.COUNTS,
        facts=facts,
    )


def _from_activity(
    slices: Sequence[TagValues],
    to_activity: tuple[float, ...],
    kind: SuvKind,
    entries: PetEntries,
    raw_unit: Unit,
) -> PetScale:
    tracer = _tracer(slices[0])
    half_life_s = checked_half_life_s(tracer.number("RadionuclideHalfLife"))
    dose_bq = checked_dose_bq(entries.dose_bq or tracer.number("RadionuclideTotalDose"))
    size, body_facts = _body(slices[0], kind, entries)
    doses, time_facts = _doses_at_reference(slices, dose_bq, half_life_s)
    facts = {**_tracer_facts(slices[0]), **body_facts, **time_facts}
    facts["dose"] = f"{dose_bq / 1e6:.1f} MBq" + (" (entered)" if entries.dose_bq else "")
    return PetScale(
        factors=tuple(f * size / dose for f, dose in zip(to_activity, doses, strict=True)),
        unit=_UNIT_OF_KIND[kind],
        raw_unit=raw_unit,
        facts=facts,
    )


def _body(tags: TagValues, kind: SuvKind, entries: PetEntries) -> tuple[float, dict[str, str]]:
    weight_kg = checked_weight_kg(entries.weight_kg or tags.number("PatientWeight"))
    height_m = entries.height_m or tags.number("PatientSize")
    code = tags.text("PatientSex")
    sex = Sex(code) if code in list(Sex) else None
    facts = {"weight": f"{weight_kg:g} kg" + (" (entered)" if entries.weight_kg else "")}
    if sex is Sex.OTHER and kind in (
        SuvKind.LEAN_JAMES,
        SuvKind.LEAN_JANMAHASATIAN,
        SuvKind.LEAN_MORGAN,
        SuvKind.IDEAL_WEIGHT,
    ):
        facts["body formula"] = "mean of the male and the female formula"
    return body_size(kind, weight_kg, height_m, sex), facts


def _doses_at_reference(
    slices: Sequence[TagValues], dose_bq: float, half_life_s: float
) -> tuple[list[float], dict[str, str]]:
    """Return the dose left at the decay reference of each slice, and how it was found."""
    correction = slices[0].text("DecayCorrection")
    if any(tags.text("DecayCorrection") != correction for tags in slices):
        raise no_suv("the slices are decay-corrected in different ways")
    if correction == "ADMIN":
        return [dose_bq] * len(slices), {"decay": "corrected to the time of injection"}
    if correction == "START":
        return _start_doses(slices, dose_bq, half_life_s)
    if correction == "NONE":
        return _uncorrected_doses(slices, dose_bq, half_life_s)
    raise no_suv("the header does not say to which time decay was corrected")


def _start_doses(
    slices: Sequence[TagValues], dose_bq: float, half_life_s: float
) -> tuple[list[float], dict[str, str]]:
    reference, rule = start_reference(slices, half_life_s)
    given = administration_time(slices[0], reference, half_life_s)
    uptake_s = checked_uptake_s(given, reference)
    left = decayed_dose_bq(dose_bq, uptake_s, half_life_s)
    facts = {"decay": f"corrected to the start of the scan ({rule})"}
    facts["uptake time"] = f"{uptake_s / 60.0:.0f} min"
    return [left] * len(slices), facts


def _uncorrected_doses(
    slices: Sequence[TagValues], dose_bq: float, half_life_s: float
) -> tuple[list[float], dict[str, str]]:
    doses, uptakes = [], []
    for tags in slices:
        acquired = acquisition_time(tags)
        frame_ms = tags.number("ActualFrameDuration")
        if acquired is None or frame_ms is None or frame_ms <= 0:
            raise no_suv("the acquisition time or frame duration of a slice is missing")
        given = administration_time(tags, acquired, half_life_s)
        uptakes.append(checked_uptake_s(given, acquired))
        decay_s = uptakes[-1] + mean_activity_time_s(half_life_s, frame_ms / 1000.0)
        doses.append(decayed_dose_bq(dose_bq, decay_s, half_life_s))
    facts = {"decay": "not corrected by the scanner; corrected per slice"}
    facts["uptake time"] = f"{min(uptakes) / 60.0:.0f} min"
    return doses, facts


def _tracer(tags: TagValues) -> TagValues:
    items = tags.items("RadiopharmaceuticalInformationSequence")
    if len(items) > 1:
        raise no_suv("more than one tracer is named")
    return items[0] if items else TagValues({})


def _tracer_facts(tags: TagValues) -> dict[str, str]:
    facts = {}
    for item in tags.items("RadiopharmaceuticalInformationSequence")[:1]:
        name = tracer_name(item)
        if name:
            facts["tracer"] = name
    return facts


def tracer_name(item: TagValues) -> str:
    """Return the tracer as the header names it, or its nuclide by half-life."""
    codes = item.items("RadiopharmaceuticalCodeSequence")
    named = item.text("Radiopharmaceutical") or (codes[0].text("CodeMeaning") if codes else "")
    return named or nuclide_of(item.number("RadionuclideHalfLife") or 0.0) or ""
