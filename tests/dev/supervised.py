"""A supervisor with a plan of stand-ins, given as JSON: a step is a list, a group of parts an object by name."""

import json
import os
import sys

from dev.output import Output
from dev.processes import Part, Step
from dev.supervisor import Plan, Supervisor

STAND_IN = (sys.executable, "-m", "tests.dev.stand_in")


def plan(items: list[list[str] | dict[str, list[str]]]) -> Plan:
    return [_step(item) if isinstance(item, list) else _parts(item) for item in items]


def _step(arguments: list[str]) -> Step:
    return Step("setup", (*STAND_IN, *arguments), "setting up")


def _parts(group: dict[str, list[str]]) -> tuple[Part, ...]:
    return tuple(Part(name, (*STAND_IN, *arguments), _ready(arguments)) for name, arguments in group.items())


def _ready(arguments: list[str]) -> str:
    return f"http://127.0.0.1:{arguments[1]}/healthz" if arguments[0] in {"serve", "silent"} else ""


if __name__ == "__main__":
    output = Output()
    supervisor = Supervisor(os.environ, output, deadline=float(sys.argv[2]), patience=0.5, backoff=0.02)
    sys.exit(supervisor.run(plan(json.loads(sys.argv[1])), lambda: output.say("up")))
