"""`make bench`: every benchmark, one table; `python -m bench places views` runs those two."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from bench.figure import show


def main(wanted: list[str]) -> None:
    """Run the benchmarks named, or all."""
    found = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
    chosen = [name for name in found if not wanted or name.removeprefix("bench_") in wanted]
    print(f"{'what':58} {'harmscape':>22} {'peer, same run':>24} {'faster':>7} {'bar':>16}")
    for name in chosen:
        print(f"-- {name.removeprefix('bench_')}")
        show(importlib.import_module(f"bench.{name}").figures())
    print("make bench: done. The machine's own noise is in these figures; read the ratios.")


if __name__ == "__main__":
    main(sys.argv[1:])
