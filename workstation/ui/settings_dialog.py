"""The settings: each row of the table of settings as a field, kept at once when accepted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from workstation.app.actions import ActionRegistry
from workstation.storage.settings import SettingRow, Settings, setting_table
from workstation.ui.components.labels import PlainLabel

KEYS = "shortcuts"
LATER = frozenset({"interface_scale_pct", "memory_budget_mb"})
Keep = Callable[[Settings], bool]


class SettingsDialog(QDialog):
    """Edits the settings and the keys; nothing changes when keys collide.

    Parameters
    ----------
    settings : Settings
    registry : ActionRegistry
    keep : callable
        Takes the new settings; False when they could not be kept.
    """

    def __init__(
        self,
        settings: Settings,
        registry: ActionRegistry,
        keep: Keep,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Settings")
        self.resize(640, 560)
        self._settings = settings
        self._registry = registry
        self._keep = keep
        self.fields: dict[str, QWidget] = {}
        self.keys = _key_table(registry)
        self.problem = PlainLabel("", tone="caution")
        tabs = QTabWidget()
        tabs.addTab(self._general(), "General")
        tabs.addTab(self.keys, "Keys")
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel
        )
        self.buttons.accepted.connect(self.save)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 12)
        column.addWidget(tabs, 1)
        column.addWidget(self.problem)
        column.addWidget(self.buttons)

    def save(self) -> None:
        """Keep what was changed, or say why not."""
        wanted = wanted_keys(self.keys, self._registry)
        conflicts = self._registry.set_shortcuts(wanted)
        if conflicts:
            first = conflicts[0]
            one, other = (self._registry.spec(name).text for name in (first.first, first.second))
            self.problem.setText(f'"{first.key}" would mean both "{one}" and "{other}".')
            return
        values: dict[str, Any] = {
            name: type(getattr(self._settings, name))(_value(field))
            for name, field in self.fields.items()
        }
        keys = tuple((name, *shortcuts) for name, shortcuts in wanted.items())
        if self._keep(replace(self._settings, **values, shortcuts=keys)):
            self.accept()

    def _general(self) -> QWidget:
        page = QWidget()
        form = QFormLayout(page)
        form.setContentsMargins(12, 12, 12, 12)
        for row in setting_table():
            if row.name == KEYS:
                continue
            field = _field(row, getattr(self._settings, row.name))
            field.setAccessibleName(row.description)
            field.setToolTip(row.description)
            self.fields[row.name] = field
            words = row.name.replace("_pct", "").replace("_mb", "").replace("_", " ")
            words = words.replace("escc", "ESCC")
            later = " (after a restart)" if row.name in LATER else ""
            form.addRow(f"{words[:1].upper()}{words[1:]}{later}", field)
        return page


def wanted_keys(table: QTableWidget, registry: ActionRegistry) -> dict[str, tuple[str, ...]]:
    """Return the keys that differ from the default ones, by action."""
    wanted = {}
    for row in range(table.rowCount()):
        name_item, key_item = table.item(row, 0), table.item(row, 1)
        if name_item is None or key_item is None:
            continue
        name = str(name_item.data(Qt.ItemDataRole.UserRole))
        keys = tuple(part.strip() for part in key_item.text().split("  ") if part.strip())
        if keys != registry.spec(name).shortcuts:
            wanted[name] = keys
    return wanted


def _key_table(registry: ActionRegistry) -> QTableWidget:
    specs = registry.specs
    table = QTableWidget(len(specs), 2)
    table.setAccessibleName("Keys")
    table.setHorizontalHeaderLabels(["Action", "Keys, two spaces between several"])
    table.verticalHeader().hide()
    for row, spec in enumerate(specs):
        name = QTableWidgetItem(f"{spec.text} ({spec.context.value})")
        name.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        name.setData(Qt.ItemDataRole.UserRole, spec.id)
        table.setItem(row, 0, name)
        table.setItem(row, 1, QTableWidgetItem("  ".join(registry.shortcuts(spec.id))))
    table.resizeColumnToContents(0)
    table.horizontalHeader().setStretchLastSection(True)
    return table


def _field(row: SettingRow, value: Any) -> QWidget:
    if isinstance(value, bool):
        box = QCheckBox()
        box.setChecked(value)
        return box
    if isinstance(value, StrEnum):
        choice = QComboBox()
        for item in type(value):
            choice.addItem(item.value.replace("_", " "), item)
        choice.setCurrentIndex(list(type(value)).index(value))
        return choice
    if isinstance(value, int):
        spin = QSpinBox()
        low, high = (row.limits.low, row.limits.high) if row.limits else (0, 1_000_000)
        spin.setRange(int(low), int(high))
        spin.setValue(value)
        return spin
    return QLineEdit(str(value))


def _value(field: QWidget) -> Any:
    if isinstance(field, QCheckBox):
        return field.isChecked()
    if isinstance(field, QComboBox):
        return field.currentData()
    if isinstance(field, QSpinBox):
        return field.value()
    return field.text().strip() if isinstance(field, QLineEdit) else None
