"""Broken and malicious Keras files: one sentence each, nothing run, nothing else read."""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.document import Document
from simulator.exchange import exported, import_model
from simulator.exchange import extras as extras_module
from simulator.exchange.hdf5 import read_hdf5
from simulator.exchange.keras_reader import read_keras_model, read_keras_weights
from simulator.project import ProjectError, load_project

PROJECT = load_project("xor")
GOOD = exported("keras", Document(PROJECT)).content
WEIGHTS = exported("keras-weights", Document(PROJECT)).content


def parts() -> dict[str, bytes]:
    """The parts of a good file."""
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(own: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in own.items():
            archive.writestr(name, content)
    return stream.getvalue()


def with_config(change: Callable[[Any], None]) -> bytes:
    """A good file whose config was changed."""
    own = parts()
    config = json.loads(own["config.json"])
    change(config)
    return zipped({**own, "config.json": json.dumps(config).encode()})


def hdf5(make: Callable[[Any], None]) -> bytes:
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        make(file)
    return stream.getvalue()


def refused(content: bytes, sentence: str) -> None:
    with pytest.raises(ProjectError, match=sentence) as caught:
        read_keras_model(content, PROJECT, "own")
    text = str(caught.value)
    assert text.endswith(".") and "Traceback" not in text and len(text) < 400


def layers_of(config: Any) -> Any:
    return config["config"]["layers"]


def test_the_good_files_are_good() -> None:
    read_keras_model(GOOD, PROJECT, "own")
    read_keras_weights(WEIGHTS, PROJECT)


# Zip


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"PK\3\4 no zip", "damaged"),
        (zipped({**parts(), "../config.json": b"{}"}), "forbidden name"),
        (zipped({**parts(), "/etc/x": b"{}"}), "forbidden name"),
        (zipped({f"part{n}": b"" for n in range(70)}), "too many parts"),
        (zipped({**parts(), "big": bytes(10**7)}, zipfile.ZIP_DEFLATED), "grow too much"),
        (zipped({**parts(), "x": b"1"}, zipfile.ZIP_BZIP2), "unknown here"),
        (zipped({name: own for name, own in parts().items() if "h5" not in name}), "no part"),
    ],
    ids=["empty", "no-zip", "up", "absolute", "many", "bomb", "bzip2", "missing"],
)
def test_zip(content: bytes, sentence: str) -> None:
    refused(content, sentence)


def test_a_part_twice() -> None:
    stream = io.BytesIO()
    with pytest.warns(UserWarning), zipfile.ZipFile(stream, "w") as archive:
        for name, content in [*parts().items(), ("config.json", b"{}")]:
            archive.writestr(name, content)
    refused(stream.getvalue(), "twice")


def test_a_lying_size() -> None:
    place = GOOD.rindex(b"PK\1\2")
    lying = bytearray(GOOD)
    struct.pack_into("<L", lying, place + 24, 10**6)
    refused(bytes(lying), r"grow too much|damaged|size")


def test_parts_that_overlap() -> None:
    first, second = GOOD.index(b"PK\1\2"), GOOD.rindex(b"PK\1\2")
    lying = bytearray(GOOD)
    lying[second + 42 : second + 46] = GOOD[first + 42 : first + 46]
    refused(bytes(lying), "overlap|damaged")


def test_cut_off_anywhere() -> None:
    for length in range(0, len(GOOD), 97):
        refused(GOOD[:length], "empty|damaged")


@given(place=st.integers(0, len(GOOD) - 1), bit=st.integers(0, 7))
@settings(max_examples=300)
def test_a_flipped_bit_is_refused_or_harmless(place: int, bit: int) -> None:
    content = bytearray(GOOD)
    content[place] ^= 1 << bit
    try:
        made = read_keras_model(bytes(content), PROJECT, "own")
    except ProjectError:
        return
    good = read_keras_model(GOOD, PROJECT, "own")
    assert made.document.project.network == good.document.project.network
    for own, other in zip(
        made.document.project.parameters, good.document.project.parameters, strict=True
    ):
        np.testing.assert_array_equal(own.W, other.W)


# The description


def lambda_layer(config: Any) -> None:
    layers_of(config)[1] |= {"class_name": "Lambda", "config": {"name": "x", "function": "os"}}


def own_class(config: Any) -> None:
    layers_of(config)[1] |= {"class_name": "Evil", "module": "os", "registered_name": "p>Evil"}


def disguised(config: Any) -> None:
    layers_of(config)[1] |= {"module": "os", "registered_name": "mine>Dense"}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda c: c.update(class_name="Subclassed"), "only Sequential and Functional"),
        (lambda c: c.pop("config"), "config is missing"),
        (lambda c: c.update(config=[]), "must be a JSON object"),
        (lambda_layer, "Lambda.*never run"),
        (own_class, "Evil.*not known here"),
        (disguised, "Dense.*of a class that is not known"),
        (lambda c: layers_of(c)[1]["config"].update(units=-1), "units must be a whole number"),
        (lambda c: layers_of(c)[1]["config"].update(units=10**12), "units must be"),
        (lambda c: layers_of(c)[1]["config"].update(units=True), "units must be"),
        (lambda c: layers_of(c)[1]["config"].update(units=9), "expected 2 × 9"),
        (lambda c: layers_of(c)[1]["config"].update(activation=7), "cannot be read"),
        (lambda c: layers_of(c)[1]["config"].update(activation="os.system"), "not known here"),
        (lambda c: layers_of(c)[1]["config"].update(quantization_config={"a": 1}), "quantized"),
        (
            lambda c: layers_of(c)[1]["config"].update(
                activation={"module": "os", "class_name": "function", "config": "system"}
            ),
            "not known here",
        ),
        (lambda c: layers_of(c)[0]["config"].update(batch_shape=[None, None]), "fixed number"),
        (lambda c: layers_of(c)[0]["config"].update(batch_shape=[None, 9**20]), "fixed number"),
        (lambda c: layers_of(c)[1].update(inbound_nodes=[[["input", 0, 0, {}]]]), "Keras 2"),
        (lambda c: layers_of(c)[1].update(inbound_nodes=[{"args": [3]}]), "cannot be read"),
        (lambda c: layers_of(c)[1].update(inbound_nodes=[]), "one input layer"),
        (lambda c: layers_of(c).append(layers_of(c)[1]), "two layers are called"),
        (lambda c: c["config"].update(output_layers=["nowhere", 0, 0]), "not there"),
        (lambda c: c["config"].update(output_layers=[]), "must have one output"),
        (
            lambda c: layers_of(c)[1]["inbound_nodes"][0]["args"][0]["config"].update(
                keras_history=["output", 0, 0]
            ),
            "circle",
        ),
    ],
)
def test_the_description(change: Callable[[Any], None], sentence: str) -> None:
    refused(with_config(change), sentence)


def test_json_is_strict() -> None:
    for text, sentence in (
        (b"{", "not valid JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a": NaN}', "NaN"),
        (b"[]", "must be a JSON object"),
    ):
        refused(zipped({**parts(), "config.json": text}), sentence)


@pytest.mark.parametrize(
    ("version", "sentence"),
    [
        ("2.15.0", "Keras 2.15.0; open it in Keras 3"),
        ("4.0.0", "reads files of Keras 3"),
        ("new", "unknown version"),
    ],
)
def test_versions(version: str, sentence: str) -> None:
    metadata = json.dumps({"keras_version": version}).encode()
    refused(zipped({**parts(), "metadata.json": metadata}), sentence)


@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(-9, 9),
        lambda own: (
            st.lists(own, max_size=2) | st.dictionaries(st.text(max_size=5), own, max_size=2)
        ),
        max_leaves=4,
    ),
    place=st.integers(0, 10**6),
)
@settings(max_examples=300)
def test_any_value_anywhere_gives_a_sentence(value: Any, place: int) -> None:
    config = json.loads(parts()["config.json"])
    holders: list[tuple[Any, Any]] = []

    def walk(own: Any) -> None:
        for key in own if isinstance(own, dict) else range(len(own)):
            holders.append((own, key))
            if isinstance(own[key], dict | list):
                walk(own[key])

    walk(config)
    holder, key = holders[place % len(holders)]
    holder[key] = value
    content = zipped({**parts(), "config.json": json.dumps(config).encode()})
    try:
        read_keras_model(content, PROJECT, "own")
    except ProjectError as problem:
        assert str(problem).endswith(".")


# The weights


def good_arrays(file: Any) -> None:
    read = read_hdf5(WEIGHTS)
    for path, own in read.arrays.items():
        file[path] = own


def changed(path: str, make: Callable[[Any], None]) -> Callable[[Any], None]:
    def build(file: Any) -> None:
        good_arrays(file)
        del file[path]
        make(file)

    return build


KERNEL = "layers/dense/vars/0"


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda f: f.__setitem__(KERNEL, h5py.ExternalLink("/etc/passwd", "/x")), "another file"),
        (lambda f: f.__setitem__(KERNEL, h5py.SoftLink("/layers/dense/vars/1")), "is a link"),
        (
            lambda f: f.create_dataset(
                KERNEL, (2, 4), "f8", external=[("/etc/passwd", 0, h5py.h5f.UNLIMITED)]
            ),
            "in another file",
        ),
        (
            lambda f: f.create_virtual_dataset(KERNEL, virtual_layout()),
            "put together from other files",
        ),
        (lambda f: f.create_dataset(KERNEL, (10**7, 10**7), "f8", chunks=(8, 8)), "declares"),
        (lambda f: f.create_dataset(KERNEL, (2, 4), "f8", chunks=(2, 4)), "packed"),
        (lambda f: f.create_dataset(KERNEL, (2, 4), "f8"), "declares"),
        (
            lambda f: f.create_dataset(KERNEL, data=np.zeros((2, 4)), compression="gzip"),
            "packed",
        ),
        (lambda f: f.create_dataset(KERNEL, data=["a", "b"]), "no array of numbers"),
        (
            lambda f: f.create_dataset(KERNEL, (2,), h5py.ref_dtype),
            "no array of numbers",
        ),
        (lambda f: f.create_dataset(KERNEL, data=np.zeros((2, 4), "i8")), "do not fit"),
        (lambda f: f.create_dataset(KERNEL, data=np.zeros((4, 2))), "expected 2 × 4"),
        (lambda f: f.create_dataset(KERNEL, data=h5py.Empty("f8")), "shape|declares"),
        (lambda f: f.create_dataset(KERNEL, data=np.full((2, 4), np.nan)), "not finite"),
        (lambda f: f.create_dataset(KERNEL, data=np.full((2, 4), np.inf)), "not finite"),
        (lambda f: None, "has no weights in the file"),
        (lambda f: f.__setitem__("again", f["layers"]), "appears twice"),
        (lambda f: f.__setitem__("own", np.dtype("f8")), "neither a group nor an array"),
        (lambda f: f.create_group("a/b/c/d/e/f/g/h/i/j"), "nested too deeply"),
    ],
)
def test_hdf5(make: Callable[[Any], None], sentence: str) -> None:
    content = hdf5(changed(KERNEL, make))
    with pytest.raises(ProjectError, match=sentence):
        read_keras_weights(content, PROJECT)
    refused(zipped({**parts(), "model.weights.h5": content}), sentence)


def virtual_layout() -> Any:
    layout = h5py.VirtualLayout((2, 4), "f8")
    layout[:] = h5py.VirtualSource("/etc/passwd", "x", (2, 4))
    return layout


def test_no_hdf5_at_all() -> None:
    for content, sentence in ((b"", "empty"), (b"\x89HDF", "no HDF5"), (WEIGHTS[:700], "cut off")):
        with pytest.raises(ProjectError, match=sentence):
            read_keras_weights(content, PROJECT)


DAMAGE = """
import random, sys
from simulator.exchange.keras_reader import read_keras_weights
from simulator.project import ProjectError, load_project
good, project = open(sys.argv[1], "rb").read(), load_project("xor")
drawn = random.Random(5)
tried = 0
for _ in range(1500):
    content = bytearray(good)
    for _ in range(drawn.choice((1, 1, 2, 8))):
        content[drawn.randrange(len(content))] = drawn.randrange(256)
    if drawn.random() < 0.1:
        content = content[: drawn.randrange(len(content))]
    try:
        read_keras_weights(bytes(content), project)
    except ProjectError:
        pass
    tried += 1
print(tried)
"""


def test_damaged_hdf5_never_crashes_or_hangs(tmp_path: Path) -> None:
    path = tmp_path / "good.h5"
    path.write_bytes(WEIGHTS)
    # In a process of its own: a crash of the HDF5 library would take pytest along.
    done = subprocess.run(
        [sys.executable, "-c", DAMAGE, str(path)], capture_output=True, text=True, timeout=300
    )
    assert (done.stdout.strip(), done.returncode) == ("1500", 0), done.stderr[-500:]


# Files


def test_files_are_named_in_the_sentence(tmp_path: Path) -> None:
    for name, sentence in (
        ("none.keras", "“none.keras” could not be read"),
        ("old.h5", "“old.h5” can be read only as"),
        ("broken.keras", "“broken.keras”: it is damaged"),
    ):
        path = tmp_path / name
        if name != "none.keras":
            path.write_bytes(b"x")
        with pytest.raises(ProjectError, match=sentence):
            import_model(path, PROJECT)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(extras_module.importlib, "import_module", missing)
    for name, extra in (("keras", "keras"), ("keras-weights", "keras"), ("onnx", "onnx")):
        with pytest.raises(ProjectError, match=rf'pip install "backlit\[{extra}\]"'):
            exported(name, Document(PROJECT))
    with pytest.raises(ProjectError, match=r"backlit\[keras\]"):
        read_keras_model(GOOD, PROJECT, "own")
    monkeypatch.setattr(extras_module.sys, "frozen", True, raising=False)
    for name in ("keras", "onnx"):
        with pytest.raises(ProjectError, match="this executable does not contain") as caught:
            exported(name, Document(PROJECT))
        assert "pip" not in str(caught.value)
