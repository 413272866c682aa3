import io
import os
import statistics
import subprocess
import sys
import threading
import time

import imagecodecs
import numpy as np
import pytest
from pydicom.uid import JPEGLSLossless

from workstation.base.errors import InputRefusedError
from workstation.imaging import decode_worker
from workstation.imaging.decode_pool import DecodePool, DecodeProcess
from workstation.imaging.decode_worker import layout_document, read_message, serve, write_message
from workstation.imaging.pixel_layout import PixelLayout

LAYOUT = PixelLayout(
    transfer_syntax=str(JPEGLSLossless),
    offset=0,
    length=-1,
    rows=6,
    columns=8,
    frames=1,
    samples=1,
    bits_allocated=16,
    bits_stored=16,
    high_bit=15,
    signed=False,
    floating=False,
    photometric="MONOCHROME2",
    planar=False,
)
PICTURE = np.arange(48, dtype=np.uint16).reshape(6, 8)
STREAM = imagecodecs.jpegls_encode(PICTURE)


@pytest.fixture
def process():
    made = DecodeProcess(timeout_s=20.0)
    yield made
    made.stop()


def test_messages_round_trip():
    stream = io.BytesIO()
    write_message(stream, {"a": 1}, b"body")
    stream.seek(0)
    assert read_message(stream) == ({"a": 1}, b"body")
    assert read_message(stream) is None


def test_cut_message_is_the_end():
    stream = io.BytesIO()
    write_message(stream, {"a": 1}, b"body")
    assert read_message(io.BytesIO(stream.getvalue()[:-2])) is None


def test_worker_answers_with_pixels_or_a_refusal():
    requests, answers = io.BytesIO(), io.BytesIO()
    write_message(requests, layout_document(LAYOUT), STREAM)
    write_message(requests, layout_document(LAYOUT), STREAM[:30])
    requests.seek(0)
    serve(requests, answers)
    answers.seek(0)
    head, body = read_message(answers)
    assert head == {"dtype": "<u2", "shape": [6, 8]}
    assert body == PICTURE.tobytes()
    head, body = read_message(answers)
    assert head["code"] == "damaged-pixels"
    assert body == b""


def test_out_of_memory_is_a_refusal(monkeypatch):
    def starved(data, layout):
        raise MemoryError

    monkeypatch.setattr(decode_worker, "decode_frame", starved)
    requests, answers = io.BytesIO(), io.BytesIO()
    write_message(requests, layout_document(LAYOUT), STREAM)
    requests.seek(0)
    serve(requests, answers)
    answers.seek(0)
    head, _ = read_message(answers)
    assert "memory" in head["message"]


def test_frame_through_a_process(process):
    assert (process.decode(STREAM, LAYOUT) == PICTURE).all()
    with pytest.raises(InputRefusedError, match="cannot be decompressed"):
        process.decode(STREAM[:-10], LAYOUT)
    assert (process.decode(STREAM, LAYOUT) == PICTURE).all()


def test_crashed_process_is_replaced(process):
    process.decode(STREAM, LAYOUT)
    os.kill(process._process.pid, 9)
    process._process.wait()
    assert (process.decode(STREAM, LAYOUT) == PICTURE).all()


def test_crash_during_a_frame_is_one_refused_frame(process, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(InputRefusedError, match="decoder stopped"):
        process.decode(STREAM, LAYOUT)
    monkeypatch.undo()
    assert (process.decode(STREAM, LAYOUT) == PICTURE).all()


def test_hanging_decoder_is_given_up(tmp_path, monkeypatch):
    script = tmp_path / "python"
    script.write_text("#!/bin/sh\nexec sleep 60\n")
    script.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(script))
    process = DecodeProcess(timeout_s=0.3)
    start = time.monotonic()
    with pytest.raises(InputRefusedError, match="decoder stopped"):
        process.decode(STREAM, LAYOUT)
    assert time.monotonic() - start < 10.0
    process.stop()


def test_pool_serves_many_threads():
    pool = DecodePool(workers=2)
    results = []

    def work():
        for _ in range(5):
            results.append(bool((pool.decode(STREAM, LAYOUT) == PICTURE).all()))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pool.stop()
    assert results == [True] * 20


def test_size_is_checked_before_a_process_is_asked():
    pool = DecodePool(workers=1)
    large = imagecodecs.jpegls_encode(np.zeros((60, 80), np.uint16))
    with pytest.raises(InputRefusedError, match="not that of the header"):
        pool.decode(large, LAYOUT)
    assert pool._all[0]._process is None


def test_worker_limits_its_memory_and_core_dumps():
    script = (
        "from resource import RLIMIT_AS, RLIMIT_CORE, getrlimit\n"
        "from workstation.imaging import decode_worker as w\n"
        "w.limit_process(w.MEMORY_LIMIT_BYTES)\n"
        "print(getrlimit(RLIMIT_AS)[0], getrlimit(RLIMIT_CORE)[0])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    limit, core = done.stdout.split()
    assert int(limit) == decode_worker.MEMORY_LIMIT_BYTES
    assert core == "0"


def test_decoding_leaves_other_threads_running():
    pool = DecodePool(workers=1)
    pool.decode(STREAM, LAYOUT)
    stop = threading.Event()
    gaps = []

    def tick():
        last = time.perf_counter()
        while not stop.is_set():
            time.sleep(0.001)
            now = time.perf_counter()
            gaps.append(now - last)
            last = now

    ticker = threading.Thread(target=tick)
    ticker.start()
    for _ in range(100):
        pool.decode(STREAM, LAYOUT)
    stop.set()
    ticker.join()
    pool.stop()
    assert statistics.median(gaps) < 0.02
