"""``batson case agreement``: how far first and second readings of the store agree."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from workstation.domain.agreement import SOURCES, Weighting, gwet_ac, kappa, table_of
from workstation.domain.case import Case
from workstation.domain.second_reading import PairedItem, paired_items
from workstation.storage.case_store import CaseStore

_HEADS = ("item", "pairs", "only one", "equal", "kappa", "linear", "quadratic", "AC1", "AC2")
_VALUES = ("observed", "kappa", "kappa_linear", "kappa_quadratic", "ac1", "ac2_quadratic")
_NO_VALUE = "none"
_DECIMALS = 3


def run_agreement(store: CaseStore, args: argparse.Namespace) -> int:
    """Print the agreement over all closed second readings of the store; always 0."""
    document = agreement_document(_cases(store))
    if args.json:
        sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("\n".join(_lines(document)) + "\n")
    return 0


def _cases(store: CaseStore) -> Iterator[Case]:
    for item in store.list_cases():
        yield store.load(item.case_id).case


def agreement_document(cases: Iterable[Case]) -> dict[str, Any]:
    """Return the agreement of each item as a JSON document.

    Coefficients are null where nothing was answered twice, and kappa also where both readers gave
    every vertebra the same one answer: chance alone explains that.
    """
    used = [case for case in cases if any(item.closed_at for item in case.second_readings)]
    return {
        "cases": len(used),
        "items": [_item(item) for item in paired_items(used)],
        "sources": list(SOURCES),
    }


def _item(item: PairedItem) -> dict[str, Any]:
    head = {
        "item": item.item,
        "categories": list(item.categories),
        "pairs": len(item.pairs),
        "answered_by_one_only": item.incomplete,
    }
    if not item.pairs:
        return {**head, **dict.fromkeys(_VALUES)}
    table = table_of(item.pairs, item.categories)
    plain = kappa(table)
    return {
        **head,
        "observed": plain.observed,
        "kappa": plain.value,
        "kappa_linear": kappa(table, Weighting.LINEAR).value,
        "kappa_quadratic": kappa(table, Weighting.QUADRATIC).value,
        "ac1": gwet_ac(table).value,
        "ac2_quadratic": gwet_ac(table, Weighting.QUADRATIC).value,
    }


def _lines(document: dict[str, Any]) -> Iterator[str]:
    if not document["cases"]:
        yield "No case has a closed second reading."
        return
    rows = [_HEADS, *(_row(item) for item in document["items"])]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS))]
    for name, *cells in rows:
        numbers = (cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))
        yield "  ".join([name.ljust(widths[0]), *numbers])
    yield f"Over {document['cases']} cases. kappa: Cohen; AC1, AC2: Gwet; AC2 quadratic."


def _row(item: dict[str, Any]) -> tuple[str, ...]:
    values = (item[name] for name in _VALUES)
    numbers = (_NO_VALUE if value is None else f"{value:.{_DECIMALS}f}" for value in values)
    return (item["item"], str(item["pairs"]), str(item["answered_by_one_only"]), *numbers)
