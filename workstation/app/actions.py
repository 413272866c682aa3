"""Actions at work: which handler an action has, which keys, and whether it is enabled now."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from workstation.app.action_table import ACTIONS, ActionSpec, Context, Fact
from workstation.base.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyConflict:
    """Two actions that one key would start at the same place."""

    key: str
    first: str
    second: str


class ActionRegistry(QObject):
    """Joins the table of actions to the handlers of the window.

    Signals
    -------
    availability_changed()
        The facts changed; ask :meth:`is_enabled` again.
    keys_changed()
        The reader gave an action other keys.
    """

    availability_changed = Signal()
    keys_changed = Signal()

    def __init__(
        self, parent: QObject | None = None, *, specs: Iterable[ActionSpec] = ACTIONS
    ) -> None:
        super().__init__(parent)
        self._specs = {spec.id: spec for spec in specs}
        self._keys = {spec.id: spec.shortcuts for spec in self._specs.values()}
        self._handlers: dict[str, Callable[[], object]] = {}
        self._facts: frozenset[Fact] = frozenset()

    @property
    def specs(self) -> tuple[ActionSpec, ...]:
        """Every action, in the order of the table."""
        return tuple(self._specs.values())

    def spec(self, action_id: str) -> ActionSpec:
        """Return an action's row of the table.

        Raises
        ------
        UsageError
            When there is no such action.
        """
        if action_id not in self._specs:
            raise UsageError(f'There is no action "{action_id}".')
        return self._specs[action_id]

    def bind(self, action_id: str, handler: Callable[[], object]) -> None:
        """Say what an action does; the newest handler counts."""
        self._handlers[self.spec(action_id).id] = handler

    def is_bound(self, action_id: str) -> bool:
        """Whether an action has a handler."""
        return action_id in self._handlers

    def trigger(self, action_id: str) -> bool:
        """Run an action; False when it is not enabled or nothing is bound to it."""
        handler = self._handlers.get(self.spec(action_id).id)
        if handler is None or not self.is_enabled(action_id):
            return False
        handler()
        return True

    @property
    def facts(self) -> frozenset[Fact]:
        """What holds now."""
        return self._facts

    def set_facts(self, facts: Iterable[Fact]) -> None:
        """State what holds now."""
        fresh = frozenset(facts)
        if fresh != self._facts:
            self._facts = fresh
            self.availability_changed.emit()

    def is_enabled(self, action_id: str) -> bool:
        """Whether everything an action needs holds now."""
        return self.spec(action_id).needs <= self._facts

    def why_disabled(self, action_id: str) -> str:
        """Return the sentence that says what is missing; empty for an enabled action."""
        missing = self.spec(action_id).needs - self._facts
        return next((fact.value for fact in Fact if fact in missing), "")

    def tooltip(self, action_id: str) -> str:
        """Return what a tooltip says: the sentence, the key, and why it is disabled if it is."""
        spec = self.spec(action_id)
        keys = self.shortcuts(action_id)
        hint = f"{spec.tooltip} ({keys[0]})" if keys else spec.tooltip
        reason = self.why_disabled(action_id)
        return f"{hint}\n{reason}" if reason else hint

    def shortcuts(self, action_id: str) -> tuple[str, ...]:
        """Return the keys of an action, as the reader set them or by default."""
        return self._keys[self.spec(action_id).id]

    def set_shortcuts(self, keys: Mapping[str, tuple[str, ...]]) -> tuple[KeyConflict, ...]:
        """Give actions other keys; all or none, and return what stands in the way.

        Actions that are not named get their default keys.
        """
        wanted = {spec.id: spec.shortcuts for spec in self._specs.values()}
        wanted.update({self.spec(name).id: tuple(value) for name, value in keys.items()})
        conflicts = find_conflicts(self.specs, wanted)
        if not conflicts:
            self._keys = wanted
            self.keys_changed.emit()
        return conflicts


def find_conflicts(
    specs: Iterable[ActionSpec], keys: Mapping[str, tuple[str, ...]]
) -> tuple[KeyConflict, ...]:
    """Return every pair of actions whose keys collide at one place.

    Keys collide when they are the same or one sequence begins with the other, in one context or
    between a context and the global one, and in the same scope.
    """
    uses = [(spec, key) for spec in specs for key in keys[spec.id]]
    return tuple(
        KeyConflict(key=one_key, first=one.id, second=other.id)
        for (one, one_key), (other, other_key) in itertools.combinations(uses, 2)
        if one is not other and _same_place(one, other) and _collide(one_key, other_key)
    )


def is_plain_key(shortcut: str) -> bool:
    """Whether a key writes a character, so that it must rest while text is typed."""
    first = shortcut.split(", ")[0]
    return len(first.removeprefix("Shift+")) == 1


def _same_place(one: ActionSpec, other: ActionSpec) -> bool:
    if one.scope != other.scope:
        return False
    return one.context == other.context or Context.GLOBAL in (one.context, other.context)


def _collide(one: str, other: str) -> bool:
    first, second = one.lower().split(", "), other.lower().split(", ")
    shared = min(len(first), len(second))
    return first[:shared] == second[:shared]


__all__ = [
    "ACTIONS",
    "ActionRegistry",
    "ActionSpec",
    "Context",
    "Fact",
    "KeyConflict",
    "find_conflicts",
    "is_plain_key",
]
