"""Files that lost their file header: opened where the first entry proves how they are written."""

import gzip

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian

from tests.support.phantom import Phantom, write_phantom
from workstation.base.errors import InputRefusedError
from workstation.imaging.catalog import load_volume, open_paths
from workstation.imaging.dicom_header import read_header
from workstation.imaging.header_index import HeaderIndex

SMALL = Phantom(size=(24, 20, 4), tags={"SpecificCharacterSet": "ISO_IR 100"})
SYNTAXES = {
    "explicit": "1.2.840.10008.1.2.1",
    "implicit": str(ImplicitVRLittleEndian),
    "big": str(ExplicitVRBigEndian),
}


def without_meta(folder, syntax=SYNTAXES["explicit"], before=b""):
    """Write a phantom whose files begin with their data set, and return the folder."""
    phantom = Phantom(size=SMALL.size, tags=SMALL.tags, syntax=syntax)
    for path in write_phantom(folder, phantom):
        start = 132 + 12 + dcmread(path).file_meta.FileMetaInformationGroupLength
        path.write_bytes(before + path.read_bytes()[start:])
    return folder


@pytest.mark.parametrize("name", sorted(SYNTAXES))
def test_the_first_entry_tells_how_a_file_is_written(tmp_path, name):
    (series,) = open_paths([without_meta(tmp_path / "ct", SYNTAXES[name])]).series
    assert [finding.code for finding in series.findings] == ["no-file-meta"]
    volume = load_volume(series.volumes[0])
    expected = np.stack([SMALL.slice_values(k) for k in range(SMALL.size[2])])
    assert (volume.array == expected).all()
    assert "no-file-meta" in {finding.code for finding in volume.findings}


@pytest.mark.parametrize("before", [b" ", b"\0" * 128, b"\r\n"], ids=["space", "preamble", "line"])
def test_what_stands_before_the_first_entry_is_passed_over(tmp_path, before):
    (series,) = open_paths([without_meta(tmp_path / "ct", before=before)]).series
    assert len(series.volumes) == 1
    assert load_volume(series.volumes[0]).unit.value == "HU"


def test_nothing_is_searched_deep_inside_a_file(tmp_path):
    catalog = open_paths([without_meta(tmp_path / "ct", before=b"x" * 200)])
    assert {item.code for item in catalog.rejected} == {"not-dicom"}


def test_the_finding_stays_through_the_index(tmp_path):
    folder = without_meta(tmp_path / "ct")
    index = HeaderIndex(tmp_path / "headers.sqlite")
    for _ in range(2):
        (series,) = open_paths([folder], index=index).series
        assert [finding.code for finding in series.findings] == ["no-file-meta"]


def test_complete_files_have_no_such_finding(tmp_path):
    write_phantom(tmp_path / "ct", SMALL)
    (series,) = open_paths([tmp_path / "ct"]).series
    assert series.findings == ()


def meta(elements):
    return b"\0" * 128 + b"DICM" + elements


def test_a_header_without_transfer_syntax_that_shows_nothing_is_refused(tmp_path):
    path = tmp_path / "a.dcm"
    path.write_bytes(meta(b"\x02\x00\x12\x00UI\x04\x001.2\0" + b"\x01\x00\x01\x00" + b"\xff" * 40))
    with pytest.raises(InputRefusedError, match="does not say how it is written") as refused:
        read_header(path)
    assert refused.value.code == "no-transfer-syntax"


def test_a_header_without_transfer_syntax_before_a_plain_data_set_opens(tmp_path):
    folder = without_meta(tmp_path / "ct")
    for path in folder.iterdir():
        path.write_bytes(meta(b"\x02\x00\x12\x00UI\x04\x001.2\0") + path.read_bytes())
    (series,) = open_paths([folder]).series
    assert [finding.code for finding in series.findings] == ["no-file-meta"]
    assert len(series.volumes) == 1


@pytest.mark.parametrize("name", ["ct.dcm.gz", "ct"])
def test_gzip_is_named_in_one_sentence(tmp_path, name):
    (source, *_) = write_phantom(tmp_path / "ct", SMALL)
    packed = tmp_path / name / "x.gz" if name == "ct" else tmp_path / name
    packed.write_bytes(gzip.compress(source.read_bytes()))
    (refused,) = open_paths([packed]).rejected
    assert refused.code == "gzip"
    assert refused.reason == "This file is compressed with gzip; unpack it and open what it holds."


@pytest.mark.parametrize(
    ("name", "opens"), [("no_meta.dcm", True), ("meta_missing_tsyntax.dcm", False)]
)
def test_real_files(data, name, opens):
    catalog = open_paths([data / "malformed_pydicom" / name])
    assert bool(catalog.series) is opens
    assert [item.code for item in catalog.rejected] == ([] if opens else ["no-transfer-syntax"])


def test_a_real_file_without_header_has_the_pixels_of_its_twin(data):
    folder = data / "malformed_pydicom"
    bare, whole = (
        load_volume(open_paths([folder / name]).volumes[0])
        for name in ("no_meta.dcm", "CT_small.dcm")
    )
    assert (bare.array == whole.array).all()
    assert bare.geometry.origin_lps == whole.geometry.origin_lps
