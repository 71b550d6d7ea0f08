"""`python -m bench [NAME]`: run all benchmarks, or one. Exit code 1 when a bar is missed."""

import importlib
import json
import pkgutil
import sys
from collections.abc import Iterator

import bench
from bench.bar import Bar


def main() -> int:
    names = sys.argv[1:] or [module.name for module in pkgutil.iter_modules(bench.__path__) if _is_bench(module.name)]
    met = True
    for bar in _bars(names):
        print(json.dumps(bar.line()), flush=True)
        met = met and bar.met
    return 0 if met else 1


def _bars(names: list[str]) -> Iterator[Bar]:
    for name in names:
        yield from importlib.import_module(f"bench.{name}").bars()


def _is_bench(name: str) -> bool:
    return name not in {"__main__", "bar", "isolated", "rounds", "stack"}


if __name__ == "__main__":
    sys.exit(main())
