import pytest

from workstation.base import errors
from workstation.base.errors import CancelledError, InputRefusedError, WorkstationError


def test_the_message_is_what_a_user_reads() -> None:
    error = InputRefusedError("The file is empty.", detail="0 bytes")
    assert str(error) == error.message == "The file is empty."
    assert error.detail == "0 bytes"


def test_each_class_has_its_own_word_for_scripts() -> None:
    classes = [
        item
        for item in vars(errors).values()
        if isinstance(item, type) and issubclass(item, WorkstationError)
    ]
    codes = [item.default_code for item in classes]
    assert len(classes) > 5
    assert len(set(codes)) == len(codes)


def test_a_code_can_be_more_precise_than_its_class() -> None:
    assert InputRefusedError("x", code="not-dicom").code == "not-dicom"
    assert InputRefusedError("x").code == "refused"


def test_cancelling_promises_that_nothing_changed() -> None:
    with pytest.raises(WorkstationError, match="Nothing was changed"):
        raise CancelledError
