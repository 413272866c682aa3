"""The one undo list: values of the case, with the words for each step.

Plain Python; undo is keeping the previous value. The list is bounded by a count, because values
share their unchanged parts and a step costs little.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from workstation.domain.case import Case

STEP_LIMIT = 1000
"""Steps that are kept; the oldest go first."""


class UndoStep(Protocol):
    """What the list needs of a step; a stored one unpacks its case when it is asked."""

    @property
    def label(self) -> str:
        """The step in words."""

    @property
    def case(self) -> Case:
        """The case after the step."""

    @property
    def merge_key(self) -> str:
        """What a following step must carry to fold into this one."""

    @property
    def typing(self) -> bool:
        """Whether the step changed free text alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One undoable step: its words and the case after it.

    ``typing`` tells that the step changed free text alone, so that the next letters may join it.
    """

    label: str
    case: Case
    merge_key: str = ""
    typing: bool = False


class History:
    """A list of steps and the position in it; position 0 is the case as it was opened.

    Parameters
    ----------
    base : Case or UndoStep
        The case before the first step.
    limit : int
        Steps kept beside the base.
    """

    def __init__(self, base: Case | UndoStep, *, limit: int = STEP_LIMIT) -> None:
        self._limit = limit
        first = Step(label="", case=base) if isinstance(base, Case) else base
        self._steps: list[UndoStep] = [first]
        self._position = 0
        self._sealed = True

    @classmethod
    def restored(
        cls, steps: Sequence[UndoStep], position: int, *, limit: int = STEP_LIMIT
    ) -> History:
        """Return the list as it was stored: ``steps[0]`` is the base, ``position`` the current."""
        history = cls(steps[0], limit=limit)
        history._steps = list(steps)
        history._position = position
        return history

    @property
    def current(self) -> Case:
        """The case at the current position."""
        return self._steps[self._position].case

    @property
    def steps(self) -> tuple[UndoStep, ...]:
        """The base and every step, redone or not."""
        return tuple(self._steps)

    @property
    def position(self) -> int:
        """How many steps are done, counted from the base that is still kept."""
        return self._position

    @property
    def undo_label(self) -> str:
        """The step that undo takes back, in words; empty when there is none."""
        return self._steps[self._position].label if self._position else ""

    @property
    def redo_label(self) -> str:
        """The step that redo does again, in words; empty when there is none."""
        following = self._position + 1
        return self._steps[following].label if following < len(self._steps) else ""

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return self._position > 0

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to do again."""
        return self._position + 1 < len(self._steps)

    def seal(self) -> None:
        """End the current step: what comes next does not fold into it."""
        self._sealed = True

    def push(self, label: str, case: Case, *, merge_key: str = "") -> bool:
        """Add a step and drop what could be redone; return whether it folded into the last one.

        A step folds when it carries the key of the last one and both changed free text alone.
        """
        typing = bool(merge_key) and only_text_changed(self.current, case)
        top = self._steps[self._position]
        folds = (
            typing
            and top.typing
            and top.merge_key == merge_key
            and not self._sealed
            and not self.can_redo
            and self._position > 0
        )
        del self._steps[self._position + 1 :]
        if folds:
            self._steps.pop()
        self._steps.append(Step(label=label, case=case, merge_key=merge_key, typing=typing))
        del self._steps[: max(len(self._steps) - self._limit - 1, 0)]
        self._position = len(self._steps) - 1
        self._sealed = False
        return folds

    def undo(self) -> None:
        """Go one step back; stays where it is at the base."""
        self._position = max(self._position - 1, 0)
        self._sealed = True

    def redo(self) -> None:
        """Go one step on; stays where it is at the end."""
        self._position = min(self._position + 1, len(self._steps) - 1)
        self._sealed = True

    def restart(self, case: Case) -> None:
        """Begin a new list at ``case``; what came before cannot be undone (a signature)."""
        self._steps = [Step(label="", case=case)]
        self._position = 0
        self._sealed = True


def only_text_changed(old: object, new: object) -> bool:
    """Whether two values differ in plain text at most; choices and numbers are not text."""
    if old is new or old == new:
        return True
    if type(old) is not type(new):
        return False
    if type(old) is str:
        return True
    if isinstance(old, tuple) and isinstance(new, tuple):
        return len(old) == len(new) and all(map(only_text_changed, old, new))
    return dataclasses.is_dataclass(old) and _only_text_fields_changed(old, new)


def _only_text_fields_changed(old: Any, new: object) -> bool:
    names = (item.name for item in dataclasses.fields(old))
    return all(only_text_changed(getattr(old, name), getattr(new, name)) for name in names)
