"""``batson measure``: measurement documents on native voxels."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from workstation.base.errors import InputRefusedError
from workstation.imaging.catalog import load_volume, open_paths
from workstation.imaging.measure_documents import measure_document

EXIT_DONE = 0
EXIT_PARTLY = 4
MAX_DOCUMENT_CHARACTERS = 10_000_000


def add_parser(subparsers: Any) -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser(
        "measure", help="distances, angles, regions and heights on native voxels"
    )
    parser.add_argument("path", metavar="PATH", help="file or folder")
    parser.add_argument("file", metavar="FILE|-", help="list of documents, - for standard input")
    parser.add_argument("--series", required=True, metavar="UID")
    parser.add_argument("--volume", type=int, default=0, metavar="N")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Measure and print; 4 when some measurements were refused.

    Raises
    ------
    InputRefusedError
        When a document is malformed or the volume cannot be read.
    UsageError
        When there is no such series or volume.
    """
    documents = _documents(args.file)
    volume = load_volume(open_paths([args.path]).find_volume(args.series, args.volume))
    answers = [measure_document(volume, document) for document in documents]
    if args.json:
        sys.stdout.write(json.dumps(answers, indent=1) + "\n")
    else:
        sys.stdout.writelines(_line(answer) + "\n" for answer in answers)
    return EXIT_PARTLY if any("refused" in answer for answer in answers) else EXIT_DONE


def _documents(name: str) -> list[Any]:
    """Return the documents of a file: a list, or a single one."""
    try:
        parsed = json.loads(_text(name))
    except (json.JSONDecodeError, RecursionError) as error:
        raise InputRefusedError(
            "The measurement documents are not valid JSON.", code="bad-document"
        ) from error
    return parsed if isinstance(parsed, list) else [parsed]


def _text(name: str) -> str:
    try:
        if name == "-":
            return sys.stdin.read(MAX_DOCUMENT_CHARACTERS)
        with Path(name).open(encoding="utf-8-sig") as file:
            return file.read(MAX_DOCUMENT_CHARACTERS)
    except UnicodeDecodeError:
        raise InputRefusedError("The measurement documents are not UTF-8 text.") from None
    except OSError as error:
        reason = error.strerror or "read error"
        raise InputRefusedError(f"The measurement documents cannot be read: {reason}.") from None


def _line(answer: dict[str, Any]) -> str:
    if "refused" in answer:
        return f"{answer['kind']}: refused: {answer['refused']}"
    text = f"{answer['kind']}: {answer['value']:.4g} {answer['unit']}"
    if "count" in answer:
        text += (
            f" (SD {answer['sd']:.4g}, {answer['min']:.4g} to {answer['max']:.4g}, "
            f"{answer['count']} voxels)"
        )
    return text
