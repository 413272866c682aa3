"""Values of marks as short lines of text, computed once for each mark and volume."""

from __future__ import annotations

from collections.abc import Sequence

from workstation.domain.mark import REGIONS, Mark, MarkKind, mark_refusal
from workstation.imaging.mark_values import NamedQuantity, mark_quantities, voxel_quantities
from workstation.imaging.volume import Unit, Volume, VolumeKey

READINGS_KEPT = 512
"""Values that are remembered; beyond that the oldest are computed again."""
NO_VALUE_KINDS = frozenset({MarkKind.ARROW, MarkKind.TEXT})
BRIEF_LINES = 2
"""Lines of a mark that is not selected."""


class MarkReadings:
    """Remembers the values of marks, so that painting does not compute them again."""

    def __init__(self) -> None:
        self._known: dict[tuple[Mark, VolumeKey, bool], tuple[NamedQuantity, ...]] = {}

    def of(
        self, mark: Mark, volume: Volume, *, voxels_only: bool = False
    ) -> tuple[NamedQuantity, ...]:
        """Return the values of a mark on a volume.

        Parameters
        ----------
        mark : Mark
        volume : Volume
        voxels_only : bool
            Without those that follow from the points alone.
        """
        if volume.pending_slices:
            # What is measured while a volume loads is not what holds when it is there.
            return (voxel_quantities if voxels_only else mark_quantities)(mark, volume)
        key = (mark, volume.key, voxels_only)
        if key not in self._known:
            while len(self._known) >= READINGS_KEPT:
                del self._known[next(iter(self._known))]
            read = voxel_quantities if voxels_only else mark_quantities
            self._known[key] = read(mark, volume)
        return self._known[key]


def mark_lines(
    mark: Mark, volumes: Sequence[Volume], readings: MarkReadings, *, brief: bool = False
) -> tuple[str, ...]:
    """Return what is read beside a mark: its label, then its values with their units.

    Parameters
    ----------
    mark : Mark
    volumes : sequence of Volume
        What the pane shows, from below: a region on a fused pane has the values of each.
    readings : MarkReadings
    brief : bool
        Only the lines that fit beside a mark that is not selected.
    """
    label = (mark.label,) if mark.label else ()
    if mark.kind in NO_VALUE_KINDS or mark_refusal(mark) or not volumes:
        return label
    quantities = [readings.of(mark, volumes[0])]
    quantities += [readings.of(mark, item, voxels_only=True) for item in volumes[1:]]
    lines = [line for part in quantities for line in value_lines(mark.kind, part)]
    if brief:
        lines = _brief(mark.kind, quantities)
    return (*label, *dict.fromkeys(lines))


def value_lines(kind: MarkKind, quantities: Sequence[NamedQuantity]) -> tuple[str, ...]:
    """Return the values of one volume, one a line; a lone value goes without its name."""
    refused = next((item.quantity.reason for item in quantities if item.quantity.reason), "")
    if refused and all(item.quantity.value is None for item in quantities):
        return (f"Not measured: {refused}",)
    if kind is MarkKind.BIDIRECTIONAL and len(quantities) == 2:
        long, short = (quantity_text(item).removesuffix(" mm") for item in quantities)
        return (f"{long} × {short} mm",)
    if len(quantities) == 1:
        return (quantity_text(quantities[0]),)
    return _table(quantities)


def _table(quantities: Sequence[NamedQuantity]) -> tuple[str, ...]:
    """Return named lines; the spread stands beside the mean, the extremes share a line."""
    by_name = {item.name: item for item in quantities}
    lines = []
    for item in quantities:
        if item.name in ("SD", "Max") and item.quantity.value is not None:
            continue
        text = f"{item.name} {quantity_text(item)}"
        partner = {"Mean": "SD", "Min": "Max"}.get(item.name, "")
        if partner in by_name and item.quantity.value is not None:
            unit = item.quantity.unit
            first, second = _number(item), _number(by_name[partner])
            joint = " ± " if partner == "SD" else " to "
            name = "Mean" if partner == "SD" else "Range"
            text = f"{name} {first}{joint}{second} {short_unit_of(unit)}"
        lines.append(text)
    return tuple(lines)


def _brief(kind: MarkKind, quantities: Sequence[Sequence[NamedQuantity]]) -> list[str]:
    """Return the first line of each volume: of a region the mean or SUVmax, else the value."""
    lines: list[str] = []
    for part in quantities:
        shown = value_lines(kind, part)
        if kind in REGIONS:
            shown = tuple(line for line in shown if line.startswith(("Mean", "SUVmax", "Not")))
        lines += shown[:1]
    return lines[:BRIEF_LINES]


def quantity_text(item: NamedQuantity) -> str:
    """Return a value with its unit: "12.3 mm", "34.5°", or why there is none."""
    if item.quantity.value is None:
        return f"not measured: {item.quantity.reason}"
    unit = short_unit_of(item.quantity.unit)
    return f"{_number(item)}{unit if unit in ('°', '') else ' ' + unit}"


def _number(item: NamedQuantity) -> str:
    value = item.quantity.value
    if value is None:
        return "–"
    if item.quantity.unit == "" and float(value).is_integer():
        return f"{int(value)}"
    digits = 2 if item.quantity.unit.startswith("g/mL") or item.quantity.unit == "" else 1
    return f"{value:.{digits}f}".replace("-", "−")


_SHORT_UNITS = {
    str(Unit.SUVBW): "SUVbw",
    str(Unit.SUVLBM): "SUVlbm",
    str(Unit.SUVBSA): "SUVbsa",
    str(Unit.SUVIBW): "SUVibw",
    str(Unit.ADC): "×10⁻³ mm²/s",
}


def short_unit_of(unit: str) -> str:
    """Return a unit as it stands beside a number."""
    return _SHORT_UNITS.get(unit, unit)
