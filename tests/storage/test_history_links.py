"""The chain of a history: whatever is altered, added, dropped or moved is found."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, replace
from typing import Any

import pytest

from workstation.base.errors import StoreError
from workstation.storage.history_chain import (
    FIRST_HASH,
    EntryKind,
    HistoryEntry,
    broken_link,
    chained,
    entry_from_row,
    entry_hash,
    signed_hash,
)

CASE = "case-1"


def history(count: int) -> tuple[HistoryEntry, ...]:
    """A whole history of ``count`` changes."""
    entries: list[HistoryEntry] = []
    for number in range(1, count + 1):
        bare = HistoryEntry(
            sequence=number,
            kind=EntryKind.CREATED if number == 1 else EntryKind.COMMAND,
            author="R. Reader",
            at=f"2026-03-14T12:00:{number:02}.000Z",
            label=f"Change {number}",
            command="" if number == 1 else '{"command":"SetConus","conus":"L1"}',
            case_hash=f"{number:064x}",
            previous_hash=entries[-1].hash if entries else FIRST_HASH,
            hash="",
        )
        entries.append(replace(bare, hash=entry_hash(CASE, bare)))
    return tuple(entries)


def by_hand(entry: HistoryEntry) -> str:
    """The hash as it is documented: previous hash, then sorted JSON without spaces."""
    document = {
        "at": entry.at,
        "author": entry.author,
        "case": CASE,
        "case_hash": entry.case_hash,
        "command": entry.command,
        "kind": entry.kind.value,
        "label": entry.label,
        "sequence": entry.sequence,
    }
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256((entry.previous_hash + text).encode()).hexdigest()


@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_hash_is_what_anyone_can_compute(count: int) -> None:
    for entry in history(count):
        assert entry.hash == by_hand(entry)


@pytest.mark.parametrize("count", [1, 2, 5, 40])
def test_a_whole_history_has_no_broken_link(count: int) -> None:
    entries = history(count)
    assert broken_link(CASE, entries, entries[-1].hash) == ""


def test_an_empty_history_is_whole_only_at_its_beginning() -> None:
    assert broken_link(CASE, (), FIRST_HASH) == ""
    assert broken_link(CASE, (), "f" * 64) == "The last changes of the history are missing."


CHANGED: dict[str, Any] = {
    "kind": EntryKind.UNDONE,
    "author": "S. Second",
    "at": "2026-03-14T12:00:00.000Z",
    "label": "Nothing",
    "command": '{"command":"SetConus","conus":"T12"}',
    "case_hash": "f" * 64,
    "previous_hash": "e" * 64,
    "hash": "d" * 64,
}


@pytest.mark.parametrize("position", range(5))
@pytest.mark.parametrize("field", list(CHANGED))
def test_a_changed_field_is_found_where_it_is(position: int, field: str) -> None:
    entries = list(history(5))
    entries[position] = replace(entries[position], **{field: CHANGED[field]})
    found = broken_link(CASE, tuple(entries), entries[-1].hash)
    assert found == f"Change {position + 1} of the history was altered."


def test_every_field_of_a_row_is_covered() -> None:
    assert {item.name for item in fields(HistoryEntry)} - {"sequence"} == set(CHANGED)


@pytest.mark.parametrize("position", range(4))
def test_a_dropped_row_is_found(position: int) -> None:
    entries = history(5)
    left = entries[:position] + entries[position + 1 :]
    found = broken_link(CASE, left, entries[-1].hash)
    assert found == f"Change {position + 1} of the history is missing."


@pytest.mark.parametrize("kept", range(5))
def test_a_cut_end_is_found(kept: int) -> None:
    entries = history(5)
    found = broken_link(CASE, entries[:kept], entries[-1].hash)
    assert found == "The last changes of the history are missing."


@pytest.mark.parametrize("position", range(4))
def test_two_rows_that_changed_places_are_found(position: int) -> None:
    entries = list(history(5))
    entries[position], entries[position + 1] = entries[position + 1], entries[position]
    found = broken_link(CASE, tuple(entries), history(5)[-1].hash)
    assert found == f"Change {position + 1} of the history is missing."


@pytest.mark.parametrize("position", range(1, 5))
def test_a_row_told_again_with_a_new_hash_breaks_the_next(position: int) -> None:
    entries = list(history(6))
    forged = replace(entries[position], label="Forged")
    entries[position] = replace(forged, hash=entry_hash(CASE, forged))
    found = broken_link(CASE, tuple(entries), entries[-1].hash)
    assert found == f"Change {position + 2} of the history was altered."


def test_the_last_row_told_again_is_found_by_the_head() -> None:
    entries = list(history(3))
    head = entries[-1].hash
    forged = replace(entries[-1], label="Forged")
    entries[-1] = replace(forged, hash=entry_hash(CASE, forged))
    assert broken_link(CASE, tuple(entries), head) == "The last changes of the history are missing."


def test_the_history_of_another_case_does_not_fit() -> None:
    entries = history(3)
    found = broken_link("case-2", entries, entries[-1].hash)
    assert found == "Change 1 of the history was altered."


def test_a_row_too_many_is_found() -> None:
    entries = history(3)
    found = broken_link(CASE, (*entries, entries[-1]), entries[-1].hash)
    assert found == "Change 4 of the history is missing."


@pytest.mark.parametrize("kind", list(EntryKind))
def test_a_row_of_each_kind_is_read(kind: EntryKind) -> None:
    row = (3, kind.value, "R", "at", "label", "command", "a", "b", "c")
    entry = entry_from_row(row)
    assert (entry.sequence, entry.kind, entry.author, entry.hash) == (3, kind, "R", "c")
    assert (entry.at, entry.label, entry.command) == ("at", "label", "command")
    assert (entry.case_hash, entry.previous_hash) == ("a", "b")


@pytest.mark.parametrize("kind", ["", "Created", "deleted", "COMMAND"])
def test_a_row_of_no_kind_is_refused(kind: str) -> None:
    with pytest.raises(StoreError) as caught:
        entry_from_row((3, kind, "R", "at", "label", "command", "a", "b", "c"))
    assert caught.value.code == "altered"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("case-1", 1, "a", "b"), ("case-2", 1, "a", "b")),
        (("case-1", 1, "a", "b"), ("case-1", 2, "a", "b")),
        (("case-1", 1, "a", "b"), ("case-1", 1, "c", "b")),
        (("case-1", 1, "a", "b"), ("case-1", 1, "a", "c")),
    ],
)
def test_a_signed_version_is_chained_by_all_it_says(one, other) -> None:
    assert signed_hash(*one) == signed_hash(*one)
    assert signed_hash(*one) != signed_hash(*other)


def test_the_order_of_names_in_a_document_does_not_matter() -> None:
    assert chained({"a": 1, "b": 2}, "x") == chained({"b": 2, "a": 1}, "x")
    assert chained({"a": 1, "b": 2}, "x") != chained({"a": 2, "b": 1}, "x")
    expected = hashlib.sha256(b'x{"a":1}').hexdigest()
    assert chained({"a": 1}, "x") == expected
