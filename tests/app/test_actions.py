"""The table of actions, and actions at work."""

from __future__ import annotations

import re
from dataclasses import replace
from unittest.mock import Mock

import pytest

from workstation.app.actions import (
    ACTIONS,
    ActionRegistry,
    ActionSpec,
    Context,
    Fact,
    find_conflicts,
    is_plain_key,
)
from workstation.base.errors import UsageError

DEFAULTS = {spec.id: spec.shortcuts for spec in ACTIONS}
BY_ID = {spec.id: spec for spec in ACTIONS}
EVERYTHING = frozenset(Fact)


@pytest.fixture
def registry(qapp: object) -> ActionRegistry:
    return ActionRegistry()


def spec(name: str, keys: str, context: Context, scope: str = "") -> ActionSpec:
    return ActionSpec(
        id=name, text="x", tooltip="x.", context=context, scope=scope, shortcuts=(keys,)
    )


class TestTable:
    def test_ids_are_given_once(self) -> None:
        assert len(BY_ID) == len(ACTIONS)
        assert all(re.fullmatch(r"[a-z]+\.[a-z0-9_]+", name) for name in BY_ID)

    def test_no_two_actions_share_a_key_at_one_place(self) -> None:
        assert find_conflicts(ACTIONS, DEFAULTS) == ()

    def test_texts_are_sentence_case_and_tooltips_are_sentences(self) -> None:
        for item in ACTIONS:
            assert item.text
            assert item.text[0].isupper() or item.text[0].isdigit()
            assert item.tooltip.endswith(".")
            assert len(item.tooltip) <= 60

    @pytest.mark.parametrize(
        ("key", "context", "action"),
        [
            ("J", Context.IMAGE, "level.next"),
            ("U", Context.IMAGE, "level.previous"),
            ("W", Context.IMAGE, "tool.window_level"),
            ("Z", Context.IMAGE, "tool.zoom"),
            ("P", Context.IMAGE, "tool.pan"),
            ("D", Context.IMAGE, "tool.distance"),
            ("B", Context.IMAGE, "tool.bidirectional"),
            ("A", Context.IMAGE, "tool.angle"),
            ("G", Context.IMAGE, "tool.cobb"),
            ("E", Context.IMAGE, "tool.ellipse"),
            ("L", Context.IMAGE, "tool.lesion"),
            ("Shift+L", Context.IMAGE, "tool.level"),
            ("K", Context.IMAGE, "evidence.key_image"),
            ("Shift+K", Context.GLOBAL, "evidence.attach"),
            ("H", Context.IMAGE, "view.hide_overlays"),
            ("F", Context.IMAGE, "view.fusion"),
            ("Shift+F", Context.IMAGE, "view.blend"),
            ("X", Context.IMAGE, "view.crosshair"),
            ("C", Context.IMAGE, "view.compare"),
            ("S", Context.IMAGE, "view.link"),
            ("R", Context.IMAGE, "view.reset"),
            ("I", Context.IMAGE, "view.invert"),
            ("T", Context.IMAGE, "view.text"),
            (",", Context.IMAGE, "stage.previous"),
            (".", Context.IMAGE, "stage.next"),
            ("0", Context.IMAGE, "window.preset_0"),
            ("9", Context.IMAGE, "window.preset_9"),
            ("Home", Context.IMAGE, "slice.first"),
            ("PgDown", Context.IMAGE, "series.next"),
            ("Left", Context.IMAGE, "pane.previous"),
            ("Backspace", Context.IMAGE, "edit.delete"),
            ("Esc", Context.IMAGE, "tool.disarm"),
            ("Enter", Context.IMAGE, "suggestion.accept"),
            ("Ctrl+Z", Context.GLOBAL, "edit.undo"),
            ("Ctrl+Shift+Z", Context.GLOBAL, "edit.redo"),
            ("Ctrl+Y", Context.GLOBAL, "edit.redo"),
            ("F2", Context.GLOBAL, "window.images_or_form"),
            ("`", Context.GLOBAL, "window.images_or_form"),
            ("F1", Context.GLOBAL, "help.keys"),
            ("?", Context.GLOBAL, "help.keys"),
            ("Ctrl+K", Context.GLOBAL, "help.palette"),
            ("F11", Context.GLOBAL, "window.full_screen"),
            ("Ctrl+P", Context.GLOBAL, "report.pdf"),
            ("F6", Context.GLOBAL, "window.next_region"),
            ("Ctrl+Return", Context.GLOBAL, "report.sign"),
            ("S, 3", Context.FORM, "sins.item_3"),
            ("N, M", Context.FORM, "noms.mechanical"),
            ("9", Context.FORM, "form.unknown"),
            ("Backspace", Context.FORM, "form.not_assessed"),
            ("1, B", Context.FORM, "escc.grade_1b"),
            ("Del", Context.FORM, "form.dismiss"),
        ],
    )
    def test_key_does_what_the_conventions_say(
        self, key: str, context: Context, action: str
    ) -> None:
        assert key in BY_ID[action].shortcuts
        assert BY_ID[action].context is context

    def test_what_changes_a_case_needs_a_draft(self) -> None:
        for name in ("tool.lesion", "tool.level", "form.option_3", "spine.confirm", "report.sign"):
            assert Fact.DRAFT in BY_ID[name].needs

    def test_space_is_a_modifier_only(self) -> None:
        assert not [key for keys in DEFAULTS.values() for key in keys if "Space" in key]

    def test_tools_are_toggles_and_hiding_is_held(self) -> None:
        assert BY_ID["tool.distance"].checkable
        assert BY_ID["view.hide_overlays"].held
        assert BY_ID["form.hide_overlays"].held
        assert not BY_ID["slice.next"].checkable


class TestConflicts:
    @pytest.mark.parametrize(
        ("one", "other", "collide"),
        [
            (("A", Context.IMAGE), ("A", Context.IMAGE), True),
            (("A", Context.IMAGE), ("a", Context.IMAGE), True),
            (("A", Context.IMAGE), ("A", Context.FORM), False),
            (("A", Context.IMAGE), ("A", Context.GLOBAL), True),
            (("S", Context.FORM), ("S, 1", Context.FORM), True),
            (("S, 2", Context.FORM), ("S, 1", Context.FORM), False),
            ((",", Context.IMAGE), ("Ctrl+,", Context.GLOBAL), False),
        ],
    )
    def test_same_place_same_key(
        self, one: tuple[str, Context], other: tuple[str, Context], collide: bool
    ) -> None:
        specs = (spec("a.one", *one), spec("a.other", *other))
        keys = {item.id: item.shortcuts for item in specs}
        found = find_conflicts(specs, keys)
        assert bool(found) is collide
        if found:
            assert (found[0].first, found[0].second) == ("a.one", "a.other")

    def test_narrower_scope_wins(self) -> None:
        specs = (spec("a.one", "N", Context.FORM, "question"), spec("a.two", "N", Context.FORM))
        assert find_conflicts(specs, {item.id: item.shortcuts for item in specs}) == ()

    @pytest.mark.parametrize(
        ("key", "plain"),
        [
            ("A", True),
            ("Shift+L", True),
            ("?", True),
            (",", True),
            ("S, 1", True),
            ("9", True),
            ("Ctrl+,", False),
            ("Ctrl+Z", False),
            ("F1", False),
            ("Home", False),
            ("Alt+1", False),
        ],
    )
    def test_plain_keys_rest_while_text_is_typed(self, key: str, plain: bool) -> None:
        assert is_plain_key(key) is plain


class TestRegistry:
    def test_bound_action_runs_when_enabled(self, registry: ActionRegistry) -> None:
        handler = Mock()
        registry.bind("edit.undo", handler)
        assert registry.is_bound("edit.undo")
        assert not registry.trigger("edit.undo")
        handler.assert_not_called()
        registry.set_facts({Fact.CAN_UNDO})
        assert registry.trigger("edit.undo")
        handler.assert_called_once_with()

    def test_action_without_handler_does_nothing(self, registry: ActionRegistry) -> None:
        registry.set_facts(EVERYTHING)
        assert not registry.is_bound("file.open")
        assert not registry.trigger("file.open")

    def test_newest_handler_counts(self, registry: ActionRegistry) -> None:
        first, second = Mock(), Mock()
        registry.bind("file.open", first)
        registry.bind("file.open", second)
        registry.trigger("file.open")
        first.assert_not_called()
        second.assert_called_once()

    def test_unknown_action_is_a_mistake(self, registry: ActionRegistry) -> None:
        for call in (registry.spec, registry.trigger, registry.is_enabled, registry.shortcuts):
            with pytest.raises(UsageError, match="There is no action"):
                call("file.explode")
        with pytest.raises(UsageError):
            registry.bind("file.explode", Mock())

    def test_facts_are_told_when_they_change(self, registry: ActionRegistry) -> None:
        told = Mock()
        registry.availability_changed.connect(told)
        registry.set_facts([Fact.CASE])
        registry.set_facts({Fact.CASE})
        told.assert_called_once_with()
        assert registry.facts == {Fact.CASE}

    def test_disabled_action_says_why(self, registry: ActionRegistry) -> None:
        assert registry.why_disabled("tool.lesion") == "No case is open."
        registry.set_facts({Fact.CASE, Fact.VOLUME})
        assert registry.why_disabled("tool.lesion").startswith("This version is signed")
        registry.set_facts({Fact.CASE, Fact.VOLUME, Fact.DRAFT})
        assert registry.why_disabled("tool.lesion") == ""
        assert registry.tooltip("tool.lesion") == "Mark a lesion at the cursor. (L)"

    def test_tooltip_of_a_disabled_action_has_the_reason(self, registry: ActionRegistry) -> None:
        assert registry.tooltip("edit.undo") == (
            "Take the last change back. (Ctrl+Z)\nNothing to undo."
        )
        assert registry.tooltip("help.about") == "Show version, licences and sources."

    def test_keys_can_be_changed_and_set_back(self, registry: ActionRegistry) -> None:
        told = Mock()
        registry.keys_changed.connect(told)
        assert registry.set_shortcuts({"tool.zoom": ("Y",)}) == ()
        assert registry.shortcuts("tool.zoom") == ("Y",)
        assert registry.shortcuts("tool.pan") == ("P",)
        assert registry.set_shortcuts({}) == ()
        assert registry.shortcuts("tool.zoom") == ("Z",)
        assert told.call_count == 2

    def test_colliding_keys_are_refused_as_a_whole(self, registry: ActionRegistry) -> None:
        told = Mock()
        registry.keys_changed.connect(told)
        (conflict,) = registry.set_shortcuts({"tool.zoom": ("P",), "tool.angle": ("Y",)})
        assert {conflict.first, conflict.second} == {"tool.zoom", "tool.pan"}
        assert registry.shortcuts("tool.angle") == ("A",)
        told.assert_not_called()

    def test_keys_can_be_swapped(self, registry: ActionRegistry) -> None:
        assert registry.set_shortcuts({"tool.zoom": ("P",), "tool.pan": ("Z",)}) == ()
        assert registry.shortcuts("tool.pan") == ("Z",)

    def test_own_table(self, qapp: object) -> None:
        only = replace(BY_ID["file.open"], shortcuts=("F9",))
        registry = ActionRegistry(specs=[only])
        assert registry.specs == (only,)
        assert registry.shortcuts("file.open") == ("F9",)
