"""Standardized uptake values: body sizes, decay and the factor from Bq/mL to SUV.

Formulas: clinical reference, section 8.5 (validated against the IBSI-SUV benchmark and the QIBA
pseudo-code). Weight is in kg, height in m, activity in Bq/mL, dose in Bq, times in s.
"""

from __future__ import annotations

import math
from enum import StrEnum

from workstation.base.errors import InputRefusedError

MIN_WEIGHT_KG, MAX_WEIGHT_KG = 20.0, 250.0
MIN_DOSE_BQ, MAX_DOSE_BQ = 10e6, 1500e6
MIN_HEIGHT_M, MAX_HEIGHT_M = 0.5, 2.5
PROBABLY_MBQ_BELOW = 5000.0
"""A "dose in Bq" below this was probably written in MBq; it is asked for, never converted."""

HALF_LIVES_S = {
    "F-18": 6586.2,
    "Ga-68": 4058.0,
    "C-11": 1223.0,
    "N-13": 597.9,
    "O-15": 122.24,
    "Rb-82": 75.45,
    "Cu-64": 45721.0,
    "Zr-89": 282280.0,
    "I-124": 360806.0,
    "Y-86": 53064.0,
    "Sc-44": 14292.0,
}
"""Half-lives of positron emitters in clinical use, s."""

HALF_LIFE_TOLERANCE = 0.02


class Sex(StrEnum):
    """Patient's Sex as far as the body formulas know it (PS3.3 C.7.1.1)."""

    MALE = "M"
    FEMALE = "F"
    OTHER = "O"


class SuvKind(StrEnum):
    """By what an activity concentration is normalized; the value is the DICOM SUV Type."""

    BODY_WEIGHT = "BW"
    LEAN_JANMAHASATIAN = "LBMJANMA"
    LEAN_JAMES = "LBMJAMES128"
    LEAN_MORGAN = "LBM"
    SURFACE = "BSA"
    IDEAL_WEIGHT = "IBW"


def lean_mass_janmahasatian_kg(weight_kg: float, height_m: float, sex: Sex) -> float:
    """Return lean body mass after Janmahasatian 2005, safe in obesity."""
    bmi = weight_kg / height_m**2
    male = 9270.0 * weight_kg / (6680.0 + 216.0 * bmi)
    female = 9270.0 * weight_kg / (8780.0 + 244.0 * bmi)
    return _by_sex(sex, male, female)


def lean_mass_james_kg(weight_kg: float, height_m: float, sex: Sex) -> float:
    """Return lean body mass after James 1976 (male constant 128)."""
    ratio = (weight_kg / (100.0 * height_m)) ** 2
    return _by_sex(sex, 1.10 * weight_kg - 128.0 * ratio, 1.07 * weight_kg - 148.0 * ratio)


def lean_mass_morgan_kg(weight_kg: float, height_m: float, sex: Sex) -> float:
    """Return lean body mass with the obsolete male constant 120: read, never written."""
    ratio = (weight_kg / (100.0 * height_m)) ** 2
    return _by_sex(sex, 1.10 * weight_kg - 120.0 * ratio, 1.07 * weight_kg - 148.0 * ratio)


def ideal_weight_kg(height_m: float, sex: Sex) -> float:
    """Return the ideal body weight."""
    above = 100.0 * height_m - 152.0
    return _by_sex(sex, 48.0 + 1.06 * above, 45.5 + 0.91 * above)


def surface_m2(weight_kg: float, height_m: float) -> float:
    """Return the body surface after DuBois."""
    return 0.007184 * math.pow(weight_kg, 0.425) * math.pow(100.0 * height_m, 0.725)


def _by_sex(sex: Sex, male: float, female: float) -> float:
    if sex is Sex.OTHER:
        return (male + female) / 2.0
    return male if sex is Sex.MALE else female


def decayed_dose_bq(dose_bq: float, decay_s: float, half_life_s: float) -> float:
    """Return what is left of a dose after ``decay_s`` seconds."""
    return dose_bq * math.pow(2.0, -decay_s / half_life_s)


def mean_activity_time_s(half_life_s: float, frame_s: float) -> float:
    """Return the time within a frame at which the activity equals its mean over the frame."""
    rate = math.log(2.0) / half_life_s
    product = rate * frame_s
    if product < 1e-9:
        return frame_s / 2.0
    return math.log(product / -math.expm1(-product)) / rate


def body_size(
    kind: SuvKind, weight_kg: float, height_m: float | None = None, sex: Sex | None = None
) -> float:
    """Return what the dose is spread over: grams, or cm2 for the body surface.

    Raises
    ------
    InputRefusedError
        When weight, height or sex is missing or implausible for the kind.
    """
    weight = checked_weight_kg(weight_kg)
    if kind is SuvKind.BODY_WEIGHT:
        return weight * 1000.0
    if height_m is None or not MIN_HEIGHT_M <= height_m <= MAX_HEIGHT_M:
        raise no_suv("the patient's height is missing or implausible")
    if kind is SuvKind.SURFACE:
        return surface_m2(weight, height_m) * 10000.0
    if sex is None:
        raise no_suv("the patient's sex is not given")
    if kind is SuvKind.IDEAL_WEIGHT:
        return ideal_weight_kg(height_m, sex) * 1000.0
    formulas = {
        SuvKind.LEAN_JANMAHASATIAN: lean_mass_janmahasatian_kg,
        SuvKind.LEAN_JAMES: lean_mass_james_kg,
        SuvKind.LEAN_MORGAN: lean_mass_morgan_kg,
    }
    return formulas[kind](weight, height_m, sex) * 1000.0


def checked_weight_kg(weight_kg: float | None) -> float:
    """Return a plausible body weight.

    Raises
    ------
    InputRefusedError
        When it is missing or implausible.
    """
    if weight_kg is None or weight_kg == 0.0:
        raise no_suv("the patient's weight is missing")
    if not MIN_WEIGHT_KG <= weight_kg <= MAX_WEIGHT_KG:
        raise no_suv(f"a patient's weight of {weight_kg:g} kg is implausible")
    return weight_kg


def checked_dose_bq(dose_bq: float | None) -> float:
    """Return a plausible injected dose.

    Raises
    ------
    InputRefusedError
        When it is missing, implausible or probably in MBq.
    """
    if dose_bq is None or dose_bq == 0.0:
        raise no_suv("the injected dose is missing")
    if 0.0 < dose_bq < PROBABLY_MBQ_BELOW:
        raise no_suv(f"the injected dose of {dose_bq:g} Bq is implausible (perhaps meant in MBq)")
    if not MIN_DOSE_BQ <= dose_bq <= MAX_DOSE_BQ:
        raise no_suv(f"an injected dose of {dose_bq / 1e6:g} MBq is implausible")
    return dose_bq


def checked_half_life_s(half_life_s: float | None) -> float:
    """Return a half-life that belongs to a known positron emitter.

    Raises
    ------
    InputRefusedError
        When it is missing or belongs to none.
    """
    if half_life_s is None or half_life_s == 0.0:
        raise no_suv("the half-life of the tracer is missing")
    if nuclide_of(half_life_s) is None:
        raise no_suv(f"a half-life of {half_life_s:g} s is that of no PET tracer")
    return half_life_s


def nuclide_of(half_life_s: float) -> str | None:
    """Return the positron emitter with this half-life, or None."""
    for name, known in HALF_LIVES_S.items():
        if abs(half_life_s - known) <= HALF_LIFE_TOLERANCE * known:
            return name
    return None


def no_suv(reason: str) -> InputRefusedError:
    """Return the refusal that the pane shows instead of an SUV."""
    return InputRefusedError(f"SUV not available: {reason}.", code="suv-refused")
