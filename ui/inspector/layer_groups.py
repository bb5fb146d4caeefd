"""Settings of one layer: what it computes, how its weights start and grow, what it receives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QWidget

from simulator.activations import ACTIVATIONS, activation_parameters
from simulator.initializers import INITIALIZERS, initializer_parameters
from simulator.project import Project
from simulator.project.edits import Edit, change_layer, change_sources
from simulator.project.limits import MAX_UNITS
from simulator.regularizers import REGULARIZERS
from simulator.spec import BatchNormalizationSpec, LayerSpec, Parameters
from ui.inspector.checklist import CheckList
from ui.inspector.controls import Check, Choice, Control, Decimal, Line, WholeNumber, as_tooltip
from ui.inspector.forms import Group, Setting, parameter_settings
from ui.inspector.limits import BELOW_ONE, LEAST, MOST, limits_of
from ui.inspector.words import ACTIVATION_ABOUTS, DROPOUT_STYLES
from ui.session import Session

Read = Callable[[LayerSpec], Any]
Changes = Callable[[LayerSpec, Any], dict[str, Any]]


class OfLayer(Group):
    """A group whose settings are those of the layer on show."""

    def __init__(self, title: str, session: Session, opened: bool, parent: QWidget) -> None:
        super().__init__(title, session, opened, parent)
        self.number = 1

    def show_layer(self, project: Project, number: int) -> None:
        """Show the settings of layer ``number``, counted from 1."""
        self.number = number
        self.show_project(project)

    def of(self, project: Project) -> LayerSpec:
        """The layer on show."""
        return project.network.layer(self.number)

    def field(
        self,
        label: str,
        about: str,
        control: Control,
        read: Read,
        changes: Changes,
        shown: Read | None = None,
        undo: str = "",
    ) -> Setting:
        """A setting that is about fields of the layer."""

        def write(project: Project, value: Any) -> Edit:
            return change_layer(project, self.number, **changes(self.of(project), value))

        return Setting(
            label,
            about,
            control,
            lambda project: read(self.of(project)),
            write,
            lambda project: shown is None or bool(shown(self.of(project))),
            undo,
        )


class LayerGroup(OfLayer):
    """Units, activation, dropout, biases and name."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__("Layer", session, True, parent)
        self.units = WholeNumber("Units", 1, MAX_UNITS)
        self.activation = Choice("Activation", list(ACTIVATIONS), ACTIVATION_ABOUTS)
        self.dropout = Decimal("Dropout rate", 0.0, BELOW_ONE, 0.05)
        self.add(
            self.field(
                "Units",
                "Neurons of the layer.",
                self.units,
                lambda layer: layer.units,
                lambda layer, units: {"units": units},
            ),
            self.field(
                "Activation",
                "What makes a neuron's output a of its sum z; for all neurons of the layer.",
                self.activation,
                lambda layer: layer.activation_text,
                lambda layer, name: {"activation": name},
            ),
            *parameter_settings(
                "Activation",
                {name: activation_parameters(name) for name in ACTIVATIONS},
                self._activation,
                self._change_activation,
                limits_of,
            ),
            self.field(
                "Dropout rate",
                "Probability that an output is dropped in training.",
                self.dropout,
                lambda layer: layer.dropout_rate,
                lambda layer, rate: {"dropout_rate": rate},
            ),
            self.field(
                "Dropout style",
                "Where the loss of the dropped outputs is made up for.",
                Choice("Dropout style", list(DROPOUT_STYLES), DROPOUT_STYLES),
                lambda layer: layer.dropout_style,
                lambda layer, style: {"dropout_style": style},
                lambda layer: layer.dropout_rate > 0.0,
            ),
            self.field(
                "Bias",
                "Whether each neuron has a bias, a number added to its sum.",
                Check("Bias", "A bias each"),
                lambda layer: layer.bias,
                lambda layer, on: {"bias": on},
            ),
            self.field(
                "Name",
                "What the layer is called in the window.",
                Line("Name", "automatic"),
                lambda layer: layer.name,
                lambda layer, name: {"name": name},
            ),
        )

    def show_project(self, project: Project) -> None:
        hidden = self.number < project.network.depth
        super().show_project(project)
        self.units.setEnabled(hidden)
        about = "Neurons of the layer." if hidden else "One output for each target of the data."
        self.units.setToolTip(as_tooltip(about))

    def summary(self, project: Project) -> str:
        layer = self.of(project)
        return f"{layer.units:,} · {layer.activation_text}"

    def _activation(self, project: Project) -> tuple[str, Parameters]:
        """That of all neurons; of none where they differ."""
        layer = self.of(project)
        return ("", ()) if layer.neuron_activations else layer.activation_of(0)

    def _change_activation(self, project: Project, name: str, given: Parameters) -> Edit:
        return change_layer(project, self.number, activation=name, activation_parameters=given)


class WeightsGroup(OfLayer):
    """How the weights start, what they pay, how long they may be, whether they learn."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__("Weights", session, False, parent)
        abouts = {name: own.about for name, own in INITIALIZERS.items()}
        self.add(
            self.field(
                "Initializer",
                "How the weights start; seen at the next reset.",
                Choice("Initializer", list(INITIALIZERS), abouts),
                lambda layer: layer.initializer,
                lambda layer, name: {"initializer": name},
            ),
            *parameter_settings(
                "Initializer",
                {name: initializer_parameters(name) for name in INITIALIZERS},
                lambda project: (
                    self.of(project).initializer,
                    self.of(project).initializer_parameters,
                ),
                lambda project, name, given: change_layer(
                    project, self.number, initializer_parameters=given
                ),
                limits_of,
            ),
            self._penalty(
                "Regularizer",
                "A penalty on large weights, added to the loss.",
                Choice("Regularizer", list(REGULARIZERS), REGULARIZERS),
                "name",
            ),
            self._penalty(
                "λ",
                "How much the penalty counts.",
                Decimal("Regularizer strength", 0.0, MOST),
                "strength",
                lambda layer: layer.regularizer.name != "none",
            ),
            self._penalty(
                "β",
                "How much the squares count in the elastic net.",
                Decimal("Regularizer beta", 0.0, MOST, first=0.1),
                "beta",
                lambda layer: layer.regularizer.name == "elastic_net",
            ),
            self._penalty(
                "Penalty on",
                "Whether biases pay as well as weights.",
                Check("Regularizer biases", "Biases, too"),
                "biases",
                lambda layer: layer.regularizer.name != "none",
            ),
            self.field(
                "max_norm",
                "The weights into a neuron are scaled back to this length after each update "
                "(Srebro & Shraibman 2005); 0 is off.",
                Decimal("max_norm", 0.0, MOST, first=1.0, zero_text="off"),
                lambda layer: layer.max_norm,
                lambda layer, value: {"max_norm": value},
                undo="max_norm",
            ),
            self.field(
                "Freeze",
                "A frozen layer stays as it is while the others learn (Keras: trainable).",
                Check("Freeze layer", "The whole layer"),
                lambda layer: not layer.trainable,
                lambda layer, frozen: {"trainable": not frozen},
                undo="freezing of layer",
            ),
        )

    def _penalty(
        self, label: str, about: str, control: Control, field: str, shown: Read | None = None
    ) -> Setting:
        return self.field(
            label,
            about,
            control,
            lambda layer: getattr(layer.regularizer, field),
            lambda layer, value: {"regularizer": replace(layer.regularizer, **{field: value})},
            shown,
            undo=control.objectName(),
        )

    def summary(self, project: Project) -> str:
        layer = self.of(project)
        parts = [layer.initializer]
        parts += [layer.regularizer.name] if layer.regularizer.name != "none" else []
        parts += ["max_norm"] if layer.max_norm else []
        parts += [] if layer.trainable else ["frozen"]
        return " · ".join(parts)


class NormalizationGroup(OfLayer):
    """Batch normalization of the sums, noise on the outputs."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__("Normalization & noise", session, False, parent)
        self.add(
            self.field(
                "Batch norm",
                "Each neuron's sum z gets mean 0 and variance 1 over the mini-batch, then a "
                "learned scale and shift (Ioffe & Szegedy 2015).",
                Check("Batch normalization", "Normalize z"),
                lambda layer: layer.batch_normalization is not None,
                lambda layer, on: {"batch_normalization": BatchNormalizationSpec() if on else None},
                undo="batch normalization",
            ),
            self._normalization(
                "momentum",
                "Share of the old moving mean and variance kept at each update; they are what is "
                "used at test time.",
                Decimal("Batch normalization momentum", 0.0, BELOW_ONE, 0.01),
            ),
            self._normalization(
                "epsilon",
                "Added to the variance, so that nothing is divided by 0.",
                Decimal("Batch normalization epsilon", LEAST, MOST),
            ),
            self.field(
                "Noise",
                "Standard deviation of the Gaussian noise added to the outputs in training.",
                Decimal("Noise", 0.0, MOST, first=0.1),
                lambda layer: layer.noise,
                lambda layer, noise: {"noise": noise},
            ),
        )

    def _normalization(self, field: str, about: str, control: Control) -> Setting:
        return self.field(
            field,
            about,
            control,
            lambda layer: getattr(layer.batch_normalization, field),
            lambda layer, value: {
                "batch_normalization": replace(layer.batch_normalization, **{field: value})
            },
            lambda layer: layer.batch_normalization is not None,
            undo=control.objectName(),
        )

    def summary(self, project: Project) -> str:
        layer = self.of(project)
        parts = ["batch norm"] if layer.batch_normalization else []
        parts += [f"noise {layer.noise:g}"] if layer.noise else []
        return " · ".join(parts)


class SourcesGroup(OfLayer):
    """Which earlier layers it receives from."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__("Receives from", session, False, parent)
        self.list = CheckList("Receives from")
        self.list.setToolTip(
            as_tooltip(
                "The layers whose outputs this one receives; more than the one before it makes "
                "shortcut connections."
            )
        )
        self.column.addWidget(self.list)
        self.list.chosen.connect(self._on_chosen)

    def show_project(self, project: Project) -> None:
        network = project.network
        earlier = range(self.number)
        self.list.show_items(
            [network.layer_name(source) for source in earlier],
            [source in network.sources(self.number) for source in earlier],
        )
        super().show_project(project)

    def summary(self, project: Project) -> str:
        network = project.network
        return ", ".join(map(network.layer_name, network.sources(self.number)))

    def _on_chosen(self, source: int, on: bool) -> None:
        session, number = self._session, self.number

        def make() -> Edit:
            sources = set(session.project.network.sources(number))
            return change_sources(
                session.project, number, sorted(sources | {source} if on else sources - {source})
            )

        session.edit("Change connections", make, f"sources of {number}")
