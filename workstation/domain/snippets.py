"""Text snippets: sentences that a reader puts in and completes.

A blank to fill is written as four underscores. A snippet brings no value with it: the sentence it
becomes is typed text without a source, and a blank left in it stands out in the checks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from workstation.domain.case import Sentence

BLANK = "____"
"""What the reader still has to fill in."""

LONGEST_TITLE = 60
LONGEST_TEXT = 2000


class SnippetSection(StrEnum):
    """Where a snippet belongs."""

    IMPRESSION = "impression"
    FINDINGS = "findings"
    INDICATION = "indication"
    TECHNIQUE = "technique"
    LIMITS = "limits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """A text to put in; ``id`` names it in the settings."""

    id: str
    section: SnippetSection
    title: str
    text: str

    @property
    def sentence(self) -> Sentence:
        """The snippet as a sentence of the report, without a source."""
        return Sentence(text=self.text)


def snippet_refusal(snippet: Snippet) -> str:
    """Return why a snippet cannot be kept, as one sentence; empty when it can."""
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", snippet.id):
        return "The name of a snippet is made of small letters, digits and hyphens."
    if not 0 < len(snippet.title.strip()) <= LONGEST_TITLE:
        return f"The title of a snippet has 1 to {LONGEST_TITLE} characters."
    if not 0 < len(snippet.text.strip()) <= LONGEST_TEXT:
        return f"The text of a snippet has 1 to {LONGEST_TEXT} characters."
    return ""


def has_blank(text: str) -> bool:
    """Return whether a text still has a blank to fill in."""
    return BLANK in text


def snippets_for(
    snippets: Iterable[Snippet], section: SnippetSection, typed: str = ""
) -> tuple[Snippet, ...]:
    """Return the snippets of a section whose title or text holds what was typed, by title."""
    wanted = typed.casefold().strip()
    found = (
        item
        for item in snippets
        if item.section is section
        and (wanted in item.title.casefold() or wanted in item.text.casefold())
    )
    return tuple(sorted(found, key=lambda item: item.title.casefold()))
