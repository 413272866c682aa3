"""Series that are mixed, incomplete or odd: what is kept together, apart, and what is said."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.phantom import MARKERS, PLANES, Phantom, write_phantom
from workstation.base.errors import InputRefusedError, UsageError
from workstation.imaging.catalog import load_volume, open_paths
from workstation.imaging.resample import sample_linear

SMALL = Phantom(size=(12, 10, 8))


def written(tmp_path, *phantoms):
    for number, phantom in enumerate(phantoms):
        write_phantom(tmp_path / str(number), phantom)
    return open_paths([tmp_path])


def codes(findings):
    return [finding.code for finding in findings]


def sizes(catalog):
    return sorted(volume.geometry.size_ijk[2] for volume in catalog.volumes)


def test_missing_slice_keeps_the_others_in_place(tmp_path):
    catalog = written(tmp_path, replace(SMALL, size=(12, 10, 30), skip=frozenset({20})))
    (entry,) = catalog.volumes
    volume = load_volume(entry)
    assert volume.array.shape[0] == 30
    assert volume.missing_slices == (20,)
    assert "missing-slice" in codes(volume.findings)
    assert volume.geometry.spacing_ijk[2] == pytest.approx(3.0)


def test_missing_slices_are_named(tmp_path):
    catalog = written(tmp_path, replace(SMALL, size=(12, 10, 12), skip=frozenset({4, 5, 9})))
    (finding,) = catalog.volumes[0].findings
    assert finding.message.startswith("3 slices are missing (after image 4, 9)")


def test_values_beside_a_gap_are_right(tmp_path):
    catalog = written(tmp_path, Phantom(skip=frozenset({0, 3, 29})))
    volume = load_volume(catalog.volumes[0])
    points = np.array([marker.center for marker in MARKERS.values()])
    assert sample_linear(volume, points) == pytest.approx([1000, 600, 300, -150])


def test_uneven_spacing_is_shown_image_by_image(tmp_path):
    def moved(k):
        x, y, z = SMALL.origin(k)
        return {"ImagePositionPatient": [x, y, z + 0.4 * (k % 3)]}

    (series,) = written(tmp_path, replace(SMALL, slice_tags=moved)).series
    assert series.volumes == ()
    assert len(series.images) == 8
    assert {image.finding.code for image in series.images} == {"uneven-spacing"}


def test_sideways_shifted_slices_are_no_volume(tmp_path):
    def moved(k):
        x, y, z = SMALL.origin(k)
        return {"ImagePositionPatient": [x + (2.0 if k == 3 else 0.0), y, z]}

    (series,) = written(tmp_path, replace(SMALL, slice_tags=moved)).series
    assert {image.finding.code for image in series.images} == {"shifted-slices"}


def test_rounded_positions_are_accepted_and_told(tmp_path):
    def rounded(k):
        x, y, z = SMALL.origin(k)
        return {"ImagePositionPatient": [x, y, z + (0.04 if k == 3 else 0.0)]}

    (entry,) = written(tmp_path, replace(SMALL, slice_tags=rounded)).volumes
    assert codes(entry.findings) == ["position-rounding"]


def test_overlapping_slices_are_told(tmp_path):
    (entry,) = written(tmp_path, replace(SMALL, tags={"SliceThickness": 5})).volumes
    assert codes(entry.findings) == ["overlapping-slices"]
    assert entry.geometry.spacing_ijk[2] == pytest.approx(3.0)


def test_slabs_of_one_series_are_volumes_of_their_own(tmp_path):
    far = SMALL.values
    slabs = [
        replace(SMALL, size=(12, 10, 5), axes=PLANES["axial"]),
        replace(SMALL, size=(12, 10, 4), axes=PLANES["oblique"], first_instance=20),
    ]
    apart = replace(slabs[0], first_instance=40, slice_tags=_shifted(slabs[0], 50.0))
    catalog = written(tmp_path, *slabs, replace(apart, values=far))
    assert sizes(catalog) == [4, 5, 5]
    (series,) = catalog.series
    assert set(codes(series.findings)) == {"mixed-orientations", "several-slabs"}
    assert [volume.index for volume in series.volumes] == [0, 1, 2]


def _shifted(phantom, along_mm, uid="9"):
    def tags(k):
        origin = phantom.origin(k) + phantom.normal * along_mm
        return {
            "ImagePositionPatient": [float(value) for value in origin],
            "SOPInstanceUID": f"1.2.3.{uid}.{k + 1}",
        }

    return tags


def test_exact_copies_are_left_out_and_counted(tmp_path):
    catalog = written(tmp_path, SMALL, SMALL)
    (series,) = catalog.series
    assert sizes(catalog) == [8]
    assert series.findings[0].message == "8 exact copies of images were left out."


def test_repetitions_become_volumes(tmp_path):
    again = replace(SMALL, first_instance=101, slice_tags=_shifted(SMALL, 0.0))
    catalog = written(tmp_path, SMALL, again)
    assert sizes(catalog) == [8, 8]
    assert "repeated-positions" in codes(catalog.series[0].findings)
    first, second = (load_volume(volume) for volume in catalog.volumes)
    assert first.slice_numbers[0] == 1
    assert second.slice_numbers[0] == 101


@pytest.mark.parametrize(
    "tags",
    [
        {"EchoTime": 80.0},
        {"InversionTime": 150.0},
        {"DiffusionBValue": 800.0},
        {"TemporalPositionIdentifier": 2},
        {"ImageType": ["ORIGINAL", "PRIMARY", "P"]},
    ],
)
def test_rules_tell_volumes_apart(tmp_path, tags):
    other = replace(SMALL, tags=tags, slice_tags=_shifted(SMALL, 0.0))
    catalog = written(tmp_path, SMALL, other)
    assert sizes(catalog) == [8, 8]
    assert "repeated-positions" not in codes(catalog.series[0].findings)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"PatientID": "SOMEBODY"}, "mixed-patients"),
        ({"PatientName": "Some^Body"}, "mixed-patients"),
        ({"PatientBirthDate": "19700101"}, "mixed-patients"),
        ({"IssuerOfPatientID": "OTHER HOSPITAL"}, "mixed-patients"),
        ({"StudyInstanceUID": "1.2.3.4"}, "mixed-studies"),
        ({"Modality": "MR"}, "mixed-modalities"),
    ],
)
def test_one_series_uid_of_two_owners_is_split(tmp_path, change, code):
    other = replace(SMALL, tags=change, slice_tags=_shifted(SMALL, 24.0))
    catalog = written(tmp_path, SMALL, other)
    assert sizes(catalog) == [8, 8]
    assert len(catalog.series) == 2
    assert all(code in codes(series.findings) for series in catalog.series)
    with pytest.raises(InputRefusedError, match="more than one"):
        catalog.find_volume(SMALL.series_uid)


def test_one_slice_of_another_patient_is_not_in_the_stack(tmp_path):
    def tags(k):
        return {"PatientID": "SOMEBODY"} if k == 3 else {}

    catalog = written(tmp_path, replace(SMALL, slice_tags=tags))
    assert sizes(catalog) == [1, 8]
    whole = max(catalog.volumes, key=lambda volume: volume.geometry.size_ijk[2])
    assert load_volume(whole).missing_slices == (3,)


def test_two_frames_of_reference_are_kept_apart(tmp_path):
    other = replace(SMALL, frame_uid="1.2.9", slice_tags=_shifted(SMALL, 24.0))
    catalog = written(tmp_path, SMALL, other)
    assert sizes(catalog) == [8, 8]
    assert "mixed-frames-of-reference" in codes(catalog.series[0].findings)
    frames = {volume.identity.frame_of_reference_uid for volume in catalog.volumes}
    assert frames == {SMALL.frame_uid, "1.2.9"}


def test_a_frame_of_reference_per_image_is_one_scan(tmp_path):
    made = replace(SMALL, slice_tags=lambda k: {"FrameOfReferenceUID": f"1.2.{k + 1}"})
    catalog = written(tmp_path, made)
    assert sizes(catalog) == [8]
    assert codes(catalog.series[0].findings) == ["frame-of-reference-per-image"]


@pytest.mark.parametrize(
    ("tags", "code"),
    [
        ({"ImagePositionPatient": None}, "missing-geometry"),
        ({"ImagePositionPatient": None, "ImageOrientationPatient": None}, "missing-geometry"),
        ({"ImageOrientationPatient": None}, "bad-orientation"),
        ({"ImageOrientationPatient": [1, 0, 0, 0.1, 1, 0]}, "bad-orientation"),
        ({"ImageOrientationPatient": [0, 0, 0, 0, 0, 0]}, "bad-orientation"),
        ({"ImageOrientationPatient": [2, 0, 0, 0, 2, 0]}, "bad-orientation"),
        ({"PixelSpacing": None}, "missing-spacing"),
        ({"PixelSpacing": [0, 0]}, "missing-spacing"),
        ({"PixelSpacing": [-1, 1]}, "missing-spacing"),
        ({"PixelSpacing": [900, 900]}, "missing-spacing"),
    ],
)
def test_faulty_geometry_is_shown_image_by_image(tmp_path, tags, code):
    (series,) = written(tmp_path, replace(SMALL, slice_tags=lambda k: tags)).series
    assert series.volumes == ()
    assert {image.finding.code for image in series.images} == {code}


def test_all_images_at_one_position(tmp_path):
    at = [float(value) for value in SMALL.origin(0)]
    piled = replace(SMALL, slice_tags=lambda k: {"ImagePositionPatient": at})
    catalog = written(tmp_path, piled)
    (series,) = catalog.series
    assert {image.finding.code for image in series.images} == {"not-a-volume"}
    with pytest.raises(InputRefusedError, match="lie at one position"):
        catalog.find_volume(series.identity.series_uid)


def test_single_slice(tmp_path):
    (entry,) = written(tmp_path, replace(SMALL, size=(12, 10, 1))).volumes
    assert codes(entry.findings) == ["single-slice"]
    assert entry.geometry.spacing_ijk[2] == 3.0


@pytest.mark.parametrize("thickness", [0, -3, 5000, None])
def test_single_slice_of_absurd_thickness(tmp_path, thickness):
    lone = replace(SMALL, size=(12, 10, 1), slice_tags=lambda k: {"SliceThickness": thickness})
    (entry,) = written(tmp_path, lone).volumes
    assert entry.geometry.spacing_ijk[2] == 1.0


def test_ct_localizer_is_a_picture_and_no_slice(tmp_path):
    scout = {"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}
    mixed = replace(SMALL, slice_tags=lambda k: scout if k == 0 else {})
    (series,) = written(tmp_path, mixed).series
    assert [volume.geometry.size_ijk[2] for volume in series.volumes] == [7]
    assert [image.finding.code for image in series.images] == ["localizer"]


def test_empty_uids_open_as_one_series(tmp_path):
    bare = {
        "SeriesInstanceUID": "",
        "StudyInstanceUID": "",
        "SOPInstanceUID": "",
        "PatientID": "",
        "PatientName": "",
    }
    catalog = written(tmp_path, replace(SMALL, slice_tags=lambda k: bare))
    assert sizes(catalog) == [8]
    assert set(codes(catalog.series[0].findings)) == {
        "missing-series-uid",
        "missing-study-uid",
        "missing-patient-id",
    }
    made = catalog.series[0].identity.series_uid
    assert made.startswith("2.25.")
    assert catalog.find_volume("") is catalog.find_volume(made)


def test_patients_without_id_are_never_joined(tmp_path):
    no_id = replace(SMALL, tags={"PatientID": ""})
    other = replace(no_id, study_uid="1.2.77", series_uid="1.2.78")
    catalog = written(tmp_path, no_id, other)
    assert len({patient.key for patient in catalog.patients}) == 2


def test_same_id_in_two_hospitals_is_two_patients(tmp_path):
    other = replace(SMALL, study_uid="1.2.77", series_uid="1.2.78", tags={"IssuerOfPatientID": "B"})
    keys = {patient.key for patient in written(tmp_path, SMALL, other).patients}
    assert keys == {"PHANTOM", "B|PHANTOM"}


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        ({"PatientName": "Else^Somebody"}, "different names"),
        ({"PatientBirthDate": "19610229"}, None),
        ({"PatientBirthDate": "19610228"}, "different birth dates"),
        ({"PatientName": "PHANTOM ASYMMETRIC"}, None),
    ],
)
def test_same_id_with_another_name_or_birth_date_conflicts(tmp_path, tags, words):
    other = replace(SMALL, study_uid="1.2.77", series_uid="1.2.78", tags=tags)
    (patient,) = written(tmp_path, SMALL, other).patients
    assert len(patient.studies) == 2
    assert (patient.conflict is None) if words is None else (words in patient.conflict)


@pytest.mark.parametrize(
    ("tags", "code"),
    [
        ({"StudyDate": "20261399"}, "bad-date"),
        ({"PatientBirthDate": "19000230"}, "bad-date"),
        ({"PatientBirthDate": "20270101"}, "birth-after-study"),
    ],
)
def test_contradictory_dates_are_told(tmp_path, tags, code):
    (series,) = written(tmp_path, replace(SMALL, slice_tags=lambda k: tags)).series
    assert code in codes(series.findings)


def test_find_refuses_what_is_not_there(tmp_path):
    catalog = written(tmp_path, SMALL)
    with pytest.raises(UsageError, match="no series"):
        catalog.find_series("1.2.3")
    with pytest.raises(UsageError, match="numbered from 0"):
        catalog.find_volume(SMALL.series_uid, 1)
    with pytest.raises(UsageError, match="numbered from 0"):
        catalog.find_volume(SMALL.series_uid, -1)


def test_image_files_without_pixels_are_refused(tmp_path):
    bare = replace(SMALL, slice_tags=lambda k: {"PixelData": None} if k == 2 else {})
    catalog = written(tmp_path, bare)
    (item,) = catalog.rejected
    assert item.code == "no-pixels"
    assert "CT image" in item.reason
