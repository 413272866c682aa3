"""``batson grade``: the rules alone, on an answer document."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from workstation.base.errors import InputRefusedError
from workstation.domain.document_fields import LARGEST_DOCUMENT, parse_json
from workstation.domain.grade_documents import SCALES

EXIT_DONE = 0
EXIT_PARTLY = 4

_Document = Mapping[str, Any]


def add_parser(subparsers: Any) -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser(
        "grade", help="SINS, ESCC, NOMS and survival scores of an answer document"
    )
    parser.add_argument("scale", choices=list(SCALES))
    parser.add_argument("file", metavar="FILE|-", help="answer document, - for standard input")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Grade the document and print the result; 4 when some levels were refused.

    Raises
    ------
    InputRefusedError
        When the document is wrong, or when nothing in it may be graded: the result that says so
        is printed before.
    """
    answer = SCALES[args.scale](parse_json(_read(args.file)))
    as_text = _as_json if args.json else _TEXTS.get(args.scale, _survival_text)
    sys.stdout.write(as_text(answer.document) + "\n")
    if answer.refused and not answer.partly:
        sys.stdout.flush()
        raise InputRefusedError(" ".join(answer.refused))
    return EXIT_PARTLY if answer.refused else EXIT_DONE


def _read(name: str) -> str:
    try:
        if name == "-":
            return sys.stdin.read(LARGEST_DOCUMENT + 1)
        with Path(name).open(encoding="utf-8-sig") as file:
            return file.read(LARGEST_DOCUMENT + 1)
    except UnicodeDecodeError:
        raise InputRefusedError("The answer document is not UTF-8 text.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no such name"
        raise InputRefusedError(f"The answer document cannot be read: {reason}.") from None


def _as_json(document: _Document) -> str:
    return json.dumps(document, indent=2)


def _sins_text(document: _Document) -> str:
    if "levels" not in document:
        return _level_text(document)
    lines = [_level_text(level) for level in document["levels"].values()]
    lines.append(f"Index level: {document['index_level'] or 'none'}")
    return "\n".join([*lines, *document["notes"]])


def _level_text(document: _Document) -> str:
    lines = [f"{document['level']}: {_total_text(document)}"]
    for name, item in document["components"].items():
        points = item["points"] if item["points"] is not None else f"0-{item['max']}"
        lines.append(f"  {_plain(name):<16}{_plain(item['answer']):<16}{points}")
    if document["consult"]:
        lines.append("  Surgical consultation recommended")
    lines.extend(f"  {note}" for note in document["notes"])
    return "\n".join(lines)


def _total_text(document: _Document) -> str:
    if document["refused"]:
        return f"SINS not computed. {document['refused']}"
    categories = " or ".join(map(_plain, document["categories"]))
    if document["total"] is not None:
        return f"SINS {document['total']} / 18, {categories}"
    return f"SINS {document['min']}-{document['max']} / 18, incomplete, {categories}"


def _plain(word: str) -> str:
    return word.replace("_", " ")


_HIGH_WORDS = {True: "high-grade", False: "low-grade", None: "high or low not decided"}


def _escc_text(document: _Document) -> str:
    if document["refused"]:
        lines = ["ESCC not applicable"]
    elif document["grade"] is not None:
        high = _HIGH_WORDS[document["high_grade"]]
        lines = [f"ESCC {document['grade']}, {high} ({_plain(document['convention'])} convention)"]
    else:
        possible = ", ".join(document["possible"])
        lines = [f"ESCC incomplete: {possible} possible, {_HIGH_WORDS[document['high_grade']]}"]
    return "\n".join([*lines, *(f"  {note}" for note in document["notes"])])


def _noms_text(document: _Document) -> str:
    lines = [document["sentence"]]
    if document["published"]:
        row = f" (row {document['row']} of 16)" if document["row"] else ""
        lines.append(f"  Published row {document['published']}{row}")
    lines.extend(f"  {key}: {decision}" for key, decision in document["branches"].items())
    for title in ("flags", "missing"):
        if document[title]:
            lines.append(f"  {title.capitalize()}: {', '.join(document[title])}")
    return "\n".join([*lines, *(f"  {note}" for note in document["notes"])])


def _survival_text(document: _Document) -> str:
    head = f"{document['score']}: "
    if document["total"] is not None:
        head += str(document["total"])
    elif document["min"] is None:
        head += document["status"]
    else:
        head += f"{document['min']}-{document['max']}, incomplete"
    lines = [head, *(f"  {band}" for band in document["bands"])]
    if document["missing"]:
        lines.append("  Missing: " + ", ".join(map(_plain, document["missing"])))
    return "\n".join([*lines, *(f"  {note}" for note in document["notes"])])


_TEXTS: Mapping[str, Callable[[_Document], str]] = {
    "sins": _sins_text,
    "escc": _escc_text,
    "noms": _noms_text,
}
