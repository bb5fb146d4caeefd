"""Reads a project's samples: built-in, generated, or given as numbers or labels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simulator.data import Dataset, Picture
from simulator.data.builtin import BUILTIN_DATA, builtin_data
from simulator.data.dataset import PARTS
from simulator.data.encoding import one_hot, quoted
from simulator.data.generators import GENERATORS, MAX_NOISE, GeneratorSpec, generate
from simulator.project.errors import ProjectError
from simulator.project.fields import Fields
from simulator.project.limits import MAX_SAMPLES, MAX_SEED


def read_data(fields: Fields) -> Dataset:
    """The data: a built-in name, an object with a generator, or one with inputs and targets."""
    if isinstance(fields.raw("data"), str):
        return builtin_data(fields.choice("data", BUILTIN_DATA))
    inner = fields.child("data")
    data = _generated(inner) if inner.has("generator") else _given(inner)
    inner.finish()
    return data


def _generated(fields: Fields) -> Dataset:
    spec = _spec(fields)
    try:
        return replace(generate(spec), generated=spec)
    except ValueError as problem:
        raise ProjectError(f"{fields.path('generator')}: {problem}") from None


def _spec(fields: Fields) -> GeneratorSpec:
    name = fields.choice("generator", GENERATORS)
    generator = GENERATORS[name]
    return GeneratorSpec(
        name=name,
        samples=fields.integer("samples", 1, MAX_SAMPLES, generator.samples),
        noise=fields.number(
            "noise",
            f"a number from 0 to {MAX_NOISE:,.0f}",
            0.0,
            np.nextafter(MAX_NOISE, np.inf),
            default=generator.noise,
        ),
        seed=fields.integer("seed", 0, MAX_SEED, 0),
    )


def _given(fields: Fields) -> Dataset:
    inputs = fields.array("inputs", (None, None), "a row for each sample")
    if fields.has("labels") and fields.has("targets"):
        raise ProjectError(
            f"{fields.path('labels')} and {fields.path('targets')} are both given; give one."
        )
    if fields.has("labels"):
        targets, classes = _labelled(fields, len(inputs))
    elif fields.has("targets"):
        targets = fields.array("targets", (len(inputs), None), "a row for each sample")
        classes = fields.texts("classes", max(2, targets.shape[1]))
    else:
        raise ProjectError(
            f"{fields.path('targets')} is missing; give one row of targets for each input row."
        )
    return Dataset(
        inputs=inputs,
        targets=targets,
        classes=classes,
        input_names=fields.texts("input_names", inputs.shape[1]),
        picture=_picture(fields, inputs.shape[1]),
        generated=_origin(fields),
        parts=_parts(fields, len(inputs)),
    )


def _parts(fields: Fields, samples: int) -> np.ndarray | None:
    """Which part each sample is: its name, or in documents its number."""
    if not fields.has("parts"):
        return None
    given = fields.raw("parts")
    if isinstance(given, np.ndarray) or (isinstance(given, list) and given[:1] in ([0], [1], [2])):
        numbers = fields.array("parts", (samples,), "one number a sample")
        if not np.isin(numbers, np.arange(len(PARTS))).all():
            raise ProjectError(f"{fields.path('parts')} must hold 0, 1 and 2.")
        return numbers.astype(np.intp)
    names = fields.texts("parts", samples)
    for row, name in enumerate(names, start=1):
        if name not in PARTS:
            raise ProjectError(
                f"{fields.path('parts')}: sample {row:,} is for {quoted(name)}; a part is "
                f"training, validation or test."
            )
    return np.array([PARTS.index(name) for name in names], dtype=np.intp) if names else None


def _origin(fields: Fields) -> GeneratorSpec | None:
    """What given samples were generated from, where they say so."""
    if fields.raw("generated", None) is None:
        return None
    inner = fields.child("generated")
    spec = _spec(inner)
    inner.finish()
    return spec


def _labelled(fields: Fields, samples: int) -> tuple[np.ndarray, tuple[str, ...]]:
    """One-hot targets from one label a sample."""
    labels = fields.texts("labels", samples)
    if not labels:
        raise ProjectError(f"{fields.path('labels')} is empty; give one label for each input row.")
    given = fields.raw("classes", [])
    count = len(given) if isinstance(given, list) else 0
    try:
        return one_hot(labels, fields.texts("classes", count))
    except ValueError as problem:
        raise ProjectError(f"{fields.path('labels')}: {problem}") from None


def _picture(fields: Fields, inputs: int) -> Picture | None:
    if fields.raw("picture", None) is None:
        return None
    inner = fields.child("picture")
    rows = inner.integer("rows", 1, 1000)
    columns = inner.integer("columns", 1, 1000)
    order = inner.choice("order", ("column", "row"), "column")
    inner.finish()
    if rows * columns != inputs:
        raise ProjectError(
            f"{fields.path('picture')} is {rows} × {columns} = {rows * columns:,} pixels, but a "
            f"sample has {inputs:,} inputs; the two must be equal."
        )
    return Picture(rows, columns, "row" if order == "row" else "column")
