"""A thousand spoiled stores and a thousand spoiled case files: refused with a sentence, or whole.

Each mutation comes from a seed, so that a failure can be repeated from its number.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import shutil
import sqlite3
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support import cases
from tests.support.stores import CONUS_L1, CONUS_T12, SIGN, carry_out, created
from workstation.base.errors import InputRefusedError, StoreError
from workstation.domain.case import Case
from workstation.domain.commands import Amend
from workstation.storage import case_file
from workstation.storage.case_store import CaseStore
from workstation.storage.json_schema import canonical_json

STORES = 1000
FILES = 1000
PAGE = 4096


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder in memory where there is one: nothing here depends on a disk."""
    memory = Path("/dev/shm")
    where = memory if os.access(memory, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="batson-mutations-", dir=where) as name:
        yield Path(name)


@pytest.fixture(scope="module")
def sample(folder: Path) -> tuple[Path, Path, Case]:
    """A closed store with a signed and amended case and a file of it, and the case."""
    home = folder / "sample"
    store = CaseStore.open(home)
    first = replace(cases.one_lesion_case(), key_images=(cases.key_image(1),))
    case = carry_out(store, created(store, first), CONUS_T12, SIGN, Amend(reason="x"), CONUS_L1)
    store.attachments.keep_document(case.id, 1, "report.pdf", b"%PDF-1.7 frozen" * 40)
    store.attachments.keep_picture(case.id, "image-1", b"\x89PNG picture" * 20)
    exported = folder / "sample.batsoncase"
    store.export(case.id, exported)
    store.close()
    return home / "cases.sqlite3", exported, case


def flip_bits(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice([1, 1, 2, 8])):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def overwrite(data: bytearray, chance: random.Random) -> None:
    place = chance.randrange(len(data))
    count = chance.randint(1, 400)
    data[place : place + count] = chance.choice([b"\0", b"\xff", chance.randbytes(1)]) * count


def cut(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data)) :]


def drop(data: bytearray, chance: random.Random) -> None:
    place = chance.randrange(len(data))
    del data[place : place + chance.randint(1, 200)]


def repeat(data: bytearray, chance: random.Random) -> None:
    place = chance.randrange(len(data))
    data[place:place] = data[place : place + chance.randint(1, 200)]


def swap_pages(data: bytearray, chance: random.Random) -> None:
    count = max(len(data) // PAGE, 2)
    one, two = (chance.randrange(count) * PAGE for _ in range(2))
    data[one : one + PAGE], data[two : two + PAGE] = (
        data[two : two + PAGE],
        data[one : one + PAGE],
    )


MUTATIONS = (flip_bits, flip_bits, overwrite, cut, drop, repeat, swap_pages)


def mutated(content: bytes, seed: int) -> bytes:
    chance = random.Random(seed)
    data = bytearray(content)
    chance.choice(MUTATIONS)(data, chance)
    return bytes(data)


def test_thousand_spoiled_stores(folder: Path, sample: tuple[Path, Path, Case]) -> None:
    path, _, case = sample
    content = path.read_bytes()
    seal = path.with_name("cases.sqlite3.seal").read_bytes()
    home = folder / "mutated"
    outcomes: Counter[str] = Counter()
    for seed in range(STORES):
        changed = mutated(content, seed)
        if changed == content:
            continue
        home.mkdir()
        (home / "cases.sqlite3").write_bytes(changed)
        if seed % 2:
            (home / "cases.sqlite3.seal").write_bytes(seal)
        outcomes[outcome(home, case, is_sealed=bool(seed % 2))] += 1
        assert_nothing_was_deleted(home, changed)
        shutil.rmtree(home)
    assert set(outcomes) <= {"refused", "set aside", "found", "whole"}
    assert outcomes["set aside"] > 300
    assert outcomes["found"] > 100
    # Without a seal a change between the rows harms nothing and cannot be seen.
    assert outcomes["whole"] < 150


def outcome(home: Path, case: Case, *, is_sealed: bool) -> str:
    """What became of a spoiled store; a sentence, or a whole case."""
    try:
        store = CaseStore.open(home)
    except StoreError as error:
        assert_sentence(error)
        return "refused"
    with contextlib.closing(store):
        if store.notices:
            assert_sentence(StoreError(store.notices[0]))
            return "set aside"
        try:
            problems = store.verify(case.id)
        except StoreError as error:
            assert_sentence(error)
            return "found"
        if problems:
            return "found"
        assert store.load(case.id).case == case
        assert len(store.attachments.of_case(case.id)) == 2
        # A sealed store hides no change but one that looks like another generation of the file.
        assert not is_sealed or counters_moved(home)
        return "whole"


def counters_moved(home: Path) -> bool:
    header = (home / "cases.sqlite3").read_bytes()[:100]
    sealed = (home / "cases.sqlite3.seal").read_text().split()
    return sealed[0] != header[24:28].hex() or sealed == ["broken"]


def assert_sentence(error: StoreError | InputRefusedError) -> None:
    assert error.message.strip().endswith(".")
    assert "\n" not in error.message
    for word in ("EXAMPLE", "Ada", cases.PATIENT.id, "Traceback", "sqlite3."):
        assert word not in error.message.replace("cases.sqlite3", "") + error.detail


def assert_nothing_was_deleted(home: Path, changed: bytes) -> None:
    kept = [path.read_bytes() for path in home.glob("cases*.sqlite3")]
    if changed:
        assert any(data == changed or len(data) >= len(changed) for data in kept)


def test_thousand_spoiled_case_files(folder: Path, sample: tuple[Path, Path, Case]) -> None:
    _, exported, case = sample
    content = exported.read_bytes()
    whole = case_file.read(exported)
    path = folder / "mutated.batsoncase"
    store = CaseStore.open(folder / "importing")
    outcomes: Counter[str] = Counter()
    for seed in range(FILES // 2):
        path.write_bytes(mutated(content, seed))
        outcomes[import_outcome(store, path, whole, case)] += 1
    for seed in range(FILES // 2):
        repacked(exported, path, random.Random(seed))
        outcomes[import_outcome(store, path, whole, case)] += 1
    assert set(outcomes) <= {"refused", "whole"}
    assert outcomes["refused"] > 900
    assert store.case_ids() == ()
    assert store.audit.problem() == ""
    store.import_(exported)
    assert store.verify(case.id) == ()
    store.close()


def import_outcome(store: CaseStore, path: Path, whole: case_file.CaseFile, case: Case) -> str:
    try:
        found = case_file.read(path)
    except InputRefusedError as error:
        assert_sentence(error)
        with pytest.raises(InputRefusedError):
            store.import_(path)
        return "refused"
    assert found == whole
    assert found.case == case
    return "whole"


def repacked(exported: Path, target: Path, chance: random.Random) -> None:
    """Write the file with one part changed and every hash made to fit, as a forger would."""
    with zipfile.ZipFile(exported) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(["case.json", "history.json", "signed.json", "files.json"])
    document = json.loads(parts[name])
    while canonical_json(document) == parts[name]:
        spoil(document, chance)
    parts[name] = canonical_json(document)
    manifest = json.loads(parts["manifest.json"])
    manifest["sha256"][name] = hashlib.sha256(parts[name]).hexdigest()
    parts["manifest.json"] = canonical_json(manifest)
    with zipfile.ZipFile(target, "w") as archive:
        for part, data in parts.items():
            archive.writestr(part, data)


def spoil(document: Any, chance: random.Random) -> None:
    """Change one place of a JSON document: another value, a key less, an item twice."""
    here = document
    while True:
        keys = list(here) if isinstance(here, dict) else list(range(len(here)))
        if not keys:
            break
        key = chance.choice(keys)
        if not isinstance(here[key], dict | list) or chance.random() < 0.2:
            break
        here = here[key]
    change_place(here, keys, chance)


def change_place(here: Any, keys: list[Any], chance: random.Random) -> None:
    if not keys:
        double(here, "more")
        return
    key, draw = chance.choice(keys), chance.random()
    if draw < 0.5:
        here[key] = chance.choice([None, -1, 1e9, "x", [], {}, True])
    elif draw < 0.8:
        del here[key]
    else:
        double(here, key)


def double(here: Any, key: Any) -> None:
    """Add what is not expected: an item twice, a key that nobody knows."""
    if isinstance(here, list):
        here.insert(0, here[key] if here else {})
    else:
        here[f"{key}x"] = 1


def test_spoiled_log_beside_a_store(folder: Path, sample: tuple[Path, Path, Case]) -> None:
    """A log that belongs to nothing, or is noise, leaves the store as it was."""
    path, _, case = sample
    home = folder / "log"
    for seed in range(40):
        home.mkdir()
        shutil.copy(path, home / "cases.sqlite3")
        (home / "cases.sqlite3-wal").write_bytes(random.Random(seed).randbytes(seed * 300))
        store = CaseStore.open(home)
        assert store.notices == ()
        assert store.verify(case.id) == ()
        assert store.load(case.id).case == case
        store.close()
        shutil.rmtree(home)


def test_mutations_repeat() -> None:
    content = bytes(range(256)) * 64
    assert [mutated(content, seed) for seed in range(20)] == [
        mutated(content, seed) for seed in range(20)
    ]
    assert sqlite3.sqlite_version_info >= (3, 37)
