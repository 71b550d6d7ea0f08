"""`python -m bench [NAME]`: run all benchmarks, one, or a part as `notifications.chaos`. Exits 1 if a bar is missed."""

import importlib
import json
import pkgutil
import subprocess
import sys

import bench

_HELPERS = {"__main__", "bar", "commit", "exporting", "isolated", "keeper", "rounds", "servers", "stack"}


def main() -> int:
    names = sys.argv[1:] or [each.name for each in pkgutil.iter_modules(bench.__path__) if each.name not in _HELPERS]
    if len(names) == 1:
        return _run(names[0])
    # Each in a process of its own: Django is set up once a process, and nothing of one shall warm another.
    return max([subprocess.call([sys.executable, "-m", "bench", name]) for name in names])


def _run(name: str) -> int:
    module = importlib.import_module(f"bench.{name}")
    if parts := getattr(module, "PARTS", ()):
        return max([subprocess.call([sys.executable, "-m", "bench", f"{name}.{part}"]) for part in parts])
    met = True
    for bar in module.bars():
        print(json.dumps(bar.line()), flush=True)
        met = met and bar.met
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
