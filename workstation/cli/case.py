"""``batson case``: the case store from the command line."""

from __future__ import annotations

import argparse
import json
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from workstation.base.errors import InputRefusedError, StoreError, WorkstationError
from workstation.base.paths import store_folder
from workstation.cli import case_audit, case_encryption
from workstation.cli.case_agreement import run_agreement
from workstation.cli.case_identity import export_without_identity
from workstation.domain.case import Case
from workstation.domain.changes import apply
from workstation.storage import backups
from workstation.storage.audit_log import AuditAction, AuditEvent
from workstation.storage.case_codec import decode_command, encode_case
from workstation.storage.case_store import CaseStore
from workstation.storage.json_schema import parse_json

_DONE = 0
_REFUSED = 3
_PARTLY = 4

_LINE_LIMIT = 4 * 1024**2


def add_parser(subparsers: Any) -> None:
    """Add the command, its actions and their options."""
    parser = subparsers.add_parser("case", help="the case store")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    _add(actions, "list", _list, "list the cases, the one changed last first")
    _add(actions, "new", _new, "begin an empty case and print its id")
    show = _add(actions, "show", _show, "print a case", "case")
    show.add_argument("--history", action="store_true", help="print its changes instead")
    changes = _add(actions, "apply", _apply, "carry out commands, one JSON document a line", "case")
    changes.add_argument("file", metavar="FILE", help="the commands, or - for standard input")
    changes.add_argument("--new", action="store_true", help="begin the case when it is not there")
    changes.add_argument("--author", default="command line", help="who the history names")
    export = _add(actions, "export", _export, "write a case as one file", "case", "file")
    export.add_argument(
        "--without-identity",
        action="store_true",
        help="leave out who the patient and the readers are; dates are moved",
    )
    _add(actions, "import", _import, "take a case over from a file", "file")
    _add(actions, "backup", _backup, "write a whole copy of the store", "file")
    _add(actions, "agreement", run_agreement, "how far first and second readings agree")
    restore = _add(actions, "restore", _restore, "put a backup in the place of the store", "file")
    restore.set_defaults(run=run_closed)
    verify = _add(
        actions, "verify", _verify, "check that a case is whole; all of them without one", "case?"
    )
    verify.add_argument("--file", metavar="FILE", help="check that this PDF was filed with it")
    case_audit.add_parser(actions, run)
    case_encryption.add_parser(actions)


def _add(
    actions: Any, name: str, handler: Callable[..., int], text: str, *names: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = actions.add_parser(name, help=text)
    for argument in names:
        optional = argument.endswith("?")
        plain = argument.rstrip("?")
        parser.add_argument(plain, metavar=plain.upper(), nargs="?" if optional else None)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run, handler=handler)
    return parser


def run(args: argparse.Namespace) -> int:
    """Carry out ``batson case`` and return the exit code."""
    with _opened(args) as store:
        for notice in store.notices:
            sys.stderr.write(notice + "\n")
        code: int = args.handler(store, args)
        return code


def run_closed(args: argparse.Namespace) -> int:
    """Carry out an action that needs the store closed, and return the exit code."""
    code: int = args.handler(store_folder(args.store), args)
    return code


@contextmanager
def _opened(args: argparse.Namespace) -> Iterator[CaseStore]:
    store = CaseStore.open(store_folder(args.store))
    try:
        yield store
    finally:
        store.close()


def _list(store: CaseStore, args: argparse.Namespace) -> int:
    cases = store.list_cases()
    lines = [
        f"{item.case_id}  {item.status} v{item.version}  {item.changed_at}  "
        f"{', '.join(item.levels) or 'no findings'}  {item.change_count} changes"
        for item in cases
    ]
    _print(args, {"cases": [asdict(item) for item in cases]}, lines or ["No cases."])
    return _DONE


def _new(store: CaseStore, args: argparse.Namespace) -> int:
    case = _empty(uuid.uuid4().hex)
    store.create(case, author="command line")
    _print(args, {"case": case.id}, [case.id])
    return _DONE


def _show(store: CaseStore, args: argparse.Namespace) -> int:
    if args.history:
        entries = store.history(args.case)
        lines = [f"{item.sequence}  {item.at}  {item.author}  {item.label}" for item in entries]
        _print(args, {"history": [asdict(item) for item in entries]}, lines)
        return _DONE
    document = encode_case(store.load(args.case).case)
    store.audit.add(AuditEvent(action=AuditAction.OPENED, case_id=args.case, detail="show"))
    _print(args, document, [json.dumps(document, ensure_ascii=False, indent=2)])
    return _DONE


def _apply(store: CaseStore, args: argparse.Namespace) -> int:
    if args.new and args.case not in store.case_ids():
        store.create(_empty(args.case), author=args.author)
    case = store.load(args.case).case
    # With --json the one document owns standard output.
    progress = sys.stderr if args.json else sys.stdout
    saved = 0
    try:
        with _source(args.file) as lines:
            for number, line in _documents(lines):
                case = _carry_out(store, case, number, line, args.author)
                saved += 1
                progress.write(f"saved {saved}\n")
                progress.flush()
    except WorkstationError as error:
        return _stopped(args, saved, error)
    if args.json:
        _print(args, {"case": args.case, "saved": saved, "refused": []}, [])
    return _DONE


def _carry_out(store: CaseStore, case: Case, number: int, line: str, author: str) -> Case:
    """Carry one line out, durably, and return the case after it."""
    try:
        document = parse_json(line, "document")
        if document == {"command": "Undo"}:
            return store.undo(case.id, author=author)
        if document == {"command": "Redo"}:
            return store.redo(case.id, author=author)
        command = decode_command(document)
        after = apply(case, command)
        store.record(case.id, command, after, author=author)
    except WorkstationError as error:
        raise type(error)(f"line {number}: {error.message}", code=error.code) from error
    return after


def _stopped(args: argparse.Namespace, saved: int, error: WorkstationError) -> int:
    sys.stderr.write(error.message + "\n")
    if args.json:
        refused = [{"reason": error.message, "code": error.code}]
        _print(args, {"case": args.case, "saved": saved, "refused": refused}, [])
    return _PARTLY if saved else _REFUSED


@contextmanager
def _source(name: str) -> Iterator[TextIO]:
    if name == "-":
        yield sys.stdin
        return
    try:
        with Path(name).open(encoding="utf-8") as file:
            yield file
    except OSError as error:
        raise InputRefusedError(f"{Path(name).name} cannot be read.") from error


def _documents(lines: TextIO) -> Iterator[tuple[int, str]]:
    """Yield the lines that hold something, with their numbers from 1."""
    number = 0
    try:
        while line := lines.readline(_LINE_LIMIT):
            number += 1
            if len(line) == _LINE_LIMIT:
                raise InputRefusedError(f"line {number}: is too long.")
            if line.strip():
                yield number, line
    except UnicodeDecodeError as error:
        raise InputRefusedError(f"line {number + 1}: is not UTF-8.") from error


def _export(store: CaseStore, args: argparse.Namespace) -> int:
    if args.without_identity:
        export_without_identity(store, args.case, Path(args.file))
    else:
        store.export(args.case, Path(args.file))
    _print(args, {"case": args.case, "file": args.file}, [f"Exported to {args.file}"])
    return _DONE


def _restore(home: Path, args: argparse.Namespace) -> int:
    aside = backups.restore(home, Path(args.file))
    with _opened(args) as store:
        event = AuditEvent(action=AuditAction.RESTORED, detail=Path(args.file).name)
        store.audit.add(event)
        count = len(store.case_ids())
    kept = f" The store before it is kept as {aside.name}." if aside else ""
    document = {"cases": count, "kept": aside.name if aside else None}
    _print(args, document, [f"Restored {count} cases.{kept}"])
    return _DONE


def _import(store: CaseStore, args: argparse.Namespace) -> int:
    case_id = store.import_(Path(args.file), author="command line")
    _print(args, {"case": case_id}, [f"Imported {case_id}"])
    return _DONE


def _backup(store: CaseStore, args: argparse.Namespace) -> int:
    store.backup(Path(args.file))
    _print(args, {"file": args.file}, [f"Backed up to {args.file}"])
    return _DONE


def _verify(store: CaseStore, args: argparse.Namespace) -> int:
    names = [args.case] if args.case else store.case_ids()
    found = {name: store.verify(name) + _foreign_file(store, name, args.file) for name in names}
    whole = not any(found.values())
    cases = [{"case": name, "problems": list(problems)} for name, problems in found.items()]
    lines = [f"{name}: {problem}" for name, problems in found.items() for problem in problems]
    _print(args, {"whole": whole, "cases": cases}, lines or [f"{len(names)} whole"])
    if not whole and not args.json:
        sys.stderr.write("The store is not whole.\n")
    return _DONE if whole else _REFUSED


def _foreign_file(store: CaseStore, case_id: str, name: str | None) -> tuple[str, ...]:
    """Return a sentence when a file is none of the documents that were filed with a case."""
    if name is None:
        return ()
    try:
        content = Path(name).read_bytes()
    except OSError as error:
        raise InputRefusedError(f"{Path(name).name} cannot be read.") from error
    if any(item.content == content for item in store.attachments.of_case(case_id)):
        return ()
    return (f"{Path(name).name} is not what was filed with this case.",)


def _empty(case_id: str) -> Case:
    if not case_id.strip() or len(case_id) > 64 or not case_id.isprintable():
        raise StoreError("The id of a case has 1 to 64 printable characters.", code="bad-id")
    return Case(id=case_id, created_at=datetime.now().astimezone().isoformat(timespec="seconds"))


def _print(args: argparse.Namespace, document: Any, lines: list[str]) -> None:
    text = json.dumps(document, ensure_ascii=False) if args.json else "\n".join(lines)
    if text:
        sys.stdout.write(text + "\n")
