"""``batson deidentify``: DICOM files without identity, in a folder of their own."""

from __future__ import annotations

import argparse
import io
import json
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pydicom
from pydicom.dataset import FileDataset
from pydicom.errors import InvalidDicomError

from workstation.base.errors import InputRefusedError
from workstation.base.paths import private_folder, store_folder
from workstation.exchange.deidentify import deidentify
from workstation.exchange.pseudonyms import load_key
from workstation.storage.atomic_file import write_atomically
from workstation.storage.audit_log import AuditAction, AuditEvent
from workstation.storage.case_store import CaseStore

_DONE, _REFUSED, _PARTLY = 0, 3, 4
FILE_LIMIT_BYTES = 4 * 1024**3


def add_parser(subparsers: Any) -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser("deidentify", help="copy DICOM files without identity")
    parser.add_argument("paths", nargs="+", metavar="PATH", help="files and folders")
    parser.add_argument("--out", metavar="DIR", required=True, help="folder to write into")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the copies; 3 when none could be made, 4 when some could not."""
    home = store_folder(args.store)
    key = load_key(home)
    out = private_folder(Path(args.out))
    written, refused, told = 0, [], []
    for path in _files(args.paths):
        try:
            found = deidentify(_read(path), key)
            content = _bytes(found.dataset)
        except InputRefusedError as error:
            refused.append({"path": str(path), "code": error.code, "reason": error.message})
            continue
        written += 1
        name = f"{written:06}.dcm"
        write_atomically(out / name, content)
        told += [{"file": name, "warning": text} for text in found.warnings]
    _log(home, written)
    _print(args, {"written": written, "refused": refused, "warnings": told})
    if not refused:
        return _DONE
    return _PARTLY if written else _REFUSED


def _files(paths: list[str]) -> Iterator[Path]:
    """Yield the regular files below the paths, sorted; links are not followed."""
    for path in map(Path, paths):
        if not path.exists():
            raise InputRefusedError(f"{path.name} does not exist.", code="no-such-path")
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (item for item in inside if item.is_file() and not item.is_symlink())


def _read(path: Path) -> FileDataset:
    try:
        if path.stat().st_size > FILE_LIMIT_BYTES:
            raise InputRefusedError("This file is too large.", code="too-large")
        with warnings.catch_warnings():
            # They quote the values that are wrong.
            warnings.simplefilter("ignore")
            return pydicom.dcmread(path)
    except InvalidDicomError as error:
        raise InputRefusedError("This is no DICOM file.", code="not-dicom") from error
    except (OSError, EOFError, ValueError, RecursionError, NotImplementedError) as error:
        raise InputRefusedError(
            "This file cannot be read.", detail=type(error).__name__, code="unreadable"
        ) from error


def _bytes(dataset: FileDataset) -> bytes:
    buffer = io.BytesIO()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset.save_as(buffer, enforce_file_format=True)
    except (ValueError, TypeError, AttributeError, NotImplementedError) as error:
        raise InputRefusedError(
            "This object is damaged; it cannot be written.", detail=type(error).__name__
        ) from error
    return buffer.getvalue()


def _log(home: Path, count: int) -> None:
    store = CaseStore.open(home)
    try:
        detail = f"{count} DICOM objects"
        store.audit.add(AuditEvent(action=AuditAction.DEIDENTIFIED, detail=detail))
    finally:
        store.close()


def _print(args: argparse.Namespace, document: dict[str, Any]) -> None:
    if args.json:
        sys.stdout.write(json.dumps(document) + "\n")
        return
    sys.stdout.write(f"{document['written']} files written to {args.out}\n")
    for item in document["warnings"]:
        sys.stdout.write(f"{item['file']}: {item['warning']}\n")
    for item in document["refused"]:
        sys.stderr.write(f"{Path(item['path']).name}: {item['reason']}\n")
