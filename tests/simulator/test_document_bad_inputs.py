"""Every bad document of the list is refused with the sentence that stands there, or opens equal.

``tests/data/bad/documents.csv``: what it is, what was planned to be said, and what is said.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from bad_documents import BAD, GOOD
from documents import bits, small_document
from small_projects import DATA

from simulator.cli import main
from simulator.document import load_document
from simulator.document.durable import backup_of
from simulator.project import ProjectError, load_project
from simulator.project.archive import VERSION

with (DATA / "bad" / "documents.csv").open(encoding="utf-8", newline="") as stream:
    CASES = {row["id"]: row for row in csv.DictReader(stream)}
OPENS = {"npy-fortran", "json-html-title"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "X.backlit"


def test_the_list_and_the_recipes_are_of_the_same_cases() -> None:
    assert CASES.keys() == BAD.keys()
    assert {name for name, own in CASES.items() if own["sentence"] == "opens"} == OPENS


@pytest.mark.parametrize("name", sorted(CASES.keys() - OPENS))
def test_the_sentence(name: str, file: Path) -> None:
    wanted = re.escape(CASES[name]["sentence"].replace("“X”", "“X.backlit”"))
    for place, pattern in (
        ("gb", r"[\d.,]+"),
        ("names", r"[a-z_, ]+"),
        ("version", str(VERSION)),
    ):
        wanted = wanted.replace(re.escape(f"{{{place}}}"), pattern)
    content = BAD[name]()
    file.write_bytes(content)
    with pytest.raises(ProjectError) as caught:
        load_document(file)
    sentence = str(caught.value)
    assert re.fullmatch(wanted, sentence), sentence
    assert sentence.isprintable() and len(sentence) < 400
    assert file.read_bytes() == content


@pytest.mark.parametrize("name", sorted(OPENS))
def test_what_opens_is_the_same(name: str, file: Path) -> None:
    file.write_bytes(BAD[name]())
    found = load_document(file)
    if name == "npy-fortran":
        assert bits(found) == bits(small_document())
    else:
        assert found.project.title == "<img src=file:///etc/passwd>"


@pytest.mark.parametrize("name", ["doc-trunc-half", "doc-bit-flip-weights", "npy-nan-weights"])
def test_the_last_good_copy_is_named(name: str, file: Path) -> None:
    file.write_bytes(BAD[name]())
    backup_of(file).write_bytes(GOOD[:-1])
    with pytest.raises(ProjectError) as caught:
        load_document(file)
    assert "previous version" not in str(caught.value)
    backup_of(file).write_bytes(GOOD)
    with pytest.raises(ProjectError) as caught:
        load_document(file)
    assert str(caught.value).endswith(" Its previous version, “X.backlit~”, can be opened.")
    assert bits(load_document(backup_of(file))) == bits(small_document())


def test_a_project_alone_is_read_from_no_bad_description(file: Path) -> None:
    """Whoever asks for the project of a document only gets the same sentences."""
    for name, own in CASES.items():
        if name.startswith("json-") and name not in OPENS:
            file.write_bytes(BAD[name]())
            with pytest.raises(ProjectError) as caught:
                load_project(file)
            assert str(caught.value)[:30] == own["sentence"].replace("“X”", "“X.backlit”")[:30]


def test_the_command_line_says_the_same(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_bytes(BAD["doc-newer-version"]())
    assert main(["train", str(file)]) == 1
    said = capsys.readouterr().err
    assert said.startswith("backlit: “X.backlit”: it was made by a newer Backlit (format 999")
    assert said.count("\n") == 1
