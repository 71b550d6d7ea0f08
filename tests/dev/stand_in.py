"""Stand-ins for the parts of a run. Each prints its process id first: `python -m tests.dev.stand_in serve 8123`."""

import os
import signal
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer


class Healthy(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


def serve(port: str) -> None:
    HTTPServer(("127.0.0.1", int(port)), Healthy).serve_forever()


def silent(port: str) -> None:
    """Run, but answer nobody."""
    sleep()


def sleep() -> None:
    time.sleep(600)


def fail(code: str) -> None:
    sys.exit(int(code))


def fail_once(marker: str) -> None:
    """Crash the first time, and work from then on."""
    if os.path.exists(marker):
        sleep()
    open(marker, "w").close()
    sys.exit(3)


def stubborn() -> None:
    """Does not end when asked, and has a child that does not either."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    subprocess.Popen([sys.executable, "-m", "tests.dev.stand_in", "sleep"])
    sleep()


if __name__ == "__main__":
    os.write(sys.stdout.fileno(), f"pid {os.getpid()}\n".encode())
    globals()[sys.argv[1]](*sys.argv[2:])
