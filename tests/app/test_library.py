"""What is open: background loading, the memory budget, no late volume of another case."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from workstation.app.jobs import JobRunner
from workstation.app.library import Library
from workstation.app.thumbnails import thumbnail_of
from workstation.base.errors import InputRefusedError
from workstation.base.task import CancelToken, Progress
from workstation.imaging.geometry import VolumeGeometry
from workstation.imaging.volume import (
    PatientIdentity,
    SeriesIdentity,
    Unit,
    Volume,
    VolumeKey,
)

ADA = PatientIdentity(id="DEMO-004217", name="EXAMPLE^Ada")
OTTO = PatientIdentity(id="DEMO-003980", name="SAMPLE^Otto")


@dataclass(frozen=True)
class FakeEntry:
    identity: SeriesIdentity
    index: int = 0
    source: None = None

    @property
    def key(self) -> VolumeKey:
        return VolumeKey(series_uid=self.identity.series_uid, index=self.index)


@dataclass(frozen=True)
class FakeSeries:
    volumes: tuple[FakeEntry, ...]


@dataclass(frozen=True)
class FakeCatalog:
    series: tuple[FakeSeries, ...] = ()
    rejected: tuple[str, ...] = ()


def entry(uid: str, patient: PatientIdentity = ADA, index: int = 0) -> FakeEntry:
    identity = SeriesIdentity(patient=patient, study_uid=f"study of {patient.id}", series_uid=uid)
    return FakeEntry(identity=identity, index=index)


def catalog(*entries: FakeEntry, rejected: tuple[str, ...] = ()) -> FakeCatalog:
    return FakeCatalog(series=(FakeSeries(volumes=entries),), rejected=rejected)


def volume_of(item: FakeEntry, shape_kji: tuple[int, int, int] = (3, 10, 20)) -> Volume:
    return Volume(
        array=np.arange(np.prod(shape_kji), dtype=np.int16).reshape(shape_kji),
        geometry=VolumeGeometry(
            shape_kji=shape_kji,
            spacing_ijk=(1.0, 1.0, 3.0),
            origin_lps=(0.0, 0.0, 0.0),
            direction=np.eye(3),
        ),
        unit=Unit.HU,
        identity=item.identity,
        volume_index=item.index,
    )


BYTES = volume_of(entry("a")).array.nbytes


@dataclass
class FakeImaging:
    """Readers that give what they were told to, and wait when they are held."""

    catalogs: dict[str, FakeCatalog | Exception] = field(default_factory=dict)
    failing: set[str] = field(default_factory=set)
    gate: threading.Event = field(default_factory=threading.Event)
    loads: list[VolumeKey] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gate.set()

    def open_paths(
        self, paths: Sequence[Path], *, progress: Progress, cancel: CancelToken
    ) -> FakeCatalog:
        assert self.gate.wait(10)
        found = self.catalogs[paths[0].name]
        if isinstance(found, Exception):
            raise found
        return found

    def load_volume(self, item: FakeEntry, *, progress: Progress, cancel: CancelToken) -> Volume:
        self.loads.append(item.key)
        progress(1, 3)
        assert self.gate.wait(10)
        progress(3, 3)
        if item.key.series_uid in self.failing:
            message = "Image 17 stops early."
            raise InputRefusedError(message)
        return volume_of(item)


@pytest.fixture
def imaging() -> FakeImaging:
    return FakeImaging()


@pytest.fixture
def library(jobs: JobRunner, imaging: FakeImaging) -> Library:
    return Library(
        jobs,
        open_paths=imaging.open_paths,
        load_volume=imaging.load_volume,
        budget_bytes=2 * BYTES,
    )


class Told:
    """Everything a library says."""

    def __init__(self, library: Library) -> None:
        self.ready: list[VolumeKey] = []
        self.failed: list[tuple[VolumeKey, Exception]] = []
        self.refused: list[Exception] = []
        self.steps: list[tuple[VolumeKey, int, int]] = []
        self.catalogs = 0
        library.volume_ready.connect(self.ready.append)
        library.load_failed.connect(lambda key, error: self.failed.append((key, error)))
        library.open_failed.connect(self.refused.append)
        library.loading_progress.connect(lambda *step: self.steps.append(step))
        library.catalog_changed.connect(self._count)

    def _count(self) -> None:
        self.catalogs += 1


@pytest.fixture
def told(library: Library) -> Told:
    return Told(library)


@pytest.fixture
def opened(library: Library, imaging: FakeImaging, told: Told, qtbot: QtBot) -> Callable[..., None]:
    """Opens a catalog and waits until it is there."""

    def open_catalog(found: FakeCatalog) -> None:
        imaging.catalogs["folder"] = found
        before = told.catalogs
        library.open([Path("folder")])
        qtbot.waitUntil(lambda: told.catalogs > before, timeout=5000)

    return open_catalog


def key(uid: str, index: int = 0) -> VolumeKey:
    return VolumeKey(series_uid=uid, index=index)


def loaded(library: Library, qtbot: QtBot, *uids: str) -> None:
    for uid in uids:
        library.request(key(uid))
        qtbot.waitUntil(lambda name=uid: not library.is_loading(key(name)), timeout=5000)


class TestOpening:
    def test_volumes_of_every_catalog_can_be_asked_for(
        self, library: Library, opened: Callable[..., None]
    ) -> None:
        opened(catalog(entry("a"), entry("a", index=1), rejected=("x.txt",)))
        opened(catalog(entry("b"), rejected=("y.txt",)))
        assert library.keys == (key("a"), key("a", 1), key("b"))
        assert library.rejected == ("x.txt", "y.txt")
        assert len(library.catalogs) == 2
        assert library.entry(key("a")) == entry("a")
        assert library.entry(key("nothing")) is None

    def test_folder_that_cannot_be_opened_is_told(
        self, library: Library, imaging: FakeImaging, told: Told, qtbot: QtBot
    ) -> None:
        error = InputRefusedError("This folder cannot be read.")
        imaging.catalogs["folder"] = error
        library.open([Path("folder")])
        qtbot.waitUntil(lambda: told.refused == [error], timeout=5000)
        assert library.catalogs == ()

    def test_catalog_of_a_closed_case_is_dropped(
        self, library: Library, imaging: FakeImaging, told: Told, jobs: JobRunner, qtbot: QtBot
    ) -> None:
        imaging.gate.clear()
        imaging.catalogs["folder"] = catalog(entry("a"))
        imaging.catalogs["bad"] = InputRefusedError("x")
        library.open([Path("folder")])
        library.open([Path("bad")])
        library.close_all()
        imaging.gate.set()
        qtbot.waitUntil(lambda: jobs.running == (), timeout=5000)
        assert (library.catalogs, library.keys) == ((), ())
        assert told.refused == []

    def test_series_uid_of_two_patients_shows_neither(
        self,
        library: Library,
        opened: Callable[..., None],
        told: Told,
        imaging: FakeImaging,
        qtbot: QtBot,
    ) -> None:
        opened(catalog(entry("a")))
        loaded(library, qtbot, "a")
        opened(catalog(entry("a", OTTO)))
        assert library.volume(key("a")) is None
        assert library.request(key("a")) is None
        ((failed, error),) = told.failed
        assert failed == key("a")
        assert error.code == "ambiguous-series"
        assert imaging.loads == [key("a")]

    def test_volume_that_became_ambiguous_while_loading_is_dropped(
        self, library: Library, opened: Callable[..., None], imaging: FakeImaging, qtbot: QtBot
    ) -> None:
        opened(catalog(entry("a")))
        imaging.gate.clear()
        library.request(key("a"))
        library._opened(library._generation, catalog(entry("a", OTTO)))
        imaging.gate.set()
        qtbot.waitUntil(lambda: not library.is_loading(key("a")), timeout=5000)
        assert library.volume(key("a")) is None

    def test_same_folder_twice_is_no_conflict(
        self, library: Library, opened: Callable[..., None], qtbot: QtBot
    ) -> None:
        opened(catalog(entry("a")))
        opened(catalog(entry("a")))
        loaded(library, qtbot, "a")
        assert library.volume(key("a")) is not None


class TestLoading:
    def test_volume_arrives_with_its_thumbnail(
        self, library: Library, opened: Callable[..., None], told: Told, qtbot: QtBot
    ) -> None:
        opened(catalog(entry("a")))
        assert library.request(key("a")) is None
        assert library.is_loading(key("a"))
        qtbot.waitUntil(lambda: told.ready == [key("a")], timeout=5000)
        volume = library.volume(key("a"))
        assert volume.identity.series_uid == "a"
        assert library.request(key("a")) is volume
        assert library.thumbnail(key("a")).dtype == np.uint8
        assert told.steps[0] == (key("a"), 1, 3)
        assert told.steps[-1] == (key("a"), 3, 3)

    def test_second_request_does_not_load_twice(
        self,
        library: Library,
        opened: Callable[..., None],
        imaging: FakeImaging,
        qtbot: QtBot,
    ) -> None:
        opened(catalog(entry("a")))
        imaging.gate.clear()
        library.request(key("a"))
        library.request(key("a"))
        imaging.gate.set()
        loaded(library, qtbot, "a")
        assert imaging.loads == [key("a")]

    def test_volume_that_is_not_open_is_not_loaded(
        self, library: Library, imaging: FakeImaging
    ) -> None:
        assert library.request(key("nothing")) is None
        assert not library.is_loading(key("nothing"))
        assert imaging.loads == []
        assert library.thumbnail(key("nothing")) is None

    def test_failure_is_told_and_may_be_tried_again(
        self,
        library: Library,
        opened: Callable[..., None],
        imaging: FakeImaging,
        told: Told,
        qtbot: QtBot,
    ) -> None:
        opened(catalog(entry("a")))
        imaging.failing.add("a")
        loaded(library, qtbot, "a")
        assert [(item, error.message) for item, error in told.failed] == [
            (key("a"), "Image 17 stops early.")
        ]
        imaging.failing.clear()
        loaded(library, qtbot, "a")
        assert library.volume(key("a")) is not None

    def test_late_volume_of_a_closed_case_is_dropped(
        self,
        library: Library,
        opened: Callable[..., None],
        imaging: FakeImaging,
        told: Told,
        jobs: JobRunner,
        qtbot: QtBot,
    ) -> None:
        opened(catalog(entry("a"), entry("b")))
        imaging.gate.clear()
        imaging.failing.add("b")
        library.request(key("a"))
        library.request(key("b"))
        # Both are at work before the case closes; one that had not begun would never be late.
        qtbot.waitUntil(lambda: len(imaging.loads) == 2, timeout=5000)
        library.close_all()
        # The next case happens to hold a series with the same UID.
        library._opened(library._generation, catalog(entry("a", OTTO)))
        imaging.gate.set()
        qtbot.waitUntil(lambda: not jobs._handles, timeout=5000)
        assert library.volume(key("a")) is None
        assert told.ready == []
        assert told.failed == []
        loaded(library, qtbot, "a")
        assert library.volume(key("a")).identity.patient is OTTO

    def test_late_news_with_an_old_generation_is_dropped(
        self, library: Library, told: Told
    ) -> None:
        old = library._generation
        library.close_all()
        item = entry("a")
        volume = volume_of(item)
        library._loaded(old, key("a"), (volume, thumbnail_of(volume)))
        library._not_loaded(old, key("a"), InputRefusedError("x"))
        library._moved(old, key("a"), 1, 2)
        assert library.volume(key("a")) is None
        assert (told.ready, told.failed, told.steps) == ([], [], [])


class TestMemory:
    @pytest.fixture
    def four(self, opened: Callable[..., None]) -> None:
        opened(catalog(*(entry(uid) for uid in "abcd")))

    @pytest.mark.usefixtures("four")
    def test_longest_unused_is_forgotten(self, library: Library, qtbot: QtBot) -> None:
        loaded(library, qtbot, "a", "b")
        assert library.memory_bytes == 2 * BYTES
        library.volume(key("a"))
        loaded(library, qtbot, "c")
        assert [uid for uid in "abcd" if library.volume(key(uid))] == ["a", "c"]
        assert library.memory_bytes == 2 * BYTES
        assert library.thumbnail(key("b")) is not None

    @pytest.mark.usefixtures("four")
    def test_shown_volume_stays(self, library: Library, qtbot: QtBot) -> None:
        loaded(library, qtbot, "a", "b")
        library.hold("pane 1", key("a"))
        library.hold("pane 2", key("b"))
        loaded(library, qtbot, "c", "d")
        assert [uid for uid in "abcd" if library.volume(key(uid))] == ["a", "b", "d"]
        library.hold("pane 2", None)
        assert [uid for uid in "abcd" if library.volume(key(uid))] == ["a", "d"]

    @pytest.mark.usefixtures("four")
    def test_forgotten_volume_is_loaded_again(
        self, library: Library, imaging: FakeImaging, qtbot: QtBot
    ) -> None:
        loaded(library, qtbot, "a", "b", "c", "a")
        assert imaging.loads == [key(uid) for uid in "abca"]

    @pytest.mark.usefixtures("four")
    def test_closing_forgets_everything(self, library: Library, told: Told, qtbot: QtBot) -> None:
        loaded(library, qtbot, "a")
        before = told.catalogs
        library.close_all()
        assert library.memory_bytes == 0
        assert library.keys == ()
        assert library.thumbnail(key("a")) is None
        assert told.catalogs == before + 1

    def test_pane_that_shows_nothing_may_say_so(self, library: Library) -> None:
        library.hold("pane 1", None)
        assert library.memory_bytes == 0


class TestThumbnailsBeforeLoading:
    """On a real stack, whose middle slice can be read alone."""

    @pytest.fixture
    def real(
        self, library: Library, imaging: FakeImaging, monkeypatch: pytest.MonkeyPatch
    ) -> list[FakeEntry]:
        """Pretends that the fake entries have a middle slice; returns what was asked for."""
        asked: list[FakeEntry] = []

        def middle(item: FakeEntry) -> FakeEntry | None:
            asked.append(item)
            return None if item.key.series_uid == "whole only" else item

        monkeypatch.setattr("workstation.app.library.middle_slice_entry", middle)
        return asked

    @pytest.mark.usefixtures("real")
    def test_every_series_gets_its_picture(
        self, library: Library, opened: Callable[..., None], qtbot: QtBot
    ) -> None:
        opened(catalog(entry("a"), entry("whole only"), entry("b")))
        qtbot.waitUntil(lambda: library.thumbnail(key("b")) is not None, timeout=5000)
        assert library.thumbnail(key("a")) is not None
        assert library.thumbnail(key("whole only")) is None
        assert library.volume(key("a")) is None
        assert library.memory_bytes == 0

    def test_what_the_window_asked_for_comes_first(
        self,
        library: Library,
        opened: Callable[..., None],
        real: list[FakeEntry],
        qtbot: QtBot,
    ) -> None:
        library.catalog_changed.connect(lambda: library.request(key("a")))
        opened(catalog(entry("a"), entry("b")))
        qtbot.waitUntil(lambda: library.thumbnail(key("b")) is not None, timeout=5000)
        qtbot.waitUntil(lambda: library.volume(key("a")) is not None, timeout=5000)
        assert [item.key for item in real] == [key("b")]

    @pytest.mark.usefixtures("real")
    def test_series_that_fails_does_not_stop_the_others(
        self,
        library: Library,
        imaging: FakeImaging,
        opened: Callable[..., None],
        told: Told,
        qtbot: QtBot,
    ) -> None:
        imaging.failing.add("a")
        opened(catalog(entry("a"), entry("b")))
        qtbot.waitUntil(lambda: library.thumbnail(key("b")) is not None, timeout=5000)
        assert library.thumbnail(key("a")) is None
        assert told.failed == []

    @pytest.mark.usefixtures("real")
    def test_picture_of_a_closed_case_is_dropped(
        self,
        library: Library,
        imaging: FakeImaging,
        opened: Callable[..., None],
        jobs: JobRunner,
        qtbot: QtBot,
    ) -> None:
        opened(catalog(entry("a")))
        qtbot.waitUntil(lambda: library.thumbnail(key("a")) is not None, timeout=5000)
        old = library._generation
        volume = volume_of(entry("b"))
        library.close_all()
        library._pictured(old, key("b"), (volume, thumbnail_of(volume)))
        library._not_pictured(old, InputRefusedError("x"))
        assert library.thumbnail(key("a")) is None
        assert library.thumbnail(key("b")) is None

    @pytest.mark.usefixtures("real")
    def test_ambiguous_series_has_no_picture(
        self, library: Library, opened: Callable[..., None], qtbot: QtBot
    ) -> None:
        opened(catalog(entry("a")))
        qtbot.waitUntil(lambda: library.thumbnail(key("a")) is not None, timeout=5000)
        volume = volume_of(entry("a"))
        opened(catalog(entry("a", OTTO)))
        assert library.thumbnail(key("a")) is None
        library._pictured(library._generation, key("a"), (volume, thumbnail_of(volume)))
        assert library.thumbnail(key("a")) is None
