"""`python -m dev.model --port 8003`: serves until SIGTERM. MODEL_DELAY_MS sets the pace of streams."""

import argparse
import os

from aiohttp import web

from dev.model.server import ModelServer


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m dev.model")
    parser.add_argument("--port", type=int, default=8003)
    port = parser.parse_args().port
    server = ModelServer(float(os.environ.get("MODEL_DELAY_MS") or 15) / 1000)
    web.run_app(server.application(), host="127.0.0.1", port=port, access_log=None, print=None, shutdown_timeout=1)


if __name__ == "__main__":
    main()
