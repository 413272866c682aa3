"""Messages between this program and its worker processes: two lengths, a JSON head, raw bytes.

Nothing is executed from data.
"""

from __future__ import annotations

import json
import struct
import sys
from typing import IO, Any

_HEAD = struct.Struct("<IQ")
_MAX_HEAD_BYTES = 1 << 16


def write_message(stream: IO[bytes], head: dict[str, Any], body: bytes | memoryview) -> None:
    """Write one message: lengths, JSON head, bytes."""
    encoded = json.dumps(head).encode()
    stream.write(_HEAD.pack(len(encoded), len(body)))
    stream.write(encoded)
    stream.write(body)
    stream.flush()


def read_message(stream: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """Return head and bytes of the next message, or None at the end of the stream."""
    lengths = stream.read(_HEAD.size)
    if len(lengths) < _HEAD.size:
        return None
    head_length, body_length = _HEAD.unpack(lengths)
    encoded = stream.read(min(head_length, _MAX_HEAD_BYTES))
    body = stream.read(body_length)
    if len(body) < body_length:
        return None
    head: dict[str, Any] = json.loads(encoded)
    return head, body


def limit_process(memory_bytes: int) -> None:
    """Limit the memory of this process and forbid core dumps where the platform can."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
