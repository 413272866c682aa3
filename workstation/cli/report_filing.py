"""What a written report leaves in the store: a line of the audit log, and the signed PDF."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from workstation.base.errors import StoreError
from workstation.domain.case import Case, CaseStatus
from workstation.storage.audit_log import AuditAction, AuditEvent
from workstation.storage.case_store import CaseStore


def file_report(home: Path, case: Case, written: Sequence[Path]) -> None:
    """Log that a report was written, and keep the PDFs of a signed version with the case.

    A PDF that differs from the one filed before is told: it is not the document that was first
    handed out.

    Raises
    ------
    StoreError
        When the disk does not take it.
    """
    store = CaseStore.open(home)
    try:
        kinds = ", ".join(sorted({path.suffix.lstrip(".") for path in written}))
        detail = f"report version {case.version}: {kinds}"
        event = AuditEvent(action=AuditAction.EXPORTED, case_id=case.id, detail=detail)
        store.audit.add(event)
        if case.status is CaseStatus.SIGNED and not store.read_only:
            for path in written:
                if path.suffix == ".pdf":
                    _keep(store, case, path)
    finally:
        store.close()


def _keep(store: CaseStore, case: Case, path: Path) -> None:
    try:
        store.attachments.keep_document(case.id, case.version, path.name, path.read_bytes())
    except StoreError as error:
        if error.code == "not-signed":
            # Taken over as signed from elsewhere: there is no signed version here to file it with.
            return
        if error.code != "document-exists":
            raise
        sys.stderr.write(f"{path.name} differs from the one that was filed before.\n")
