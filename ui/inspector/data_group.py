"""Settings of what is trained on: split, scaling, augmentation, generated data, precision."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from simulator.arrays import PRECISIONS as PRECISION_NAMES
from simulator.data.augmentation import AugmentationSpec
from simulator.data.generators import GENERATORS, MAX_NOISE, MAX_SAMPLES, Generator
from simulator.data.scaling import SCALINGS
from simulator.project import Project
from simulator.project.limits import MAX_EPOCHS
from ui.inspector.controls import Check, Choice, Decimal, WholeNumber
from ui.inspector.forms import Group, Setting
from ui.inspector.limits import BELOW_ONE, MAX_SPIN
from ui.inspector.words import PRECISIONS
from ui.project_edits import change_generator, change_part_of_training, change_training
from ui.session import Session


class DataGroup(Group):
    """Which samples train and which are kept, and what is done to them."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__("Data", session, False, parent)
        self.shift = WholeNumber("Shift", 0, 1000)
        self.add(*_generator_settings(), *_split_settings())
        self.add(
            Setting(
                "Scaling",
                "What the inputs are made of before they enter the network; fitted to the "
                "training samples alone.",
                Choice("Scaling", list(SCALINGS), SCALINGS),
                lambda project: project.training.scaling,
                lambda project, name: change_training(project, scaling=name),
            ),
            Setting(
                "Flip inputs",
                "Augmentation: probability that an input x becomes 1 − x while training.",
                Decimal("Flip probability", 0.0, BELOW_ONE, 0.01),
                lambda project: project.training.augmentation.flip_probability,
                lambda project, value: _change_augmentation(project, flip_probability=value),
            ),
            Setting(
                "Shift pictures",
                "Augmentation: a picture moves by up to so many pixels each way while training.",
                self.shift,
                lambda project: project.training.augmentation.shift,
                lambda project, value: _change_augmentation(project, shift=value),
                lambda project: project.data.picture is not None,
            ),
            Setting(
                "Evaluate every",
                "Epochs between two measurements of accuracy and validation loss "
                "(Keras: validation_freq).",
                WholeNumber("Validation frequency", 1, min(MAX_EPOCHS, MAX_SPIN)),
                lambda project: project.training.validation_freq,
                lambda project, value: change_training(project, validation_freq=value),
            ),
            Setting(
                "Precision",
                "How many digits the engine calculates with.",
                Choice("Precision", list(PRECISION_NAMES), PRECISIONS),
                lambda project: project.training.precision,
                lambda project, name: change_training(project, precision=name),
            ),
        )

    def show_project(self, project: Project) -> None:
        picture = project.data.picture
        if picture is not None:
            self.shift.set_limits(0, min(picture.rows, picture.columns))
        super().show_project(project)

    def summary(self, project: Project) -> str:
        training = project.training
        split = training.split
        parts = ["given parts"] if project.data.parts is not None else []
        parts += [f"{split.validation:.0%} validation"] if split.validation else []
        parts += [f"{split.test:.0%} test"] if split.test else []
        parts += [training.scaling] if training.scaling != "none" else []
        parts += ["augmented"] if training.augmentation != AugmentationSpec() else []
        parts += [training.precision] if training.precision != "float64" else []
        return " · ".join(parts) or f"{len(project.data):,} samples"


def _change_augmentation(project: Project, **changes: float) -> Project:
    return change_part_of_training(project, "augmentation", **changes)


def _change_split(project: Project, **changes: float) -> Project:
    return change_part_of_training(project, "split", **changes)


def _split_settings() -> list[Setting]:
    return [
        Setting(
            "Validation",
            "Share of the samples that are not trained on but measured after each epoch.",
            Decimal("Validation share", 0.0, BELOW_ONE, 0.05),
            lambda project: project.training.split.validation,
            lambda project, share: _change_split(project, validation=share),
            undo="Validation share",
        ),
        Setting(
            "Test",
            "Share of the samples that are kept for a test at the very end.",
            Decimal("Test share", 0.0, BELOW_ONE, 0.05),
            lambda project: project.training.split.test,
            lambda project, share: _change_split(project, test=share),
            undo="Test share",
        ),
        Setting(
            "Stratify",
            "Whether each class has its share in every part.",
            Check("Stratify", "Each class its share"),
            lambda project: project.training.split.stratify,
            lambda project, on: _change_split(project, stratify=on),
            _is_split,
        ),
        Setting(
            "Split seed",
            "Which samples are kept follows from it; another seed keeps others.",
            WholeNumber("Split seed", 0, MAX_SPIN),
            lambda project: project.training.split_seed,
            lambda project, seed: change_training(project, split_seed=seed),
            _is_split,
        ),
    ]


def _is_split(project: Project) -> bool:
    split = project.training.split
    return split.validation > 0.0 or split.test > 0.0


def _generator(project: Project) -> Generator | None:
    spec = project.data.generated
    return None if spec is None else GENERATORS[spec.name]


def _is_generated(project: Project) -> bool:
    return project.data.generated is not None


def _has_amount(project: Project) -> bool:
    generator = _generator(project)
    return generator is not None and not generator.fixed


def _has_noise(project: Project) -> bool:
    generator = _generator(project)
    return generator is not None and not generator.fixed and bool(generator.noise_meaning)


def _generator_settings() -> list[Setting]:
    abouts = {name: f"{own.title}. {own.about}" for name, own in GENERATORS.items()}
    return [
        Setting(
            "Generator",
            "What the samples are made by.",
            Choice("Generator", list(GENERATORS), abouts),
            lambda project: project.data.generated.name,
            lambda project, name: change_generator(project, name=name),
            _is_generated,
        ),
        Setting(
            "Samples",
            "How many are made: of each class, or in all where there are no classes.",
            WholeNumber("Samples", 1, MAX_SAMPLES),
            lambda project: project.data.generated.samples,
            lambda project, samples: change_generator(project, samples=samples),
            _has_amount,
        ),
        Setting(
            "Noise",
            "Standard deviation of the noise around the exact shape.",
            Decimal("Data noise", 0.0, MAX_NOISE, first=0.1),
            lambda project: project.data.generated.noise,
            lambda project, noise: change_generator(project, noise=noise),
            _has_noise,
            undo="Data noise",
        ),
        Setting(
            "Data seed",
            "The noise follows from it; another seed makes other samples.",
            WholeNumber("Data seed", 0, MAX_SPIN),
            lambda project: project.data.generated.seed,
            lambda project, seed: change_generator(project, seed=seed),
            _has_noise,
        ),
    ]
