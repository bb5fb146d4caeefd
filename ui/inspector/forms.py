"""Forms of the inspector: tables of settings, in groups that open and close."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QVBoxLayout, QWidget

from simulator.project import Project
from simulator.project.edits import Edit
from simulator.spec import Parameters
from ui.inspector.controls import Choice, Control, Decimal, as_tooltip
from ui.inspector.group_heading import GroupHeading
from ui.inspector.limits import FIRST_STEPS
from ui.inspector.words import PARAMETER_LABELS, PARAMETERS
from ui.project_edits import with_parameter
from ui.session import Session
from ui.style import current_scale
from ui.theme import CONTROL_HEIGHT, GRID

LABEL_WIDTH = 104


def _always(project: Project) -> bool:
    return True


@dataclass(frozen=True)
class Setting:
    """One row of a form.

    Attributes
    ----------
    label : before the control.
    about : what the setting does, in a sentence, as a tooltip.
    control : what the user acts on.
    read : its value in a project.
    write : the project with another value; raises ``ProjectError`` where that cannot be.
    shown : whether the row is there at all.
    undo : what is changed, where the label is too short to say it.
    """

    label: str
    about: str
    control: Control
    read: Callable[[Project], Any]
    write: Callable[[Project, Any], Project | Edit]
    shown: Callable[[Project], bool] = _always
    undo: str = ""


class FormLabel(QLabel):
    """What a control of a form is for; all are equally wide."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setProperty("role", "muted")
        self.setMinimumHeight(CONTROL_HEIGHT)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        # A form may be made in presentation mode, and stays when the type has its old size again.
        if event.type() is QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        self.setFixedWidth(round(LABEL_WIDTH * current_scale()))


class _Row(QObject):
    """A setting in its form, and the session that carries out what the user chooses."""

    def __init__(self, setting: Setting, form: QFormLayout, session: Session) -> None:
        super().__init__(form)
        self._setting = setting
        self._form = form
        self._session = session
        self._visible = True
        self._number = form.rowCount()
        label = FormLabel(setting.label)
        label.setBuddy(setting.control)
        for part in (label, setting.control):
            part.setToolTip(as_tooltip(setting.about))
        form.addRow(label, setting.control)
        setting.control.chosen.connect(self._on_chosen)

    def show_project(self, project: Project) -> None:
        """Show the project's value, or no row."""
        setting = self._setting
        visible = setting.shown(project)
        if visible:
            setting.control.show_value(setting.read(project))
            if isinstance(setting.control, Choice):
                setting.control.setToolTip(as_tooltip(setting.about, setting.control.about))
        if visible is not self._visible:
            self._visible = visible
            self._form.setRowVisible(self._number, visible)

    def _on_chosen(self, value: object) -> None:
        setting, session = self._setting, self._session
        name = setting.undo or setting.label
        selection = session.selection
        session.edit(
            f"Change {name if '_' in name else name.lower()}",
            lambda: setting.write(session.project, value),
            f"{setting.control.objectName()} of {selection.layer}, {selection.neuron}",
        )


class Group(QWidget):
    """Settings below a heading that opens and closes them.

    ``toggled(bool)`` when the user has opened or closed it.
    """

    toggled = Signal(bool)

    def __init__(
        self, title: str, session: Session, opened: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._rows: list[_Row] = []
        self.heading = GroupHeading(title, self)
        self.body = QWidget(self)
        self.form = QFormLayout()
        self.form.setContentsMargins(0, 0, 0, 0)
        self.form.setHorizontalSpacing(GRID)
        self.form.setVerticalSpacing(4)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.column = QVBoxLayout(self.body)
        self.column.setContentsMargins(0, 2, 2, GRID)
        self.column.setSpacing(4)
        self.column.addLayout(self.form)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.heading)
        outer.addWidget(self.body)
        self.set_open(opened)
        self.heading.clicked.connect(self._on_clicked)

    @property
    def title(self) -> str:
        """What the heading says."""
        return self.heading.text()

    @property
    def is_open(self) -> bool:
        """Whether its settings are on show."""
        return self.heading.isChecked()

    def set_open(self, opened: bool) -> None:
        """Show or hide the settings."""
        self.heading.setChecked(opened)
        self.body.setVisible(opened)

    def _on_clicked(self) -> None:
        self.set_open(self.heading.isChecked())
        self.toggled.emit(self.is_open)

    def add(self, *settings: Setting) -> None:
        """Add a row for each."""
        for setting in settings:
            self._rows.append(_Row(setting, self.form, self._session))

    def show_project(self, project: Project) -> None:
        """Show the project's values."""
        for row in self._rows:
            row.show_project(project)
        self.heading.set_caption(self.summary(project))

    def summary(self, project: Project) -> str:
        """What is set, in a word or two, for the heading."""
        return ""


def parameter_settings(
    owner: str,
    kinds: Mapping[str, Mapping[str, float]],
    read: Callable[[Project], tuple[str, Parameters]],
    write: Callable[[Project, str, Parameters], Project | Edit],
    limits: Callable[[str], tuple[float, float]],
) -> Sequence[Setting]:
    """A row for each parameter of any of ``kinds``, there while the chosen kind has it.

    ``kinds`` gives each kind's parameters with their defaults; ``read`` and ``write`` go by the
    chosen kind and those of its parameters that differ.
    """

    def setting(name: str) -> Setting:
        def value(project: Project) -> float:
            kind, given = read(project)
            return {**kinds[kind], **dict(given)}[name]

        def change(project: Project, value: float) -> Project | Edit:
            kind, given = read(project)
            return write(project, kind, with_parameter(kinds[kind], given, name, value))

        return Setting(
            PARAMETER_LABELS.get(name, name),
            PARAMETERS[name],
            Decimal(f"{owner} {name}", *limits(name), first=FIRST_STEPS.get(name, 0.01)),
            value,
            change,
            lambda project: name in kinds.get(read(project)[0], ()),
            undo=name,
        )

    names = dict.fromkeys(name for own in kinds.values() for name in own)
    return [setting(name) for name in sorted(names, key=lambda name: name == "epsilon")]
