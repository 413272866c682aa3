"""``batson case audit``: who opened, changed, signed, exported, de-identified and sent."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from workstation.storage.audit_export import audit_csv, audit_xml
from workstation.storage.audit_log import AuditAction, AuditEntry, AuditEvent
from workstation.storage.case_store import CaseStore

_DONE = 0
_REFUSED = 3


def add_parser(actions: Any, run: Callable[[argparse.Namespace], int]) -> None:
    """Add the action and its options; ``run`` opens the store and calls :func:`audit`."""
    parser = actions.add_parser("audit", help="who did what; of one case or of all")
    parser.add_argument("case", metavar="CASE", nargs="?", default="")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--csv", action="store_true", help="comma-separated values")
    form.add_argument("--xml", action="store_true", help="DICOM audit messages, PS3.15 A.5")
    form.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run, handler=audit)


def audit(store: CaseStore, args: argparse.Namespace) -> int:
    """Print the trail; 3 when the log was tampered with."""
    if args.case:
        store.history(args.case)
    problem = store.audit.problem()
    entries = store.audit.trail(args.case)
    sys.stdout.write(_text(entries, args, problem))
    if args.csv or args.xml:
        store.audit.add(
            AuditEvent(action=AuditAction.AUDIT_EXPORTED, case_id=args.case, detail="csv or xml")
        )
    if problem:
        sys.stderr.write(problem + "\n")
    return _REFUSED if problem else _DONE


def _text(entries: tuple[AuditEntry, ...], args: argparse.Namespace, problem: str) -> str:
    if args.csv:
        return audit_csv(entries)
    if args.xml:
        return audit_xml(entries)
    if args.json:
        document = {"whole": not problem, "events": [asdict(entry) for entry in entries]}
        return json.dumps(document, ensure_ascii=False) + "\n"
    lines = [_line(entry) for entry in entries]
    return "\n".join([*lines, ""]) if lines else "Nothing was done yet.\n"


def _line(entry: AuditEntry) -> str:
    words = (entry.at, entry.actor, entry.action.value, entry.case_id or "-", entry.detail)
    return "  ".join(words).rstrip()
