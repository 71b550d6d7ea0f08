"""`python -m dev.stripe_simulator --port 8006 --console http://localhost:8000 --webhook-secret whsec_…`"""

import argparse
from pathlib import Path

from aiohttp import web

from dev.environment import refuse_production
from dev.stripe_simulator.server import Simulator
from dev.stripe_simulator.world import World


def main() -> None:
    refuse_production()
    parser = argparse.ArgumentParser(prog="python -m dev.stripe_simulator")
    parser.add_argument("--port", type=int, default=8006)
    parser.add_argument("--console", default="http://localhost:8000", help="whose /stripe/webhook/ is called")
    parser.add_argument("--webhook-secret", required=True)
    parser.add_argument("--state", type=Path, help="a file that keeps the state over restarts")
    options = parser.parse_args()
    world = World(f"http://localhost:{options.port}", options.console, options.webhook_secret)
    application = Simulator(world, options.state).application()
    web.run_app(application, host="127.0.0.1", port=options.port, access_log=None, print=None, shutdown_timeout=1)


if __name__ == "__main__":
    main()
