"""Carrying commands out on a store, and spoiling its file."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.support import cases
from workstation.base.errors import StoreError
from workstation.domain.case import Case
from workstation.domain.changes import apply
from workstation.domain.commands import Command, SetConus, Sign
from workstation.domain.spine import VertebralLevel
from workstation.storage.case_store import CaseStore

CONUS_L1 = SetConus(conus=VertebralLevel.L1)
CONUS_T12 = SetConus(conus=VertebralLevel.T12)
SIGN = Sign(signature=cases.reader_signature())


def carry_out(store: CaseStore, case: Case, *commands: Command, folds: bool = False) -> Case:
    """Apply and record commands, and return the case after them."""
    for command in commands:
        case = apply(case, command)
        store.record(case.id, command, case, author="R. Reader", folds=folds)
    return case


def code_of(store_call: object, *arguments: object) -> str:
    with pytest.raises(StoreError) as caught:
        store_call(*arguments)  # type: ignore[operator]
    return caught.value.code


def damage(home: Path, statement: str, *values: object) -> None:
    """Change the file behind the program's back, triggers off."""
    connection = sqlite3.connect(home / "cases.sqlite3")
    for name in ("history_keeps", "history_stays", "signed_keeps", "signed_stays"):
        connection.execute(f"DROP TRIGGER IF EXISTS {name}")
    changed = connection.execute(statement, values).rowcount
    connection.commit()
    connection.close()
    assert changed != 0


def created(store: CaseStore, case: Case | None = None) -> Case:
    fresh = case or cases.one_lesion_case()
    store.create(fresh, author="R. Reader")
    return fresh
