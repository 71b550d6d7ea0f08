"""`make run`: the whole of Llama console on one machine, with an outside world of its own.

Ctrl-C, SIGTERM or the end of the terminal stops everything. Exit code 0 when asked to stop, 1 with
a sentence when it could not start or a part kept crashing.
"""

import json
import os
import sys
from pathlib import Path

from dev import environment, parts
from dev.output import Output
from dev.ports import PortError, Ports, choose
from dev.supervisor import Supervisor


def summary(ports: Ports, demo_file: Path, *, own_stripe: bool = False) -> list[str]:
    """Return the lines that say where everything is; the sign-in as the seed left it."""
    lines = [
        "",
        "Llama console is running.",
        f"  Console   http://localhost:{ports.console}",
        f"  API       http://localhost:{ports.gateway}/v1",
        f"  Mailbox   http://localhost:{ports.outside}/mailbox",
        f"  Phone     http://localhost:{ports.outside}/phone",
    ]
    if not own_stripe:
        lines.append(f"  Stripe    http://localhost:{ports.stripe}")
    if demo_file.is_file():
        demo = json.loads(demo_file.read_text(encoding="utf-8"))
        lines += [f"  Sign in   {demo.get('email', '')}", f"  Password  {demo.get('password', '')}"]
    return [*lines, "Ctrl-C stops everything.", ""]


def main() -> int:
    environment.refuse_production()
    os.umask(0o077)  # what the parts write is for their owner alone
    os.chdir(environment.BASE_DIR)
    try:
        ports = choose()
    except PortError as error:
        sys.exit(str(error))
    folder = environment.var_dir()
    environment.prepare(folder)
    lock = environment.lock(folder)
    output = Output()
    own_stripe = environment.brings_own_stripe(os.environ)

    def announce() -> None:
        for line in summary(ports, folder / "demo.json", own_stripe=own_stripe):
            output.say(line)

    plan = parts.plan(
        ports,
        environment.unsealer_socket(),
        own_model=environment.brings_own_model(os.environ),
        own_stripe=own_stripe,
    )
    with lock:
        return Supervisor(environment.for_parts(ports), output).run(plan, announce)


if __name__ == "__main__":
    sys.exit(main())
