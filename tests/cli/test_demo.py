"""The demo without a screen: once for the whole module, in folders of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from workstation.app.demo_case import DEMO_AUTHOR, DEMO_CASE_ID, ILLUSTRATION, demo_notes
from workstation.demo import WINDOW_SIZE

FILES = ("report.pdf", "window.png", "case.json")


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> tuple[Path, Path, str]:
    """The folder, the home and the words of one headless demo, in a process of its own."""
    out = tmp_path_factory.mktemp("demo") / "not" / "there yet"
    home = tmp_path_factory.mktemp("store")
    words = ["demo", "--headless", "--out", str(out), "--store", str(home)]
    answer = subprocess.run(
        [sys.executable, "-m", "workstation", *words],
        capture_output=True,
        text=True,
        timeout=100,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert "Traceback" not in answer.stderr
    return out, home, answer.stdout


@pytest.fixture(scope="module")
def record(written) -> str:
    return (written[0] / "case.json").read_text()


def test_it_writes_three_files_and_names_each(written):
    out, _, words = written
    assert sorted(path.name for path in out.iterdir()) == sorted(FILES)
    assert words.splitlines() == [str(out / name) for name in FILES]


@pytest.mark.parametrize(
    ("name", "beginning"),
    [("report.pdf", b"%PDF-"), ("window.png", b"\x89PNG"), ("case.json", b"{")],
)
def test_each_file_is_what_its_name_says(written, name, beginning):
    content = (written[0] / name).read_bytes()
    assert content.startswith(beginning)
    assert len(content) > 1000


@pytest.mark.parametrize("name", FILES)
def test_files_belong_to_their_owner_alone(written, name):
    assert (written[0] / name).stat().st_mode & 0o077 == 0


def test_the_picture_has_the_size_of_the_window(written):
    header = (written[0] / "window.png").read_bytes()[16:24]
    size = int.from_bytes(header[:4], "big"), int.from_bytes(header[4:], "big")
    assert size == WINDOW_SIZE


@pytest.mark.parametrize("words", [DEMO_CASE_ID, DEMO_AUTHOR, ILLUSTRATION])
def test_the_record_says_that_it_is_an_illustration(record, words):
    assert json.dumps(words) in record


def test_the_record_names_the_series_that_was_marked(record):
    assert demo_notes()["series_instance_uid"] in record


def test_the_case_is_kept_in_the_given_store(written):
    assert any(path.name == "cases.sqlite3" for path in written[1].rglob("*"))
