"""Pages, cold, in both themes and on a phone: weight, requests, axe, policy violations; Lighthouse if npx is there."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Response, sync_playwright

from bench.bar import Bar
from bench.stack import Stack, running

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
MISSING = "/nothing-here/"
PUBLIC = ("/sign-up/", "/sign-in/", MISSING)
PRIVATE = (
    "",
    "keys/",
    "keys/new/",
    "usage/",
    "usage/?range=90d&group=key&metric=tokens&compare=1",
    "data-access/",
    "data-access/?by=members",
    "audit/",
    "security/",
)
LOOKS = ((1280, 900, "light"), (1280, 900, "dark"), (390, 844, "light"), (390, 844, "dark"))
_LIGHTHOUSE = ("performance", "accessibility", "best-practices", "seo")


def bars() -> Iterator[Bar]:
    with running() as stack, sync_playwright() as playwright:
        yield Bar("start-up of the whole stack", stack.started_in, "s", 120)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        state = _sign_in(browser, stack)
        private = [f"/o/{stack.demo['organization']}/{path}" for path in PRIVATE]
        for path in (*PUBLIC, *private):
            yield from _page(browser, stack, path, state if path in private else None)
        browser.close()
        if shutil.which("npx") and os.environ.get("LIGHTHOUSE") != "0":
            cookie = json.loads(Path(state).read_text())["cookies"]
            for path in (*PUBLIC[:2], *private):
                yield from _lighthouse(stack, path, "; ".join(f"{each['name']}={each['value']}" for each in cookie))


def _sign_in(browser: Browser, stack: Stack) -> str:
    context = browser.new_context(base_url=stack.demo["url"])
    page = context.new_page()
    page.goto("/sign-in/")
    page.get_by_label("Email").fill(stack.demo["email"])
    page.get_by_label("Password", exact=True).fill(stack.demo["password"])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/o/**")
    file = tempfile.NamedTemporaryFile(suffix=".json", delete=False)  # noqa: SIM115
    context.storage_state(path=file.name)
    context.close()
    return file.name


def _page(browser: Browser, stack: Stack, path: str, state: str | None) -> Iterator[Bar]:
    kilobytes, requests, violations, faults = 0.0, 0, 0, 0
    for width, height, scheme in LOOKS:
        context = browser.new_context(
            base_url=stack.demo["url"],
            storage_state=state,
            color_scheme=scheme,  # type: ignore[arg-type]
            viewport={"width": width, "height": height},
        )
        page, responses, messages = context.new_page(), list[Response](), list[str]()
        _watch(page, path, responses, messages)
        page.goto(path, wait_until="networkidle")
        weights = [answer.request.sizes() for answer in responses]
        total = sum(size["responseBodySize"] + size["responseHeadersSize"] for size in weights) / 1000
        kilobytes, requests = max(kilobytes, total), max(requests, len(responses))
        violations += Axe().run(page).violations_count
        faults += len(messages)
        context.close()
    yield Bar(f"{path} weight", kilobytes, "kB", 60)
    yield Bar(f"{path} requests", requests, "requests", 7)
    yield Bar(f"{path} axe violations", violations, "violations", 0)
    yield Bar(f"{path} console errors and policy violations", faults, "messages", 0)


def _watch(page: Page, path: str, responses: list[Response], messages: list[str]) -> None:
    """Collect what is loaded and what the browser complains of, save the 404 of the page that is meant to be one."""

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not (path == MISSING and "404" in message.text):
            messages.append(message.text)

    page.on("response", lambda response: responses.append(response))
    page.on("console", note)
    page.on("pageerror", lambda error: messages.append(str(error)))


def _lighthouse(stack: Stack, path: str, cookie: str) -> Iterator[Bar]:
    signed_in = () if path in PUBLIC else (f"--extra-headers={json.dumps({'Cookie': cookie})}",)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        flags = f"--chrome-flags=--headless {' '.join(ARGUMENTS)}"
        command = ["npx", "--yes", "lighthouse", stack.demo["url"] + path, "--quiet", "--output=json", flags]
        environment = {**os.environ, "CHROME_PATH": CHROMIUM}
        command += [f"--output-path={report}", *signed_in]
        subprocess.run(command, env=environment, check=True, capture_output=True)
        categories = json.loads(report.read_text())["categories"]
    for name in _LIGHTHOUSE:
        yield Bar(f"{path} Lighthouse {name}", 100 * categories[name]["score"], "points", 95, at_most=False)
