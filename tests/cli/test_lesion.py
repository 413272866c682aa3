"""``batson lesion``: outline and sizes of the shipped focus and of a real PET."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from workstation.__main__ import main
from workstation.base.paths import resource_path
from workstation.imaging.catalog import load_volume, open_paths

FOLDER = resource_path("demo")
CT = json.loads((FOLDER / "case-notes.json").read_text(encoding="utf-8"))["series"][0]
FOCUS = CT["focus"]
PET = Path(__file__).parents[1] / "data" / "pet_pelvis_sts007"


def text_of(point) -> str:
    return ",".join(str(float(value)) for value in point)


def run_ct(*more: str) -> int:
    study = str(FOLDER / CT["folder"])
    series = ["--series", CT["series_instance_uid"], "--seed", text_of(FOCUS["center_lps"])]
    return main(["lesion", study, *series, *more])


@pytest.fixture(scope="module")
def pet():
    entry = next(e for e in open_paths([PET]).volumes if e.identity.modality == "PT")
    volume = load_volume(entry)
    index = np.unravel_index(int(volume.array.argmax()), volume.array.shape)
    hottest = volume.geometry.index_to_lps(np.array(index[::-1], dtype=np.float64))
    return volume, hottest


def run_pet(pet, *more: str) -> int:
    volume, hottest = pet
    series = ["--series", volume.identity.series_uid, "--seed", text_of(hottest)]
    return main(["lesion", str(PET), *series, "--radius", "25", *more])


def test_the_focus_is_outlined_and_named(tmp_path, capsys):
    labels = tmp_path / "labels.json"
    levels = [{"level": b["level"], "centre": b["center_lps"]} for b in CT["bodies"]]
    labels.write_text(json.dumps({"levels": levels}), encoding="utf-8")
    assert run_ct("--radius", "7", "--labels", str(labels), "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["levels"] == ["T10"]
    assert document["unit"] == "HU"
    assert 800.0 < document["mean"] < 1400.0
    assert document["max"] == FOCUS["hu"]["core"]["max"]
    assert np.linalg.norm(np.subtract(document["centroid"], FOCUS["center_lps"])) < 1.5
    assert document["max_diameter_mm"] == pytest.approx(7.0, abs=1.5)
    assert document["axial_long_mm"] == pytest.approx(5.5, abs=1.5)
    assert document["axial_short_mm"] <= document["axial_long_mm"]
    assert document["axial_native"] is True
    assert document["suv_peak"] is None
    # A sphere of 7 mm holds 1.44 mL.
    assert 0.02 < document["volume_ml"] < 1.44


def test_without_labels_no_level_is_named(capsys):
    assert run_ct("--radius", "7") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Proposed outline: stroke and circle")
    assert not any(line.startswith("At ") for line in lines)


def test_pet_thresholds(pet, capsys):
    volume, _ = pet
    documents = []
    for more in (["--threshold", "0.41"], ["--threshold", "4.0"], []):
        assert run_pet(pet, *more, "--json") == 0
        documents.append(json.loads(capsys.readouterr().out))
    share, fixed, adapted = documents
    highest = float(volume.array.max())
    for document in documents:
        assert document["max"] == pytest.approx(highest)
        assert document["unit"] == "g/mL SUVbw"
        assert document["mean"] < document["suv_peak"] < document["max"]
        assert document["total_uptake"] == pytest.approx(
            document["mean"] * document["volume_ml"], rel=1e-3
        )
    assert share["min"] >= 0.41 * highest
    assert fixed["min"] >= 4.0
    assert fixed["volume_ml"] > share["volume_ml"]
    assert "41 %" in share["method"]
    assert "background" in adapted["method"]


def test_pet_text_names_the_peak(pet, capsys):
    assert run_pet(pet, "--threshold", "0.5") == 0
    assert any(line.startswith("Peak ") for line in capsys.readouterr().out.splitlines())


def test_a_threshold_nothing_reaches_is_refused(pet, capsys):
    assert run_pet(pet, "--threshold", "400") == 3
    assert "maximum is" in capsys.readouterr().err


@pytest.mark.parametrize(
    "options",
    [
        ("--radius", "0"),
        ("--radius", "1000"),
        ("--radius", "7", "--threshold", "0.41"),
        ("--radius", "7", "--threshold", "-1"),
        ("--radius", "7", "--threshold", "nan"),
        ("--radius", "7", "--center", "1,2"),
    ],
)
def test_impossible_options_are_wrong_usage(options, capsys):
    assert run_ct(*options) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_seed_outside_the_sphere_or_the_images_is_refused(capsys):
    assert run_ct("--radius", "7", "--center", "40,232,-611") == 3
    assert "outside the circle" in capsys.readouterr().err
    assert run_ct("--radius", "7", "--center", "900,232,-611") == 3
    assert "outside the volume" in capsys.readouterr().err
