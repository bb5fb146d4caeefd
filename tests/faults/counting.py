"""What a fault test counts: how often it was tried, what was lost, what else was seen."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from simulator.data import Dataset
from simulator.document import Document, document_of, pack_document
from simulator.project import load_project
from simulator.trainer import Trainer

ROOT = Path(__file__).parents[2]


class NotPossibleError(RuntimeError):
    """A fault that cannot be tried here; the text says what is needed."""


@dataclass
class Count:
    """The result of a fault test."""

    what: str
    tried: int = 0
    lost: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)

    def check(self, good: bool, what: str) -> None:
        """Count one; where it is not good, ``what`` says what happened."""
        self.tried += 1
        if not good:
            self.lost.append(what)

    def report(self) -> int:
        """Print it; the exit status."""
        seen = ", ".join(f"{number} {what}" for what, number in sorted(self.seen.items()))
        print(f"{self.what}: {self.tried:,} tried, {len(self.lost):,} lost; {seen}", flush=True)
        for text in self.lost[:5]:
            print(f"  LOST: {text}")
        return 1 if self.lost else 0


def document(generation: int, samples: int = 60) -> Document:
    """A trained document, another one in each generation; 100 samples take 24 KB."""
    project = load_project("digits-5x5")
    data = project.data
    inputs = np.random.default_rng(generation).random((samples, data.n_inputs))
    targets = data.targets[np.arange(samples) % len(data.targets)]
    trainer = Trainer(replace(project, data=Dataset(inputs, targets, data.classes)))
    trainer.run_iterations(generation + 1)
    return document_of(trainer)


def contents(generations: int, samples: int = 60) -> list[bytes]:
    """The bytes of so many generations of a document."""
    return [pack_document(document(number, samples)) for number in range(generations)]
