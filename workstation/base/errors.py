"""The error tree: every error carries a sentence for the user.

A message says what is wrong and what to do, without patient identity. ``detail`` is for the log
and the crash dialog, ``code`` is a short stable word (``"not-dicom"``) that scripts may rely on.
"""


class WorkstationError(Exception):
    """Base of every error that Batson raises on purpose.

    Parameters
    ----------
    message : str
        One plain sentence for the user: what is wrong and what to do.
    detail : str, optional
        Technical addition for logs; no patient identity.
    code : str, optional
        Stable word for scripts; each class has a default.
    """

    default_code = "error"

    def __init__(self, message: str, *, detail: str = "", code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail
        self.code = code or self.default_code


class InputRefusedError(WorkstationError):
    """The input cannot be used; the command line exits with 3."""

    default_code = "refused"


class UsageError(WorkstationError):
    """The caller asked for something that does not exist; the command line exits with 2."""

    default_code = "usage"


class StoreError(WorkstationError):
    """The case store could not keep or give back a case."""

    default_code = "store"


class RenderError(WorkstationError):
    """A frame could not be drawn on this machine."""

    default_code = "render"


class ReportError(WorkstationError):
    """A report could not be composed or written."""

    default_code = "report"


class CommandRefusedError(WorkstationError):
    """A command contradicts the case or a clinical rule and was not carried out."""

    default_code = "command-refused"


class CancelledError(WorkstationError):
    """The user cancelled a job; nothing was changed."""

    default_code = "cancelled"

    def __init__(self) -> None:
        super().__init__("Cancelled. Nothing was changed.")
