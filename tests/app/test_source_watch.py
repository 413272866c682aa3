"""Images are read from the files that were opened, or not at all."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from workstation.app.source_watch import SourceWatch
from workstation.base.errors import CancelledError, InputRefusedError
from workstation.base.task import CancelToken, no_progress
from workstation.imaging.volume import PatientIdentity, SeriesIdentity

ADA = PatientIdentity(id="1", name="EXAMPLE^Ada")
OTTO = PatientIdentity(id="2", name="SAMPLE^Otto")


@dataclass(frozen=True)
class FakeEntry:
    identity: SeriesIdentity
    files: tuple[Path, ...]


@dataclass(frozen=True)
class FakeCatalog:
    volumes: tuple[FakeEntry, ...]


class FakeReaders:
    """Reads the bytes of files; what happens in the midst of reading can be set."""

    def __init__(self, *entries: FakeEntry) -> None:
        self.catalog = FakeCatalog(entries)
        self.meanwhile = lambda: None

    def open_paths(self, paths: object, **options: object) -> FakeCatalog:
        return self.catalog

    def load_volume(self, entry: FakeEntry, **options: object) -> bytes:
        self.meanwhile()
        return b"".join(path.read_bytes() for path in entry.files)


def identity(patient: PatientIdentity = ADA) -> SeriesIdentity:
    return SeriesIdentity(patient=patient, study_uid="1.2", series_uid="1.2.3")


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, ...]:
    paths = tuple(tmp_path / f"{number}.dcm" for number in range(3))
    for number, path in enumerate(paths):
        path.write_bytes(f"slice {number};".encode())
    return paths


@pytest.fixture
def entry(files: tuple[Path, ...]) -> FakeEntry:
    return FakeEntry(identity(), files)


def watched(readers: FakeReaders) -> SourceWatch:
    watch = SourceWatch(readers.open_paths, readers.load_volume)
    watch.open_paths([], progress=no_progress, cancel=CancelToken())
    return watch


def load(watch: SourceWatch, entry: FakeEntry) -> bytes:
    return watch.load_volume(entry, progress=no_progress, cancel=CancelToken())


def refusal(watch: SourceWatch, entry: FakeEntry) -> InputRefusedError:
    with pytest.raises(InputRefusedError) as caught:
        load(watch, entry)
    assert "EXAMPLE" not in caught.value.message + caught.value.detail
    return caught.value


def test_untouched_files_are_read(entry: FakeEntry) -> None:
    assert load(watched(FakeReaders(entry)), entry) == b"slice 0;slice 1;slice 2;"


def test_missing_files_are_counted(entry: FakeEntry) -> None:
    watch = watched(FakeReaders(entry))
    entry.files[0].unlink()
    entry.files[2].unlink()
    found = refusal(watch, entry)
    assert found.code == "source-missing"
    assert found.message.startswith("2 files of this series cannot be reached any more.")
    assert "Marks and grades are kept" in found.message


def test_file_of_the_same_size_with_other_content_is_refused(entry: FakeEntry) -> None:
    watch = watched(FakeReaders(entry))
    entry.files[1].write_bytes(b"slice X;")
    found = refusal(watch, entry)
    assert found.code == "source-changed"
    assert found.message.startswith("1 file of this series changed since it was opened.")


def test_file_replaced_with_its_times_kept_is_refused(entry: FakeEntry, tmp_path: Path) -> None:
    watch = watched(FakeReaders(entry))
    other = tmp_path / "other"
    other.write_bytes(b"slice X;")
    shutil.copystat(entry.files[1], other)
    other.replace(entry.files[1])
    assert refusal(watch, entry).code == "source-changed"


def test_file_that_goes_while_it_is_read_is_refused(entry: FakeEntry) -> None:
    readers = FakeReaders(entry)
    watch = watched(readers)
    readers.meanwhile = lambda: entry.files[0].write_bytes(b"another")
    assert refusal(watch, entry).code == "source-changed"


def test_opening_again_takes_the_new_files(entry: FakeEntry) -> None:
    readers = FakeReaders(entry)
    watch = watched(readers)
    entry.files[0].write_bytes(b"rewritten;")
    watch.open_paths([], progress=no_progress, cancel=CancelToken())
    assert load(watch, entry).startswith(b"rewritten;")


def test_files_that_became_another_patient_do_not_serve_the_first(entry: FakeEntry) -> None:
    readers = FakeReaders(entry)
    watch = watched(readers)
    for path in entry.files:
        path.write_bytes(b"Otto's;;")
    theirs = FakeEntry(identity(OTTO), entry.files)
    readers.catalog = FakeCatalog((theirs,))
    watch.open_paths([], progress=no_progress, cancel=CancelToken())
    assert load(watch, theirs) == b"Otto's;;" * 3
    assert refusal(watch, entry).code == "source-changed"


def test_drive_that_comes_back_is_read_again(entry: FakeEntry, tmp_path: Path) -> None:
    watch = watched(FakeReaders(entry))
    away = tmp_path / "away.dcm"
    entry.files[0].rename(away)
    assert refusal(watch, entry).code == "source-missing"
    away.rename(entry.files[0])
    assert load(watch, entry).startswith(b"slice 0;")


def test_cancelling_stops_the_look_at_the_files(entry: FakeEntry) -> None:
    readers = FakeReaders(entry)
    watch = SourceWatch(readers.open_paths, readers.load_volume)
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(CancelledError):
        watch.open_paths([], progress=no_progress, cancel=cancel)


class FakeLoad:
    """A read that can be watched."""

    preview = None
    loaded = ()

    def __init__(self, readers: FakeReaders, entry: FakeEntry) -> None:
        self._readers, self._entry = readers, entry

    def read(self, **options: object) -> bytes:
        return self._readers.load_volume(self._entry)


class TestRunningRead:
    def begun(self, readers: FakeReaders, entry: FakeEntry) -> object:
        watch = SourceWatch(
            readers.open_paths, readers.load_volume, lambda item: FakeLoad(readers, item)
        )
        watch.open_paths([], progress=no_progress, cancel=CancelToken())
        return watch

    def test_untouched_files_are_read(self, entry: FakeEntry) -> None:
        load = self.begun(FakeReaders(entry), entry).begin_volume(entry)
        assert load.preview is None
        assert load.loaded == ()
        assert load.read() == b"slice 0;slice 1;slice 2;"

    def test_changed_before_it_begins(self, entry: FakeEntry) -> None:
        watch = self.begun(FakeReaders(entry), entry)
        entry.files[0].write_bytes(b"another")
        with pytest.raises(InputRefusedError, match="changed since it was opened"):
            watch.begin_volume(entry)

    def test_changed_on_the_way(self, entry: FakeEntry) -> None:
        readers = FakeReaders(entry)
        load = self.begun(readers, entry).begin_volume(entry)
        readers.meanwhile = lambda: entry.files[1].write_bytes(b"another")
        with pytest.raises(InputRefusedError, match="changed since it was opened"):
            load.read()

    def test_without_a_reader_of_that_kind_it_is_told(self, entry: FakeEntry) -> None:
        with pytest.raises(InputRefusedError, match="one by one"):
            watched(FakeReaders(entry)).begin_volume(entry)
