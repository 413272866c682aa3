"""Every row of the SUV rules on headers in memory: factors by hand, refusals by their sentence."""

import pytest

from workstation.imaging.dicom_tags import TagValues
from workstation.imaging.pet_scale import PetEntries, pet_scale, tracer_name
from workstation.imaging.suv import SuvKind, mean_activity_time_s
from workstation.imaging.volume import Unit

F18, DOSE, WEIGHT = 6586.2, 370e6, 70.0
HOUR_LEFT = 2.0 ** (-3600.0 / F18)


def tags(tracer=None, **changes):
    """One slice of an FDG scan begun one hour after injection; None takes a value away."""
    item = {
        "Radiopharmaceutical": "FDG",
        "RadionuclideTotalDose": DOSE,
        "RadionuclideHalfLife": F18,
        "RadiopharmaceuticalStartTime": "090000",
    }
    values = {
        "Units": "BQML",
        "CorrectedImage": ["DECY", "ATTN"],
        "DecayCorrection": "START",
        "PatientWeight": WEIGHT,
        "PatientSize": 1.75,
        "PatientSex": "F",
        "SeriesDate": "20260314",
        "SeriesTime": "100000",
        "AcquisitionDate": "20260314",
        "AcquisitionTime": "100000",
        "ActualFrameDuration": 120_000.0,
        "RadiopharmaceuticalInformationSequence": [present({**item, **(tracer or {})})],
        **changes,
    }
    return TagValues(present(values))


def present(values):
    return {key: value for key, value in values.items() if value is not None}


def scale(*slices, **options):
    return pet_scale(slices or [tags()], **options)


def test_activity_by_hand():
    found = scale(tags(), tags(AcquisitionTime="100200"))
    assert found.factors == pytest.approx([WEIGHT * 1000 / (DOSE * HOUR_LEFT)] * 2)
    assert (found.unit, found.raw_unit) == (Unit.SUVBW, Unit.BQML)
    assert found.finding is None
    assert found.facts == {
        "tracer": "FDG",
        "weight": "70 kg",
        "decay": "corrected to the start of the scan (series time)",
        "uptake time": "60 min",
        "dose": "370.0 MBq",
    }


def test_decay_corrected_to_the_injection():
    found = scale(tags(DecayCorrection="ADMIN"))
    assert found.factors == pytest.approx([WEIGHT * 1000 / DOSE])
    assert found.facts["decay"] == "corrected to the time of injection"


def test_uncorrected_slices_by_hand():
    first = tags(DecayCorrection="NONE", CorrectedImage=["ATTN"])
    later = tags(DecayCorrection="NONE", CorrectedImage=["ATTN"], AcquisitionTime="102000")
    middle = mean_activity_time_s(F18, 120.0)
    expected = [
        WEIGHT * 1000 / (DOSE * 2.0 ** (-(seconds + middle) / F18)) for seconds in (3600, 4800)
    ]
    found = scale(first, later)
    assert found.factors == pytest.approx(expected)
    assert found.facts["uptake time"] == "60 min"


@pytest.mark.parametrize(
    ("kind", "unit"),
    [
        (SuvKind.BODY_WEIGHT, Unit.SUVBW),
        (SuvKind.LEAN_JANMAHASATIAN, Unit.SUVLBM),
        (SuvKind.LEAN_JAMES, Unit.SUVLBM),
        (SuvKind.LEAN_MORGAN, Unit.SUVLBM),
        (SuvKind.SURFACE, Unit.SUVBSA),
        (SuvKind.IDEAL_WEIGHT, Unit.SUVIBW),
    ],
)
def test_each_kind_has_its_unit(kind, unit):
    assert scale(kind=kind).unit is unit


@pytest.mark.parametrize("kind", [SuvKind.LEAN_JAMES, SuvKind.IDEAL_WEIGHT, SuvKind.LEAN_MORGAN])
def test_other_sex_uses_the_mean_and_says_so(kind):
    found = scale(tags(PatientSex="O"), kind=kind)
    assert found.facts["body formula"] == "mean of the male and the female formula"


@pytest.mark.parametrize("kind", [SuvKind.BODY_WEIGHT, SuvKind.SURFACE])
def test_sex_is_no_matter_for_weight_and_surface(kind):
    unknown, female = scale(tags(PatientSex=None), kind=kind), scale(kind=kind)
    assert unknown.factors == female.factors
    assert "body formula" not in unknown.facts


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"Units": None}, "the unit of the values (not given) is not known"),
        ({"Units": "PROPCPS"}, "the unit of the values (PROPCPS) is not known"),
        ({"CorrectedImage": ["DECY"]}, "not corrected for attenuation"),
        ({"CorrectedImage": None}, "not corrected for attenuation"),
        ({"CorrectedImage": ["ATTN"]}, "does not say that decay was corrected"),
        ({"DecayCorrection": None}, "does not say to which time decay was corrected"),
        ({"DecayCorrection": "SCAN"}, "does not say to which time decay was corrected"),
        ({"PatientWeight": None}, "weight is missing"),
        ({"PatientWeight": 0.0}, "weight is missing"),
        ({"PatientWeight": 7.0}, "7 kg is implausible"),
        ({"tracer": {"RadionuclideTotalDose": None}}, "injected dose is missing"),
        ({"tracer": {"RadionuclideTotalDose": 370.0}}, "perhaps meant in MBq"),
        ({"tracer": {"RadionuclideTotalDose": 3e6}}, "3 MBq is implausible"),
        ({"tracer": {"RadionuclideTotalDose": "x"}}, "injected dose is missing"),
        ({"tracer": {"RadionuclideHalfLife": None}}, "half-life of the tracer is missing"),
        ({"tracer": {"RadionuclideHalfLife": 109.8}}, "that of no PET tracer"),
        ({"tracer": {"RadiopharmaceuticalStartTime": None}}, "time of injection is missing"),
        ({"tracer": {"RadiopharmaceuticalStartTime": "095500"}}, "(5 min) is implausible"),
        ({"tracer": {"RadiopharmaceuticalStartTime": "060000"}}, "(240 min) is implausible"),
        ({"tracer": {"RadionuclideHalfLife": 282280.0}}, "day of injection is not given"),
        ({"RadiopharmaceuticalInformationSequence": [{}, {}]}, "more than one tracer"),
        ({"RadiopharmaceuticalInformationSequence": []}, "half-life of the tracer is missing"),
        ({"SeriesTime": "110000"}, "time to which the decay correction refers is not given"),
        ({"Units": "CNTS"}, "no factor to activity is given"),
        ({"Units": "GML", "SUVType": "BSA"}, "contradicts its unit"),
        ({"Units": "GML", "SUVType": "XYZ"}, "contradicts its unit"),
        ({"Units": "GML", "CorrectedImage": ["DECY"]}, "not corrected for attenuation"),
        (
            {"DecayCorrection": "NONE", "ActualFrameDuration": None},
            "acquisition time or frame duration of a slice is missing",
        ),
        (
            {"DecayCorrection": "NONE", "ActualFrameDuration": 0.0},
            "acquisition time or frame duration of a slice is missing",
        ),
        (
            {"DecayCorrection": "NONE", "AcquisitionTime": None},
            "acquisition time or frame duration of a slice is missing",
        ),
    ],
)
def test_what_is_missing_or_implausible_is_told_and_nothing_is_converted(changes, words):
    changes = dict(changes)
    found = scale(tags(changes.pop("tracer", None), **changes))
    assert found.finding.code == "suv-refused"
    assert found.finding.message.startswith("SUV not available: ")
    assert words in found.finding.message
    assert found.factors == (1.0,)
    assert found.unit is found.raw_unit
    assert "SUV" not in found.unit.value


@pytest.mark.parametrize("kind", [SuvKind.LEAN_JAMES, SuvKind.SURFACE, SuvKind.IDEAL_WEIGHT])
@pytest.mark.parametrize("height", [None, 0.0, 175.0])
def test_body_formulas_need_a_plausible_height(kind, height):
    found = scale(tags(PatientSize=height), kind=kind)
    assert "height is missing or implausible" in found.finding.message


@pytest.mark.parametrize("sex", [None, "", "X"])
def test_lean_mass_needs_a_sex(sex):
    found = scale(tags(PatientSex=sex), kind=SuvKind.LEAN_JAMES)
    assert "sex is not given" in found.finding.message


def test_slices_that_differ_in_decay_correction_are_refused():
    found = scale(tags(), tags(DecayCorrection="ADMIN"))
    assert "in different ways" in found.finding.message


@pytest.mark.parametrize(
    ("units", "suv_type", "unit"),
    [
        ("GML", None, Unit.SUVBW),
        ("GML", "BW", Unit.SUVBW),
        ("GML", "LBM", Unit.SUVLBM),
        ("GML", "LBMJAMES128", Unit.SUVLBM),
        ("GML", "LBMJANMA", Unit.SUVLBM),
        ("GML", "IBW", Unit.SUVIBW),
        ("CM2ML", None, Unit.SUVBSA),
        ("CM2ML", "BSA", Unit.SUVBSA),
    ],
)
@pytest.mark.parametrize("corrected", [None, ["DECY", "ATTN"]])
def test_stored_suv_stays_as_it_is(units, suv_type, unit, corrected):
    found = scale(tags(Units=units, SUVType=suv_type, CorrectedImage=corrected))
    assert (found.unit, found.factors, found.finding) == (unit, (1.0,), None)
    assert "not converted" in found.facts["suv"]


class TestCounts:
    def test_by_the_activity_factor(self):
        slices = [tags(Units="CNTS", PhilipsActivityFactor=2.0 + n) for n in range(3)]
        found = scale(*slices)
        each = WEIGHT * 1000 / (DOSE * HOUR_LEFT)
        assert found.factors == pytest.approx([2.0 * each, 3.0 * each, 4.0 * each])
        assert (found.unit, found.raw_unit) == (Unit.SUVBW, Unit.COUNTS)

    def test_by_the_suv_factor_where_there_is_no_other(self):
        found = scale(tags(Units="CNTS", PhilipsSuvFactor=0.0005))
        assert found.factors == (0.0005,)
        assert "(7053,xx00)" in found.facts["suv"]

    def test_the_activity_factor_comes_first(self):
        found = scale(tags(Units="CNTS", PhilipsActivityFactor=2.0, PhilipsSuvFactor=0.0005))
        assert found.factors[0] == pytest.approx(2.0 * WEIGHT * 1000 / (DOSE * HOUR_LEFT))

    @pytest.mark.parametrize("missing", ["PhilipsActivityFactor", "PhilipsSuvFactor"])
    def test_one_slice_without_its_factor_refuses_all(self, missing):
        found = scale(tags(Units="CNTS", **{missing: 2.0}), tags(Units="CNTS"))
        assert "no factor to activity" in found.finding.message
        assert found.unit is Unit.COUNTS


class TestEntries:
    @pytest.mark.parametrize(
        ("header", "entries", "fact", "words"),
        [
            ({"PatientWeight": None}, {"weight_kg": 80.0}, "weight", "80 kg (entered)"),
            ({"PatientWeight": 60.0}, {"weight_kg": 80.0}, "weight", "80 kg (entered)"),
            ({}, {"dose_bq": 300e6}, "dose", "300.0 MBq (entered)"),
            ({}, {}, "weight", "70 kg"),
        ],
    )
    def test_what_was_typed_is_named_so(self, header, entries, fact, words):
        found = scale(tags(**header), entries=PetEntries(**entries))
        assert found.facts[fact] == words

    def test_typed_values_are_checked_as_well(self):
        found = scale(entries=PetEntries(weight_kg=700.0))
        assert "700 kg is implausible" in found.finding.message

    def test_a_typed_height_helps_the_body_formula(self):
        found = scale(
            tags(PatientSize=None), kind=SuvKind.SURFACE, entries=PetEntries(height_m=1.75)
        )
        assert found.factors == scale(kind=SuvKind.SURFACE).factors


@pytest.mark.parametrize(
    ("item", "name"),
    [
        ({"Radiopharmaceutical": "FDG"}, "FDG"),
        ({"RadiopharmaceuticalCodeSequence": [{"CodeMeaning": "DOTATOC"}]}, "DOTATOC"),
        ({"RadionuclideHalfLife": 4058.0}, "Ga-68"),
        ({"RadionuclideHalfLife": 100.0}, ""),
        ({}, ""),
    ],
)
def test_the_tracer_is_named_or_its_nuclide(item, name):
    assert tracer_name(TagValues(item)) == name
