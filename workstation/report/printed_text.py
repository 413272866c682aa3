"""The text on the pages of a report, without spaces: enough to find what was printed.

Reads what Typst writes: fonts with two-byte codes and a ToUnicode map, text straight in the page
content. Source: ISO 32000-1, 9.4 (text objects) and 9.10 (extraction).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_TOKEN = re.compile(
    rb"/(?P<font>[^\s/<>\[\](){}%]+)\s+[-+.\d]+\s+Tf\b"
    rb"|(?P<literal>\()"
    rb"|<(?P<hex>(?:[0-9A-Fa-f]{2}\s*)*)>(?!>)"
)
_IN_LITERAL = re.compile(rb"\\[\s\S]|[()]")
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|[\s\S])")
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_BLOCK = re.compile(r"beginbf(char|range)(.*?)endbf\1", re.DOTALL)
_PAIR = re.compile(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]*)>")
_RANGE = re.compile(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_UNSEEN = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff]+")

Decoding = Mapping[int, str]
"""Two-byte code to text."""


def squeezed(text: str) -> str:
    """Return ``text`` without spaces and signs that are not seen, as page text is compared."""
    return _UNSEEN.sub("", text)


def page_text(page: Any) -> str:
    """Return the text of a page dictionary in the order it was set, squeezed."""
    fonts = page["/Resources"].get("/Font", {})
    decodings = {name: decoding(fonts[name]) for name in fonts}
    content = page["/Contents"]
    parts = content if isinstance(content, list) else [content]
    streams = b"\n".join(bytes(part.get_object().data) for part in parts)
    return squeezed("".join(_shown(streams, decodings)))


def decoding(font: Any) -> Decoding:
    """Return what the codes of a font mean; nothing for a font without a map."""
    if "/ToUnicode" not in font:
        return {}
    return parse_map(font["/ToUnicode"].data.decode("ascii", "replace"))


def parse_map(text: str) -> Decoding:
    """Return the code to text map of a ToUnicode stream."""
    found: dict[int, str] = {}
    for kind, body in _BLOCK.findall(text):
        if kind == "char":
            found.update((int(code, 16), _utf16(target)) for code, target in _PAIR.findall(body))
            continue
        for first, last, target in _RANGE.findall(body):
            begin = int(first, 16)
            for step in range(min(int(last, 16), begin + 0xFFFF) - begin + 1):
                found[begin + step] = chr(min(int(target, 16) + step, 0x10FFFF))
    return found


def _utf16(digits: str) -> str:
    return bytes.fromhex(digits).decode("utf-16-be", "replace")


def _shown(content: bytes, decodings: Mapping[str, Decoding]) -> Iterator[str]:
    current: Decoding = {}
    place = 0
    while token := _TOKEN.search(content, place):
        place = token.end()
        if token["font"] is not None:
            name = token["font"].decode("ascii", "replace")
            current = decodings.get(f"/{name}", {})
            continue
        if token["literal"] is not None:
            place = _end_of_literal(content, place)
            codes = _ESCAPE.sub(_unescaped, content[token.end() : place - 1])
        else:
            codes = bytes.fromhex(token["hex"].decode("ascii"))
        for start in range(0, len(codes) - 1, 2):
            yield current.get(int.from_bytes(codes[start : start + 2]), "")


def _end_of_literal(content: bytes, place: int) -> int:
    """Return where a string ends whose first parenthesis was passed; pairs inside belong to it."""
    depth = 1
    for sign in _IN_LITERAL.finditer(content, place):
        depth += {b"(": 1, b")": -1}.get(sign[0], 0)
        if depth == 0:
            return sign.end()
    return len(content)


def _unescaped(match: re.Match[bytes]) -> bytes:
    sign = match[1]
    if sign[:1].isdigit():
        return bytes([int(sign, 8) & 0xFF])
    if sign in (b"\n", b"\r", b"\r\n"):
        return b""
    return _ESCAPED.get(sign, sign)
