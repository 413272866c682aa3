import stat
import zipfile

import pytest

from tests.support.phantom import Phantom, write_phantom
from workstation.imaging import archive
from workstation.imaging.catalog import load_volume, open_paths

SMALL = Phantom(size=(8, 8, 4))


@pytest.fixture
def series(tmp_path):
    return write_phantom(tmp_path / "series", SMALL)


def zipped(path, entries, compression=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", compression) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return path


def codes(catalog):
    return {item.path.rsplit("/", 1)[1]: item.code for item in catalog.rejected}


def test_zip_opens_like_the_folder(tmp_path, series):
    entries = {f"DICOM/{path.name}": path.read_bytes() for path in series}
    catalog = open_paths([zipped(tmp_path / "study.zip", entries)])
    (entry,) = catalog.volumes
    assert load_volume(entry).geometry.size_ijk == (8, 8, 4)
    assert catalog.rejected == ()


def test_volume_outlives_the_catalog(tmp_path, series):
    entries = {path.name: path.read_bytes() for path in series}
    zipped(tmp_path / "study.zip", entries)
    (entry,) = open_paths([tmp_path / "study.zip"]).volumes
    folder = entry.files[0].parent
    assert load_volume(entry).array.shape == (4, 8, 8)
    del entry
    assert not folder.exists()


def test_unpacked_files_bear_no_names_of_the_archive(tmp_path, series):
    entries = {"Doe^John/secret-name": series[0].read_bytes()}
    (entry,) = open_paths([zipped(tmp_path / "s.zip", entries)]).volumes
    assert "Doe" not in str(entry.files[0])
    assert entry.files[0].name == "000000"


@pytest.mark.parametrize(
    "name", ["../outside", "a/../../outside", "/etc/outside", "C:/outside", "..\\outside"]
)
def test_traversal_is_left_out_and_told(tmp_path, series, name):
    content = series[0].read_bytes()
    catalog = open_paths([zipped(tmp_path / "s.zip", {name: content, "good": content})])
    assert len(catalog.volumes) == 1
    assert set(codes(catalog).values()) == {"outside-folder"}
    assert not (tmp_path / "outside").exists()


def test_links_and_nested_archives_are_left_out(tmp_path, series):
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    inner = zipped(tmp_path / "inner.zip", {"a": b"x" * 100})
    with zipfile.ZipFile(tmp_path / "s.zip", "w") as made:
        made.writestr(link, "/etc/passwd")
        made.write(inner, "inner")
        made.write(series[0], "good")
    catalog = open_paths([tmp_path / "s.zip"])
    assert codes(catalog) == {"link": "link", "inner": "nested-archive"}
    assert len(catalog.volumes) == 1


def test_what_is_no_image_inside_is_shown_by_its_name(tmp_path):
    catalog = open_paths([zipped(tmp_path / "s.zip", {"docs/readme.txt": b"hello"})])
    (item,) = catalog.rejected
    assert item.path == f"{tmp_path}/s.zip/docs/readme.txt"
    assert item.code == "not-dicom"


def test_bomb_stops_at_the_budget(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "FREE_RATIO_BYTES", 1_000_000)
    path = zipped(tmp_path / "bomb.zip", {f"{n}": b"\0" * 5_000_000 for n in range(5)})
    assert path.stat().st_size * archive.MAX_RATIO < 25_000_000
    catalog = open_paths([path])
    assert codes(catalog)["bomb.zip"] == "too-large"


def test_full_disk_is_told(tmp_path, monkeypatch, series):
    monkeypatch.setattr(archive, "KEEP_FREE_BYTES", 1 << 60)
    catalog = open_paths([zipped(tmp_path / "s.zip", {"a": series[0].read_bytes()})])
    assert codes(catalog) == {"s.zip": "too-large"}


def test_encrypted_entry(tmp_path, series):
    path = zipped(tmp_path / "s.zip", {"a": series[0].read_bytes()}, zipfile.ZIP_STORED)
    content = bytearray(path.read_bytes())
    content[6] |= 1
    directory = content.index(b"PK\x01\x02")
    content[directory + 8] |= 1
    path.write_bytes(content)
    assert codes(open_paths([path])) == {"a": "encrypted"}


def test_damaged_archives(tmp_path, series):
    whole = zipped(tmp_path / "s.zip", {"a": series[0].read_bytes() * 20}).read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[: len(whole) // 2])
    assert codes(open_paths([tmp_path / "cut.zip"])) == {"cut.zip": "damaged-archive"}
    flipped = bytearray(whole)
    flipped[60:90] = b"\xff" * 30
    (tmp_path / "flipped.zip").write_bytes(flipped)
    assert codes(open_paths([tmp_path / "flipped.zip"])) == {"a": "damaged-archive"}


def test_volume_file_in_an_archive(tmp_path, data):
    source = data / "nifti" / "tptbox_sub-ct_label-22_ct.nii.gz"
    path = zipped(tmp_path / "s.zip", {"ct.nii.gz": source.read_bytes()})
    (entry,) = open_paths([path]).volumes
    assert load_volume(entry).array.max() == 1961
