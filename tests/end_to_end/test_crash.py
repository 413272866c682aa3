"""The real program is killed at random instants; nothing that was accepted is lost.

One hundred rounds: each carries out 200 random commands in a process of its own that is killed
with SIGKILL, through the command line or through a session as the window has it. Then the store is
opened again and compared with what the rules alone say must stand there.
"""

from __future__ import annotations

import json
import os
import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.crash_scripts import Script, State, random_script
from tests.support.crash_server import CrashServer, Ending
from workstation.domain.case import Case
from workstation.storage.case_store import CaseStore

COMMANDS = 200
ROUNDS_A_STORE = 10
DURABLE_WITHIN_S = 1.0


@pytest.fixture(scope="module")
def server() -> Iterator[CrashServer]:
    started = CrashServer()
    yield started
    started.close()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: what a kill leaves there is what it leaves on a disk.

    That synchronizing is asked for often enough is counted elsewhere.
    """
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(prefix="batson-crash-", dir=memory) as name:
        yield Path(name)


def written(script: Script, folder: Path) -> Path:
    path = folder / f"{script.case_id}.jsonl"
    path.write_text("".join(json.dumps(item) + "\n" for item in script.documents), "utf-8")
    return path


def undated(case: Case | None) -> Case | None:
    """The case without the time it was begun, which the program takes from the clock."""
    return None if case is None else replace(case, created_at="")


def assert_stands(store: CaseStore, script: Script, at_least: int) -> int:
    """The store holds a state of the script, no earlier than ``at_least``; undo and redo work."""
    history = store.history(script.case_id)
    done = len(history) - 1
    assert at_least <= done <= len(script.documents)
    state = script.states[done]
    stored = store.load(script.case_id)
    assert undated(stored.case) == state.case
    assert [entry.sequence for entry in history] == list(range(1, done + 2))
    assert_undo_works(store, script.case_id, state)
    assert store.verify(script.case_id) == ()
    return done


def assert_undo_works(store: CaseStore, case_id: str, state: State) -> None:
    if state.redo_case is not None:
        assert undated(store.redo(case_id)) == state.redo_case
        assert undated(store.undo(case_id)) == state.case
    if state.undo_case is not None:
        assert undated(store.undo(case_id)) == state.undo_case
        assert undated(store.redo(case_id)) == state.case


def saved_lines(ending: Ending) -> int:
    assert [line for line in ending.lines if line.startswith("saved")] == [
        f"saved {number}" for number in range(1, len(ending.lines) + 1)
    ]
    return len(ending.lines)


def must_be_kept(ending: Ending) -> int:
    """How many commands of a session must have survived: told as kept, or older than a second."""
    kept = 0
    for line in ending.lines:
        word, number, *at = line.split() if " " in line else (line, "0")
        if word == "kept" or (
            word == "accepted" and float(at[0]) < ending.killed_at - DURABLE_WITHIN_S
        ):
            kept = max(kept, int(number))
    return kept


def test_killed_command_line_loses_nothing(server: CrashServer, folder: Path) -> None:
    spread = killed_rounds(server, folder, "apply", rounds=70)
    # The kills hit everywhere: before the store was open, in the midst, near the end.
    assert min(spread) < COMMANDS * 0.1
    assert max(spread) > COMMANDS * 0.8
    assert len(set(spread)) > 30


def test_killed_session_loses_nothing(server: CrashServer, folder: Path) -> None:
    spread = killed_rounds(server, folder, "session", rounds=30)
    assert min(spread) < COMMANDS * 0.2
    assert max(spread) > COMMANDS * 0.6


def killed_rounds(server: CrashServer, folder: Path, task: str, *, rounds: int) -> list[int]:
    """How many commands were found kept in each round."""
    chance = random.Random(f"{task} 20260314")
    whole = random_script(chance.randrange(10**9), f"{task}-whole", COMMANDS)
    calm = server.run(
        task, folder / "calm", whole.case_id, written(whole, folder), kill_after_s=None
    )
    assert calm.errors == ""
    assert (folder / "calm").is_dir()
    spread = []
    for first in range(0, rounds, ROUNDS_A_STORE):
        home = folder / f"store-{first}"
        scripts: dict[str, tuple[Script, int]] = {}
        for number in range(first, first + ROUNDS_A_STORE):
            script = random_script(chance.randrange(10**9), f"{task}-{number}", COMMANDS)
            path = written(script, folder)
            instant = chance.uniform(0.0, calm.seconds)
            ending = server.run(task, home, script.case_id, path, kill_after_s=instant)
            assert "Traceback" not in ending.errors
            scripts |= found_whole(home, script, ending, task)
            spread.append(scripts[script.case_id][1] if script.case_id in scripts else 0)
        assert_earlier_cases_stand(home, scripts)
    return spread


def found_whole(
    home: Path, script: Script, ending: Ending, task: str
) -> dict[str, tuple[Script, int]]:
    promised = saved_lines(ending) if task == "apply" else must_be_kept(ending)
    store = CaseStore.open(home)
    try:
        assert store.notices == ()
        assert not store.read_only
        if script.case_id not in store.case_ids():
            assert promised == 0
            return {}
        done = assert_stands(store, script, promised)
        return {script.case_id: (script, done)}
    finally:
        store.close()


def assert_earlier_cases_stand(home: Path, scripts: dict[str, tuple[Script, int]]) -> None:
    store = CaseStore.open(home)
    try:
        assert set(store.case_ids()) == set(scripts)
        for case_id, (script, done) in scripts.items():
            assert undated(store.load(case_id).case) == script.states[done].case
        assert store.audit.problem() == ""
    finally:
        store.close()


def test_script_is_the_same_for_a_seed_and_uses_every_kind() -> None:
    one, two = random_script(5, "x"), random_script(5, "x")
    assert one.documents == two.documents
    kinds = {item["command"] for seed in range(5) for item in random_script(seed, "x").documents}
    assert {"Undo", "Redo", "Sign", "Amend", "AddLesion", "SetSins", "SetText"} <= kinds
    assert len(one.documents) == len(one.states) - 1 == COMMANDS


def test_server_kills_when_asked(server: CrashServer, tmp_path: Path) -> None:
    script = random_script(1, "case", COMMANDS)
    began = time.monotonic()
    ending = server.run(
        "session", tmp_path / "home", "case", written(script, tmp_path), kill_after_s=0.05
    )
    assert ending.was_killed
    assert time.monotonic() - began < 5.0
