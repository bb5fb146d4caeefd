"""``make faults``: every fault test in full, one after the other; what cannot be tried has failed.

``python -m tests.faults.run F5 F7`` runs those.
"""

from __future__ import annotations

import subprocess
import sys
import time

from tests.faults.counting import ROOT

TESTS = {
    "F1": ("saving", "200"),
    "F2": ("syscalls",),
    "F3": ("power", "50"),
    "F4": ("disks",),
    "F5": ("damage",),
    "F6": ("ui_closing", "200"),
    "F7": ("training", "200", "50"),
    "F8": ("ui_locks", "5"),
    "F9": ("ui_flood", "60"),
    "F11": ("ui_layouts", "3000"),
    "F12": ("ui_garbage", "60"),
    "F16": ("ui_soak", "600"),
}
"""By the name it has in the plan: its module here, and how often or how many seconds.

F10 (errors at 26 kinds of places), F13 (files of earlier versions) and F15 (bad input) are quick;
they stand among the tests alone."""


def main() -> int:
    """Run them; 0 if nothing was lost anywhere."""
    wanted = sys.argv[1:] or list(TESTS)
    for name in wanted:
        if name not in TESTS:
            print(f"There is no fault test {name}; there are {', '.join(TESTS)}.")
            return 2
    failed = []
    for name in wanted:
        module, *given = TESTS[name]
        started = time.monotonic()
        command = [sys.executable, "-m", f"tests.faults.{module}", *given]
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            failed.append(name)
        print(f"  {name}: {time.monotonic() - started:.0f} s", flush=True)
    print(f"{len(wanted) - len(failed)} of {len(wanted)} fault tests passed", end="")
    print(f"; FAILED: {', '.join(failed)}" if failed else "; nothing was lost.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
