"""``batson plugins``: what is there, where from, with which hash, and whether it runs."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from workstation.base.paths import plugins_folder, store_folder
from workstation.extension.api import Plugin
from workstation.extension.loader import PluginRegistry
from workstation.storage.audit_log import AuditAction, AuditEvent
from workstation.storage.case_codec import encode_case
from workstation.storage.case_store import CaseStore

_DONE = 0


def add_parser(subparsers: Any) -> None:
    """Add the command, its actions and their options."""
    parser = subparsers.add_parser("plugins", help="what plug-ins are there")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=_list)
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    trust = actions.add_parser("trust", help="let a plug-in of yours run as it is now")
    trust.add_argument("id", metavar="ID")
    trust.set_defaults(run=_trust)
    runs = actions.add_parser("run", help="print what a plug-in says of a case")
    runs.add_argument("id", metavar="ID")
    runs.add_argument("part", metavar="PART")
    runs.add_argument("case", metavar="CASE")
    runs.set_defaults(run=_run)


def _registry(args: argparse.Namespace) -> PluginRegistry:
    return PluginRegistry(plugins_folder(), store_folder(args.store))


def _list(args: argparse.Namespace) -> int:
    plugins = _registry(args).plugins
    if args.json:
        document = {"plugins": [_document(plugin) for plugin in plugins]}
        sys.stdout.write(json.dumps(document) + "\n")
        return _DONE
    lines = [_line(plugin) for plugin in plugins] or ["No plug-ins."]
    sys.stdout.write("\n".join(lines) + "\n")
    return _DONE


def _document(plugin: Plugin) -> dict[str, Any]:
    manifest = plugin.manifest
    return {
        "id": plugin.id,
        "title": manifest.title if manifest else "",
        "version": manifest.version if manifest else "",
        "origin": plugin.origin.value,
        "sha256": plugin.sha256,
        "runs": not plugin.off_reason,
        "reason": plugin.off_reason,
        "parts": [
            {"kind": part.kind.value, "id": part.id, "title": part.title}
            for part in (manifest.contributions if manifest else ())
        ],
    }


def _line(plugin: Plugin) -> str:
    version = plugin.manifest.version if plugin.manifest else "?"
    state = plugin.off_reason or "runs"
    return f"{plugin.id} {version}  {plugin.origin}  {plugin.sha256[:16] or '-'}  {state}"


def _trust(args: argparse.Namespace) -> int:
    plugin = _registry(args).trust(args.id)
    store = CaseStore.open(store_folder(args.store))
    try:
        detail = f"{plugin.id} sha256 {plugin.sha256}"
        store.audit.add(AuditEvent(action=AuditAction.PLUGIN_TRUSTED, detail=detail))
    finally:
        store.close()
    sys.stdout.write(_line(plugin) + "\n")
    return _DONE


def _run(args: argparse.Namespace) -> int:
    store = CaseStore.open(store_folder(args.store))
    try:
        document = encode_case(store.load(args.case).case)
    finally:
        store.close()
    answer = _registry(args).run(args.id, args.part, document)
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")
    return _DONE
