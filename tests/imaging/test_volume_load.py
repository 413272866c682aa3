import itertools
import threading
from dataclasses import replace

import numpy as np
import pytest

from tests.support.phantom import Phantom, write_phantom
from workstation.base.errors import CancelledError, InputRefusedError
from workstation.base.task import CancelToken
from workstation.imaging import dicom_read
from workstation.imaging.catalog import begin_volume, load_volume, open_paths
from workstation.imaging.dicom_read import middle_out

PLAIN = Phantom(size=(24, 20, 21))


@pytest.fixture
def entry(opened):
    (found,) = opened(PLAIN).volumes
    return found


def test_slices_come_from_the_middle_outward():
    assert list(middle_out(5)) == [2, 1, 3, 0, 4]
    assert list(middle_out(4)) == [2, 1, 3, 0]
    assert sorted(middle_out(31)) == list(range(31))


def test_first_image_is_there_long_before_the_last(entry, monkeypatch):
    looked = threading.Event()
    started = itertools.count()
    read = dicom_read.read_in_place

    def waits_after_the_first(frame, target):
        if next(started) > 0:
            assert looked.wait(60.0)
        read(frame, target)

    monkeypatch.setattr(dicom_read, "READERS", 1)
    monkeypatch.setattr(dicom_read, "read_in_place", waits_after_the_first)
    load = begin_volume(entry)
    preview = load.preview
    assert not load.loaded.any()
    seen = []

    def progress(done, total):
        if done == 1:
            seen.append((load.loaded.copy(), preview.array[10].copy()))
            looked.set()

    volume = load.read(progress=progress)
    ((loaded, middle),) = seen
    assert np.flatnonzero(loaded).tolist() == [10]
    assert (middle == PLAIN.slice_values(10)).all()
    assert load.loaded.all()
    assert (volume.array == preview.array).all()
    assert np.shares_memory(volume.array, preview.array)


def test_preview_is_read_only_and_has_unit_and_geometry(entry):
    preview = begin_volume(entry).preview
    assert preview.unit.value == "HU"
    assert preview.geometry.size_ijk == PLAIN.size
    with pytest.raises(ValueError, match="read-only"):
        preview.array[0, 0, 0] = 1


def test_cancel_stops_between_slices(entry):
    token = CancelToken()
    done_slices = []

    def progress(done, total):
        done_slices.append(done)
        if done == 3:
            token.cancel()

    with pytest.raises(CancelledError):
        load_volume(entry, progress=progress, cancel=token)
    assert max(done_slices) < 21


def test_progress_counts_every_slice(entry):
    seen = []
    load_volume(entry, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(n, 21) for n in range(1, 22)]


def test_volumes_larger_than_memory_are_refused_first(entry, monkeypatch):
    monkeypatch.setattr(dicom_read, "MAX_VOLUME_BYTES", 1000)
    with pytest.raises(InputRefusedError, match="would need") as caught:
        begin_volume(entry)
    assert caught.value.code == "too-large"


def test_file_that_vanished_after_the_scan(tmp_path):
    paths = write_phantom(tmp_path, PLAIN)
    (entry,) = open_paths([tmp_path]).volumes
    paths[4].unlink()
    volume = load_volume(entry)
    assert volume.missing_slices == (4,)
    assert volume.rejected[0].code == "unreadable"


def test_file_that_shrank_after_the_scan(tmp_path):
    paths = write_phantom(tmp_path, PLAIN)
    (entry,) = open_paths([tmp_path]).volumes
    paths[4].write_bytes(paths[4].read_bytes()[:-100])
    volume = load_volume(entry)
    assert volume.missing_slices == (4,)
    assert volume.rejected[0].code == "truncated"


def test_float_volume_with_not_a_number(opened):
    def tags(k):
        return {"RescaleSlope": 1e308, "RescaleIntercept": 1e308} if k == 3 else {}

    phantom = replace(PLAIN, slope=0.5, modality="MR", intercept=-1024.5, slice_tags=tags)
    (found,) = opened(phantom).volumes
    with np.errstate(over="ignore"):
        volume = load_volume(found)
    assert volume.missing_slices == (3,)
    assert np.isfinite(volume.array).all()


def test_volume_file_comes_in_one_piece(data):
    (entry,) = open_paths([data / "nifti" / "tptbox_sub-ct_label-22_ct.nii.gz"]).volumes
    load = begin_volume(entry)
    assert load.preview is None
    assert not load.loaded.any()
    assert load.read().array.max() == 1961
    assert load.loaded.all()
