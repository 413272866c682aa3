"""What may be printed: nothing lost in silence, nothing reordered, nothing without a glyph."""

from __future__ import annotations

import importlib.util
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pytest

from workstation.base.errors import ReportError
from workstation.base.paths import resource_path
from workstation.report.compose import coverage
from workstation.report.text import LONGEST_FIELD, Coverage, printable, printable_text


def clean(text: str) -> str:
    return printable_text(text, coverage())


def test_plain_text_passes_unchanged() -> None:
    text = "Δρ. Παπαδοπούλου, Éléonore, 林 惠美, Элеонора, ראש, 한국, ไทย, नमस्ते"
    assert clean(text) == unicodedata.normalize("NFC", text)


def test_combining_marks_are_composed() -> None:
    assert clean("Zoe\u0308 Ko\u0308nigsberg") == "Zoë Königsberg"


@pytest.mark.parametrize("end", ["\r\n", "\r", "\x85", "\u2028", "\u2029", "\n"])
def test_every_line_end_is_one_line_end(end: str) -> None:
    assert clean(f"a{end}b") == "a\nb"


@pytest.mark.parametrize("space", ["\u00a0", "\u2009", "\u202f", "\u3000", "\u2003", "\t"])
def test_every_space_is_a_plain_space(space: str) -> None:
    assert clean(f"12{space}mm") == "12 mm"


def test_a_direction_override_cannot_turn_words_around() -> None:
    assert clean("\u202elive\u202c") == "live"
    assert clean("\u2067evil\u2069 \u200fx\u200e") == "evil x"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a\x00b", "a[U+0000]b"),
        ("a\x1bb", "a[U+001B]b"),
        ("\U0001f525", "[U+1F525]"),
        ("\ue000", "[U+E000]"),
        ("\U00100000", "[U+100000]"),
        ("x\ud800y", "x[U+D800]y"),
        ("\uffff", "[U+FFFF]"),
    ],
)
def test_what_cannot_be_drawn_is_printed_as_its_code_point(text: str, words: str) -> None:
    assert clean(text) == words


@pytest.mark.parametrize("mark", ["\ufeff", "\u200b", "\u00ad", "\u2060", "\ufe0f"])
def test_marks_without_a_form_are_left_out(mark: str) -> None:
    assert clean(f"T{mark}8") == "T8"


def test_markup_is_only_text() -> None:
    text = '#eval("1") $x$ \\textbf{a} <b> [ / ] `code` {{7*7}} %s'
    assert clean(text) == text


def test_a_field_that_is_too_long_is_refused_with_its_length() -> None:
    assert len(clean("x" * LONGEST_FIELD)) == LONGEST_FIELD
    with pytest.raises(ReportError, match="20001 characters"):
        clean("x" * (LONGEST_FIELD + 1))


def test_membership_follows_the_ranges() -> None:
    some = Coverage([(0x41, 0x43), (0x61, 0x61)])
    inside = [character for character in "@ABCD`ab" if character in some]
    assert inside == ["A", "B", "C", "a"]


class _Word(StrEnum):
    CODE = "tab\there"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Inner:
    text: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outer:
    inner: tuple[_Inner, ...]
    word: _Word
    nothing: str | None


def test_every_string_of_a_nested_value_is_made_printable() -> None:
    made = printable(
        _Outer(inner=(_Inner(text="a\x07", count=3),), word=_Word.CODE, nothing=None), coverage()
    )
    assert made.inner[0] == _Inner(text="a[U+0007]", count=3)
    assert made.word is _Word.CODE
    assert made.nothing is None


def test_the_coverage_file_is_what_the_bundled_fonts_give() -> None:
    script = Path(resource_path()).parent / ".ci" / "make_font_coverage.py"
    spec = importlib.util.spec_from_file_location("make_font_coverage", script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    kept = resource_path("report", "coverage.json").read_text(encoding="utf-8")
    assert kept == module.coverage_text(), "run .ci/make_font_coverage.py"


def test_the_characters_the_report_itself_prints_are_covered() -> None:
    for character in "−–—·×±≥≤<>%°…²’“”▲◆●µ":
        assert character in coverage(), f"U+{ord(character):04X}"
