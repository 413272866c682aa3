"""Volume files are parsed in a process of its own: it crashes, hangs and starves alone."""

import io
import os
import sys

import numpy as np
import pytest
import SimpleITK as sitk

from workstation.base.errors import InputRefusedError
from workstation.imaging import nifti, volume_file_worker
from workstation.imaging.catalog import load_volume, open_paths
from workstation.imaging.volume_file_worker import serve
from workstation.imaging.worker_messages import read_message, write_message
from workstation.imaging.worker_process import WorkerProcess

MODULE = "workstation.imaging.volume_file_worker"


def written(path, array):
    sitk.WriteImage(sitk.GetImageFromArray(array), str(path))
    return path


def asked(*requests):
    """Return the answers that the worker gives, in this process."""
    incoming, answers = io.BytesIO(), io.BytesIO()
    for request in requests:
        write_message(incoming, request, b"")
    incoming.seek(0)
    serve(incoming, answers)
    answers.seek(0)
    found = []
    while (message := read_message(answers)) is not None:
        found.append(message)
    return found


@pytest.fixture
def process():
    made = WorkerProcess(MODULE, 30.0)
    yield made
    made.stop()


@pytest.fixture
def reader(monkeypatch):
    """Replace the process of the program by one that a test may end."""

    def replaced(timeout_s=30.0):
        made = WorkerProcess(MODULE, timeout_s)
        monkeypatch.setattr(nifti, "READER", made)
        return made

    return replaced


def test_a_header_is_plain_values(tmp_path):
    path = written(tmp_path / "a.nii", np.zeros((3, 4, 5), np.int16))
    ((head, body),) = asked({"path": str(path)})
    assert (head["size"], head["dimension"], head["components"]) == ([5, 4, 3], 3, 1)
    assert body == b""


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (np.int16, "<i2"),
        (np.uint8, "<i2"),
        (np.int32, "<i2"),
        (np.float32, "<i2"),
        (np.float64, "<i2"),
    ],
)
def test_whole_numbers_that_fit_come_as_int16(tmp_path, given, kept):
    values = np.arange(60).reshape(3, 4, 5).astype(given)
    path = written(tmp_path / "a.nrrd", values)
    ((head, body),) = asked({"path": str(path), "index": 0})
    assert head["dtype"] == kept
    assert (np.frombuffer(body, kept).reshape(head["shape"]) == values).all()


@pytest.mark.parametrize("values", [[0.5, 1.0], [0.0, 40000.0], [-1e6, 0.0]])
def test_other_numbers_come_as_float(tmp_path, values):
    path = written(tmp_path / "a.nrrd", np.array(values, np.float32).reshape(1, 1, 2))
    ((head, body),) = asked({"path": str(path), "index": 0})
    assert head["dtype"] == "<f4"
    assert np.frombuffer(body, "<f4").tolist() == values


def test_the_volumes_of_a_series_come_one_by_one(tmp_path):
    values = np.arange(2 * 3 * 4 * 5, dtype=np.int16).reshape(2, 3, 4, 5)
    parts = [sitk.GetImageFromArray(part) for part in values]
    sitk.WriteImage(sitk.JoinSeries(parts), str(tmp_path / "a.nii"))
    found = asked(*({"path": str(tmp_path / "a.nii"), "index": n} for n in range(2)))
    assert [np.frombuffer(body, "<i2").tolist() for _, body in found] == [
        part.reshape(-1).tolist() for part in values
    ]


def test_values_that_are_no_numbers_are_refused(tmp_path):
    path = written(tmp_path / "a.nrrd", np.array([[[np.nan, 1.0]]], np.float32))
    ((head, _),) = asked({"path": str(path), "index": 0})
    assert head["code"] == "not-finite"


def test_a_damaged_file_is_refused_and_the_next_is_read(tmp_path):
    bad = tmp_path / "bad.nii"
    bad.write_bytes(b"\x5c\x01\x00\x00" + b"\xff" * 400)
    good = written(tmp_path / "good.nii", np.zeros((3, 4, 5), np.int16))
    first, second = asked({"path": str(bad)}, {"path": str(good)})
    assert first[0]["code"] == "damaged-volume-file"
    assert second[0]["size"] == [5, 4, 3]


def test_too_little_memory_is_a_refusal(tmp_path, monkeypatch):
    def starved(path, index):
        raise MemoryError

    monkeypatch.setattr(volume_file_worker, "read_values", starved)
    ((head, body),) = asked({"path": "a.nii", "index": 0})
    assert (head["code"], body) == ("too-large", b"")


def test_the_worker_limits_its_memory(process, tmp_path):
    path = written(tmp_path / "a.nii", np.zeros((3, 4, 5), np.int16))
    assert process.exchange({"path": str(path)}, b"") is not None
    limits = (tmp_path.__class__("/proc") / str(process._process.pid) / "limits").read_text()
    row = next(line for line in limits.splitlines() if line.startswith("Max address space"))
    assert "unlimited" not in row
    core = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
    assert core.split()[4] == "0"


def test_a_process_that_died_is_replaced(process, tmp_path):
    path = written(tmp_path / "a.nii", np.zeros((3, 4, 5), np.int16))
    assert process.exchange({"path": str(path)}, b"") is not None
    os.kill(process._process.pid, 9)
    process._process.wait()
    head, _ = process.exchange({"path": str(path)}, b"")
    assert head["size"] == [5, 4, 3]


def test_a_crash_is_one_refused_file(reader, tmp_path, monkeypatch):
    path = written(tmp_path / "a.nii", np.zeros((3, 4, 5), np.int16))
    reader()
    monkeypatch.setattr(sys, "executable", "/bin/false")
    (refused,) = open_paths([path]).rejected
    assert refused.code == "damaged-volume-file"
    monkeypatch.undo()
    assert len(open_paths([path]).volumes) == 1


def test_a_parser_that_hangs_is_given_up(reader, tmp_path, monkeypatch):
    path = written(tmp_path / "a.nii", np.zeros((3, 4, 5), np.int16))
    script = tmp_path / "hangs"
    script.write_text("#!/bin/sh\nsleep 30\n")
    script.chmod(0o755)
    reader(timeout_s=0.3)
    monkeypatch.setattr(sys, "executable", str(script))
    (refused,) = open_paths([path]).rejected
    assert "took too long" in refused.reason


def test_a_file_exchanged_after_listing_is_refused(tmp_path):
    path = written(tmp_path / "a.nii", np.zeros((3, 4, 5), np.int16))
    (entry,) = open_paths([path]).volumes
    written(path, np.zeros((3, 4, 6), np.int16))
    with pytest.raises(InputRefusedError, match="not what it was"):
        load_volume(entry)


def test_values_are_read_only(tmp_path):
    path = written(tmp_path / "a.nii", np.arange(60, dtype=np.int16).reshape(3, 4, 5))
    volume = load_volume(open_paths([path]).volumes[0])
    assert not volume.array.flags.writeable
    assert volume.array.flags.c_contiguous
