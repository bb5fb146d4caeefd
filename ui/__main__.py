"""``backlit``: the window, and the command line beside it.

Qt is loaded only by the commands that draw.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path

# Small networks are slowed down by more than one BLAS thread; this must be set before NumPy loads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from simulator import cli, cli_common, cli_reports
from simulator.document import Document, load_document, resumed
from simulator.project import ProjectError, load_project
from ui.console import has_no_console, mend_streams, not_loadable, show_box, show_refusal
from ui.display import missing_display
from ui.files.early_reading import EarlyReading

FIRST_PROJECT = "digits-5x5"
PICTURE = "backlit.png"
SAFE_MODE = "--safe-mode"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run Backlit; return the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = _parser()
    commands = set(_commands(parser))
    if given and given[0] == SAFE_MODE:
        # It may stand first, as an option of the program: backlit --safe-mode [PROJECT]
        given = ["open", *(given[1:] or [FIRST_PROJECT]), SAFE_MODE]
    if given == ["--self-test"]:
        given = ["self-test"]
    if not given:
        given = ["open", FIRST_PROJECT]
    elif given[0] not in commands and not given[0].startswith("-"):
        given = ["open", *given]
    try:
        return cli.call(parser.parse_args(given))
    except ImportError as problem:
        sentence = not_loadable(problem)
        if sentence is None:
            raise
        print(f"backlit: {sentence}", file=sys.stderr)
        return 1


def start() -> int:
    """Run Backlit as a program, with or without a console; return the exit status."""
    unseen = mend_streams()
    try:
        return main()
    finally:
        if unseen is not None and unseen.getvalue():
            show_box(unseen.getvalue())


def _commands(parser: argparse.ArgumentParser) -> Sequence[str]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return list(action.choices)
    return []


def _parser() -> argparse.ArgumentParser:
    parser = cli.build_parser()
    parser.usage = "backlit [PROJECT] | backlit COMMAND ..."
    commands = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    window = cli_common.add_command(commands, "open", "open the window (the default)", _open)
    window.add_argument(
        SAFE_MODE, action="store_true", help="with default settings, and remember nothing"
    )
    demo = cli_common.add_command(
        commands, "demo", "open the 5×5 digits and start training", _demo, project=False
    )
    demo.set_defaults(project=FIRST_PROJECT)
    screenshot = cli_common.add_command(
        commands, "screenshot", "save a picture of the window", _screenshot
    )
    screenshot.add_argument("picture", metavar="OUT.png", type=Path)
    screenshot.add_argument("--size", type=_size, default=(1280, 800), metavar="WxH")
    screenshot.add_argument("--theme", choices=("light", "dark"), default="light")
    screenshot.add_argument(
        "--after",
        type=cli_common.whole_number(0),
        default=0,
        metavar="N",
        help="iterations to train",
    )
    screenshot.add_argument(
        "--phase",
        type=cli_common.whole_number(0),
        metavar="K",
        help="step on to the K-th phase, from 0",
    )
    cli_common.add_command(
        commands, "self-test", "check this installation", _self_test, project=False
    )
    return parser


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{3,5})[x×](\d{3,5})", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"must be WIDTHxHEIGHT, as 1280x800 (found “{text}”)")
    return int(match[1]), int(match[2])


def _open(parsed: argparse.Namespace) -> int:
    return _window(parsed.project, start_training=False, safe_mode=parsed.safe_mode)


def _demo(parsed: argparse.Namespace) -> int:
    return _window(parsed.project, start_training=True)


def _window(source: str, start_training: bool, safe_mode: bool = False) -> int:
    reason = missing_display()
    if reason is not None:
        document = load_document(source)
        print(f"{reason} Training “{document.project.name}” without a window instead.")
        return _headless(document)
    reading = EarlyReading(source)
    if not Path(source).is_file():
        # A built-in project, or a name that was mistyped; a file that is bad is told in the window.
        try:
            reading.document()
        except ProjectError as problem:
            if sys.platform != "win32" and has_no_console():
                show_refusal(str(problem))
            raise
    from ui.app import run_window

    return run_window(reading, source, start_training, safe_mode)


def _headless(document: Document) -> int:
    """The main job without a window: train, print the results, write a picture of the window."""
    project, trainer = document.project, resumed(document)
    start = time.perf_counter()
    cli_reports.train_with_progress(trainer)
    cli_reports.print_result(trainer, trainer.evaluate(), time.perf_counter() - start)
    from ui.screenshot import save_screenshot

    picture = Path(PICTURE)
    save_screenshot(project, picture, iterations=trainer.iteration)
    print(f"\nThe window as it would look now: {picture.resolve()}")
    return 0


def _screenshot(parsed: argparse.Namespace) -> int:
    from ui.screenshot import save_screenshot

    save_screenshot(
        load_project(parsed.project),
        parsed.picture,
        size=parsed.size,
        theme=parsed.theme,
        iterations=parsed.after,
        phase=parsed.phase,
    )
    return 0


def _self_test(parsed: argparse.Namespace) -> int:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from ui.selftest import run

    failed = 0
    for name, passed, detail in run():
        print(f"{'passed' if passed else 'FAILED'}  {name}: {detail}", flush=True)
        failed += not passed
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(start())
