"""The commands that report on a trained network, and the tables they print."""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from pathlib import Path
from typing import Any, TextIO

from simulator.advice import advice
from simulator.cli_common import (
    add_command,
    add_epochs,
    add_seed_and_json,
    folder,
    read_project,
    warn,
    whole_number,
)
from simulator.cli_document import add_save, read_training, save
from simulator.crossvalidation import cross_validate
from simulator.data.dataset import PARTS
from simulator.ensemble import Ensemble, dropout_ensemble
from simulator.evaluation import Evaluation
from simulator.project import ProjectError
from simulator.trainer import Trainer

ROWS = 20
"""Samples, classes or masks listed at most."""


def add_reports(commands: Any) -> None:
    """Add train, evaluate, cross-validate and ensemble."""
    train = add_command(commands, "train", "train a project and print the result", run_train)
    add_epochs(train)
    add_seed_and_json(train)
    train.add_argument(
        "--folder", type=folder, help="where callbacks write their files (the current folder)"
    )
    add_save(train)
    evaluate = add_command(
        commands, "evaluate", "train, then show what the network gets right", run_evaluate
    )
    add_epochs(evaluate)
    add_seed_and_json(evaluate)
    evaluate.add_argument("--part", choices=PARTS, help="of the data; all that there are")
    folds = add_command(
        commands, "cross-validate", "train k networks, each without a k-th of the data", run_folds
    )
    folds.add_argument("--folds", type=whole_number(2), default=5, metavar="K", help="5")
    add_epochs(folds)
    add_seed_and_json(folds)
    ensemble = add_command(
        commands, "ensemble", "list every network that dropout makes of one", run_ensemble
    )
    ensemble.add_argument("--sample", type=whole_number(1), default=1, metavar="N", help="1")
    ensemble.add_argument("--untrained", action="store_true", help="with the start weights")
    add_epochs(ensemble)
    add_seed_and_json(ensemble)


def train_with_progress(trainer: Trainer, quiet: bool = False, out: TextIO | None = None) -> None:
    """Train to the end, with a progress bar unless ``quiet``."""
    total = trainer.last_epoch - trainer.epoch
    if quiet:
        trainer.run_epochs(total)
        return
    from tqdm import tqdm

    stride = max(1, total // 200)
    with tqdm(total=total, unit="epoch", file=out or sys.stderr, desc="training") as bar:
        while not trainer.finished:
            before = trainer.epoch
            trainer.run_epochs(stride)
            bar.update(trainer.epoch - before)


def run_train(parsed: argparse.Namespace) -> int:
    """``backlit train``."""
    training = read_training(parsed, parsed.folder or Path.cwd())
    trainer = training.trainer
    warn(trainer.project)
    start = time.perf_counter()
    train_with_progress(trainer, quiet=parsed.json)
    seconds = time.perf_counter() - start
    save(parsed, training)
    result = trainer.evaluate()
    if parsed.json:
        print(json.dumps(_result(trainer, result, seconds)))
    else:
        print_result(trainer, result, seconds)
    return 0


def _number(value: float) -> float | None:
    """For JSON, which has no NaN."""
    return value if math.isfinite(value) else None


def _figures(result: Evaluation) -> dict[str, Any]:
    figures: dict[str, Any] = {"loss": result.loss, "accuracy": _number(result.accuracy)}
    if result.actual is None:
        figures["r2"] = _number(result.r2)
    return figures


def _result(trainer: Trainer, result: Evaluation, seconds: float) -> dict[str, Any]:
    project = trainer.project
    return {
        "project": project.name,
        "seed": project.training.seed,
        "epochs": trainer.epoch,
        "iterations": trainer.iteration,
        **_figures(result),
        "penalty": result.penalty,
        **{
            part: _figures(trainer.evaluate(part))
            for part in PARTS[1:]
            if len(project.prepared.part(part))
        },
        "learning_rate": trainer.learning_rate,
        "stop_reason": trainer.stop_reason,
        "warnings": list(advice(project)),
        "seconds": round(seconds, 6),
    }


def print_result(trainer: Trainer, result: Evaluation, seconds: float) -> None:
    """The result table for people: the totals, then each sample's answer (of at most 20)."""
    project = trainer.project
    data = project.data
    print(f"{project.title or project.name}: {trainer.epoch:,} epochs, ", end="")
    print(f"{trainer.iteration:,} iterations in {seconds:.2f} s, seed {project.training.seed}")
    if trainer.stop_reason:
        print(trainer.stop_reason)
    print(f"loss {_figures_text(result)}  ({project.loss}, dropout off)")
    if result.penalty:
        print(f"penalty {result.penalty:.6f}, not in the loss above")
    for part in PARTS[1:]:
        if len(project.prepared.part(part)):
            print(f"{part} loss {_figures_text(trainer.evaluate(part))}")
    print()
    for place, row in enumerate(result.rows[:ROWS]):
        outputs = "  ".join(f"{value:6.3f}" for value in result.outputs[place, :10])
        if result.predicted is None or result.actual is None:
            print(f"  sample {row + 1:>2}   {outputs}")
            continue
        wanted, found = int(result.actual[place]), int(result.predicted[place])
        mark = "right" if found == wanted else "WRONG"
        print(f"  {data.class_name(wanted):>6} → {data.class_name(found):<6} {mark}   {outputs}")
    if len(result.rows) > ROWS:
        print(f"  … {len(result.rows) - ROWS:,} more samples")


def _figures_text(result: Evaluation) -> str:
    text = f"{result.loss:.6f}"
    if not math.isnan(result.accuracy):
        return f"{text} · accuracy {100 * result.accuracy:.1f} %"
    return text if math.isnan(result.r2) else f"{text} · R² {result.r2:.4f}"


def run_evaluate(parsed: argparse.Namespace) -> int:
    """``backlit evaluate``."""
    project = read_project(parsed)
    warn(project)
    parts = [parsed.part] if parsed.part else list(PARTS)
    parts = [part for part in parts if len(project.prepared.part(part))]
    if not parts:
        raise ProjectError(
            f"No samples are kept for {parsed.part}; set training.{parsed.part}_split."
        )
    trainer = Trainer(project)
    train_with_progress(trainer, quiet=parsed.json)
    results = {part: trainer.evaluate(part) for part in parts}
    if parsed.json:
        print(json.dumps({part: _report(result) for part, result in results.items()}))
        return 0
    for part, result in results.items():
        print(f"\n{part}: {len(result.rows):,} samples, loss {_figures_text(result)}")
        _print_confusion(result)
    return 0


def _report(result: Evaluation) -> dict[str, Any]:
    report = {"samples": len(result.rows), **_figures(result)}
    if result.confusion is not None and result.report is not None:
        report["classes"] = list(result.classes)
        report["confusion"] = result.confusion.tolist()
        report["precision"] = [_number(value) for value in result.report.precision.tolist()]
        report["recall"] = [_number(value) for value in result.report.recall.tolist()]
    return report


def _print_confusion(result: Evaluation) -> None:
    """Rows are what a sample is, columns what it was taken for."""
    matrix, report = result.confusion, result.report
    if matrix is None or report is None:
        return
    names = [name[:12] for name in result.classes[:ROWS]]
    width = max(9, *(len(name) + 1 for name in names))
    print(f"{'':>{width}}{''.join(f'{name:>{width}}' for name in names)}   recall")
    for name, row, recall in zip(names, matrix, report.recall, strict=False):
        counts = "".join(f"{count:>{width},}" for count in row[:ROWS])
        print(f"{name:>{width}}{counts}   {_share(recall)}")
    shares = "".join(f"{_share(value):>{width}}" for value in report.precision[:ROWS])
    print(f"{'precision':>{width}}{shares}")
    if len(result.classes) > ROWS:
        print(f"  … {len(result.classes) - ROWS} more classes")


def _share(value: float) -> str:
    return "–" if math.isnan(value) else f"{100 * value:.1f} %"


def run_folds(parsed: argparse.Namespace) -> int:
    """``backlit cross-validate``."""
    project = read_project(parsed)
    warn(project)

    def report(number: int, fold: Evaluation) -> None:
        if not parsed.json:
            print(f"fold {number}: {len(fold.rows):,} samples, loss {_figures_text(fold)}")

    if project.data.has_part("test"):
        print("backlit: the test part that the data bring is in no fold", file=sys.stderr)
    found = cross_validate(project, parsed.folds, report)
    if parsed.json:
        summary = {
            "folds": [_figures(fold) for fold in found.folds],
            "mean_score": _number(found.mean_score),
            "score_deviation": _number(found.score_deviation),
        }
        print(json.dumps(summary))
    else:
        name = "R²" if math.isnan(found.folds[0].accuracy) else "accuracy"
        print(f"{name} {found.mean_score:.4f} ± {found.score_deviation:.4f} (standard deviation)")
    return 0


def run_ensemble(parsed: argparse.Namespace) -> int:
    """``backlit ensemble``."""
    project = read_project(parsed)
    part = project.prepared.training
    if parsed.sample > len(part):
        raise ProjectError(f"There is no sample {parsed.sample}; there are {len(part):,}.")
    trainer = Trainer(project)
    if not parsed.untrained:
        train_with_progress(trainer, quiet=parsed.json)
    try:
        found = dropout_ensemble(project, trainer.network, part.inputs[parsed.sample - 1])
    except ValueError as problem:
        raise ProjectError(str(problem)) from None
    if parsed.json:
        print(json.dumps(_listed(found)))
        return 0
    for own in found.members[:ROWS]:
        bits = " ".join("".join(str(bit) for bit in mask) for mask in own.masks if mask)
        print(f"  {bits}   {100 * own.probability:6.2f} %   {_row(own.output)}")
    if len(found.members) > ROWS:
        print(f"  … {len(found.members) - ROWS:,} more networks")
    print(f"mean of all {len(found.members):<7,}{_row(found.mean)}")
    print(f"test-time network  {_row(found.test_output)}")
    print(f"nothing dropped    {_row(found.full_output)}")
    return 0


def _listed(found: Ensemble) -> dict[str, Any]:
    return {
        "members": [
            {
                "masks": [list(mask) for mask in own.masks],
                "probability": own.probability,
                "output": own.output.tolist(),
            }
            for own in found.members
        ],
        "mean": found.mean.tolist(),
        "test_output": found.test_output.tolist(),
        "full_output": found.full_output.tolist(),
    }


def _row(values: Any) -> str:
    return "  ".join(f"{value:8.4f}" for value in values[:10])
