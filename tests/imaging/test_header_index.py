import os
from dataclasses import replace

import pytest

from tests.support.phantom import Phantom, pet_phantom, write_phantom
from tests.support.phantom_multiframe import write_multiframe
from workstation.imaging import dicom_scan, header_index
from workstation.imaging.catalog import load_volume, open_paths
from workstation.imaging.dicom_scan import scan
from workstation.imaging.header_index import HeaderIndex

SMALL = Phantom(size=(8, 8, 6))


@pytest.fixture
def index(tmp_path):
    return HeaderIndex(tmp_path / "store" / "headers.sqlite")


@pytest.fixture
def folder(tmp_path):
    write_phantom(tmp_path / "study" / "ct", SMALL)
    write_phantom(tmp_path / "study" / "pet", replace(pet_phantom(), size=(8, 8, 4)))
    write_multiframe(tmp_path / "study" / "enhanced", replace(SMALL, series_uid="1.2.9"))
    (tmp_path / "study" / "readme.txt").write_text("hello")
    return tmp_path / "study"


def plain(result):
    return (
        [(item.path, item.size, dict(item.tags.plain), item.pixels) for item in result.headers],
        result.rejected,
    )


def test_second_scan_gives_the_same_without_opening_a_file(folder, index, monkeypatch):
    first = scan([folder], index=index)

    def never(path):
        raise AssertionError(path)

    monkeypatch.setattr(dicom_scan, "read_header", never)
    second = scan([folder], index=index)
    assert plain(second) == plain(first)
    assert len(second.headers) == 11
    assert [item.code for item in second.rejected] == ["not-dicom"]


def test_volumes_load_from_remembered_offsets(folder, index):
    plain_volumes = [load_volume(entry).array for entry in open_paths([folder]).volumes]
    open_paths([folder], index=index)
    again = [load_volume(entry).array for entry in open_paths([folder], index=index).volumes]
    assert len(again) == 3
    assert all((a == b).all() for a, b in zip(plain_volumes, again, strict=True))


def test_changed_files_are_read_again(folder, index):
    scan([folder], index=index)
    path = folder / "ct" / "im0002"
    changed = replace(SMALL, tags={"SeriesDescription": "changed"})
    write_phantom(folder / "new", changed)
    path.write_bytes((folder / "new" / "im0002").read_bytes())
    os.utime(path, ns=(1, 1))
    headers = {header.path: header for header in scan([folder], index=index).headers}
    assert headers[path].tags.text("SeriesDescription") == "changed"
    assert headers[folder / "ct" / "im0001"].tags.text("SeriesDescription") == "phantom"


def test_removed_and_added_files(folder, index):
    scan([folder], index=index)
    (folder / "ct" / "im0005").unlink()
    assert len(scan([folder], index=index).headers) == 10
    assert len(scan([folder], index=index).headers) == 10


def test_damaged_index_is_built_anew(folder, index, tmp_path):
    scan([folder], index=index)
    (tmp_path / "store" / "headers.sqlite").write_bytes(b"no database" * 100)
    assert len(scan([folder], index=index).headers) == 11
    assert len(scan([folder], index=index).headers) == 11


def test_index_of_another_version_is_not_used(folder, index, monkeypatch):
    scan([folder], index=index)
    monkeypatch.setattr(header_index, "_VERSION", "other")
    assert index.recall(folder / "ct") == {}


def test_nothing_is_written_without_an_index(folder, tmp_path):
    scan([folder])
    assert not (tmp_path / "store").exists()
