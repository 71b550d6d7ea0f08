"""The whole stack, started as `make run` starts it, with databases and ports of its own, and a browser before it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.support.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_START, _PATIENCE = 300, 60  # seconds, on a busy machine


@dataclass
class Stack:
    """A running console: where it is, how to sign in, and its commands."""

    var: Path
    console: str
    api: str
    mailbox: str
    stripe: str
    demo: dict[str, str]
    log: Path
    environment: dict[str, str] = field(repr=False)

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=True)
        return done.stdout

    def issue_key(self, project: str = "platform") -> str:
        names = ("--organization", self.demo["organization"], "--project", project, "--name", "journey")
        return self.manage("issue_key", *names).splitlines()[-1]

    def mails(self) -> list[dict[str, Any]]:
        with urllib.request.urlopen(f"{self.mailbox}.json", timeout=_PATIENCE) as answer:
            found: list[dict[str, Any]] = json.load(answer)
        return found

    def is_told(self, email: str, subject: str) -> bool:
        """Tell whether a mail of this subject reached this address; others may have had the same."""
        return any(subject in mail["subject"] and email in str(mail["to"]) for mail in self.mails())


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    var = tmp_path_factory.mktemp("var")
    log, port, api_port = var / "run.log", free_port(), free_port()
    foreign = {"ENVIRONMENT", "SECRET_KEY", "DJANGO_SETTINGS_MODULE", "STRIPE_SECRET_KEY"}
    environment = {k: v for k, v in os.environ.items() if k not in foreign}
    environment |= {"VAR_DIR": str(var), "PORT": str(port), "API_PORT": str(api_port)}
    with log.open("w") as output:
        command = [sys.executable, "-m", "dev.run"]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    try:
        text = wait_for(lambda: _running(log, process), _START)
        mailbox, stripe = (re.search(rf"{part}\s+(http\S+)", text) for part in ("Mailbox", "Stripe"))
        assert mailbox
        assert stripe
        demo = json.loads((var / "demo.json").read_text())
        yield Stack(var, demo["url"], demo["api_url"], mailbox[1], stripe[1], demo, log, environment)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(_PATIENCE) == 0


def wait_for(probe: Callable[[], Any], seconds: float = _PATIENCE) -> Any:
    """Return the first true answer of a probe within the time."""
    deadline = time.monotonic() + seconds
    while not (answer := probe()):
        assert time.monotonic() < deadline, f"nothing after {seconds} s: {probe}"
        time.sleep(0.1)
    return answer


def _running(log: Path, process: subprocess.Popen[bytes]) -> str:
    text = log.read_text()
    assert process.poll() is None, text
    return text if "Ctrl-C stops everything" in text else ""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM") or None, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser: Browser, stack: Stack) -> Iterator[BrowserContext]:
    made = browser.new_context(base_url=stack.console, viewport={"width": 1280, "height": 900})
    made.set_default_timeout(_PATIENCE * 1000)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page on which any console error, policy violation or script error fails the test."""
    made, faults = context.new_page(), list[str]()
    watch(made, faults)
    yield made
    assert faults == []


def watch(page: Page, faults: list[str]) -> None:
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))


def sign_in(page: Page, stack: Stack) -> None:
    page.goto("/sign-in/")
    page.get_by_label("Email").fill(stack.demo["email"])
    page.get_by_label("Password", exact=True).fill(stack.demo["password"])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/o/**")


@pytest.fixture(scope="module")  # who signed in long ago is asked for the password again
def state(browser: Browser, stack: Stack) -> Any:
    """The state of a browser in which the demo's owner is signed in."""
    context = browser.new_context(base_url=stack.console)
    sign_in(context.new_page(), stack)
    found = context.storage_state()
    context.close()
    return found


# Something of each kind on the operators' pages.
_MESSAGES = """
from datetime import timedelta
from django.utils import timezone
from ledger.ids import new_id
from notifications.models import Channel, DeliveryHour, OutboxMessage, Outcome, Reason
from notifications.suppressions import suppress
now, person = timezone.now(), new_id()
for code in ("recipient-refused", "mail-server-unreachable", "sms-capped", "http-503"):
    OutboxMessage.objects.create(
        kind="verify-email", subject_id=person, recipient_id=person, attempts=8, failed_at=now, error=code
    )
    for outcome in (Outcome.SENT, Outcome.RETRIED, Outcome.GIVEN_UP):
        DeliveryHour.objects.add(
            at=now, kind="verify-email", channel="email", outcome=outcome, latency=timedelta(seconds=4),
            code="" if outcome is Outcome.SENT else code,
        )
suppress(Channel.EMAIL, "0" * 64, Reason.BOUNCED)
"""


@pytest.fixture(scope="session")
def letters(stack: Stack) -> None:
    stack.manage("shell", "-v", "0", "-c", _MESSAGES)


@pytest.fixture(scope="session")
def unsubscribe(stack: Stack) -> str:
    """The link of a letter, as its reader sees it without signing in."""
    url = stack.manage("shell", "--no-imports", "-c", _LINK).split()[-1]
    return "/unsubscribe/" + url.partition("/unsubscribe/")[2]


_LINK = """
from accounts.models import User
from notifications import unsubscribing
from notifications.kinds import KINDS
print(unsubscribing.url(User.objects.filter(is_demo=True).first().pk, KINDS["key-created"]))
"""
