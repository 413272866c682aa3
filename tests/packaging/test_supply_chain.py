"""The bill of materials, the licenses and the check for known faults, from the lock alone."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from types import ModuleType

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
LOCK = (CHECKOUT / "requirements.lock").read_text("utf-8")
TRIAL = """
# made by a tool
alpha==1.2 \\
    --hash=sha256:{a}
    # via
    #   batson (pyproject.toml)
    #   beta
beta==2.0rc1 ; python_version < "4" \\
    --hash=sha256:{b} \\
    --hash=sha256:{a}
    # via batson (pyproject.toml)
""".format(a="a" * 64, b="b" * 64)


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "supply_chain", CHECKOUT / ".ci" / "supply_chain.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["supply_chain"] = module
    spec.loader.exec_module(module)
    return module


def test_lock_is_read_whole(tool: ModuleType) -> None:
    alpha, beta = tool.pins(TRIAL)
    assert (alpha.name, alpha.version, alpha.hashes) == ("alpha", "1.2", ("a" * 64,))
    assert set(alpha.wanted_by) == {"batson", "beta"}
    assert (beta.version, len(beta.hashes)) == ("2.0rc1", 2)


def test_bill_names_every_locked_package_with_its_hashes(tool: ModuleType) -> None:
    document = tool.sbom(LOCK, "1.0")
    names = {item["name"]: item for item in document["components"]}
    assert set(names) == set(re.findall(r"^([a-z0-9][\w.-]*)==", LOCK, re.MULTILINE))
    assert all(item["properties"] for item in names.values())
    assert names["pydicom"]["purl"].startswith("pkg:pypi/pydicom@")
    assert document["bomFormat"] == "CycloneDX"
    assert document["specVersion"] == "1.6"
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", document["serialNumber"])
    refs = {item["bom-ref"] for item in document["components"]} | {"batson"}
    assert {item["ref"] for item in document["dependencies"]} == refs
    assert all(set(item["dependsOn"]) <= refs for item in document["dependencies"])
    (program,) = [item for item in document["dependencies"] if item["ref"] == "batson"]
    assert any(ref.startswith("pkg:pypi/pydicom@") for ref in program["dependsOn"])


def test_same_lock_gives_the_same_bill(tool: ModuleType, tmp_path: Path) -> None:
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    assert tool.main(["sbom", str(one)]) == 0
    assert tool.main(["sbom", str(two)]) == 0
    assert one.read_bytes() == two.read_bytes()
    assert "//" not in json.loads(one.read_text())["components"][0]["purl"]


@pytest.mark.parametrize(
    ("words", "forbidden"),
    [
        ("MIT", False),
        ("", False),
        ("GPL-3.0-only", True),
        ("AGPL-3.0-or-later", True),
        ("GNU General Public License v3 (GPLv3)", True),
        ("GNU Affero General Public License v3", True),
        ("LGPL-3.0-only", False),
        ("GNU Lesser General Public License v3 (LGPLv3)", False),
        ("LGPL-3.0-only OR GPL-2.0-only", False),
        ("GPL-2.0-only OR AGPL-3.0-only", True),
        ("MIT OR GPL-2.0-only", False),
    ],
)
def test_only_gpl_and_agpl_are_refused(tool: ModuleType, words: str, forbidden: bool) -> None:
    assert tool.is_forbidden(words) is forbidden


def test_licenses_of_the_lock_may_be_used(
    tool: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tool.print_licenses(LOCK) == 0
    assert "pydicom" in capsys.readouterr().out


def test_license_that_may_not_be_used_fails(
    tool: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tool, "license_of", lambda name: "GPL-3.0-only" if name == "beta" else "")
    assert tool.print_licenses(TRIAL) == 1
    assert capsys.readouterr().err == "licenses: may not be used: beta\n"


class Database(BaseHTTPRequestHandler):
    """Knows one fault, of beta."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        results = [
            {"vulns": [{"id": "X-1"}]} if query["package"]["name"] == "beta" else {}
            for query in body["queries"]
        ]
        data = json.dumps({"results": results}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_known_faults_are_told(tool: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    server = HTTPServer(("127.0.0.1", 0), Database)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        assert tool.print_vulnerabilities(TRIAL, f"http://127.0.0.1:{server.server_port}/") == 1
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert capsys.readouterr().out == (
        "beta: X-1\nvulnerabilities: 1 of 2 packages have known faults\n"
    )


def test_without_a_database_it_is_skipped_with_a_word(
    tool: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tool.print_vulnerabilities(TRIAL, "http://127.0.0.1:1/") == 0
    assert capsys.readouterr().out.startswith("vulnerabilities: skipped, no database")
