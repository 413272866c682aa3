"""A case and its commands as JSON documents with a schema version."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable
from typing import Any

from workstation.base.errors import InputRefusedError
from workstation.domain import commands
from workstation.domain.case import Case
from workstation.domain.commands import Command
from workstation.storage.json_schema import canonical_json, kind_of, parse_json

FORMAT = "batson-case"

SCHEMA_VERSION = 1
"""Rises whenever a released field is renamed, removed or changes its meaning."""

LATER_FIELDS = frozenset({"explanations", "marks", "priors", "second_readings"})
"""Fields of the case that came after schema 1 and start empty. They are written only when they hold
something, so that a case kept before them keeps its bytes, its hash and its signature."""

Migration = Callable[[dict[str, Any]], dict[str, Any]]

MIGRATIONS: dict[int, Migration] = {}
"""``MIGRATIONS[n]`` turns the case document of schema n into that of n + 1."""

COMMANDS: dict[str, type[Command]] = {
    item.__name__: item
    for item in vars(commands).values()
    if isinstance(item, type) and issubclass(item, Command) and item is not Command
}
"""Every command by its name in a document."""


def encode_case(case: Case) -> dict[str, Any]:
    """Return the case as a JSON document: format, schema and the case itself."""
    body = kind_of(Case).encode(case, "case")
    body = {name: value for name, value in body.items() if value or name not in LATER_FIELDS}
    return {"format": FORMAT, "schema": SCHEMA_VERSION, "case": body}


def decode_case(document: Any, *, migrations: dict[int, Migration] | None = None) -> Case:
    """Return the case of a document, brought up to the present schema.

    Raises
    ------
    InputRefusedError
        When the document is of another format, of a newer schema, or wrong in a field.
    """
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise InputRefusedError("format: this is not a Batson case.", code="bad-document")
    if set(document) != {"format", "schema", "case"}:
        raise InputRefusedError("document: needs exactly format, schema and case.")
    body = _migrated(document["case"], document["schema"], migrations or MIGRATIONS)
    missing = {field.name for field in dataclasses.fields(Case)} - set(body) - LATER_FIELDS
    if missing:
        raise InputRefusedError(f"case.{min(missing)}: is missing.", code="bad-document")
    case: Case = kind_of(Case).decode(body, "case")
    return case


def _migrated(body: Any, schema: Any, migrations: dict[int, Migration]) -> dict[str, Any]:
    if type(schema) is not int or schema < 1:
        raise InputRefusedError("schema: needs a whole number from 1.", code="bad-document")
    if schema > SCHEMA_VERSION:
        raise InputRefusedError(
            f"schema: this case was written by a newer Batson (schema {schema}); update first.",
            code="newer-schema",
        )
    if not isinstance(body, dict):
        raise InputRefusedError("case: needs an object.", code="bad-document")
    for step in range(schema, SCHEMA_VERSION):
        body = migrations[step](body)
    migrated: dict[str, Any] = body
    return migrated


def case_bytes(case: Case) -> bytes:
    """Return the canonical JSON of the case, the bytes that are hashed, signed and attached."""
    return canonical_json(encode_case(case))


def case_from_bytes(data: bytes) -> Case:
    """Return the case that :func:`case_bytes` wrote."""
    return decode_case(parse_json(data, "case"))


def case_hash(case: Case) -> str:
    """Return the SHA-256 of :func:`case_bytes`, hexadecimal."""
    return hashlib.sha256(case_bytes(case)).hexdigest()


def encode_command(command: Command) -> dict[str, Any]:
    """Return the command as a JSON document: its name under ``"command"`` beside its fields."""
    name = type(command).__name__
    if COMMANDS.get(name) is not type(command):
        raise InputRefusedError("command: is not one Batson keeps.", code="bad-command")
    return {"command": name, **kind_of(type(command)).encode(command, "")}


def decode_command(document: Any) -> Command:
    """Return the command of a document such as ``{"command": "SetConus", "conus": "L1"}``.

    Raises
    ------
    InputRefusedError
        When the command is not known or a field is wrong; the message names the field.
    """
    if not isinstance(document, dict):
        raise InputRefusedError("document: needs an object with a command.", code="bad-command")
    name = document.get("command")
    if not isinstance(name, str) or name not in COMMANDS:
        raise InputRefusedError("command: is not one Batson knows.", code="bad-command")
    fields = {key: value for key, value in document.items() if key != "command"}
    command: Command = kind_of(COMMANDS[name]).decode(fields, "")
    return command
