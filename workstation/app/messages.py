"""The only road from the program to the reader: info, caution and critical messages.

The message bar shows :attr:`Messages.current`; info leaves by itself after :data:`INFO_SECONDS`,
caution waits for the cross, critical has no cross and leaves when what caused it is solved.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import QObject, Signal

from workstation.base.errors import WorkstationError

INFO_SECONDS = 6.0
"""How long the message bar shows an info."""

logger = logging.getLogger("workstation.app")


class Severity(IntEnum):
    """How grave a message is; the gravest is the one that shows."""

    INFO = 0
    CAUTION = 1
    CRITICAL = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageAction:
    """What the reader can do about a message: the verb on the button and what it starts."""

    label: str
    handler: Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message to the reader.

    Parameters
    ----------
    id : int
        Names the message; rises with time.
    severity : Severity
    text : str
        Plain text, one or two sentences, never mark-up.
    action : MessageAction or None
    key : str
        Messages about the same thing share a key: a newer one takes the place of the older, and
        :meth:`Messages.resolve` takes it away. Empty for a message that stands alone.
    detail : str
        Technical addition for "Details" and the log; no patient identity.
    """

    id: int
    severity: Severity
    text: str
    action: MessageAction | None = None
    key: str = ""
    detail: str = ""

    @property
    def dismissible(self) -> bool:
        """Whether the reader may close it; a critical one stays until it is solved."""
        return self.severity is not Severity.CRITICAL


class Messages(QObject):
    """Holds the messages that stand now and tells the window about each change.

    Signals
    -------
    posted(Message)
        A message arrived (also for screen readers).
    changed()
        The standing messages differ; read :attr:`current` and :attr:`waiting_count`.
    """

    posted = Signal(object)
    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ids = itertools.count(1)
        self._standing: list[Message] = []

    @property
    def standing(self) -> tuple[Message, ...]:
        """Every message not yet gone, oldest first."""
        return tuple(self._standing)

    @property
    def current(self) -> Message | None:
        """The gravest standing message; among equals the newest."""
        return max(self._standing, key=lambda item: (item.severity, item.id), default=None)

    @property
    def waiting_count(self) -> int:
        """How many messages stand besides :attr:`current`."""
        return max(len(self._standing) - 1, 0)

    def info(self, text: str, *, action: MessageAction | None = None, key: str = "") -> Message:
        """Say something that leaves by itself, and return the message."""
        return self.post(Severity.INFO, text, action=action, key=key)

    def caution(self, text: str, *, action: MessageAction | None = None, key: str = "") -> Message:
        """Say something the reader has to take note of, and return the message."""
        return self.post(Severity.CAUTION, text, action=action, key=key)

    def critical(self, text: str, *, action: MessageAction | None = None, key: str = "") -> Message:
        """Say something that stays until :meth:`resolve` is called with its key."""
        return self.post(Severity.CRITICAL, text, action=action, key=key)

    def refused(self, error: WorkstationError, *, key: str = "") -> Message:
        """Show the sentence of an error as a caution, its detail beside it."""
        return self.post(Severity.CAUTION, error.message, key=key, detail=error.detail)

    def post(
        self,
        severity: Severity,
        text: str,
        *,
        action: MessageAction | None = None,
        key: str = "",
        detail: str = "",
    ) -> Message:
        """Add a message, in the place of an older one with the same key, and return it."""
        if key:
            self._standing = [item for item in self._standing if item.key != key]
        message = Message(
            id=next(self._ids), severity=severity, text=text, action=action, key=key, detail=detail
        )
        self._standing.append(message)
        logger.info("message %d (%s): %s", message.id, severity.name.lower(), key or "no key")
        self.posted.emit(message)
        self.changed.emit()
        return message

    def dismiss(self, message_id: int) -> None:
        """Take a message away as the reader asks; a critical one stays."""
        self._keep(lambda item: item.id != message_id or not item.dismissible)

    def resolve(self, key: str) -> None:
        """Take the message about ``key`` away because its cause is gone, critical or not."""
        self._keep(lambda item: item.key != key)

    def clear(self) -> None:
        """Take everything away but what is critical, as when a case is closed."""
        self._keep(lambda item: item.severity is Severity.CRITICAL)

    def trigger(self, message_id: int) -> None:
        """Run the action of a message; nothing happens when it has none or is gone."""
        for message in self.standing:
            if message.id == message_id and message.action is not None:
                message.action.handler()

    def _keep(self, stays: Callable[[Message], bool]) -> None:
        kept = [item for item in self._standing if stays(item)]
        if len(kept) != len(self._standing):
            self._standing = kept
            self.changed.emit()
