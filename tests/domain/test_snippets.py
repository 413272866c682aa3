"""Snippets: found by what is typed, refused when empty, and never a value."""

from __future__ import annotations

from dataclasses import replace

import pytest

from workstation.domain.snippets import (
    BLANK,
    LONGEST_TEXT,
    LONGEST_TITLE,
    Snippet,
    SnippetSection,
    has_blank,
    snippet_refusal,
    snippets_for,
)

PRIOR = Snippet(
    id="no-prior", section=SnippetSection.LIMITS, title="No prior", text="No prior study."
)
MOTION = Snippet(
    id="motion", section=SnippetSection.LIMITS, title="motion", text=f"Motion at {BLANK}."
)
SCAN = Snippet(id="scan", section=SnippetSection.TECHNIQUE, title="MRI", text="MRI.")


@pytest.mark.parametrize(
    ("typed", "found"),
    [("", [MOTION, PRIOR]), ("PRIOR", [PRIOR]), (" at ", [MOTION]), ("mri", [])],
)
def test_snippets_are_found_in_their_section_by_title_or_text(typed, found):
    shelf = (SCAN, PRIOR, MOTION)
    assert list(snippets_for(shelf, SnippetSection.LIMITS, typed)) == found


def test_a_snippet_becomes_a_sentence_without_source():
    assert PRIOR.sentence.text == "No prior study."
    assert PRIOR.sentence.sources == ()
    assert PRIOR.sentence.made_from == ""


def test_a_blank_stands_out():
    assert has_blank(MOTION.text)
    assert not has_blank(PRIOR.text)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"id": ""}, "name"),
        ({"id": "Two Words"}, "name"),
        ({"id": "-a"}, "name"),
        ({"title": " "}, "title"),
        ({"title": "x" * (LONGEST_TITLE + 1)}, "title"),
        ({"text": "\n"}, "text"),
        ({"text": "x" * (LONGEST_TEXT + 1)}, "text"),
    ],
)
def test_what_cannot_be_kept_is_refused(changes, words):
    assert words in snippet_refusal(replace(PRIOR, **changes))


@pytest.mark.parametrize(
    "changes", [{}, {"title": "x" * LONGEST_TITLE}, {"text": "x" * LONGEST_TEXT}, {"id": "a-1"}]
)
def test_what_can_be_kept_is_taken(changes):
    assert snippet_refusal(replace(PRIOR, **changes)) == ""
