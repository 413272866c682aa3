"""What stands in the place of identifiers: made from a secret key, the same for the same value.

Two exports with one key go together: references between objects hold, and the dates of one
patient move by the same number of days. Without the key nothing leads back.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from workstation.base.errors import StoreError

KEY_BYTES = 32
KEY_NAME = "deidentification.key"
SHIFT_DAYS = (365, 3650)
"""Dates move back by at least the first and less than the second number of days."""

_ISO_DATE = re.compile(r"^(\d{4})-(\d{2})-(\d{2})")
_DICOM_DATE = re.compile(r"^(\d{4})(\d{2})(\d{2})")


def load_key(folder: Path) -> bytes:
    """Return the key of a store, made when there is none; only its owner can read it.

    Raises
    ------
    StoreError
        When it cannot be read or made.
    """
    path = folder / KEY_NAME
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read_key(path)
    except OSError as error:
        raise StoreError("The key for exports without identity cannot be made.") from error
    with os.fdopen(descriptor, "wb") as file:
        key = secrets.token_bytes(KEY_BYTES)
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return key


def _read_key(path: Path) -> bytes:
    try:
        key = path.read_bytes()
    except OSError as error:
        raise StoreError("The key for exports without identity cannot be read.") from error
    if len(key) != KEY_BYTES:
        raise StoreError("The key for exports without identity is damaged.", code="damaged")
    return key


@dataclass(frozen=True, slots=True, kw_only=True)
class Pseudonyms:
    """The replacements for one patient.

    Parameters
    ----------
    key : bytes
        Of the store.
    person : str
        Whoever shares it moves by the same number of days: issuer and id.
    """

    key: bytes
    person: str

    def uid(self, uid: str) -> str:
        """Return the identifier that stands for a UID: 2.25 and 128 bits (PS3.5 B.2)."""
        return f"2.25.{int.from_bytes(self._digest('uid', uid.strip())[:16], 'big')}"

    def name(self, kind: str, value: str) -> str:
        """Return a short word that stands for an identifier of a kind."""
        return self._digest(kind, value)[:6].hex()

    @property
    def patient_id(self) -> str:
        """What stands for the patient's id."""
        return f"ANON-{self.name('patient', self.person).upper()}"

    @property
    def shift_days(self) -> int:
        """How far back every date of this patient moves."""
        low, high = SHIFT_DAYS
        number = int.from_bytes(self._digest("days", self.person)[:8], "big")
        return low + number % (high - low)

    def iso_date(self, text: str) -> str:
        """Return an ISO date, with or without a time behind it, moved; empty when it is none."""
        return self._moved(text, _ISO_DATE, "%Y-%m-%d")

    def dicom_date(self, text: str) -> str:
        """Return a DA or DT value moved; empty when it holds no whole date."""
        return self._moved(text.strip(), _DICOM_DATE, "%Y%m%d")

    def _moved(self, text: str, pattern: re.Pattern[str], form: str) -> str:
        match = pattern.match(text)
        if match is None:
            return ""
        try:
            moved = date(*map(int, match.groups())) - timedelta(days=self.shift_days)
        except (ValueError, OverflowError):
            return ""
        rest = text[match.end() :]
        if not re.fullmatch(r"[\d .:+\-TZ]*", rest):
            rest = ""
        # strftime does not fill years below 1000 with zeros everywhere.
        return moved.strftime(form).zfill(len(match[0])) + rest

    def _digest(self, kind: str, value: str) -> bytes:
        message = f"{kind}\0{value}".encode("utf-8", "surrogatepass")
        return hmac.new(self.key, message, hashlib.sha256).digest()
