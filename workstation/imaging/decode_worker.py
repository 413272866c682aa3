"""The process that decompresses pixels: a decoder that crashes or hangs takes only itself along.

It reads requests from standard input and writes answers to standard output, both as a length, a
JSON head and raw bytes; nothing is executed from data. It ends when its input ends.
"""

from __future__ import annotations

import contextlib
import json
import struct
import sys
from dataclasses import fields
from typing import IO, Any

import numpy as np

from workstation.base.errors import InputRefusedError
from workstation.imaging.pixel_codecs import decode_frame
from workstation.imaging.pixel_layout import PixelLayout

MEMORY_LIMIT_BYTES = 4 * 1024**3
"""Address space of the process; a decoder that asks for more fails like any damaged file."""

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


def layout_document(layout: PixelLayout) -> dict[str, Any]:
    """Return a layout as plain values."""
    return {item.name: getattr(layout, item.name) for item in fields(layout)}


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Decode frame after frame until the requests end."""
    while (message := read_message(requests)) is not None:
        document, data = message
        try:
            decoded = np.ascontiguousarray(decode_frame(data, PixelLayout(**document)))
        except InputRefusedError as refusal:
            head = {"code": refusal.code, "message": refusal.message, "detail": refusal.detail}
            write_message(answers, head, b"")
        except MemoryError:
            message_text = "The picture is damaged: it needs too much memory."
            write_message(answers, {"code": "damaged-pixels", "message": message_text}, b"")
        else:
            shape = {"dtype": decoded.dtype.str, "shape": decoded.shape}
            write_message(answers, shape, decoded.data.cast("B"))


def main() -> None:
    """Limit this process and serve standard input."""
    _limit()
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        serve(sys.stdin.buffer, sys.stdout.buffer)


def _limit() -> None:
    """Limit memory and forbid core dumps where the platform can."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
