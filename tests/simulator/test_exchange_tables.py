"""The training log and the predictions as CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import numpy as np
import pytest
from script_runs import trained
from small_projects import build, layer, normal_data, with_training

from simulator.document import Document, document_of
from simulator.exchange import exported
from simulator.project import ProjectError, load_project


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))


def test_the_log_has_every_epoch_to_the_last_digit() -> None:
    trainer, _ = trained(load_project("digits-5x5").with_epochs(4))
    head, *rows = rows_of(exported("log", document_of(trainer)).content)
    history = trainer.history.view()
    assert head[:3] == ["epoch", "loss", "accuracy"] and len(rows) == 4
    assert [float(row[1]) for row in rows] == history.loss.tolist()
    assert "val_loss" not in head


def test_nothing_trained_is_said() -> None:
    with pytest.raises(ProjectError, match="no training to write down"):
        exported("log", Document(load_project("xor")))


def test_predictions_have_every_sample_with_its_part() -> None:
    project = build([layer(3), layer(2, "linear")], normal_data(20, 2, 2), epochs=2)
    project = with_training(project, split=replace(project.training.split, validation=0.25))
    trainer, outputs = trained(project)
    head, *rows = rows_of(exported("predictions", document_of(trainer)).content)
    assert head == [
        *("sample", "part", "x1", "x2", "target y1", "target y2", "output y1", "output y2"),
    ]
    found = np.array([[float(own) for own in row[2:]] for row in rows])
    np.testing.assert_array_equal(found[:, :2], project.data.inputs)
    part = project.prepared.training.rows
    np.testing.assert_array_equal(found[part, 4:], outputs)
    assert [row[1] for row in rows].count("validation") == 5


def test_classes_and_texts_that_look_like_formulas() -> None:
    project = load_project("xor")
    data = replace(
        project.data, builtin="", classes=("=HYPERLINK(1)", '-a,"b'), input_names=("@x", "-1")
    )
    trainer, _ = trained(replace(project, data=data).with_epochs(1))
    head, *rows = rows_of(exported("predictions", document_of(trainer)).content)
    assert head[2:4] == ["'@x", "-1"] and head[-3:] == ["class", "predicted class", "right"]
    assert {row[-3] for row in rows} == {"'=HYPERLINK(1)", "'-a,\"b"}
    assert all((row[-3] == row[-2]) == (row[-1] == "1") for row in rows)
