"""Vectors and table rows of the clinical reference, section 8.5, as functions."""

import pytest

from workstation.base.errors import InputRefusedError
from workstation.imaging.suv import (
    Sex,
    SuvKind,
    body_size,
    checked_dose_bq,
    checked_half_life_s,
    checked_weight_kg,
    decayed_dose_bq,
    ideal_weight_kg,
    lean_mass_james_kg,
    lean_mass_janmahasatian_kg,
    lean_mass_morgan_kg,
    mean_activity_time_s,
    nuclide_of,
    surface_m2,
)

F18 = 6586.2


def test_dose_one_hour_after_injection():
    dose = decayed_dose_bq(370e6, 3600, F18)
    assert dose == pytest.approx(253_314_180, abs=1000)
    assert 25_000 * 70_000 / dose == pytest.approx(6.908, abs=5e-4)


def test_dose_at_administration():
    assert 25_000 * 70_000 / decayed_dose_bq(370e6, 0, F18) == pytest.approx(4.730, abs=5e-4)


def test_mean_activity_time_of_a_two_minute_frame():
    middle = mean_activity_time_s(F18, 120)
    assert middle == pytest.approx(59.94, abs=5e-3)
    dose = decayed_dose_bq(370e6, 4200 + middle, F18)
    assert 20_000 * 70_000 / dose == pytest.approx(5.924, abs=5e-4)


def test_mean_activity_time_of_a_short_frame_is_its_middle():
    assert mean_activity_time_s(F18, 1e-6) == pytest.approx(5e-7)


def test_male_body_sizes():
    assert lean_mass_james_kg(70, 1.75, Sex.MALE) == pytest.approx(56.52, abs=5e-3)
    assert lean_mass_morgan_kg(70, 1.75, Sex.MALE) == pytest.approx(57.80, abs=5e-3)
    assert lean_mass_janmahasatian_kg(70, 1.75, Sex.MALE) == pytest.approx(55.86, abs=5e-3)
    assert ideal_weight_kg(1.75, Sex.MALE) == pytest.approx(72.38, abs=5e-3)
    assert surface_m2(70, 1.75) == pytest.approx(1.848, abs=5e-4)


def test_female_body_sizes():
    assert lean_mass_james_kg(70, 1.75, Sex.FEMALE) == pytest.approx(51.22, abs=5e-3)
    assert lean_mass_morgan_kg(70, 1.75, Sex.FEMALE) == pytest.approx(51.22, abs=5e-3)
    assert lean_mass_janmahasatian_kg(70, 1.75, Sex.FEMALE) == pytest.approx(45.20, abs=5e-3)
    assert ideal_weight_kg(1.75, Sex.FEMALE) == pytest.approx(66.43, abs=5e-3)


def test_other_sex_is_the_mean_of_both():
    both = [lean_mass_james_kg(70, 1.75, sex) for sex in (Sex.MALE, Sex.FEMALE)]
    assert lean_mass_james_kg(70, 1.75, Sex.OTHER) == pytest.approx(sum(both) / 2)


def test_surface_suv_of_the_first_vector():
    dose = decayed_dose_bq(370e6, 3600, F18)
    size = body_size(SuvKind.SURFACE, 70, 1.75, Sex.MALE)
    assert size == pytest.approx(18_481.4, abs=1.0)
    assert 25_000 * size / dose == pytest.approx(1.824, abs=5e-4)


@pytest.mark.parametrize(
    ("kind", "grams"),
    [
        (SuvKind.BODY_WEIGHT, 70_000),
        (SuvKind.LEAN_JAMES, 56_520),
        (SuvKind.LEAN_MORGAN, 57_800),
        (SuvKind.LEAN_JANMAHASATIAN, 55_860),
        (SuvKind.IDEAL_WEIGHT, 72_380),
    ],
)
def test_body_size_in_grams(kind, grams):
    assert body_size(kind, 70, 1.75, Sex.MALE) == pytest.approx(grams, abs=5)


def test_james_falls_in_obesity_and_janmahasatian_does_not():
    assert lean_mass_james_kg(160, 1.60, Sex.FEMALE) < lean_mass_james_kg(110, 1.60, Sex.FEMALE)
    assert lean_mass_janmahasatian_kg(160, 1.60, Sex.FEMALE) > lean_mass_janmahasatian_kg(
        110, 1.60, Sex.FEMALE
    )


@pytest.mark.parametrize(
    ("check", "value", "words"),
    [
        (checked_weight_kg, None, "weight is missing"),
        (checked_weight_kg, 0.0, "weight is missing"),
        (checked_weight_kg, 7.0, "implausible"),
        (checked_weight_kg, 700.0, "implausible"),
        (checked_dose_bq, None, "dose is missing"),
        (checked_dose_bq, 0.0, "dose is missing"),
        (checked_dose_bq, 370.0, "perhaps meant in MBq"),
        (checked_dose_bq, 5e6, "implausible"),
        (checked_dose_bq, 2e9, "implausible"),
        (checked_half_life_s, None, "half-life of the tracer is missing"),
        (checked_half_life_s, 0.0, "half-life of the tracer is missing"),
        (checked_half_life_s, 109.8, "no PET tracer"),
    ],
)
def test_missing_and_implausible_inputs_are_refused(check, value, words):
    with pytest.raises(InputRefusedError, match=words) as caught:
        check(value)
    assert caught.value.code == "suv-refused"
    assert caught.value.message.startswith("SUV not available: ")


def test_lean_mass_needs_height_and_sex():
    with pytest.raises(InputRefusedError, match="height"):
        body_size(SuvKind.LEAN_JANMAHASATIAN, 70, None, Sex.MALE)
    with pytest.raises(InputRefusedError, match="height"):
        body_size(SuvKind.SURFACE, 70, 175.0)
    with pytest.raises(InputRefusedError, match="sex"):
        body_size(SuvKind.LEAN_JANMAHASATIAN, 70, 1.75, None)


@pytest.mark.parametrize(
    ("half_life_s", "name"),
    [(6586.2, "F-18"), (6588.0, "F-18"), (4063, "Ga-68"), (1223, "C-11"), (282_280, "Zr-89")],
)
def test_nuclide_by_half_life(half_life_s, name):
    assert nuclide_of(half_life_s) == name


def test_no_nuclide_has_a_half_life_of_an_hour():
    assert nuclide_of(3600.0) is None
