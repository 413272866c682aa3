import pytest

from workstation.imaging.quantity import Quantity


def test_value_with_unit():
    quantity = Quantity(value=3.5, unit="mm")
    assert (quantity.value, quantity.unit, quantity.reason) == (3.5, "mm", "")


def test_refusal_has_no_value():
    quantity = Quantity.refused("%", "no reference")
    assert quantity.value is None
    assert quantity.reason == "no reference"


@pytest.mark.parametrize("fields", [{"value": None}, {"value": 1.0, "reason": "but why"}])
def test_neither_or_both_is_a_mistake(fields):
    with pytest.raises(ValueError, match="either a value or a reason"):
        Quantity(unit="mm", **fields)
