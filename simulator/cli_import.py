"""``backlit import``: a project file made from a user's own data."""

from __future__ import annotations

import argparse
import json
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from simulator.cli_common import add_command, whole_number
from simulator.cli_exchange import add_model_options, imports_model, run_model_import
from simulator.data.encoding import labels_of
from simulator.data.importing import Found, ReadOptions, dataset, guess, outcome, read_files
from simulator.data.readers import ReadError, Table, TableFormat
from simulator.data.readers.encodings import ENCODINGS
from simulator.data.readers.limits import MAX_GRID
from simulator.data.readers.table_format import DELIMITERS
from simulator.data.sample_import import PARTS_WORDS, SampleChoices
from simulator.data.scaling import SCALINGS
from simulator.data.splits import SplitSpec
from simulator.data.table_import import MISSING, Kind, Role, TableChoices
from simulator.project import Project, ProjectError
from simulator.project.adapting import new_project
from simulator.project.reader import FORMAT_VERSION, project_from_json
from simulator.project.strict_json import MAX_BYTES
from simulator.project.writer import part_names
from simulator.whole_file import write_whole

_DELIMITER_WORDS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
_DECIMALS = 4
"""Of a pixel in a project file: finer than the 256 levels of a picture."""


def add_import(commands: Any) -> None:
    """Add the command to the parser."""
    parser = add_command(
        commands,
        "import",
        "make a project of your own data, or of a Keras model",
        run_import,
        project=False,
    )
    add = parser.add_argument
    what = "CSV, IDX, npz, pictures or a folder; or a Keras model"
    add("files", metavar="FILE", nargs="+", type=Path, help=what)
    add("-o", "--output", metavar="PROJECT.json", type=Path, required=True)
    add("--targets", type=_names, metavar="A,B", help="columns to predict; the last one if none")
    add("--inputs", type=_names, metavar="A,B", help="columns to predict from; all others if none")
    add("--classes", type=_names, metavar="A,B", help="columns whose values are names of classes")
    add("--numbers", type=_names, metavar="A,B", help="columns whose values are numbers")
    add("--delimiter", type=_delimiter, help=f"{', '.join(_DELIMITER_WORDS)} or the sign itself")
    add("--header", choices=("yes", "no"), help="whether the first row has the columns' names")
    add("--decimal", choices=("point", "comma"))
    add("--thousands", action="store_true", help="digits stand in groups of three, as 1,000")
    add("--encoding", choices=tuple(ENCODINGS))
    add("--part", metavar="A", help="column that says train, val or test; none draws the parts")
    add("--missing", choices=tuple(MISSING), default="skip", help="rows without a value")
    add("--grid", type=_grid, metavar="RxC", help="pictures of so many rows and columns")
    add("--invert", choices=("auto", "yes", "no"), default="auto", help="dark becomes light")
    add("--order", choices=("row", "column"), default="row", help="how pixels become inputs")
    add("--samples", type=whole_number(1), metavar="N", help="use at most so many, evenly spread")
    add("--parts", choices=PARTS_WORDS, default="kept", help="that the files say, as MNIST's")
    add("--hidden", type=_units, metavar="N,N", help="units of the hidden layers; 0 for none")
    add("--scaling", choices=tuple(SCALINGS))
    add("--validation", type=_fraction, metavar="SHARE", help="of the samples, as 0.2")
    add_model_options(parser)


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(","))
    if not all(names):
        raise argparse.ArgumentTypeError(f"must be names or numbers of columns (found “{text}”)")
    return names


def _delimiter(text: str) -> str:
    sign = _DELIMITER_WORDS.get(text, "\t" if text == "\\t" else text)
    if sign not in DELIMITERS:
        known = ", ".join(_DELIMITER_WORDS)
        raise argparse.ArgumentTypeError(f"must be {known} (found “{text[:20]}”)")
    return sign


def _grid(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,3})[x×](\d{1,3})", text)
    if match is None or not all(1 <= int(own) <= MAX_GRID for own in match.groups()):
        raise argparse.ArgumentTypeError(
            f"must be ROWSxCOLUMNS, each 1 to {MAX_GRID}, as 28x28 (found “{text[:20]}”)"
        )
    return int(match[1]), int(match[2])


def _units(text: str) -> tuple[int, ...]:
    if text == "0":
        return ()
    if re.fullmatch(r"[1-9]\d{0,5}(,[1-9]\d{0,5})*", text) is None:
        raise argparse.ArgumentTypeError(f"must be units of layers, as 20,20 (found “{text[:20]}”)")
    return tuple(int(own) for own in text.split(","))


def _fraction(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0.0 <= value < 1.0:
        raise argparse.ArgumentTypeError(f"must be from 0 to below 1 (found “{text[:20]}”)")
    return value


def run_import(parsed: argparse.Namespace) -> int:
    """``backlit import``."""
    if imports_model(parsed):
        return run_model_import(parsed)
    form = TableFormat(
        encoding=parsed.encoding or "",
        delimiter=parsed.delimiter or "",
        header=None if parsed.header is None else parsed.header == "yes",
        comma=None if parsed.decimal is None else parsed.decimal == "comma",
        thousands=True if parsed.thousands else None,
    )
    options = ReadOptions(form, parsed.grid) if parsed.grid else ReadOptions(form)
    try:
        found = read_files(parsed.files, options)
        choices = _choices(found, parsed)
        said = outcome(found, choices)
        for sentence in said.warnings:
            print(f"backlit: warning: {sentence}", file=sys.stderr)
        data = dataset(found, choices)
    except ReadError as problem:
        raise ProjectError(str(problem)) from None
    split = None if parsed.validation is None else SplitSpec(validation=parsed.validation)
    project = new_project(data, found.title[:190], parsed.hidden, parsed.scaling, split)
    content = _content(project)
    # What is written must open: whatever the reader refuses is refused here.
    project_from_json(content)
    write_whole(parsed.output, content)
    sizes = "-".join(str(size) for size in project.network.sizes)
    print(said.summary)
    print(f"{parsed.output}: a network {sizes}; train it with: backlit train {parsed.output}")
    return 0


def _content(project: Project) -> bytes:
    """The bytes of the project file.

    Raises
    ------
    ProjectError : if they are more than can be read again.
    """
    data = project.data
    # A number takes two bytes at least: what is far too large is not written out to be counted.
    size = 2 * data.inputs.size
    if size <= MAX_BYTES:
        value = project_value(project)
        content = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        size = len(content)
        if size <= MAX_BYTES:
            return content
    fitting = max(1, len(data) * MAX_BYTES // size * 9 // 10)
    raise ProjectError(
        f"The project file would have more than {size - 1:,} bytes, at most {MAX_BYTES:,} can be "
        f"read; use fewer samples (--samples {fitting}) or a smaller grid, or import the files in "
        f"the window."
    )


def _choices(found: Found, parsed: argparse.Namespace) -> TableChoices | SampleChoices:
    choices = guess(found)
    if isinstance(choices, SampleChoices):
        invert = choices.invert if parsed.invert == "auto" else parsed.invert == "yes"
        return replace(
            choices,
            grid=parsed.grid,
            invert=invert,
            order=parsed.order,
            at_most=parsed.samples,
            parts=parsed.parts,
        )
    assert isinstance(found, Table)
    if parsed.samples is not None:
        raise ReadError(f"{found.name} is a table, which is read whole; leave --samples out.")
    roles, kinds = list(choices.roles), list(choices.kinds)
    if parsed.part is not None:
        roles = ["out" if role == "part" else role for role in roles]
        if parsed.part.lower() != "none":
            roles[_column(found, parsed.part)] = "part"
    if parsed.targets is not None:
        targets = [_column(found, name) for name in parsed.targets]
        for place, role in enumerate(roles):
            if role == "target":
                roles[place] = "input"
        for place in targets:
            column = found.columns[place]
            roles[place] = "target"
            wordy = column.kind in ("class", "text")
            kinds[place] = "class" if wordy or column.looks_like_classes else "number"
    if parsed.inputs is not None:
        inputs = {_column(found, name) for name in parsed.inputs}
        for place, role in enumerate(roles):
            other: Role = role if role in ("target", "part") else "out"
            roles[place] = "input" if place in inputs else other
    for names, kind in ((parsed.classes, "class"), (parsed.numbers, "number")):
        for name in names or ():
            own: Kind = "class" if kind == "class" else "number"
            kinds[_column(found, name)] = own
    grid = choices.grid if parsed.grid is None else parsed.grid
    if parsed.targets is not None and parsed.grid is None:
        grid = None
    return TableChoices(tuple(roles), tuple(kinds), parsed.missing, grid, parsed.order)


def _column(table: Table, name: str) -> int:
    """The place of a column by its name, else by its number from 1."""
    for place, column in enumerate(table.columns):
        if column.name == name:
            return place
    if name.isascii() and name.isdigit() and len(name) < 7 and 1 <= int(name) <= len(table.columns):
        return int(name) - 1
    known = ", ".join(column.name for column in table.columns[:8])
    raise ReadError(f"{table.name} has no column “{name[:40]}”; there are {known[:200]}.")


def project_value(project: Project) -> dict[str, Any]:
    """A project that :func:`simulator.project.adapting.new_project` made, as JSON."""
    data, training = project.data, project.training
    digits = _DECIMALS if data.picture is not None else None
    content: dict[str, Any] = {"inputs": _rows(data.inputs.tolist(), digits)}
    if data.target_classes is not None:
        content["labels"] = list(labels_of(data))
        content["classes"] = list(data.class_names)
    else:
        content["targets"] = data.targets.tolist()
    if data.input_names:
        content["input_names"] = list(data.input_names)
    if data.picture is not None:
        picture = data.picture
        content["picture"] = {
            "rows": picture.rows,
            "columns": picture.columns,
            "order": picture.order,
        }
    if data.parts is not None:
        content["parts"] = part_names(data)
    return {
        "version": FORMAT_VERSION,
        "name": project.name,
        "title": project.title,
        "network": {
            "inputs": project.network.inputs,
            "layers": [
                {"units": layer.units, "activation": layer.activation}
                for layer in project.network.layers
            ],
        },
        "loss": project.loss,
        "optimizer": {
            "name": project.optimizer.name,
            "learning_rate": project.optimizer.learning_rate,
        },
        "training": {
            "epochs": training.epochs,
            "batch_size": training.batch_size,
            "scaling": training.scaling,
            "validation_split": training.split.validation,
        },
        "data": content,
    }


def _rows(rows: list[list[float]], digits: int | None) -> list[list[float | int]]:
    """Whole numbers without a point; ``digits`` decimals, or all there are."""

    def shortened(value: float) -> float | int:
        value = value if digits is None else round(value, digits)
        return int(value) if value.is_integer() and abs(value) < 1e15 else value

    return [[shortened(value) for value in row] for row in rows]
