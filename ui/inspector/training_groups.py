"""Settings of how the network learns: rule, optimizer, loss, learning rate, clipping, inputs."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from simulator.losses import LOSSES, loss_parameters
from simulator.optimizers import OPTIMIZERS
from simulator.project import Project
from simulator.project.edits import change_rule
from simulator.project.limits import MAX_EPOCHS
from simulator.rules import RULES
from simulator.schedules import SCHEDULES, schedule_parameters
from ui.inspector.controls import Check, Choice, Decimal, WholeNumber
from ui.inspector.forms import Group, Setting, parameter_settings
from ui.inspector.limits import BELOW_ONE, LEAST, MAX_SPIN, MOST, limits_of
from ui.inspector.words import DROPOUT_STYLES, LOSS_ABOUTS, OPTIMIZER_ABOUTS
from ui.project_edits import (
    change_clipping,
    change_inputs,
    change_loss,
    change_optimizer,
    change_schedule,
    change_training,
)
from ui.session import Session


class TrainingGroup(Group):
    """Rule, optimizer, learning rate, mini-batch, epochs, seed, loss and shuffling."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__("Training", session, True, parent)
        self.rule = Choice("Rule", list(RULES), RULES)
        self.optimizer = Choice("Optimizer", list(OPTIMIZERS), OPTIMIZER_ABOUTS)
        self.learning_rate = Decimal("Learning rate", LEAST, MOST)
        self.batch_size = WholeNumber("Mini-batch", 1, MAX_SPIN)
        self.epochs = WholeNumber("Epochs", 1, min(MAX_EPOCHS, MAX_SPIN))
        self.seed = WholeNumber("Seed", 0, MAX_SPIN)
        self.loss = Choice("Loss", list(LOSSES), LOSS_ABOUTS)
        self.shuffle = Check("Shuffle", "New order each epoch")
        self.add(
            Setting(
                "Rule",
                "What a neuron is corrected by. The rules older than backpropagation train a "
                "single layer.",
                self.rule,
                lambda project: project.training.rule,
                change_rule,
            ),
            Setting(
                "Optimizer",
                "How the gradient changes the weights.",
                self.optimizer,
                lambda project: project.optimizer.name,
                lambda project, name: change_optimizer(project, name=name),
            ),
            *parameter_settings(
                "Optimizer",
                {name: kind.defaults for name, kind in OPTIMIZERS.items()},
                lambda project: (project.optimizer.name, project.optimizer.parameters),
                lambda project, name, given: change_optimizer(project, parameters=given),
                limits_of,
            ),
            Setting(
                "Learning rate",
                "How far the weights move along the gradient, η.",
                self.learning_rate,
                lambda project: project.optimizer.learning_rate,
                lambda project, rate: change_optimizer(project, learning_rate=rate),
            ),
            Setting(
                "Mini-batch",
                "Samples whose gradients are averaged before the weights move; 1 is point by "
                "point, all samples is batch training.",
                self.batch_size,
                lambda project: project.batch_size,
                lambda project, size: change_training(project, batch_size=size),
            ),
            Setting(
                "Epochs",
                "Training ends after so many passes over the data.",
                self.epochs,
                lambda project: project.training.epochs,
                lambda project, epochs: change_training(project, epochs=epochs),
            ),
            Setting(
                "Seed",
                "Start weights, order of the samples, dropout and noise all follow from it; the "
                "same seed gives the same training.",
                self.seed,
                lambda project: project.training.seed,
                lambda project, seed: change_training(project, seed=seed),
            ),
            Setting(
                "Loss",
                "What training makes small.",
                self.loss,
                lambda project: project.loss,
                change_loss,
            ),
            *parameter_settings(
                "Loss",
                {name: loss_parameters(name) for name in LOSSES},
                lambda project: (project.loss, project.loss_parameters),
                change_loss,
                limits_of,
            ),
            Setting(
                "Shuffle",
                "Whether each epoch visits the samples in a new order.",
                self.shuffle,
                lambda project: project.training.shuffle,
                lambda project, on: change_training(project, shuffle=on),
            ),
        )

    def show_project(self, project: Project) -> None:
        self.batch_size.set_limits(1, project.training_size)
        super().show_project(project)

    def summary(self, project: Project) -> str:
        return f"{project.optimizer.name} · {project.optimizer.learning_rate:g}"


class RateGroup(Group):
    """How the learning rate changes, and how long the gradient may be."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__("Schedule & clipping", session, False, parent)
        abouts = {name: own.about for name, own in SCHEDULES.items()}
        self.add(
            Setting(
                "Schedule",
                "How the learning rate η goes on with the number of updates k.",
                Choice("Schedule", list(SCHEDULES), abouts),
                lambda project: project.optimizer.schedule.name,
                _change_schedule_name,
            ),
            *parameter_settings(
                "Schedule",
                {name: schedule_parameters(name) for name in SCHEDULES},
                lambda project: (
                    project.optimizer.schedule.name,
                    project.optimizer.schedule.parameters,
                ),
                change_schedule,
                lambda name: (0.0, MOST) if name == "alpha" else limits_of(name),
            ),
            _clipping(
                "clipvalue",
                "Every component of the gradient is cut off at ± this; 0 is off.",
            ),
            _clipping(
                "clipnorm",
                "The gradient of each layer's weights, and that of its biases, is shortened to "
                "this length; 0 is off.",
            ),
            _clipping(
                "global_clipnorm",
                "The whole gradient is shortened to this length (Pascanu, Mikolov & Bengio "
                "2013); 0 is off.",
            ),
        )

    def summary(self, project: Project) -> str:
        optimizer = project.optimizer
        parts = [] if optimizer.schedule.name == "constant" else [optimizer.schedule.name]
        parts += ["warm-up"] if dict(optimizer.schedule.parameters).get("warmup_steps") else []
        parts += ["clipped"] if optimizer.clipping.active else []
        return " · ".join(parts)


def _change_schedule_name(project: Project, name: str) -> Project:
    """Another schedule; the warm-up is every schedule's own and stays."""
    given = project.optimizer.schedule.parameters
    kept = tuple((own, value) for own, value in given if own == "warmup_steps")
    return change_schedule(project, name, kept)


def _clipping(name: str, about: str) -> Setting:
    return Setting(
        name,
        about,
        Decimal(name, 0.0, MOST, first=0.1, zero_text="off"),
        lambda project: getattr(project.optimizer.clipping, name),
        lambda project, value: change_clipping(project, **{name: value}),
        undo=name,
    )


class InputsGroup(Group):
    """What drops and disturbs the inputs while training."""

    def __init__(self, session: Session, opened: bool, parent: QWidget) -> None:
        super().__init__("Inputs", session, opened, parent)
        self.add(
            Setting(
                "Dropout rate",
                "Probability that an input is dropped in training.",
                Decimal("Input dropout", 0.0, BELOW_ONE, 0.05),
                lambda project: project.network.input_dropout_rate,
                lambda project, rate: change_inputs(project, input_dropout_rate=rate),
                undo="Input dropout",
            ),
            Setting(
                "Dropout style",
                "Where the loss of the dropped inputs is made up for.",
                Choice("Input dropout style", list(DROPOUT_STYLES), DROPOUT_STYLES),
                lambda project: project.network.input_dropout_style,
                lambda project, style: change_inputs(project, input_dropout_style=style),
                lambda project: project.network.input_dropout_rate > 0.0,
                undo="Input dropout style",
            ),
            Setting(
                "Noise",
                "Standard deviation of the Gaussian noise added to the inputs in training.",
                Decimal("Input noise", 0.0, MOST, first=0.1),
                lambda project: project.network.input_noise,
                lambda project, noise: change_inputs(project, input_noise=noise),
                undo="Input noise",
            ),
        )

    def summary(self, project: Project) -> str:
        network = project.network
        parts = [f"drop {network.input_dropout_rate:g}"] if network.input_dropout_rate else []
        parts += [f"noise {network.input_noise:g}"] if network.input_noise else []
        return " · ".join(parts)
