"""The process that decompresses pixels: a decoder that crashes or hangs takes only itself along.

It reads requests from standard input and writes answers to standard output, both as a length, a
JSON head and raw bytes; nothing is executed from data. It ends when its input ends.
"""

from __future__ import annotations

import contextlib
import sys
from dataclasses import fields
from typing import IO, Any

import numpy as np

from workstation.base.errors import InputRefusedError
from workstation.imaging.pixel_codecs import decode_frame
from workstation.imaging.pixel_layout import PixelLayout
from workstation.imaging.worker_messages import limit_process, read_message, write_message

MEMORY_LIMIT_BYTES = 4 * 1024**3
"""Address space of the process; a decoder that asks for more fails like any damaged file."""


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
    limit_process(MEMORY_LIMIT_BYTES)
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        serve(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
