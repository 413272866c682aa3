"""Bundles as the tests read them: resources by kind, values by level."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from workstation.domain.case import Case
from workstation.exchange.fhir import fhir_bundle

SOFTWARE = "Batson 0.1.0"
Resource = dict[str, Any]


class Bundle:
    """One bundle and the resources in it."""

    def __init__(self, case: Case, pdf: bytes | None = None) -> None:
        self.document = fhir_bundle(case, software=SOFTWARE, pdf=pdf)

    def all(self, kind: str) -> list[Resource]:
        """Every resource of a kind, in order."""
        resources = [entry["resource"] for entry in self.document["entry"]]
        return [item for item in resources if item["resourceType"] == kind]

    def one(self, kind: str) -> Resource:
        """The only resource of a kind."""
        (found,) = self.all(kind)
        return found

    def observation(self, text: str, level: str | None = None) -> Resource:
        """The only Observation whose code reads ``text``, at ``level`` where there are several."""
        (found,) = [
            item
            for item in self.all("Observation")
            if item["code"]["text"] == text and (level is None or item["bodySite"]["text"] == level)
        ]
        return found


@pytest.fixture
def bundle_of() -> Callable[..., Bundle]:
    """Give the bundle of a case."""
    return Bundle


def absent_code(element: Resource) -> str:
    """Return why a value is not there."""
    return element["dataAbsentReason"]["coding"][0]["code"]


def value_codes(element: Resource) -> list[str]:
    """Return the codes of a coded value."""
    return [coding["code"] for coding in element["valueCodeableConcept"]["coding"]]


def components(element: Resource) -> dict[str, Resource]:
    """Return the components by the words of their code."""
    return {part["code"]["text"]: part for part in element["component"]}
