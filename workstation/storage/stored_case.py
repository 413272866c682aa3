"""What the case store gives back: a case with its undo list, a summary, a signed version."""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import dataclass
from typing import Any

from workstation.base.errors import InputRefusedError, StoreError
from workstation.domain.case import Case
from workstation.storage.case_codec import case_from_bytes
from workstation.storage.json_schema import DOCUMENT_LIMIT_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredStep:
    """One step of the undo list as stored; the case is unpacked when it is asked for.

    ``merge_key`` and ``typing`` say that nothing folds into a stored step.
    """

    label: str
    content: bytes
    case_hash: str
    merge_key: str = ""
    typing: bool = False

    @property
    def case(self) -> Case:
        """The case after the step.

        Raises
        ------
        StoreError
            When the stored content is damaged.
        """
        try:
            return case_from_bytes(unpacked(self.content, self.case_hash))
        except InputRefusedError as error:
            raise StoreError(
                f"This state of the case cannot be read: {error.message}", code=error.code
            ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCase:
    """A case as kept: ``steps[0]`` is the oldest state, ``steps[position]`` the current one."""

    case_id: str
    steps: tuple[StoredStep, ...]
    position: int

    @property
    def case(self) -> Case:
        """The current case."""
        return self.steps[self.position].case


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSummary:
    """One row of the list of cases."""

    case_id: str
    patient_name: str
    patient_id: str
    birth_date: str
    studies: tuple[str, ...]
    """Study Instance UIDs."""
    study_dates: tuple[str, ...]
    levels: tuple[str, ...]
    status: str
    version: int
    created_at: str
    changed_at: str
    """UTC, ISO 8601."""
    change_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedVersion:
    """A frozen version: the canonical JSON that was signed, and its hash."""

    version: int
    signer: str
    at: str
    content: str
    sha256: str
    previous_hash: str
    hash: str

    @property
    def case(self) -> Case:
        """The signed case.

        Raises
        ------
        StoreError
            When the content is not what was signed.
        """
        data = self.content.encode("utf-8")
        if hashlib.sha256(data).hexdigest() != self.sha256:
            raise StoreError(f"Version {self.version} is not what was signed.", code="altered")
        return case_from_bytes(data)


def packed(data: bytes) -> bytes:
    """Return the compressed form in which a state is stored."""
    return zlib.compress(data, 3)


def unpacked(content: bytes, sha256: str) -> bytes:
    """Return the bytes that were packed.

    Raises
    ------
    StoreError
        When the content is damaged or not what ``sha256`` says.
    """
    try:
        data = zlib.decompressobj().decompress(content, DOCUMENT_LIMIT_BYTES)
    except zlib.error as error:
        raise StoreError("A stored state of the case is damaged.", code="damaged") from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise StoreError("A stored state of the case was altered.", code="altered")
    return data


def summary_json(case: Case) -> str:
    """Return what the list of cases shows of a case, as JSON."""
    return json.dumps(
        {
            "patient_name": case.patient.name,
            "patient_id": case.patient.id,
            "birth_date": case.patient.birth_date,
            "studies": [study.study_uid for study in case.studies],
            "study_dates": [study.date for study in case.studies],
            "levels": [level.value for level in case.levels_with_findings],
            "status": case.status.value,
            "version": case.version,
        },
        ensure_ascii=False,
        sort_keys=True,
    )


def summary_from_row(row: tuple[Any, ...]) -> CaseSummary:
    """Return the summary of a row (id, created_at, changed_at, sequence, summary)."""
    case_id, created_at, changed_at, sequence, text = row
    try:
        document = json.loads(text)
        return CaseSummary(
            case_id=case_id,
            patient_name=str(document["patient_name"]),
            patient_id=str(document["patient_id"]),
            birth_date=str(document["birth_date"]),
            studies=tuple(document["studies"]),
            study_dates=tuple(document["study_dates"]),
            levels=tuple(document["levels"]),
            status=str(document["status"]),
            version=int(document["version"]),
            created_at=created_at,
            changed_at=changed_at,
            change_count=sequence - 1,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError("The list of cases is damaged.", code="damaged") from error
