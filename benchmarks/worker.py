"""One side of a line, once, in a process of its own: ``python worker.py MODULE.FUNCTION TABLE [SMALL]``.

Where a small table is given it is fitted first, so that imports and what else is done once are not timed.
"""

from __future__ import annotations

import gc
import importlib
import json
import sys
import time
from collections.abc import Callable
from typing import Any

from machine import peak

MISSING = 3

Found = dict[str, Any]
"""What a side tells: ``terms`` (coefficient and standard error by name), and single numbers by name."""

Tell = Callable[[], Found]
"""What a side returns when its clock stops: how to tell what it found."""


def main(side: str, path: str, small: str | None = None) -> None:
    """Run a side and print its clocks, its memory and what it found, as one line of JSON."""
    module, name = side.split(".")
    try:
        run = getattr(importlib.import_module(module), name)
        if small is not None:
            run(small)
        gc.collect()
        begun, busy = time.perf_counter(), time.process_time()
        tell = run(path)
        seconds, spent, held = time.perf_counter() - begun, time.process_time() - busy, peak()
        whole = time.process_time()
    except ModuleNotFoundError as error:
        print(error, file=sys.stderr)
        sys.exit(MISSING)
    print(json.dumps({"seconds": seconds, "processor": spent, "whole": whole, "peak": held, "found": tell()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
