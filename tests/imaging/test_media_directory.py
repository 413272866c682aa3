import warnings

import pytest
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MediaStorageDirectoryStorage

from tests.support.phantom import Phantom, write_phantom
from workstation.imaging.catalog import open_paths

SMALL = Phantom(size=(8, 8, 4))


def write_directory(path, file_ids):
    records = []
    for components in file_ids:
        record = Dataset()
        record.DirectoryRecordType = "IMAGE"
        record.OffsetOfTheNextDirectoryRecord = 0
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pydicom rightly dislikes these names
            record.ReferencedFileID = list(components)
        records.append(record)
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = MediaStorageDirectoryStorage
    meta.MediaStorageSOPInstanceUID = "1.2.3"
    dataset = FileDataset(str(path), Dataset(), file_meta=meta, preamble=b"\0" * 128)
    dataset.FileSetID = "TEST"
    dataset.DirectoryRecordSequence = records
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset.save_as(path, enforce_file_format=True)
    return path


@pytest.fixture
def medium(tmp_path):
    folder = tmp_path / "medium"
    write_phantom(folder / "IMAGES", SMALL)
    return folder


def test_given_directory_opens_its_files(medium):
    path = write_directory(medium / "DICOMDIR", [("IMAGES", f"im{k:04d}") for k in range(4)])
    catalog = open_paths([path])
    assert [entry.geometry.size_ijk for entry in catalog.volumes] == [(8, 8, 4)]
    assert catalog.rejected == ()


def test_only_the_named_files_are_opened(medium):
    path = write_directory(medium / "DICOMDIR", [("IMAGES", "im0001")])
    (entry,) = open_paths([path]).volumes
    assert entry.geometry.shape_kji[0] == 1


def test_names_in_another_case(medium):
    path = write_directory(medium / "DICOMDIR", [("images", "IM0002")])
    assert len(open_paths([path]).volumes) == 1


def test_folder_with_a_directory_opens_once(medium):
    write_directory(medium / "DICOMDIR", [("IMAGES", f"im{k:04d}") for k in range(4)])
    catalog = open_paths([medium])
    assert [entry.geometry.shape_kji[0] for entry in catalog.volumes] == [4]
    assert catalog.series[0].findings == ()


def test_missing_file_is_told(medium):
    path = write_directory(medium / "DICOMDIR", [("IMAGES", "im0001"), ("IMAGES", "im9999")])
    (item,) = open_paths([path]).rejected
    assert item.code == "missing-file"
    assert item.path.endswith("IMAGES/im9999")


@pytest.mark.parametrize(
    "file_id",
    [("..", "secret"), ("IMAGES", "..", "..", "secret"), ("A/../../secret",), ("/etc", "passwd"),
     ("C:", "X"), ("IMAGES",) * 20],
)  # fmt: skip
def test_file_ids_may_not_leave_the_medium(medium, file_id):
    (medium.parent / "secret").write_bytes((medium / "IMAGES" / "im0000").read_bytes())
    catalog = open_paths([write_directory(medium / "DICOMDIR", [file_id])])
    assert catalog.volumes == ()
    assert [item.code for item in catalog.rejected] == ["outside-folder"]


def test_links_on_the_medium_are_not_followed(medium):
    (medium / "LINK").symlink_to(medium / "IMAGES")
    catalog = open_paths([write_directory(medium / "DICOMDIR", [("LINK", "im0001")])])
    assert [item.code for item in catalog.rejected] == ["missing-file"]


@pytest.mark.parametrize(
    "name", ["DICOMDIR", "DICOMDIR-bigEnd", "DICOMDIR-implicit", "DICOMDIR-reordered"]
)
def test_real_record_layouts(data, name):
    catalog = open_paths([data / "dicomdir_pydicom" / name])
    assert {patient.key for patient in catalog.patients} == {"77654033", "98890234"}
    frames = [frame for entry in catalog.volumes for frame in entry.source.frames]
    flat = [image for series in catalog.series for image in series.images]
    assert len(frames) + len(flat) == 31
    assert catalog.rejected == ()


def test_directory_without_offsets(data):
    catalog = open_paths([data / "dicomdir_pydicom" / "DICOMDIR-nooffset"])
    assert {patient.key for patient in catalog.patients} == {"77654033", "98890234"}


def test_empty_directory(data):
    catalog = open_paths([data / "dicomdir_pydicom" / "DICOMDIR-empty.dcm"])
    assert catalog.studies == ()
