import os

import pytest

from tests.support.phantom import Phantom, write_phantom
from workstation.base.errors import CancelledError
from workstation.base.task import CancelToken
from workstation.imaging.dicom_scan import MAX_FOLDER_DEPTH, scan

SMALL = Phantom(size=(8, 8, 3))


def codes(result):
    return sorted(item.code for item in result.rejected)


def test_nested_folders_without_extensions(tmp_path):
    write_phantom(tmp_path / "a" / "b" / "c", SMALL)
    write_phantom(tmp_path / "a" / "d", SMALL)
    result = scan([tmp_path])
    assert len(result.headers) == 6
    assert result.rejected == ()


def test_one_bad_file_does_not_stop_the_rest(tmp_path):
    write_phantom(tmp_path, SMALL)
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "empty").touch()
    whole = (tmp_path / "im0001").read_bytes()
    (tmp_path / "cut").write_bytes(whole[:-40])
    result = scan([tmp_path])
    assert len(result.headers) == 3
    assert codes(result) == ["empty", "not-dicom", "truncated"]
    assert all(item.reason.endswith(".") for item in result.rejected)


def test_reasons_name_no_patient(tmp_path):
    write_phantom(tmp_path, SMALL)
    whole = (tmp_path / "im0001").read_bytes()
    (tmp_path / "cut").write_bytes(whole[:-40])
    (item,) = scan([tmp_path]).rejected
    assert "hantom" not in item.reason


def test_links_and_pipes_are_not_followed(tmp_path):
    write_phantom(tmp_path / "real", SMALL)
    inside = tmp_path / "given"
    inside.mkdir()
    (inside / "link").symlink_to(tmp_path / "real" / "im0000")
    (inside / "loop").symlink_to(inside)
    os.mkfifo(inside / "pipe")
    result = scan([inside])
    assert result.headers == ()
    assert codes(result) == ["link", "link", "special-file"]


def test_missing_and_given_single_files(tmp_path):
    paths = write_phantom(tmp_path, SMALL)
    result = scan([paths[1], tmp_path / "nothing"])
    assert [header.path for header in result.headers] == [paths[1]]
    assert codes(result) == ["missing"]


def test_folders_nested_too_deep(tmp_path):
    folder = tmp_path
    for _ in range(MAX_FOLDER_DEPTH + 2):
        folder = folder / "d"
    folder.mkdir(parents=True)
    assert codes(scan([tmp_path])) == ["too-deep"]


@pytest.mark.skipif(os.geteuid() == 0, reason="the administrator may read everything")
def test_unreadable_file(tmp_path):
    paths = write_phantom(tmp_path, SMALL)
    paths[0].chmod(0)
    assert codes(scan([tmp_path])) == ["unreadable"]


def test_progress_and_cancel(tmp_path):
    write_phantom(tmp_path, SMALL)
    seen = []
    scan([tmp_path], progress=lambda done, total: seen.append((done, total)))
    assert seen == [(0, 3), (1, 3), (2, 3), (3, 3)]
    token = CancelToken()
    token.cancel()
    with pytest.raises(CancelledError):
        scan([tmp_path], cancel=token)


def test_volume_files_are_told_by_name(tmp_path):
    (tmp_path / "a.nii.gz").touch()
    (tmp_path / "b.NRRD").touch()
    assert [item.path.name for item in scan([tmp_path]).volume_files] == ["a.nii.gz", "b.NRRD"]
