"""TensorFlow Playground's own nn.ts under node.

It is Apache-2.0 and no part of this repository; whoever measures it says where it is.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.bench.rivals.contender import Contender
from tests.bench.rivals.work import Work

HERE = Path(__file__).parent
BUILD = HERE.parents[3] / "build" / "bench"


class UnavailableError(Exception):
    """Playground cannot be measured; the text says why."""


def compile_network(source: str | None) -> Path:
    """nn.ts as JavaScript, with the compiler that package-lock.json pins.

    ES2015, because that is what node is fastest with here (ES5, which Playground itself ships, is
    a tenth slower, ES2022 a quarter).

    Raises
    ------
    UnavailableError : when it is not given, or when node or npm are missing.
    """
    if not source:
        raise UnavailableError("give --playground PATH/TO/nn.ts")
    path = Path(source).resolve()
    if not path.is_file():
        raise UnavailableError(f"{source} is no file")
    if not (shutil.which("node") and shutil.which("npm")):
        raise UnavailableError("it needs node and npm")
    BUILD.mkdir(parents=True, exist_ok=True)
    compiler = BUILD / "node_modules" / "typescript" / "bin" / "tsc"
    if not compiler.exists():
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, BUILD)
        _run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    options = ["--target", "es2015", "--module", "es2015", "--outDir", str(BUILD / "out")]
    _run("node", str(compiler), *options, str(path))
    return (BUILD / "out" / path.with_suffix(".js").name).rename(BUILD / "nn.mjs")


def _run(*command: str) -> None:
    done = subprocess.run(command, cwd=BUILD, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UnavailableError(f"{command[0]} failed: {(done.stdout + done.stderr).strip()}")


def version(source: str) -> str:
    """What was measured: the file's SHA-256, shortened, and node's version."""
    digest = hashlib.sha256(Path(source).read_bytes()).hexdigest()
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)
    return f"Playground nn.ts (SHA-256 {digest[:12]}…) under node {node.stdout.strip()}"


def as_playground_trains(work: Work) -> Work:
    """The work with the output and loss that Playground has."""
    return replace(work, output="linear", loss="half_squared_error")


class Playground(Contender):
    """forwardProp, backProp and updateWeights for each sample, in a process of its own.

    It is timed in there.  The process lives for all rounds, so its compiled code stays warm; it
    ends when its input does, which is when this one ends.
    """

    name = "TensorFlow Playground"

    def __init__(self, work: Work, network: Path) -> None:
        if work.batch_size != 1 or work.hidden != "relu":
            raise ValueError("driver.mjs is written for ReLU, one point at a time")
        self._process = subprocess.Popen(
            ["node", str(HERE / "driver.mjs"), str(network)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        inputs, targets = work.arrays
        self._ask(
            "work",
            {
                "sizes": work.sizes,
                "learningRate": work.learning_rate,
                "inputs": inputs.tolist(),
                "targets": targets.tolist(),
                "W": [W.tolist() for W, _ in work.start],
                "b": [b.tolist() for _, b in work.start],
            },
        )
        self.reset()

    def _ask(self, order: str, value: Any = None) -> float:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin and stdout
        stdin.write(json.dumps([order, value]) + "\n")
        stdin.flush()
        line = stdout.readline()
        if not line:
            raise RuntimeError("node ended; its message stands above")
        return float(json.loads(line))

    def reset(self) -> None:
        self._ask("reset")

    def run(self, updates: int) -> None:
        self._ask("run", updates)

    def time(self, updates: int) -> float:
        return self._ask("run", updates)

    def loss(self) -> float:
        return self._ask("loss")
