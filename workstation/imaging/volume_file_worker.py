"""The process that parses NIfTI, NRRD and MetaImage files: a parser that crashes dies alone.

It reads requests from standard input and writes answers to standard output. It ends when its
input ends.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from workstation.base.errors import InputRefusedError
from workstation.imaging.memory import largest_volume_bytes
from workstation.imaging.worker_messages import limit_process, read_message, write_message

EXTRA_BYTES = 3 * 1024**3
"""Address space beside the voxels, which are held up to three times."""


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Read file after file until the requests end."""
    while (message := read_message(requests)) is not None:
        head, _ = message
        try:
            answer, values = _answered(head)
        except InputRefusedError as refusal:
            document = {"code": refusal.code, "message": refusal.message, "detail": refusal.detail}
            write_message(answers, document, b"")
        except MemoryError:
            reason = "The volume file needs more memory than there is."
            write_message(answers, {"code": "too-large", "message": reason}, b"")
        else:
            write_message(answers, answer, values.data.cast("B") if values.size else b"")


def _answered(head: dict[str, Any]) -> tuple[dict[str, Any], NDArray[Any]]:
    path, index = str(head["path"]), head.get("index")
    if index is None:
        return grid_document(path), np.empty(0)
    values = np.ascontiguousarray(read_values(path, int(index)))
    return {"dtype": values.dtype.str, "shape": values.shape}, values


def grid_document(path: str) -> dict[str, Any]:
    """Return what the header of a volume file says, as plain values.

    Raises
    ------
    InputRefusedError
        When the header is damaged.
    """
    reader = _reader(path)
    return {
        "dimension": reader.GetDimension(),
        "components": reader.GetNumberOfComponents(),
        "size": [int(value) for value in reader.GetSize()],
        "spacing": list(reader.GetSpacing()),
        "origin": list(reader.GetOrigin()),
        "direction": list(reader.GetDirection()),
    }


def read_values(path: str, index: int) -> NDArray[Any]:
    """Return the values of one volume of a file, int16 where they are whole numbers that fit.

    Raises
    ------
    InputRefusedError
        When the data are damaged or not finite.
    """
    reader = _reader(path)
    if reader.GetDimension() == 4:
        size = list(reader.GetSize())
        size[3] = 0
        reader.SetExtractSize(size)
        reader.SetExtractIndex([0, 0, 0, index])
    try:
        values: NDArray[Any] = _simple_itk().GetArrayFromImage(reader.Execute())
    except RuntimeError as error:
        raise _damaged(error) from error
    return _compact(values)


def _simple_itk() -> Any:
    """Return SimpleITK, which is slow to import and needed in this process alone."""
    return importlib.import_module("SimpleITK")


def _reader(path: str) -> Any:
    sitk = _simple_itk()
    sitk.ProcessObject.SetGlobalWarningDisplay(False)
    reader = sitk.ImageFileReader()
    reader.SetFileName(path)
    try:
        reader.ReadImageInformation()
    except RuntimeError as error:
        raise _damaged(error) from error
    return reader


def _damaged(error: RuntimeError) -> InputRefusedError:
    return InputRefusedError(
        "The volume file is damaged or in a variant that cannot be read.",
        code="damaged-volume-file",
        detail=str(error)[:500],
    )


def _compact(array: NDArray[Any]) -> NDArray[Any]:
    if array.dtype.kind in "iu":
        if array.dtype.itemsize == 1 or (array.min() >= -32768 and array.max() <= 32767):
            return np.ascontiguousarray(array, dtype=np.int16)
    elif not np.isfinite(array).all():
        raise InputRefusedError("The volume holds values that are not numbers.", code="not-finite")
    elif _whole(array):
        return np.ascontiguousarray(array, dtype=np.int16)
    return np.ascontiguousarray(array, dtype=np.float32)


def _whole(array: NDArray[Any]) -> bool:
    if array.min() < -32768 or array.max() > 32767:
        return False
    return bool((array == np.rint(array)).all())


def main() -> None:
    """Limit this process and serve standard input."""
    limit_process(3 * largest_volume_bytes() + EXTRA_BYTES)
    # What a library prints must not come between the messages.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt), answers:
        serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
