"""``batson straighten``: a PNG of the straightened spine and where its levels are."""

from __future__ import annotations

import json

import imagecodecs
import numpy as np
import pytest

from workstation.__main__ import main
from workstation.base.paths import resource_path

FOLDER = resource_path("demo")
MR = json.loads((FOLDER / "case-notes.json").read_text(encoding="utf-8"))["series"][1]
STUDY = str(FOLDER / MR["folder"])
LEVELS = [{"level": body["level"], "centre": body["center_lps"]} for body in MR["bodies"]]


@pytest.fixture
def labels(tmp_path):
    path = tmp_path / "labels.json"
    path.write_text(json.dumps({"levels": LEVELS[::-1]}), encoding="utf-8")
    return path


def run(labels, out, *more: str) -> int:
    words = ["--series", MR["series_instance_uid"], "--labels", str(labels), "--out", str(out)]
    return main(["straighten", STUDY, *words, *more])


def test_it_writes_the_picture_and_says_where_the_levels_are(qapp, labels, tmp_path, capsys):
    out = tmp_path / "spine.png"
    assert run(labels, out, "--json", "--width", "60", "--slab", "3") == 0
    document = json.loads(capsys.readouterr().out)
    picture = imagecodecs.png_decode(out.read_bytes())
    assert document["size"] == [picture.shape[1], picture.shape[0]] == [121, document["size"][1]]
    assert [item["level"] for item in document["levels"]] == ["T10", "T11", "T12", "L1", "L2", "L3"]
    rows = [item["pixel"][1] for item in document["levels"]]
    assert rows == sorted(rows)
    # 27.3 mm apart along the curve, half a millimeter a pixel.
    assert rows[1] - rows[0] == pytest.approx(27.3 / 0.5, abs=1.0)
    assert all(item["pixel"][0] == pytest.approx(60.0, abs=0.3) for item in document["levels"])
    middle = picture[..., 0] if picture.ndim == 3 else picture
    assert np.ptp(middle[:, 20:]) > 100


def test_the_levels_stand_on_the_margin(qapp, labels, tmp_path):
    out = tmp_path / "spine.png"
    assert run(labels, out, "--window", "1,60000") == 0
    picture = imagecodecs.png_decode(out.read_bytes())
    gray = picture[..., 0] if picture.ndim == 3 else picture
    # Under a window above every value only the ticks and names are left.
    assert gray[:, 60:].max() == 0
    assert (gray[:, 2] == 255).sum() == len(LEVELS)


def test_text_names_the_file(qapp, labels, tmp_path, capsys):
    out = tmp_path / "spine.png"
    assert run(labels, out, "--plane", "coronal", "--pixel", "1") == 0
    assert "81x" in capsys.readouterr().out


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        '{"levels": [{"level": "T99", "centre": [0, 0, 0]}]}',
        '{"levels": [{"level": "T9", "centre": [0, 0]}]}',
        '{"levels": [{"level": "T9", "centre": [0, 0, NaN]}]}',
        '{"levels": [{"level": "T9", "centre": [0,0,0]}, {"level": "T9", "centre": [0,0,9]}]}',
        '{"levels": [{"level": "T9", "centre": [0, 0, 0]}]}',
    ],
)
def test_bad_labels_are_refused_in_one_line(text, tmp_path, capsys):
    path = tmp_path / "labels.json"
    path.write_text(text, encoding="utf-8")
    assert run(path, tmp_path / "spine.png") == 3
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert not (tmp_path / "spine.png").exists()


def test_missing_labels_are_refused(tmp_path, capsys):
    assert run(tmp_path / "none.json", tmp_path / "spine.png") == 3
    assert "cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize(
    "option", [("--pixel", "0"), ("--width", "0.1"), ("--slab", "-2"), ("--window", "a")]
)
def test_impossible_options_are_wrong_usage(option, labels, tmp_path):
    assert run(labels, tmp_path / "spine.png", *option) == 2


def test_a_folder_that_does_not_exist_is_said(qapp, labels, tmp_path, capsys):
    assert run(labels, tmp_path / "none" / "spine.png") == 3
    assert "cannot be written" in capsys.readouterr().err
