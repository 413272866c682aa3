import pytest

from tests.support.phantom import Phantom, write_phantom
from workstation.imaging.catalog import open_paths, patient_key
from workstation.imaging.volume import PatientIdentity, VolumeKey

SMALL = Phantom(size=(8, 8, 3))


@pytest.mark.parametrize(
    ("patient", "key"),
    [
        (PatientIdentity(id="42"), "42"),
        (PatientIdentity(id="042"), "042"),
        (PatientIdentity(id="42", issuer="H1"), "H1|42"),
        (PatientIdentity(name="Doe"), "without id #3"),
    ],
)
def test_keys(patient, key):
    assert patient_key(patient, 2) == key


def test_entries_name_their_volumes_and_files(tmp_path):
    paths = write_phantom(tmp_path, SMALL)
    (entry,) = open_paths([tmp_path]).volumes
    assert entry.key == VolumeKey(series_uid=SMALL.series_uid, index=0)
    assert set(entry.files) == set(paths)


def test_names_of_many_scripts_come_through(tmp_path):
    names = {
        "1": ("ISO_IR 192", "Müller^Jörg"),
        "2": ("ISO_IR 192", "山田^太郎"),
        "3": ("ISO_IR 144", "Люкceмбypг"),
        "4": ("ISO_IR 100", "Núñez^José"),
    }
    for uid, (charset, name) in names.items():
        tags = {
            "SpecificCharacterSet": charset,
            "PatientName": name,
            "PatientID": uid,
        }
        written = Phantom(
            size=(8, 8, 2), series_uid=f"1.2.{uid}", study_uid=f"1.3.{uid}", tags=tags
        )
        write_phantom(tmp_path / uid, written)
    found = {p.key: p.studies[0].patient.name for p in open_paths([tmp_path]).patients}
    assert found == {uid: name for uid, (_, name) in names.items()}


def test_two_patients_in_one_folder_are_two(tmp_path):
    write_phantom(tmp_path / "a", SMALL)
    other = Phantom(
        size=(8, 8, 3), series_uid="1.9", study_uid="1.8", tags={"PatientID": "SOMEBODY"}
    )
    write_phantom(tmp_path / "b", other)
    assert {patient.key for patient in open_paths([tmp_path]).patients} == {"PHANTOM", "SOMEBODY"}


def test_studies_of_one_patient_stand_together(tmp_path):
    write_phantom(tmp_path / "a", SMALL)
    later = Phantom(
        size=(8, 8, 3), series_uid="1.9", study_uid="1.8", tags={"StudyDate": "20260901"}
    )
    write_phantom(tmp_path / "b", later)
    (patient,) = open_paths([tmp_path]).patients
    assert [study.date[:10] for study in patient.studies] == ["2026-03-14", "2026-09-01"]
    assert patient.conflict is None
