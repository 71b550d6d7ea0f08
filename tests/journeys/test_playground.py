"""The playground in a real browser, through the real gateway, before the model of a development run."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.journeys.conftest import Stack, sign_in
from tests.journeys.looks import faults_in, opened

XSS = '<img src=x onerror="document.title=1"> **bold** <script>document.title=1</script>'


@pytest.fixture
def play(page: Page, stack: Stack) -> Page:
    sign_in(page, stack)
    page.goto(f"/o/{stack.demo['organization']}/playground/")
    page.get_by_label("Model").select_option("Llama-3.3-8B-Instruct")
    return page


def ask(page: Page, text: str) -> None:
    page.get_by_label("Message", exact=True).fill(text)
    page.get_by_label("Message", exact=True).press("Control+Enter")


def answer(page: Page) -> Any:
    return page.locator(".turn").last


def test_an_answer_streams_and_shows_what_it_took_and_cost(play: Page) -> None:
    ask(play, "Please count to 60")
    expect(play.get_by_role("button", name="Stop")).to_be_visible()
    said = answer(play).locator(".said")
    expect(said).to_contain_text("1")
    early = len(said.inner_text())
    expect(play.get_by_role("button", name="Run")).to_be_visible(timeout=20_000)
    assert len(said.inner_text()) > early, "it came in pieces"
    meta = answer(play).locator(".meta")
    expect(meta).to_contain_text("first token")
    expect(meta).to_contain_text(re.compile(r"\d+ in, \d+ out"))
    expect(meta).to_contain_text("$")
    expect(play.get_by_label("Message", exact=True)).to_be_focused()
    ask(play, "And what did I ask before?")
    expect(play.locator(".turn")).to_have_count(4)
    expect(answer(play).locator(".meta")).to_contain_text(re.compile(r"\d+ in"))
    play.get_by_role("button", name="Clear").click()
    expect(play.get_by_text("Ask a model something")).to_be_visible()


def test_stopping_ends_the_call_and_bills_what_was_said(play: Page, stack: Stack) -> None:
    ask(play, "Please count to 4000")
    expect(answer(play).locator(".said")).to_contain_text("5")
    play.get_by_role("button", name="Stop").click()
    meta = answer(play).locator(".meta")
    expect(meta).to_contain_text("stopped")
    expect(meta).to_contain_text(re.compile(r"\d+ in, \d+ out"), timeout=10_000)
    told = meta.inner_text()
    completion = int(re.search(r"in, ([\d,]+) out", told)[1].replace(",", ""))  # type: ignore[index]
    assert completion < 3000, "the model server was stopped"
    ask(play, "Hi again")  # the turn is over
    expect(play.get_by_role("button", name="Run")).to_be_visible(timeout=20_000)
    expect(play.locator(".turn")).to_have_count(4)


def test_what_models_and_people_write_is_text_and_never_markup(play: Page) -> None:
    ask(play, XSS)
    expect(play.get_by_role("button", name="Run")).to_be_visible(timeout=20_000)
    expect(play.locator(".turn").first.locator(".said")).to_have_text(XSS)
    _answer_with(play, XSS)
    ask(play, "Hi")
    expect(answer(play).locator(".said")).to_have_text(XSS)
    assert play.locator("#turns img, #turns script, #turns strong").count() == 0
    assert play.title().startswith("Playground")


def test_a_refusal_shows_its_rule_and_keeps_what_was_written(play: Page) -> None:
    refused = {
        "status": 429, "detail": "Requests a minute of the key: x.", "advice": "Wait.", "retry_after": "18",
        "rule": "key.requests_per_minute", "url": "/o/x/blocked/?request=1",
    }  # fmt: skip
    events = f"event: call\ndata: {json.dumps({'id': '1'})}\n\nevent: refused\ndata: {json.dumps(refused)}\n\n"
    with _relayed(play, events):
        ask(play, "Once more")
        note = play.get_by_role("alert")
        expect(note).to_contain_text("Requests a minute of the key")
        expect(note).to_contain_text("It works again in 18 s.")
        expect(note.get_by_role("link", name="Why was I blocked?")).to_be_visible()
    expect(play.get_by_label("Message", exact=True)).to_have_value("Once more")
    expect(play.locator(".turn")).to_have_count(0)


def test_a_schema_and_parameters_reach_the_model_and_the_code(play: Page) -> None:
    play.get_by_label("Temperature").fill("0.5")
    play.get_by_label("Tokens at most").fill("200")
    play.get_by_text("JSON schema").click()
    ask(play, "Give me an answer")
    expect(answer(play).locator(".said")).to_contain_text('"answer"', timeout=20_000)
    play.get_by_role("button", name="Code").click()
    dialog = play.get_by_role("dialog", name="This call as code")
    expect(dialog.locator("pre").first).to_contain_text('"temperature": 0.5')
    expect(dialog.locator("pre").first).to_contain_text("Give me an answer")
    dialog.get_by_text("TypeScript").click()
    expect(dialog.locator("[data-lang=typescript] pre")).to_be_visible()
    expect(dialog.locator("[data-lang=curl] pre")).to_be_hidden()
    play.get_by_role("button", name="Close").last.click()
    play.get_by_label("Schema", exact=True).fill("{")
    ask(play, "Hi")
    expect(play.get_by_role("alert")).to_contain_text("no JSON")


def test_a_whole_answer_comes_without_streaming(play: Page) -> None:
    play.get_by_label("Stream the answer").uncheck()
    ask(play, "Please count to 20")
    expect(answer(play).locator(".said")).to_contain_text("20", timeout=20_000)
    expect(answer(play).locator(".meta")).to_contain_text("$")


def test_its_pages_are_accessible_and_fit_full_and_refused(browser: Browser, stack: Stack, state: Any) -> None:
    faults: list[str] = []
    organization = stack.demo["organization"]
    stack.manage("shell", "-v", "0", "-c", _REFUSED)
    with opened(browser, stack, faults, storage_state=state) as page:
        for path in ("limits/", "limits/data-policy/", "blocked/", "blocked/?rule=key.requests_per_minute",
                     "blocked/?request=x", "blocked/dry-run/",
                     "blocked/dry-run/?subject=organization&tried=requests_per_minute&limit=1&model="):  # fmt: skip
            page.goto(f"/o/{organization}/{path}")
            faults += faults_in(page, path)
        page.goto(f"/o/{organization}/playground/")
        faults += faults_in(page, "playground, empty")
        ask(page, "W" * 300 + " please count to 300")
        expect(page.get_by_role("button", name="Run")).to_be_visible(timeout=30_000)
        page.get_by_role("button", name="Code").click()
        expect(page.locator("#code-body pre").first).to_be_visible()
        faults += faults_in(page, "playground, code")
        page.get_by_role("button", name="Close").last.click()
        faults += faults_in(page, "playground, full")
        refused = json.dumps({"detail": "Credit: " + "x" * 80, "advice": "Add credit.", "url": "/"})
        with _relayed(page, f"event: refused\ndata: {refused}\n\n"):
            ask(page, "Once more")
            expect(page.get_by_role("alert")).to_be_visible()
        faults += faults_in(page, "playground, refused")
        page.goto(f"/o/{organization}/blocked/dry-run/?subject=organization&tried=budget_day&limit=x&model=")
        faults += faults_in(page, "a dry run that makes no sense")
    assert [fault for fault in faults if "422" not in fault] == []


def _answer_with(page: Page, text: str) -> None:
    told = {"event": {"event_type": "progress", "delta": {"type": "text", "text": text}}}
    end = {"event": {"event_type": "complete", "delta": {"type": "text", "text": ""}, "stop_reason": "stop"}}
    body = "".join(f"data: {json.dumps(each)}\n\n" for each in (told, end))
    page.route("**/completions/", lambda route: _fulfil(route, body))


@contextmanager
def _relayed(page: Page, body: str) -> Iterator[None]:
    """What the console would relay, for as long as this lasts."""
    page.route("**/completions/", lambda route: _fulfil(route, body))
    yield
    page.unroute("**/completions/")


def _fulfil(route: Route, body: str) -> None:
    route.fulfill(status=200, content_type="text/event-stream", body=body)


_REFUSED = """
from datetime import timedelta
from django.utils import timezone
from accounts.models import Project
from catalog.money import PICO
from keys.models import ApiKey, Limits
from keys.refusal_rules import RULES, rule_of
from keys.refusals import Refused, add_refusals
from ledger.ids import new_id
key = ApiKey.objects.filter(project__organization__is_demo=True, is_playground=False).first()
organization = key.project.organization_id
now = timezone.now()
add_refusals(
    Refused(organization, key.project_id, key.pk, rule, now - timedelta(hours=n), new_id(), "Llama-3.3-70B-Instruct",
            limit=3 * PICO if rule_of(rule).unit == "money" else 600, counter=600,
            resets_at=now + timedelta(hours=1) if n % 2 else None, count=n + 1)
    for n, rule in enumerate(RULES)
)
Limits.objects.create(subject_id=organization, level="organization", organization_id=organization,
                      requests_per_minute=600, tokens_per_minute=200000, concurrent=20)
Limits.objects.create(subject_id=organization, level="organization", organization_id=organization,
                      model="Llama-3.3-70B-Instruct", requests_per_minute=60)
"""
