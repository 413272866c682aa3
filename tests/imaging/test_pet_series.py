"""Every row of the SUV tables through written files: values, units and refusals."""

from dataclasses import replace

import numpy as np
import pytest
from pydicom.dataset import Dataset

from tests.support.phantom import LEFT, pet_phantom, pet_tags
from workstation.imaging.catalog import load_volume
from workstation.imaging.dicom_read import ReadOptions
from workstation.imaging.pet_scale import PetEntries
from workstation.imaging.suv import SuvKind
from workstation.imaging.volume import Unit


def hottest(volume):
    i, j, k = (round(value) for value in volume.geometry.lps_to_index(np.array(LEFT.center)))
    return float(volume.array[k, j, i])


def with_private(group, creator, elements):
    """Return slice tags that set private elements."""

    def add(dataset):
        block = dataset.private_block(group, creator, create=True)
        for number, vr, value in elements:
            block.add_new(number, vr, value)
        return dataset

    return add


@pytest.fixture
def read_private(tmp_path, opened, monkeypatch):
    """Return the volume of a PET phantom whose slices carry private elements."""

    def read(phantom, add):
        from tests.support import phantom as module

        original = module.slice_dataset
        monkeypatch.setattr(module, "slice_dataset", lambda p, k: add(original(p, k)))
        (entry,) = opened(phantom).volumes
        return load_volume(entry)

    return read


def test_activity_corrected_to_scan_start(read):
    volume = read(pet_phantom())
    assert volume.unit is Unit.SUVBW
    assert hottest(volume) == pytest.approx(6.908, abs=5e-4)
    assert volume.raw_unit is Unit.BQML
    assert hottest(volume) / volume.raw_factor[0] == pytest.approx(25_000)
    assert volume.facts["uptake time"] == "60 min"
    assert volume.facts["dose"] == "370.0 MBq"
    assert volume.facts["weight"] == "70 kg"
    assert volume.facts["tracer"] == "FDG"


def test_activity_corrected_to_administration(read):
    volume = read(pet_phantom(DecayCorrection="ADMIN"))
    assert hottest(volume) == pytest.approx(4.730, abs=5e-4)


def test_activity_without_decay_correction(read):
    phantom = pet_phantom(DecayCorrection="NONE", CorrectedImage=["ATTN"], AcquisitionTime="101000")
    scaled = replace(phantom, values=lambda at: phantom.values(at) * 0.8)
    assert hottest(read(scaled)) == pytest.approx(5.924, abs=5e-4)


def test_uncorrected_slices_have_their_own_time(read):
    phantom = pet_phantom(DecayCorrection="NONE", CorrectedImage=["ATTN"])
    later = replace(phantom, slice_tags=lambda k: {"AcquisitionTime": f"10{k:02d}00"})
    volume = read(later)
    ratio = volume.raw_factor[11] / volume.raw_factor[0]
    assert ratio == pytest.approx(2 ** (11 * 60 / 6586.2))


def test_slope_differs_per_slice(read):
    phantom = pet_phantom()
    slopes = [0.5 + 0.01 * k for k in range(phantom.size[2])]
    written = replace(phantom, slice_tags=lambda k: {"RescaleSlope": slopes[k]})
    volume = read(written)
    plain = [
        phantom.stored(k).astype(float) * slopes[k] * volume.raw_factor[k]
        for k in range(len(slopes))
    ]
    assert np.abs(volume.array - np.stack(plain)).max() < 1e-5


@pytest.mark.parametrize(
    ("kind", "unit", "expected"),
    [
        (SuvKind.SURFACE, Unit.SUVBSA, 25_000 * 18_481.4 / 253_314_180),
        (SuvKind.LEAN_JAMES, Unit.SUVLBM, 25_000 * 51_220 / 253_314_180),
        (SuvKind.LEAN_JANMAHASATIAN, Unit.SUVLBM, 25_000 * 45_200 / 253_314_180),
        (SuvKind.IDEAL_WEIGHT, Unit.SUVIBW, 25_000 * 66_430 / 253_314_180),
    ],
)
def test_other_kinds_of_suv(opened, kind, unit, expected):
    (entry,) = opened(pet_phantom()).volumes
    volume = load_volume(entry, options=ReadOptions(suv_kind=kind))
    assert volume.unit is unit
    assert hottest(volume) == pytest.approx(expected, rel=2e-4)


def test_sex_other_gives_the_mean_and_says_so(opened):
    (entry,) = opened(pet_phantom(PatientSex="O")).volumes
    volume = load_volume(entry, options=ReadOptions(suv_kind=SuvKind.LEAN_JAMES))
    assert hottest(volume) == pytest.approx(25_000 * 53_870 / 253_314_180, rel=2e-4)
    assert "mean" in volume.facts["body formula"]


@pytest.mark.parametrize(
    ("suv_type", "unit"),
    [
        (None, Unit.SUVBW),
        ("BW", Unit.SUVBW),
        ("LBM", Unit.SUVLBM),
        ("LBMJANMA", Unit.SUVLBM),
        ("LBMJAMES128", Unit.SUVLBM),
        ("IBW", Unit.SUVIBW),
    ],
)
def test_stored_suv_is_not_converted_again(read, suv_type, unit):
    tags = {"Units": "GML"} if suv_type is None else {"Units": "GML", "SUVType": suv_type}
    volume = read(pet_phantom(**tags))
    assert volume.unit is unit
    assert hottest(volume) == 25_000
    assert volume.raw_factor is None


def test_stored_surface_suv(read):
    volume = read(pet_phantom(Units="CM2ML"))
    assert volume.unit is Unit.SUVBSA
    assert hottest(volume) == 25_000


def test_philips_counts_with_activity_factor(read_private):
    add = with_private(
        0x7053, "Philips PET Private Group", [(0x00, "DS", "0.5"), (0x09, "DS", "2.0")]
    )
    volume = read_private(pet_phantom(Units="CNTS", Manufacturer="Philips"), add)
    assert hottest(volume) == pytest.approx(2 * 6.908, abs=1e-3)
    assert volume.raw_unit is Unit.COUNTS
    assert hottest(volume) / volume.raw_factor[3] == pytest.approx(25_000)


def test_philips_counts_with_suv_factor_only(read_private):
    add = with_private(
        0x7053, "Philips PET Private Group", [(0x00, "DS", "0.0003"), (0x09, "DS", "0")]
    )
    volume = read_private(pet_phantom(Units="CNTS", Manufacturer="Philips"), add)
    assert volume.unit is Unit.SUVBW
    assert hottest(volume) == pytest.approx(7.5)


def test_private_factors_of_another_creator_do_not_count(read_private):
    add = with_private(0x7053, "SOMEBODY ELSE", [(0x00, "DS", "0.0003"), (0x09, "DS", "2")])
    volume = read_private(pet_phantom(Units="CNTS"), add)
    assert volume.unit is Unit.COUNTS


def test_siemens_decay_reference_comes_first(read_private):
    add = with_private(0x0071, "SIEMENS MED PT", [(0x22, "DT", "20260314095000")])
    volume = read_private(pet_phantom(), add)
    assert volume.facts["uptake time"] == "50 min"


def test_ge_decay_reference_comes_first(read_private):
    add = with_private(0x0009, "GEMS_PETD_01", [(0x0D, "DT", "20260314094000")])
    volume = read_private(pet_phantom(), add)
    assert volume.facts["uptake time"] == "40 min"


REFUSED = {
    "weight missing": ({"PatientWeight": None}, "weight is missing"),
    "weight zero": ({"PatientWeight": 0}, "weight is missing"),
    "weight absurd": ({"PatientWeight": 700}, "implausible"),
    "weight no number": ({"PatientWeight": None, "PatientSize": None}, "weight is missing"),
    "dose missing": ({"RadionuclideTotalDose": None}, "dose is missing"),
    "dose in MBq": ({"RadionuclideTotalDose": 370}, "perhaps meant in MBq"),
    "half-life missing": ({"RadionuclideHalfLife": None}, "half-life"),
    "half-life of no tracer": ({"RadionuclideHalfLife": 60}, "no PET tracer"),
    "injection time missing": ({"RadiopharmaceuticalStartTime": None}, "time of injection"),
    "not attenuation corrected": ({"CorrectedImage": ["DECY"]}, "attenuation"),
    "decay not corrected": ({"CorrectedImage": ["ATTN"]}, "decay was corrected"),
    "nothing said to be corrected": ({"CorrectedImage": None}, "attenuation"),
    "decay rule missing": ({"DecayCorrection": None}, "to which time"),
    "uptake too short": ({"RadiopharmaceuticalStartTime": "095500"}, "implausible"),
    "uptake too long": ({"RadiopharmaceuticalStartTime": "050000"}, "implausible"),
    "no tracer": ({"RadiopharmaceuticalInformationSequence": None}, "half-life"),
    "two tracers": (
        {"RadiopharmaceuticalInformationSequence": [Dataset(), Dataset()]},
        "more than one tracer",
    ),
    "no scan time": ({"SeriesTime": None, "AcquisitionTime": None}, "decay correction refers"),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_refusals_keep_activity_and_say_why(read, name):
    changes, words = REFUSED[name]
    phantom = pet_phantom()
    volume = read(replace(phantom, tags={**phantom.tags, **_split(changes)}))
    assert volume.unit is Unit.BQML
    assert hottest(volume) == 25_000
    (finding,) = [item for item in volume.findings if item.code == "suv-refused"]
    assert words in finding.message
    assert "SUV" not in volume.unit.value


def _split(changes):
    """Return tags with the tracer's own changes inside its item."""
    if any(name.startswith("Radio") and "Sequence" not in name for name in changes):
        return pet_tags(**changes)
    return changes


@pytest.mark.parametrize(
    ("tags", "unit", "words"),
    [
        ({"Units": "CNTS"}, Unit.COUNTS, "counts"),
        ({"Units": "PROPCNTS"}, Unit.ARBITRARY, "PROPCNTS"),
        ({"Units": None}, Unit.ARBITRARY, "not given"),
        ({"Units": "GML", "SUVType": "BSA"}, Unit.ARBITRARY, "contradicts"),
        ({"Units": "GML", "CorrectedImage": ["DECY"]}, Unit.SUVBW, "attenuation"),
    ],
)
def test_units_without_suv(read, tags, unit, words):
    phantom = pet_phantom()
    volume = read(replace(phantom, tags={**phantom.tags, **tags}))
    (finding,) = [item for item in volume.findings if item.code == "suv-refused"]
    assert words in finding.message
    if unit is not Unit.SUVBW:
        assert volume.unit is unit


def test_decay_written_in_full_is_accepted(read):
    volume = read(pet_phantom(CorrectedImage=["ATTN", "DECAY"]))
    assert hottest(volume) == pytest.approx(6.908, abs=5e-4)


def test_midnight_between_injection_and_scan(read):
    volume = read(
        pet_phantom(
            RadiopharmaceuticalStartTime="233000", SeriesTime="003000", AcquisitionTime="003000"
        )
    )
    assert volume.facts["uptake time"] == "60 min"
    assert hottest(volume) == pytest.approx(6.908, abs=5e-4)


def test_start_date_time_is_preferred(read):
    volume = read(
        pet_phantom(
            RadiopharmaceuticalStartDateTime="20260314091500", RadiopharmaceuticalStartTime="080000"
        )
    )
    assert volume.facts["uptake time"] == "45 min"


def test_de_identified_start_date_falls_back_to_the_time_of_day(read):
    volume = read(pet_phantom(RadiopharmaceuticalStartDateTime="19000101090000"))
    assert volume.facts["uptake time"] == "60 min"


def test_long_lived_tracer_needs_the_day_of_injection(read):
    volume = read(pet_phantom(RadionuclideHalfLife=282280))
    (finding,) = volume.findings
    assert "day of injection" in finding.message


def test_what_a_reader_enters_is_used_and_printed(opened):
    (entry,) = opened(pet_phantom(PatientWeight=None)).volumes
    options = ReadOptions(pet_entries=PetEntries(weight_kg=70.0))
    volume = load_volume(entry, options=options)
    assert hottest(volume) == pytest.approx(6.908, abs=5e-4)
    assert volume.facts["weight"] == "70 kg (entered)"


def test_later_bed_positions_are_not_corrected_twice(read):
    phantom = pet_phantom()
    beds = replace(phantom, slice_tags=lambda k: {"AcquisitionTime": f"10{k // 4 * 3:02d}00"})
    volume = read(beds)
    assert hottest(volume) == pytest.approx(6.908, abs=5e-4)
    assert np.ptp(volume.raw_factor) == 0.0


def test_mixed_decay_corrections_are_refused(read):
    phantom = pet_phantom()
    mixed = replace(
        phantom, slice_tags=lambda k: {"DecayCorrection": "ADMIN" if k % 2 else "START"}
    )
    (finding,) = read(mixed).findings
    assert "different ways" in finding.message
