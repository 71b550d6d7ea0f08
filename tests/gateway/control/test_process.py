"""The real process before the real databases: what it accepted survives its death, and nginx can ask it."""

import http.server
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from gateway.control.events import call_id
from tests.gateway.conftest import answers
from tests.gateway.control.processes import ROOT, Installation
from tests.gateway.control.test_usage_events import EVENTS, SOURCE, event
from tests.gateway.control.test_verify import VERIFY
from tests.gateway.fakes import bearer, eventually
from tests.support.ports import free_port

KILLS = 3
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    made = Installation(tmp_path_factory.mktemp("installation"))
    made.start()
    yield made
    made.kill()


def test_what_was_accepted_survives_a_kill_and_counts_once(installation: Installation) -> None:
    keys = installation.keys
    accepted: set[str] = set()
    for kill in range(KILLS):
        stop = threading.Event()

        def report(kill: int = kill, stop: threading.Event = stop) -> None:
            with httpx.Client(headers=bearer(keys["admin"]), timeout=10) as client:
                for number in range(100_000):
                    name = f"{kill}-{number}"
                    told = event(name, key_id=keys["key_id"], started_at=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}Z")
                    try:
                        answer = client.post(
                            installation.url + EVENTS,
                            json=told,
                            headers={"content-type": "application/cloudevents+json"},
                        )
                    except httpx.HTTPError:
                        return
                    if answer.status_code == 202:
                        accepted.add(name)
                    if stop.is_set():
                        return

        reporter = threading.Thread(target=report)
        before = len(accepted)
        reporter.start()
        eventually(lambda before=before: len(accepted) > before + 5)  # type: ignore[misc]
        time.sleep(0.01 + 0.03 * kill)
        installation.kill()
        stop.set()
        reporter.join()
        installation.start()
    expected = {call_id(UUID(keys["organization"]), SOURCE, name, is_own=True).hex for name in accepted}

    def recorded() -> set[object]:
        return {row[0] for row in installation.query("SELECT id FROM usage_usageevent")}

    eventually(lambda: expected <= recorded(), 30)
    assert len(recorded()) - len(expected) <= KILLS  # each may have died before it could answer
    (requests,) = installation.query("SELECT SUM(requests) FROM usage_hourlyusage")[0]
    assert requests == len(recorded())


def test_verification_against_the_real_rooms(installation: Installation) -> None:
    keys = installation.keys
    for credential in (keys["admin"], keys["control"]):
        asked = [{"key": keys[name]} for name in ("key", "revoked", "few")] + [{"key": "llk_" + "0" * 38}]
        answer = httpx.post(installation.url + VERIFY, json={"keys": asked}, headers=bearer(credential))
        found = answer.json()["results"]
        assert [each["code"] for each in found] == ["ok", "revoked", "ok", "unknown"]
        assert (found[0]["key_id"], found[0]["organization"]) == (keys["key_id"], "llamas-of-lisbon")
        assert found[2]["limits"][0]["requests_per_minute"] == 2
    assert httpx.post(installation.url + VERIFY, json={}, headers=bearer(keys["key"])).status_code == 401


class Model(http.server.BaseHTTPRequestHandler):
    """A model server that answers with what it was told in headers."""

    def do_GET(self) -> None:
        self.send_response(200)
        for name in ("X-Organization", "X-Project", "X-Key", "Authorization"):
            self.send_header(f"Told-{name}", self.headers.get(name, "nothing"))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def model() -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Model)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()


@pytest.fixture(scope="module")
def nginx(installation: Installation, model: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """nginx with the recipe of docs/gateways.md, word for word but for ports and the key."""
    if not NGINX:
        pytest.skip("nginx is not installed: apt-get install nginx-light")
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    found = re.search(r"```nginx\n(.*?)```", Path(ROOT, "docs/gateways.md").read_text(), re.DOTALL)
    assert found
    recipe = found[1]
    for written, here in (
        ("127.0.0.1:8001", f"127.0.0.1:{installation.port}"),
        ("127.0.0.1:8080", f"127.0.0.1:{model}"),
        ("listen 8090", f"listen 127.0.0.1:{port}"),
        ("llg_YOUR_CONTROL_KEY", installation.keys["control"]),
    ):
        assert written in recipe
        recipe = recipe.replace(written, here)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    (folder / "nginx.conf").write_text(
        f"{'user root;' if os.geteuid() == 0 else ''} daemon off; pid {folder}/pid;\n"
        f"error_log {folder}/error.log;\nevents {{}}\n"
        f"http {{ access_log off; {paths}\n{recipe}\n}}\n"
    )
    process = subprocess.Popen([NGINX, "-c", f"{folder}/nginx.conf", "-e", f"{folder}/error.log"])
    eventually(lambda: answers(port))
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait()


def through(nginx: str, key: str, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.post(f"{nginx}/v1/chat/completions", content=b"x" * 100_000, headers={**bearer(key), **named})


def test_nginx_lets_a_valid_key_through_and_says_whose_it_is(nginx: str, installation: Installation) -> None:
    forged = {"x_organization": "forged", "x_key": "forged", "x_control_key": "forged", "x_key_scope": "models"}
    answer = through(nginx, installation.keys["key"], **forged)
    assert answer.status_code == 200
    assert answer.headers["told-x-organization"] == installation.keys["organization"]
    assert answer.headers["told-x-project"] == installation.keys["project"]
    assert answer.headers["told-x-key"] == installation.keys["key_id"]
    assert answer.headers["told-authorization"] == "nothing"


@pytest.mark.parametrize(("name", "status", "code"), [("revoked", 401, "revoked"), ("mute", 403, "scope_missing")])
def test_nginx_refuses_with_the_reason(
    nginx: str, installation: Installation, name: str, status: int, code: str
) -> None:
    answer = through(nginx, installation.keys[name])
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert "told-x-key" not in answer.headers


def test_nginx_passes_on_that_it_was_too_much(nginx: str, installation: Installation) -> None:
    answers = [through(nginx, installation.keys["few"]) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json()["error"]["code"] == "rate_limit_exceeded"
    assert int(answers[2].headers["retry-after"]) in range(1, 61)


def test_nginx_lets_nobody_through_while_the_console_is_away(nginx: str, installation: Installation) -> None:
    installation.kill()
    try:
        assert through(nginx, installation.keys["key"]).status_code == 503
        assert httpx.get(f"{nginx}/_console").status_code == 404
    finally:
        installation.start()
    deadline = datetime.now(UTC) + timedelta(seconds=20)  # nginx keeps a failed server apart for a moment
    while through(nginx, installation.keys["key"]).status_code != 200:
        assert datetime.now(UTC) < deadline
        time.sleep(0.2)
