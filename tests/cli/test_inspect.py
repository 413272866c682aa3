import json

import pytest

from tests.support.phantom import Phantom, pet_phantom, write_phantom
from workstation.__main__ import main

SMALL = Phantom(size=(12, 10, 8))


def inspected(capsys, *arguments):
    code = main(["inspect", *(str(argument) for argument in arguments), "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_document_has_the_fixed_names(tmp_path, capsys):
    write_phantom(tmp_path, SMALL)
    code, document = inspected(capsys, tmp_path)
    assert code == 0
    assert document["patients"] == [
        {"key": "PHANTOM", "studies": [SMALL.study_uid], "conflict": None}
    ]
    (study,) = document["studies"]
    assert study["patient"] == {
        "id": "PHANTOM",
        "name": "Phantom^Asymmetric",
        "birth_date": "1960-02-29",
        "sex": "F",
    }
    assert study["date"] == "2026-03-14 15:20"
    (series,) = study["series"]
    assert (series["uid"], series["number"], series["modality"]) == (SMALL.series_uid, 3, "CT")
    assert series["kind"]["plane"] == "axial"
    (volume,) = series["volumes"]
    assert volume["size"] == [12, 10, 8]
    assert volume["spacing"] == pytest.approx([2.0, 2.0, 3.0])
    assert volume["origin"] == pytest.approx(list(SMALL.origin(0)))
    assert volume["direction"] == pytest.approx([1, 0, 0, 0, 1, 0, 0, 0, 1])
    assert (volume["unit"], volume["frame_of_reference"]) == ("HU", SMALL.frame_uid)
    assert volume["range"] == [-150.0, 40.0]
    assert volume["warnings"] == []
    assert document["rejected"] == []


def test_pet_unit_and_facts(tmp_path, capsys):
    write_phantom(tmp_path, pet_phantom())
    _, document = inspected(capsys, tmp_path)
    (volume,) = document["studies"][0]["series"][0]["volumes"]
    assert volume["unit"] == "g/mL SUVbw"
    assert volume["range"][1] == pytest.approx(6.908, abs=5e-4)
    assert volume["facts"]["uptake time"] == "60 min"


def test_refused_files_are_listed_and_exit_with_4(tmp_path, capsys):
    write_phantom(tmp_path, SMALL)
    (tmp_path / "readme.txt").write_text("hello")
    code, document = inspected(capsys, tmp_path)
    assert code == 4
    (item,) = document["rejected"]
    assert item["path"] == str(tmp_path / "readme.txt")
    assert item["code"] == "not-dicom"


@pytest.mark.parametrize("name", ["nothing", "empty"])
def test_nothing_usable_exits_with_3_and_one_line(tmp_path, capsys, name):
    (tmp_path / "empty").mkdir()
    assert main(["inspect", str(tmp_path / name)]) == 3
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "Nothing here can be opened" in error


def test_text_for_people(tmp_path, capsys):
    write_phantom(tmp_path, SMALL)
    (tmp_path / "readme.txt").write_text("hello")
    assert main(["inspect", str(tmp_path)]) == 4
    text = capsys.readouterr().out
    assert "CT axial phantom" in text
    assert "12x10x8, 2 x 2 x 3 mm, -150 to 40 HU" in text
    assert "Not usable (1):" in text


def test_images_and_objects(data, capsys):
    code, document = inspected(capsys, data / "sr_seg_highdicom")
    series = [item for study in document["studies"] for item in study["series"]]
    (flat,) = [item for item in series if item["modality"] == "DX"]
    assert flat["images"][0]["size"] == [211, 169]
    objects = {item["object"] for item in series}
    assert objects == {"image", "segmentation", "structured report"}
    assert all(item["objects"] for item in series if item["object"] != "image")
    assert code == 0


def test_volumes_that_fail_while_loading_are_refused(tmp_path, capsys):
    write_phantom(tmp_path / "a", SMALL)
    bad = Phantom(size=(12, 10, 2), series_uid="1.2.5", slice_tags=lambda k: {"RescaleSlope": 0})
    write_phantom(tmp_path / "b", bad)
    code, document = inspected(capsys, tmp_path)
    assert code == 4
    assert {item["code"] for item in document["rejected"]} == {"bad-rescale"}
    assert len(document["rejected"]) == 2
