"""What is saved again and again is compressed once, and the file is the same as without that."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_projects import digits

from simulator.data import Dataset
from simulator.document import Document, document_of, open_document, pack_document
from simulator.project import Project
from simulator.project.archive import Squeezed, container
from simulator.trainer import Trainer


@pytest.fixture
def compressed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of what was compressed."""
    sizes: list[int] = []
    compress = container._squeezed

    def counted(content: bytes) -> bytes:
        sizes.append(len(content))
        return compress(content)

    monkeypatch.setattr(container, "_squeezed", counted)
    return sizes


def drawn(samples: int, seed: int = 0) -> Project:
    project = digits()
    data = project.data
    inputs = np.random.default_rng(seed).random((samples, data.n_inputs)).round(2)
    targets = data.targets[np.arange(samples) % len(data.targets)]
    return replace(project, data=Dataset(inputs, targets, data.classes))


def trained(project: Project, *iterations: int) -> list[Document]:
    """The document at these iterations."""
    trainer, found = Trainer(project), []
    for iteration in iterations:
        trainer.run_iterations(iteration - trainer.iteration)
        found.append(document_of(trainer))
    return found


def test_data_are_compressed_once_and_the_bytes_are_the_same(compressed: list[int]) -> None:
    documents = trained(drawn(200), 1, 5, 9)
    plain = [pack_document(own) for own in documents]
    size = 200 * 25 * 8
    assert sum(own > size for own in compressed) == 3
    compressed.clear()
    squeezed = Squeezed()
    assert [pack_document(own, squeezed) for own in documents] == plain
    assert sum(own > size for own in compressed) == 1
    # Parameters change, so they are compressed each time; those of the last one are there still.
    assert len(compressed) > 1
    compressed.clear()
    assert pack_document(documents[-1], squeezed) == plain[-1] and compressed == []


def test_other_data_of_the_same_size_are_others(compressed: list[int]) -> None:
    squeezed = Squeezed()
    for seed in (1, 2, 1):
        (document,) = trained(drawn(200, seed), 3)
        content = pack_document(document, squeezed)
        assert content == pack_document(document)
        assert np.array_equal(
            open_document(content).project.data.inputs, document.project.data.inputs
        )
    compressed.clear()
    # Nothing is kept of what was not in the archive packed last.
    (document,) = trained(drawn(200, 2), 3)
    pack_document(document, squeezed)
    assert max(compressed) > 200 * 25 * 8
