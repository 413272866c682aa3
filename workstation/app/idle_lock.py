"""Locks the window after a while without mouse or keys; a local PIN opens it again.

The lock keeps eyes away from a desk that was left. It does not encrypt; that is the store's
option and the disk's.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from workstation.base.errors import StoreError, WorkstationError
from workstation.storage.atomic_file import private_folder, write_atomically

FILE_NAME = "lock.json"
MIN_DIGITS, MAX_DIGITS = 4, 12
FREE_TRIES = 3
"""Wrong PINs that cost nothing; each further one doubles the wait."""

LONGEST_WAIT_S = 3600.0
_N, _R, _P = 2**14, 8, 1
"""Cost of scrypt: some 50 ms and 16 MB a try."""


class PinError(WorkstationError):
    """A PIN that cannot be used, or a lock that does not open."""

    default_code = "pin"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Secret:
    salt: bytes
    digest: bytes
    failures: int = 0
    wait_until: float = 0.0


class PinLock:
    """The PIN of one store: its hash, and how often it was wrong.

    Parameters
    ----------
    home : Path
        The store's folder.
    clock : callable
        Gives the wall clock, s; waiting survives a restart.
    """

    def __init__(self, home: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._path = home / FILE_NAME
        self._clock = clock

    @property
    def is_set(self) -> bool:
        """Whether a PIN was chosen."""
        return self._path.exists()

    def set_pin(self, pin: str) -> None:
        """Choose a PIN.

        Raises
        ------
        PinError
            When it is too short, too long, not of digits, or one digit repeated.
        """
        is_long_enough = MIN_DIGITS <= len(pin) <= MAX_DIGITS
        if not (pin.isascii() and pin.isdigit() and is_long_enough and len(set(pin)) > 1):
            raise PinError(
                f"A PIN has {MIN_DIGITS} to {MAX_DIGITS} digits that are not all the same."
            )
        salt = secrets.token_bytes(16)
        self._write(_Secret(salt=salt, digest=_digest(pin, salt)))

    def remove(self) -> None:
        """Do without a PIN."""
        self._path.unlink(missing_ok=True)

    @property
    def seconds_to_wait(self) -> float:
        """How long the next try has to wait, s."""
        secret = self._read()
        # A clock that was set back must not lengthen the wait beyond its limit.
        return min(max(secret.wait_until - self._clock(), 0.0), LONGEST_WAIT_S)

    def check(self, pin: str) -> None:
        """Return when the PIN is right.

        Raises
        ------
        PinError
            When it is wrong, or too many wrong ones came before.
        """
        secret = self._read()
        wait_s = self.seconds_to_wait
        if wait_s > 0:
            raise PinError(f"Wait {_span(wait_s)} before the next try.", code="pin-wait")
        # Counted before it is compared: ending the program does not save the try.
        failures = secret.failures + 1
        penalty = 0.0 if failures <= FREE_TRIES else 15.0 * 2 ** min(failures - FREE_TRIES, 10)
        wait_until = self._clock() + min(penalty, LONGEST_WAIT_S) if penalty else 0.0
        tried = _Secret(
            salt=secret.salt, digest=secret.digest, failures=failures, wait_until=wait_until
        )
        self._write(tried)
        if not hmac.compare_digest(_digest(pin, secret.salt), secret.digest):
            raise PinError("This is not the PIN.", code="pin-wrong")
        self._write(_Secret(salt=secret.salt, digest=secret.digest))

    def _read(self) -> _Secret:
        try:
            document = json.loads(self._path.read_text("utf-8"))
            return _Secret(
                salt=bytes.fromhex(document["salt"]),
                digest=bytes.fromhex(document["digest"]),
                failures=int(document["failures"]),
                wait_until=float(document["wait_until"]),
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(
                "The PIN cannot be read. Ask whoever looks after this computer to remove "
                f"{FILE_NAME} from the folder of the cases.",
                code="damaged",
            ) from error

    def _write(self, secret: _Secret) -> None:
        private_folder(self._path.parent)
        document = {
            "salt": secret.salt.hex(),
            "digest": secret.digest.hex(),
            "failures": secret.failures,
            "wait_until": secret.wait_until,
        }
        write_atomically(self._path, json.dumps(document).encode())


class IdleLock(QObject):
    """Tells when the window has to be covered, and when it may be shown again.

    Parameters
    ----------
    pin : PinLock
    idle_minutes : int
        Without mouse or keys; 0 never locks by itself.

    Signals
    -------
    locked()
        Cover every window now; case and undo stay as they are.
    unlocked()
    """

    locked = Signal()
    unlocked = Signal()

    def __init__(self, pin: PinLock, idle_minutes: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pin = pin
        self._is_locked = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.lock)
        self.set_minutes(idle_minutes)

    @property
    def is_locked(self) -> bool:
        """Whether the window is covered."""
        return self._is_locked

    def set_minutes(self, idle_minutes: int) -> None:
        """Choose how long without mouse or keys; 0 never locks by itself."""
        self._timer.setInterval(max(idle_minutes, 0) * 60_000)
        self.note_activity()

    @Slot()
    def note_activity(self) -> None:
        """Begin to wait anew; call it for every key and every move of the mouse."""
        if self._timer.interval() > 0 and not self._is_locked:
            self._timer.start()
        else:
            self._timer.stop()

    @Slot()
    def lock(self) -> None:
        """Cover the window now; nothing happens where no PIN was chosen."""
        if self._is_locked or not self._pin.is_set:
            return
        self._is_locked = True
        self._timer.stop()
        self.locked.emit()

    def unlock(self, pin: str) -> None:
        """Show the window again.

        Raises
        ------
        PinError
            When the PIN is wrong or came too soon; the window stays covered.
        """
        if not self._is_locked:
            return
        self._pin.check(pin)
        self._is_locked = False
        self.note_activity()
        self.unlocked.emit()


def _digest(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=_N, r=_R, p=_P, dklen=32)


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} minutes"
