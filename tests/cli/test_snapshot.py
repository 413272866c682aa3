"""``batson snapshot``: a point known in patient coordinates lands on its pixel."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage

from tests.support.phantom import LEFT, MARKERS, PLANES, Phantom, write_phantom
from workstation.__main__ import main
from workstation.cli.snapshot import parse_size, parse_window

SIZE = (400, 300)
FIELD_MM = 150.0
SCALE = FIELD_MM / SIZE[1]
AXES = {
    "axial": ((1, 0, 0), (0, -1, 0)),
    "sagittal": ((0, 1, 0), (0, 0, 1)),
    "coronal": ((1, 0, 0), (0, 0, 1)),
}
"""Right and up of each plane in LPS, stated again by hand."""


@pytest.fixture(scope="module", params=["axial", "sagittal", "oblique", "prone"])
def series(request, tmp_path_factory) -> tuple[Path, Phantom]:
    phantom = Phantom(axes=PLANES[request.param])
    folder = tmp_path_factory.mktemp(request.param)
    write_phantom(folder, phantom)
    return folder, phantom


def snapshot(folder: Path, phantom: Phantom, out: Path, *more: str, plane: str, at) -> np.ndarray:
    code = main(
        [
            "snapshot",
            str(folder),
            "--series",
            phantom.series_uid,
            "--plane",
            plane,
            "--at",
            ",".join(str(value) for value in at),
            "--out",
            str(out),
            "--size",
            f"{SIZE[0]}x{SIZE[1]}",
            "--field",
            str(FIELD_MM),
            *more,
        ]
    )
    assert code == 0
    return pixels_of(out)


def pixels_of(path: Path) -> np.ndarray:
    image = QImage(str(path)).convertToFormat(QImage.Format.Format_RGBA8888)
    data = np.frombuffer(image.constBits(), dtype=np.uint8)
    rows = data.reshape(image.height(), image.bytesPerLine() // 4, 4)
    return rows[:, : image.width()].copy()


def pixel_of(point, at, plane) -> tuple[int, int]:
    right, up = (np.array(axis) for axis in AXES[plane])
    offset = np.subtract(point, at)
    x = (SIZE[0] - 1) / 2 + offset @ right / SCALE
    y = (SIZE[1] - 1) / 2 - offset @ up / SCALE
    return round(float(x)), round(float(y))


@pytest.mark.parametrize("plane", AXES)
@pytest.mark.parametrize("name", MARKERS)
def test_a_marker_lies_where_its_coordinates_say(series, plane, name, tmp_path, capsys):
    folder, phantom = series
    marker = MARKERS[name]
    # The pane goes through the marker's depth, its middle elsewhere.
    right, up = (np.array(axis) for axis in AXES[plane])
    at = tuple(np.array(marker.center) - 20.0 * right + 10.0 * up)
    window = ("--overlay", "none", "--window", f"200,{marker.value}")
    picture = snapshot(folder, phantom, tmp_path / "a.png", *window, plane=plane, at=at)
    x, y = pixel_of(marker.center, at, plane)
    gray = picture[..., 0].astype(int)
    assert abs(gray[y, x] - 128) <= 3
    reach = round(5.0 / SCALE)
    inside = [gray[y, x + reach], gray[y, x - reach], gray[y + reach, x], gray[y - reach, x]]
    assert all(abs(value - 128) <= 3 for value in inside)


@pytest.mark.parametrize("plane", ["axial", "coronal"])
def test_the_left_of_the_patient_is_on_the_right(series, plane, tmp_path):
    folder, phantom = series
    at = (0.0, LEFT.center[1], LEFT.center[2])
    window = ("--overlay", "none", "--window", f"200,{LEFT.value}")
    picture = snapshot(folder, phantom, tmp_path / "a.png", *window, plane=plane, at=at)
    columns = np.nonzero((picture[..., 0] > 120) & (picture[..., 0] < 136))[1]
    assert columns.min() > SIZE[0] / 2


def test_rotation_and_mirror_follow_the_letters(series, tmp_path, capsys):
    folder, phantom = series
    options = ("--overlay", "none", "--json")
    at = (0.0, -9.0, 16.0)
    turned = snapshot(
        folder, phantom, tmp_path / "t.png", *options, "--rotate", "90", plane="axial", at=at
    )
    letters = json.loads(capsys.readouterr().out)["letters"]
    assert letters == {"left": "P", "right": "A", "top": "R", "bottom": "L"}
    plain = snapshot(folder, phantom, tmp_path / "p.png", *options, plane="axial", at=at)
    capsys.readouterr()
    mirrored = snapshot(
        folder, phantom, tmp_path / "m.png", *options, "--flip", plane="axial", at=at
    )
    letters = json.loads(capsys.readouterr().out)["letters"]
    assert (letters["left"], letters["right"]) == ("L", "R")
    assert np.abs(mirrored[:, ::-1].astype(int) - plain.astype(int)).max() <= 2
    assert not np.array_equal(turned, plain)


def test_the_overlay_is_drawn_only_when_wanted(series, tmp_path):
    folder, phantom = series
    at = (6.0, -9.0, 14.0)
    bare = snapshot(
        folder, phantom, tmp_path / "n.png", "--overlay", "none", plane="sagittal", at=at
    )
    full = snapshot(folder, phantom, tmp_path / "f.png", plane="sagittal", at=at)
    differing = np.argwhere((bare != full).any(axis=-1))
    assert len(differing) > 200
    middle = (np.abs(differing - np.array([150, 200])) < 40).all(axis=1)
    assert not middle.any()


def test_the_document_says_what_is_shown(series, tmp_path, capsys):
    folder, phantom = series
    snapshot(
        folder,
        phantom,
        tmp_path / "a.png",
        "--json",
        "--window",
        "400,40",
        plane="coronal",
        at=(1.0, 2.0, 3.0),
    )
    document = json.loads(capsys.readouterr().out)
    assert document["size"] == [400, 300]
    assert document["mm_per_pixel"] == pytest.approx(0.5)
    assert document["center"] == [1.0, 2.0, 3.0]
    assert document["right"] == [1.0, 0.0, 0.0]
    assert document["up"] == [0.0, 0.0, 1.0]
    assert document["window"] == {"width": 400.0, "center": 40.0}
    assert document["unit"] == "HU"


@pytest.mark.parametrize(
    ("option", "value", "code"),
    [
        ("--size", "12", 2),
        ("--size", "0x10", 2),
        ("--size", "99999x10", 2),
        ("--window", "0,40", 2),
        ("--window", "wide", 2),
        ("--field", "-1", 2),
        ("--plane", "diagonal", 2),
        ("--at", "1,2", 2),
        ("--series", "1.2.3", 2),
        ("--out", "/nowhere/a.png", 3),
    ],
)
def test_a_wrong_option_is_one_line_on_stderr(series, tmp_path, capsys, option, value, code):
    folder, phantom = series
    options = {
        "--series": phantom.series_uid,
        "--plane": "axial",
        "--at": "0,0,0",
        "--out": str(tmp_path / "a.png"),
        option: value,
    }
    words = [part for pair in options.items() for part in pair]
    assert main(["snapshot", str(folder), *words]) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Traceback" not in captured.err
    assert captured.err.strip()


@pytest.mark.parametrize(("text", "size"), [(None, (800, 600)), ("640x480", (640, 480))])
def test_sizes(text, size):
    assert parse_size(text) == size


def test_windows():
    assert parse_window(None) is None
    window = parse_window("350,50")
    assert (window.width, window.center) == (350.0, 50.0)
