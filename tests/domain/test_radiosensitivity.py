"""Radiosensitivity: every histology of the table, the forced choices, the conflicts."""

from __future__ import annotations

import pytest

from workstation.domain.noms_table import OncologicAxis
from workstation.domain.radiosensitivity import (
    HEMATOLOGIC,
    HISTOLOGIES,
    Histology,
    HistologyGroup,
    default_of,
)

SENSITIVE, RESISTANT = OncologicAxis.SENSITIVE, OncologicAxis.RESISTANT


@pytest.mark.parametrize(
    ("histology", "group", "default", "tag"),
    [
        ("lymphoma", "hematologic_germ_cell", SENSITIVE, "V2"),
        ("multiple_myeloma", "hematologic_germ_cell", SENSITIVE, "V2"),
        ("plasmacytoma", "hematologic_germ_cell", SENSITIVE, "K"),
        ("seminoma", "hematologic_germ_cell", SENSITIVE, "V2"),
        ("breast", "selected_solid", SENSITIVE, "K"),
        ("prostate", "selected_solid", SENSITIVE, "K"),
        ("ovarian", "selected_solid", SENSITIVE, "K"),
        ("neuroendocrine", "selected_solid", SENSITIVE, "K"),
        ("renal_cell", "resistant_reference", RESISTANT, "V2"),
        ("melanoma", "resistant_reference", RESISTANT, "V2"),
        ("thyroid", "resistant_reference", RESISTANT, "V2"),
        ("colorectal", "resistant_reference", RESISTANT, "V2"),
        ("hepatocellular", "resistant_framework", RESISTANT, "K"),
        ("non_small_cell_lung", "resistant_framework", RESISTANT, "K"),
        ("sarcoma", "resistant_framework", RESISTANT, "K"),
        ("other_gastrointestinal", "resistant_framework", RESISTANT, "K"),
        ("small_cell_lung", "not_listed", None, "P"),
        ("bladder", "not_listed", None, "P"),
        ("esophagus", "not_listed", None, "P"),
        ("pancreas", "not_listed", None, "P"),
        ("gastric", "not_listed", None, "P"),
        ("cholangiocarcinoma", "not_listed", None, "P"),
        ("head_and_neck", "not_listed", None, "P"),
        ("endometrial", "not_listed", None, "P"),
        ("cervix", "not_listed", None, "P"),
        ("gist", "not_listed", None, "P"),
        ("chordoma", "not_listed", None, "P"),
        ("other", "not_listed", None, "P"),
        ("unknown_primary", "not_listed", None, "P"),
    ],
)
def test_entry(histology, group, default, tag):
    entry = HISTOLOGIES[Histology(histology)]
    assert entry.group is HistologyGroup(group)
    assert entry.default is default
    assert default_of(Histology(histology)) is default
    assert entry.tag == tag
    assert entry.title


def test_every_histology_has_an_entry():
    assert set(HISTOLOGIES) == set(Histology)


@pytest.mark.parametrize(
    ("histology", "words"),
    [
        ("non_small_cell_lung", "SC.24 trial"),
        ("thyroid", "Prognosis and radiosensitivity are different fields"),
        ("prostate", "AO reference lists it in neither group"),
        ("breast", "AO reference lists it in neither group"),
        ("colorectal", "AO reference: resistant"),
        ("other_gastrointestinal", "intermediate"),
        ("renal_cell", "one series intermediate"),
        ("small_cell_lung", "Usually handled as sensitive"),
        ("chordoma", "Usually handled as resistant"),
    ],
)
def test_sources_that_differ_are_named(histology, words):
    assert any(words in view for view in HISTOLOGIES[Histology(histology)].conflicts)


def test_undisputed_histology_names_no_conflict():
    assert HISTOLOGIES[Histology.MELANOMA].conflicts == ()


def test_hematologic_tumors_leave_out_the_germ_cell_tumor():
    assert Histology.SEMINOMA not in HEMATOLOGIC
    assert len(HEMATOLOGIC) == 3
