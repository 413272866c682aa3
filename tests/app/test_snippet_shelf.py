"""Shipped snippets and a reader's own file."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from workstation.app.snippet_shelf import load_snippets, save_snippets
from workstation.base.errors import InputRefusedError
from workstation.domain.snippets import Snippet, SnippetSection

OWN = Snippet(id="own", section=SnippetSection.LIMITS, title="Mine", text="My words.")


def test_every_section_that_is_typed_has_a_shipped_snippet():
    sections = {item.section for item in load_snippets()}
    assert sections == set(SnippetSection) - {SnippetSection.INDICATION}


def test_own_snippets_are_kept_and_take_the_place_of_shipped_ones(tmp_path: Path):
    path = tmp_path / "snippets.json"
    assert load_snippets(path) == load_snippets()
    first = replace(load_snippets()[0], text="Changed.")
    save_snippets(path, (OWN, first))
    found = load_snippets(path)
    assert len(found) == len(load_snippets()) + 1
    assert found[0] == first
    assert found[-1] == OWN


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"schema": 1}',
        b'{"schema": 2, "snippets": []}',
        b'{"schema": 1, "snippets": [{"id": "a"}]}',
        b'{"schema":1,"snippets":[{"id":"A b","section":"limits","title":"t","text":"x"}]}',
    ],
)
def test_a_file_that_holds_no_snippets_is_refused(tmp_path: Path, content: bytes):
    path = tmp_path / "snippets.json"
    path.write_bytes(content)
    with pytest.raises(InputRefusedError):
        load_snippets(path)


def test_two_of_one_name_are_refused_and_the_file_stays(tmp_path: Path):
    path = tmp_path / "snippets.json"
    save_snippets(path, (OWN,))
    with pytest.raises(InputRefusedError):
        save_snippets(path, (OWN, replace(OWN, text="Other.")))
    assert json.loads(path.read_bytes())["snippets"][0]["text"] == "My words."
