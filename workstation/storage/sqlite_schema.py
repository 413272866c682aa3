"""Tables of the case store, and how an older store is brought up to the present."""

from __future__ import annotations

import sqlite3

from workstation.storage.history_chain import FIRST_HASH

APPLICATION_ID = 0x42415453
"""Marks the file as ours ("BATS")."""

SCHEMA_VERSION = 2

_FIRST = """
CREATE TABLE cases (
  id TEXT PRIMARY KEY,
  position INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  head_hash TEXT NOT NULL,
  created_at TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  summary TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE history (
  case_id TEXT NOT NULL REFERENCES cases(id),
  sequence INTEGER NOT NULL,
  kind TEXT NOT NULL,
  author TEXT NOT NULL,
  at TEXT NOT NULL,
  label TEXT NOT NULL,
  command TEXT NOT NULL,
  case_hash TEXT NOT NULL,
  previous_hash TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (case_id, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE steps (
  case_id TEXT NOT NULL REFERENCES cases(id),
  position INTEGER NOT NULL,
  label TEXT NOT NULL,
  case_hash TEXT NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY (case_id, position)
) STRICT;

CREATE TABLE signed_versions (
  case_id TEXT NOT NULL REFERENCES cases(id),
  version INTEGER NOT NULL,
  signer TEXT NOT NULL,
  at TEXT NOT NULL,
  content TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  previous_hash TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (case_id, version)
) STRICT;

CREATE TABLE case_settings (
  case_id TEXT NOT NULL REFERENCES cases(id),
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (case_id, name)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER history_keeps BEFORE UPDATE ON history
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER history_stays BEFORE DELETE ON history
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER history_adds BEFORE INSERT ON history
WHEN EXISTS (SELECT 1 FROM history WHERE case_id = NEW.case_id AND sequence = NEW.sequence)
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER signed_adds BEFORE INSERT ON signed_versions
WHEN EXISTS
  (SELECT 1 FROM signed_versions WHERE case_id = NEW.case_id AND version = NEW.version)
BEGIN SELECT RAISE(ABORT, 'a signed version does not change'); END;
CREATE TRIGGER signed_keeps BEFORE UPDATE ON signed_versions
BEGIN SELECT RAISE(ABORT, 'a signed version does not change'); END;
CREATE TRIGGER signed_stays BEFORE DELETE ON signed_versions
BEGIN SELECT RAISE(ABORT, 'a signed version does not change'); END;
"""

_SECOND = f"""
CREATE TABLE audit (
  sequence INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  station TEXT NOT NULL,
  action TEXT NOT NULL,
  case_id TEXT NOT NULL,
  outcome TEXT NOT NULL,
  detail TEXT NOT NULL,
  previous_hash TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;

CREATE TABLE audit_head (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  sequence INTEGER NOT NULL,
  hash TEXT NOT NULL
) STRICT;

INSERT INTO audit_head VALUES (1, 0, '{FIRST_HASH}');

CREATE TABLE attachments (
  case_id TEXT NOT NULL REFERENCES cases(id),
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY (case_id, kind, name, version)
) STRICT;

CREATE TRIGGER audit_keeps BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_stays BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_adds BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE sequence = NEW.sequence)
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER document_adds BEFORE INSERT ON attachments
WHEN NEW.kind = 'document' AND EXISTS (SELECT 1 FROM attachments WHERE case_id = NEW.case_id
  AND kind = NEW.kind AND name = NEW.name AND version = NEW.version)
BEGIN SELECT RAISE(ABORT, 'a kept document does not change'); END;
CREATE TRIGGER document_keeps BEFORE UPDATE ON attachments WHEN OLD.kind = 'document'
BEGIN SELECT RAISE(ABORT, 'a kept document does not change'); END;
CREATE TRIGGER document_stays BEFORE DELETE ON attachments WHEN OLD.kind = 'document'
BEGIN SELECT RAISE(ABORT, 'a kept document does not change'); END;
"""

MIGRATIONS: dict[int, str] = {0: _FIRST, 1: _SECOND}
"""``MIGRATIONS[n]`` holds the statements that turn schema n into n + 1; forward only."""


def stored_version(connection: sqlite3.Connection) -> int:
    """Return the schema version of a store; 0 for an empty file."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def application_id(connection: sqlite3.Connection) -> int:
    """Return the mark of the program that made the file; 0 for an empty one."""
    return int(connection.execute("PRAGMA application_id").fetchone()[0])


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a store up to :data:`SCHEMA_VERSION` in one transaction."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        for version in range(stored_version(connection), SCHEMA_VERSION):
            for statement in _statements(MIGRATIONS[version]):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _statements(script: str) -> list[str]:
    """Return the single statements of a script; each ends with a line that ends in ``;``."""
    statements, current = [], ""
    for line in script.splitlines():
        current += line + "\n"
        if sqlite3.complete_statement(current):
            statements.append(current.strip())
            current = ""
    return [item for item in statements if item]
