"""``batson case audit`` and ``batson case restore``."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.support.stores import CONUS_T12, SIGN, carry_out, created, damage
from workstation.__main__ import main
from workstation.storage.case_store import CaseStore


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    store = CaseStore.open(home)
    carry_out(store, created(store), CONUS_T12, SIGN)
    store.close()
    return home


def run(home: Path, capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert main(["--store", str(home), "case", *words]) == code
    return capsys.readouterr().out


def test_words(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(home, capsys, "show", "case-1")
    lines = run(home, capsys, "audit", "case-1").splitlines()
    assert [line.split("  ")[2] for line in lines] == [
        "changed", "changed", "changed", "signed", "opened",
    ] or [line.split("  ")[2] for line in lines] == [
        "changed", "changed", "signed", "changed", "opened",
    ]  # fmt: skip
    assert "EXAMPLE" not in "".join(lines)


def test_csv_xml_and_json_tell_the_same(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(run(home, capsys, "audit", "--json"))
    assert found["whole"] is True
    rows = list(csv.DictReader(io.StringIO(run(home, capsys, "audit", "--csv"))))
    assert [row["hash"] for row in rows] == [event["hash"] for event in found["events"]]
    root = ElementTree.fromstring(run(home, capsys, "audit", "--xml"))
    # One more: handing the log out as CSV is an event too.
    assert len(root.findall("AuditMessage")) == len(rows) + 1
    assert run(home, capsys, "audit").count("audit exported") == 2


def test_tampering_exits_3(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    damage(home, "DROP TRIGGER audit_keeps")
    damage(home, "UPDATE audit SET actor = 'nobody'")
    assert main(["--store", str(home), "case", "audit"]) == 3
    assert capsys.readouterr().err == "Event 1 of the audit log was altered.\n"


def test_unknown_case_exits_3(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--store", str(home), "case", "audit", "nobody"]) == 3
    assert capsys.readouterr().err == "There is no such case in the store.\n"


def test_restore_says_what_happened(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    backup = tmp_path / "copy.sqlite3"
    run(home, capsys, "backup", str(backup))
    run(home, capsys, "new")
    out = run(home, capsys, "restore", str(backup))
    assert out.startswith("Restored 1 cases. The store before it is kept as cases-before-restore-")
    assert run(home, capsys, "list").count("\n") == 1
    assert "restored" in run(home, capsys, "audit")
    assert main(["--store", str(home), "case", "restore", str(tmp_path / "nothing")]) == 3
    assert capsys.readouterr().err == "nothing is not there.\n"
