"""Logs without patient identity.

One logger per layer, named ``workstation.<layer>``. Everything passes :class:`PrivacyFilter`, which
makes one safe line of a record before any handler sees it. Words that were announced with
:func:`hide` are gone, and so is what follows ``PatientName:`` and the like; unique identifiers keep
their last eight characters; control and bidirectional characters are escaped, so that a name in a
header cannot forge a second line or turn one around.
"""

import logging
import re
import threading
import unicodedata
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from workstation.base.paths import private_folder

ROOT = "workstation"
HIDDEN = "[hidden]"
UID_TAIL = 8
"""Characters of a unique identifier that a log may show."""

MAX_LINE = 4000
_MAX_FILE_BYTES = 2_000_000
_KEPT_FILES = 5
_MIN_HIDDEN = 3
"""Shorter words stand in too many innocent places to be taken out."""

# PS3.5 section 9.1: components of digits joined by dots, at most 64 characters. Three dots and
# more leave version numbers and most decimal values alone.
_UID = re.compile(r"(?<![\w.])[0-2](?:\.\d+){4,}(?![\w.]*\d)")
# PS3.3 C.7.1.1, C.7.2.1: attributes that name a person, by keyword or by spoken name.
_IDENTITY = re.compile(
    r"\b((?:Other\s?)?Patient(?:'s)?\s?(?:Name|IDs?|Birth\s?(?:Date|Time|Name)|Address|"
    r"Mother(?:'s)?\s?Birth\s?Name|Telephone\s?Numbers?)|Issuer\s?Of\s?Patient\s?ID|"
    r"Accession\s?Number|(?:Referring|Performing|Requesting)\s?Physician(?:'s)?\s?Name|"
    r"Operators?(?:'s)?\s?Name|Institution(?:al)?\s?(?:Name|Address))"
    r"(\s*[:=]\s*)('[^']*'|\"[^\"]*\"|[^,;\n]*)",
    re.IGNORECASE,
)
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

_lock = threading.Lock()
_hidden: set[str] = set()


def layer_logger(layer: str) -> logging.Logger:
    """Return the one logger of a layer, for example ``layer_logger("imaging")``."""
    return logging.getLogger(f"{ROOT}.{layer}")


def hide(*words: str) -> None:
    """Keep these words out of every later log line: names, ids and birth dates of a study.

    A DICOM person name is split at its carets and equals signs, since its parts appear alone too.
    Words of fewer than three characters are not hidden.
    """
    parts = {part.strip() for word in words for part in (word, *re.split(r"[\^=]", word))}
    with _lock:
        _hidden.update(part for part in parts if len(part) >= _MIN_HIDDEN)


def forget_hidden() -> None:
    """Forget what :func:`hide` was told."""
    with _lock:
        _hidden.clear()


def uid_tail(uid: str) -> str:
    """Last eight characters of a unique identifier, the only part a log or message shows."""
    return uid if len(uid) <= UID_TAIL else f"…{uid[-UID_TAIL:]}"


def safe_text(text: str) -> str:
    """One line of text without identity, full identifiers, control or bidirectional characters."""
    for word in _hidden_words():
        text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", HIDDEN, text, flags=re.IGNORECASE)
    text = _IDENTITY.sub(rf"\1\2{HIDDEN}", text)
    text = _UID.sub(lambda match: uid_tail(match[0]), text)
    text = "".join(_escaped(character) for character in text)
    return text if len(text) <= MAX_LINE else f"{text[: MAX_LINE - 1]}…"


class PrivacyFilter(logging.Filter):
    """Makes message, arguments and traceback of a record safe, and lets every record pass."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Make ``record`` safe; always True."""
        record.msg = safe_text(_message(record))
        record.args = None
        if record.exc_info:
            trace = logging.Formatter().formatException(record.exc_info)
            record.exc_text = "\n".join(safe_text(line) for line in trace.splitlines())
            record.exc_info = None
        if record.stack_info:
            lines = record.stack_info.splitlines()
            record.stack_info = "\n".join(safe_text(line) for line in lines)
        return True


def set_up_logging(folder: Path | None, *, verbose: bool = False) -> None:
    """Send the program's log to ``folder/batson.log``, and to the terminal when asked for.

    Calling it again replaces the handlers of the call before.

    Parameters
    ----------
    folder : Path or None
        Made when missing, readable by its owner only; None keeps no file.
    verbose : bool
        Show details on the terminal; without it only the file is written.
    """
    root = logging.getLogger(ROOT)
    close_logging()
    handlers: list[logging.Handler] = []
    if folder is not None:
        handlers.append(_file_handler(private_folder(folder)))
    if verbose:
        handlers.append(logging.StreamHandler())
    for handler in handlers or [logging.NullHandler()]:
        handler.addFilter(PrivacyFilter())
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(name)s %(message)s"))
        root.addHandler(handler)
    root.setLevel(logging.DEBUG if verbose else logging.INFO)


def close_logging() -> None:
    """Flush and close what :func:`set_up_logging` opened."""
    root = logging.getLogger(ROOT)
    for handler in list(root.handlers):
        if any(isinstance(item, PrivacyFilter) for item in handler.filters):
            root.removeHandler(handler)
            handler.close()


class _PrivateFile(RotatingFileHandler):
    """A rotating log file whose every generation only its owner can read."""

    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).touch(mode=0o600)
        return super()._open()


def _file_handler(folder: Path) -> logging.Handler:
    return _PrivateFile(
        folder / "batson.log", maxBytes=_MAX_FILE_BYTES, backupCount=_KEPT_FILES, encoding="utf-8"
    )


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        # A log line with the wrong arguments must not stop the work it tells about.
        return str(record.msg)


def _hidden_words() -> list[str]:
    with _lock:
        return sorted(_hidden, key=len, reverse=True)


def _escaped(character: str) -> str:
    if character in _BIDI or unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}:
        return character.encode("unicode_escape").decode("ascii")
    return character
