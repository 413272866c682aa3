"""The undo list: positions, folding of typing, bounds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support import cases
from workstation.app.history import History, Step, only_text_changed
from workstation.domain.case import Case, Oncology, ReportText, Sentence
from workstation.domain.radiosensitivity import Histology

BASE = cases.one_lesion_case()


def with_limits(text: str, case: Case = BASE) -> Case:
    return replace(case, text=replace(case.text, limits=text))


def test_new_list_has_nothing_to_undo() -> None:
    history = History(BASE)
    assert (history.can_undo, history.can_redo) == (False, False)
    assert (history.undo_label, history.redo_label) == ("", "")
    history.undo()
    history.redo()
    assert history.current is BASE


def test_undo_and_redo_give_the_very_values() -> None:
    history = History(BASE)
    states = [with_limits(text) for text in "abc"]
    for number, state in enumerate(states):
        history.push(f"step {number}", state)
    assert history.undo_label == "step 2"
    history.undo()
    history.undo()
    assert history.current is states[0]
    assert (history.undo_label, history.redo_label) == ("step 0", "step 1")
    history.undo()
    assert history.current is BASE
    for state in states:
        history.redo()
        assert history.current is state
    assert not history.can_redo


def test_push_after_undo_drops_the_rest() -> None:
    history = History(BASE)
    history.push("a", with_limits("a"))
    history.push("b", with_limits("b"))
    history.undo()
    history.push("c", with_limits("c"))
    assert not history.can_redo
    assert [step.label for step in history.steps] == ["", "a", "c"]


class TestFolding:
    def test_typing_folds_into_one_step(self) -> None:
        history = History(BASE)
        folded = [
            history.push("Edit text", with_limits(text), merge_key="text")
            for text in ("a", "ab", "abc")
        ]
        assert folded == [False, True, True]
        assert history.current.text.limits == "abc"
        history.undo()
        assert history.current is BASE

    def test_other_key_or_no_key_does_not_fold(self) -> None:
        history = History(BASE)
        history.push("a", with_limits("a"), merge_key="text")
        assert not history.push("b", with_limits("b"), merge_key="lesion-note 1")
        assert not history.push("c", with_limits("c"))
        assert not history.push("d", with_limits("d"))
        assert history.position == 4

    def test_sealed_step_is_not_added_to(self) -> None:
        history = History(BASE)
        history.push("a", with_limits("a"), merge_key="text")
        history.seal()
        assert not history.push("b", with_limits("ab"), merge_key="text")
        assert history.push("c", with_limits("abc"), merge_key="text")
        assert history.position == 2

    def test_undo_ends_the_run(self) -> None:
        history = History(BASE)
        history.push("a", with_limits("a"), merge_key="text")
        history.undo()
        history.redo()
        assert not history.push("b", with_limits("ab"), merge_key="text")

    def test_choice_under_a_typing_key_is_a_step_of_its_own(self) -> None:
        history = History(BASE)
        for histology in (Histology.BREAST, Histology.THYROID):
            chosen = replace(BASE, oncology=Oncology(histology=histology))
            assert not history.push("Oncologic facts", chosen, merge_key="oncology")
        typed = replace(chosen, oncology=replace(chosen.oncology, primary_text="papillary"))
        assert not history.push("Oncologic facts", typed, merge_key="oncology")
        history.undo()
        assert history.current.oncology.histology is Histology.THYROID
        history.undo()
        assert history.current.oncology.histology is Histology.BREAST

    def test_first_step_does_not_fold_into_the_base(self) -> None:
        history = History(BASE)
        assert not history.push("a", with_limits("a"), merge_key="text")
        assert history.position == 1


class TestOnlyTextChanged:
    @pytest.mark.parametrize(
        ("old", "new", "expected"),
        [
            ("a", "b", True),
            (1, 1, True),
            (1, 2, False),
            ("a", None, False),
            (Histology.BREAST, Histology.THYROID, False),
            (("a", "b"), ("a", "c"), True),
            (("a",), ("a", "b"), False),
            (Sentence(text="a"), Sentence(text="b"), True),
            (Sentence(text="a", sources=("x",)), Sentence(text="b", sources=("y",)), True),
            (ReportText(), ReportText(impression=(Sentence(text="a"),)), False),
            (BASE, with_limits("a"), True),
            (BASE, replace(BASE, version=2), False),
        ],
    )
    def test_by_kind(self, old: object, new: object, expected: bool) -> None:
        assert only_text_changed(old, new) is expected


def test_list_is_bounded_and_forgets_the_oldest() -> None:
    history = History(BASE, limit=3)
    for number in range(10):
        history.push(str(number), with_limits(str(number)))
    assert [step.label for step in history.steps] == ["6", "7", "8", "9"]
    assert history.position == 3
    for _ in range(5):
        history.undo()
    assert history.current.text.limits == "6"


def test_restored_list_stands_where_it_stood() -> None:
    steps = [Step(label=name, case=with_limits(name)) for name in ("", "a", "b")]
    history = History.restored(steps, 1)
    assert history.current is steps[1].case
    assert (history.undo_label, history.redo_label) == ("a", "b")
    assert not history.push("c", with_limits("c"), merge_key="text")


def test_restart_forgets_everything_before() -> None:
    history = History(BASE)
    history.push("a", with_limits("a"))
    signed = cases.signed_case()
    history.restart(signed)
    assert history.current is signed
    assert not history.can_undo
