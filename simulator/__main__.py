"""``python -m simulator``: the command line without the window."""

import sys

from simulator.cli import main

sys.exit(main())
