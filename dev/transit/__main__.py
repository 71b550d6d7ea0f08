"""`python -m dev.transit --port 8200 --token T`: serves until SIGTERM."""

import argparse

from aiohttp import web

from dev.transit.server import TransitServer


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m dev.transit")
    parser.add_argument("--port", type=int, default=8200)
    parser.add_argument("--token", required=True)
    options = parser.parse_args()
    application = TransitServer(options.token).application()
    web.run_app(application, host="127.0.0.1", port=options.port, access_log=None, print=None, shutdown_timeout=1)


if __name__ == "__main__":
    main()
