"""F5: a document cut off at every byte, and with every single bit flipped.

``python -m tests.faults.damage``: each must be refused with a sentence, or be the same document;
where the damage is in a part of the window alone it opens without that, and says so.
"""

from __future__ import annotations

import random
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache

from simulator.comparison import KeptRun
from simulator.conditions import NextEpoch
from simulator.document import Document, document_of, open_document, pack_document
from simulator.document.projects import ProjectList
from simulator.document.records import record_value
from simulator.document.runs import runs_value
from simulator.document.training import training_value
from simulator.project import ProjectError, load_project
from simulator.project.archive import PartWriter
from simulator.project.writer import project_value
from simulator.runner import Runner
from tests.faults.counting import Count

BATCH = 2000
PNG = b"\x89PNG\r\n\x1a\n"


@cache
def good() -> bytes:
    """A small document with everything a document may have."""
    runner = Runner(load_project("xor"))
    runner.run()
    runner.advance(70)
    runner.pause()
    runner.add_bookmark("here")
    history = runner.snapshot().history
    document = replace(
        document_of(runner),
        runs=(KeptRun(runner.project, history, label="kept"),),
        breakpoints=((NextEpoch(), True),),
        layout=b"layout" * 5,
        view={"notation": "deck-b"},
        thumbnail=PNG + bytes(30),
    )
    return pack_document(document)


def work_in(document: Document) -> dict[str, bytes]:
    """Everything in a document but what belongs to the window, to be compared to the bit."""
    parts, project = PartWriter(), document.project
    projects = ProjectList(project, parts)
    parts.json("project.json", project_value(project, parts.numbers))
    if document.training is not None:
        parts.json("training.json", training_value(document.training, project, parts))
    if document.record is not None:
        parts.json("record.json", record_value(document.record, projects, parts))
    parts.json("runs.json", runs_value(document.runs, projects, parts))
    parts.json("breakpoints.json", [own.value() for own, _ in document.breakpoints])
    return parts.finished()


@cache
def work() -> dict[str, bytes]:
    """What is in the good one."""
    return work_in(open_document(good()))


def judged(damaged: bytes) -> str:
    """Refused, without a part of the window, or equal; else what is wrong."""
    try:
        found = open_document(damaged)
    except ProjectError as problem:
        sentence = str(problem)
        clear = sentence.isprintable() and len(sentence) < 400 and sentence.endswith(".")
        return "refused" if clear else f"LOST: no sentence: {sentence!r}"
    except Exception as problem:
        return f"LOST: {type(problem).__name__}: {problem}"
    if work_in(found) != work():
        return "LOST: other content"
    whole = found.layout and found.view and found.thumbnail
    return "equal" if whole else "opened without a part of the window"


def flipped(places: range | list[int]) -> list[str]:
    """The judgement on the good one with each of these bits flipped."""
    content = bytearray(good())
    found = []
    for place in places:
        content[place // 8] ^= 1 << place % 8
        found.append(judged(bytes(content)))
        content[place // 8] ^= 1 << place % 8
    return found


def cut(lengths: range) -> list[str]:
    """The judgement on the good one cut off to each of these lengths."""
    return [judged(good()[:length]) for length in lengths]


def damage_everywhere(bits: int | None = None, seed: int = 5) -> Count:
    """Cut at every byte, flip every bit, or ``bits`` of each chosen at random."""
    count = Count("F5 cut off at every byte, every bit flipped")
    size = len(good())
    if bits is not None:
        chance = random.Random(seed)
        lengths = [range(n, n + 1) for n in chance.sample(range(size), min(bits, size))]
        found = [own for length in lengths for own in cut(length)]
        found += flipped(chance.sample(range(8 * size), bits))
    else:
        with ProcessPoolExecutor(2) as pool:
            places = [range(n, min(n + BATCH, 8 * size)) for n in range(0, 8 * size, BATCH)]
            found = [own for judgements in pool.map(flipped, places) for own in judgements]
        found += cut(range(size))
    for own in found:
        count.check(not own.startswith("LOST"), own)
        count.seen[own.partition(":")[0]] += 1
    return count


def main() -> int:
    """All of it."""
    return damage_everywhere().report()


if __name__ == "__main__":
    sys.exit(main())
