"""What the program is made of, from the lock alone: bill of materials, licenses, known faults.

    supply_chain.py sbom [FILE]      CycloneDX 1.6 JSON of requirements.lock
    supply_chain.py licenses         table; fails on GPL and AGPL
    supply_chain.py vulnerabilities  asks OSV; skipped with a word where it cannot be reached

Versions and hashes come from the lock, names of licenses from the installed packages.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import json
import re
import sys
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"
OSV = "https://api.osv.dev/v1/querybatch"
TIMEOUT_S = 20

PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^\s\\;]+)", re.MULTILINE)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
COPYLEFT = re.compile(r"\bA?GPL|GNU (Affero )?General Public", re.IGNORECASE)
LESSER = re.compile(r"\bLGPL|Lesser General Public", re.IGNORECASE)


class Pin(NamedTuple):
    """One line of the lock."""

    name: str
    version: str
    hashes: tuple[str, ...]
    wanted_by: tuple[str, ...]


def pins(text: str) -> list[Pin]:
    """Return every pinned package of a lock."""
    found = []
    starts = list(PIN.finditer(text))
    for number, match in enumerate(starts):
        end = starts[number + 1].start() if number + 1 < len(starts) else len(text)
        block = text[match.start() : end]
        found.append(Pin(match[1], match[2], tuple(HASH.findall(block)), tuple(wanted_by(block))))
    return found


def wanted_by(block: str) -> list[str]:
    """Return who asked for a package, as the lock's comments say."""
    lines = [line.strip(" #") for line in block.splitlines() if line.lstrip().startswith("#")]
    names = " ".join(lines).removeprefix("via").replace(",", " ").split()
    return sorted({name.split("[")[0] for name in names if re.match(r"[a-z0-9][\w.-]*$", name)})


def license_of(name: str) -> str:
    """Return the license of an installed package: expression, classifier or field; or empty."""
    try:
        metadata = importlib.metadata.distribution(name).metadata
    except importlib.metadata.PackageNotFoundError:
        return ""
    expression = metadata.get("License-Expression")
    if expression:
        return str(expression)
    classifiers = [
        item.rpartition(" :: ")[2]
        for item in metadata.get_all("Classifier") or []
        if item.startswith("License :: ") and not item.endswith("OSI Approved")
    ]
    if classifiers:
        return " OR ".join(classifiers)
    return next(iter((metadata.get("License") or "").strip().splitlines()), "")[:80]


def is_forbidden(words: str) -> bool:
    """Whether a license leaves no choice but GPL or AGPL; LGPL is allowed (linked dynamically)."""
    choices = re.split(r"\bOR\b", words)
    return bool(words) and all(COPYLEFT.search(LESSER.sub("", choice)) for choice in choices)


def component(pin: Pin) -> dict[str, Any]:
    """Return one component of the bill of materials."""
    words = license_of(pin.name)
    found: dict[str, Any] = {
        "type": "library",
        "bom-ref": purl(pin),
        "name": pin.name,
        "version": pin.version,
        "purl": purl(pin),
        "properties": [
            {"name": "batson:lock-sha256", "value": value} for value in sorted(pin.hashes)
        ],
    }
    if words:
        found["licenses"] = [{"license": {"name": words}}]
    return found


def purl(pin: Pin) -> str:
    """Return the package URL of a pin."""
    return f"pkg:pypi/{pin.name.lower().replace('_', '-')}@{pin.version}"


def sbom(lock: str, version: str) -> dict[str, Any]:
    """Return the bill of materials; the same lock gives the same document."""
    found = pins(lock)
    program = {"type": "application", "bom-ref": "batson", "name": "batson", "version": version}
    refs = {pin.name: purl(pin) for pin in found}
    needs: dict[str, list[str]] = {"batson": [], **{ref: [] for ref in refs.values()}}
    for pin in found:
        for user in pin.wanted_by:
            needs.setdefault(refs.get(user, "batson"), []).append(refs[pin.name])
    serial = uuid.UUID(bytes=hashlib.sha256((lock + version).encode()).digest()[:16], version=4)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {
            "component": {**program, "licenses": [{"license": {"id": "Apache-2.0"}}]},
        },
        "components": [component(pin) for pin in found],
        "dependencies": [
            {"ref": ref, "dependsOn": sorted(set(items))} for ref, items in sorted(needs.items())
        ],
    }


def program_version() -> str:
    """Return the version that the package states."""
    text = (ROOT / "workstation" / "__init__.py").read_text("utf-8")
    match = re.search(r'__version__ = "([^"]+)"', text)
    assert match, "the package states no version"
    return match[1]


def print_licenses(lock: str) -> int:
    """Print the table of licenses; 1 when one of them may not be used."""
    refused = []
    for pin in pins(lock):
        words = license_of(pin.name)
        print(f"{pin.name:<28} {pin.version:<14} {words or 'not installed here'}")
        if is_forbidden(words):
            refused.append(pin.name)
    if refused:
        print(f"licenses: may not be used: {', '.join(refused)}", file=sys.stderr)
    return 1 if refused else 0


def ask_osv(found: list[Pin], url: str = OSV) -> list[list[str]]:
    """Return the known faults of each pin, by their ids."""
    queries = [
        {"package": {"ecosystem": "PyPI", "name": pin.name}, "version": pin.version}
        for pin in found
    ]
    request = urllib.request.Request(
        url,
        json.dumps({"queries": queries}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
        results = json.load(answer)["results"]
    return [[item["id"] for item in result.get("vulns", [])] for result in results]


def print_vulnerabilities(lock: str, url: str = OSV) -> int:
    """Print the known faults of what is locked; 1 when there are any, 0 where nobody answers."""
    found = pins(lock)
    try:
        answers = ask_osv(found, url)
    except (OSError, urllib.error.URLError, ValueError, KeyError) as error:
        print(f"vulnerabilities: skipped, no database can be reached ({type(error).__name__})")
        return 0
    known = {pin.name: ids for pin, ids in zip(found, answers, strict=True) if ids}
    for name, ids in known.items():
        print(f"{name}: {', '.join(ids)}")
    print(f"vulnerabilities: {len(known)} of {len(found)} packages have known faults")
    return 1 if known else 0


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["sbom", "licenses", "vulnerabilities"])
    parser.add_argument("file", nargs="?", default="sbom.json")
    args = parser.parse_args(argv)
    lock = LOCK.read_text("utf-8")
    if args.what == "licenses":
        return print_licenses(lock)
    if args.what == "vulnerabilities":
        return print_vulnerabilities(lock)
    document = sbom(lock, program_version())
    Path(args.file).write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8")
    print(f"sbom: {len(document['components'])} components in {args.file}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
