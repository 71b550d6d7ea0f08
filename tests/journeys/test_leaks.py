"""Commitments C4 and C5, tested: after a whole journey with random canaries none of them is anywhere on disk.

Databases with their write-ahead logs, the broker's files, the spool, logs, sessions, static files: all of it.
"""

import json
import secrets
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from openai import OpenAI
from playwright.sync_api import Page

from tests.journeys.conftest import Stack, wait_for
from tests.support.canaries import scan

MODEL = "Llama-3.3-8B-Instruct"


def mark(kind: str) -> str:
    return f"{kind}Zoë{secrets.token_hex(6)}"


def test_no_canary_is_anywhere_at_rest(page: Page, stack: Stack) -> None:
    ascii_mark = f"canary{secrets.token_hex(6)}"
    email, password = f"{ascii_mark}@example.com", f"{mark('password')} and more words"
    canaries = {kind: mark(kind) for kind in ("name", "location", "prompt", "system", "end-user", "tool")}
    control = f"control{secrets.token_hex(6)}"
    sign_up(page, stack, email, password, organization=control)
    stack.manage("shell", "-c", profile(email, canaries["name"], canaries["location"]))
    page.get_by_role("button", name="Account menu").click()
    page.get_by_text(email).wait_for()
    secret = stack.issue_key("research")
    call(stack, secret, canaries)
    wait_for(lambda: kept(stack))

    files = [path for path in stack.var.rglob("*") if path.is_file() and path.name != "demo.json"]
    names = {path.name for path in files}
    assert {"console.sqlite3", "content.sqlite3", "vault.sqlite3", "console.sqlite3-wal", "run.log"} <= names
    assert scan(files, {"control": control}), "the scan must find what is not sealed"
    assert (
        scan(files, canaries | {"email": ascii_mark, "phone": "+15550100", "password": password, "key": secret}) == []
    )


def sign_up(page: Page, stack: Stack, email: str, password: str, organization: str) -> None:
    page.goto("/sign-up/")
    page.get_by_label("Work email").fill(email)
    page.get_by_label("Organization").fill(organization)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Create account").click()
    mail = wait_for(lambda: [mail for mail in stack.mails() if email in str(mail["to"])])[0]
    page.goto(mail["links"][0])
    page.wait_for_url("**/o/**")


def profile(email: str, name: str, location: str) -> str:
    return (
        "from accounts.models import User; import datetime\n"
        f"user = User.objects.find_by_email({email!r})\n"
        f"user.name, user.location, user.phone = {name!r}, {location!r}, '+15550100'\n"
        "user.date_of_birth = datetime.date(1990, 1, 2)\n"
        "user.save()\n"
    )


def call(stack: Stack, secret: str, canaries: dict[str, str]) -> None:
    client = OpenAI(api_key=secret, base_url=f"{stack.api}/compat/v1", max_retries=0)
    question = [
        {"role": "system", "content": canaries["system"]},
        {"role": "user", "content": f"Please say {canaries['prompt']}"},
    ]
    tool = {"type": "function", "function": {"name": "look_up", "description": canaries["tool"]}}
    for stream in (False, True):
        answer = client.chat.completions.create(  # type: ignore[call-overload]
            model=MODEL, messages=question, user=canaries["end-user"], tools=[tool], stream=stream
        )
        if stream:
            list(answer)
    wrong = urllib.request.Request(  # malformed: whatever is logged about it must not quote it
        f"{stack.api}/v1/chat/completions",
        data=json.dumps({"model": MODEL, "messages": canaries["prompt"]}).encode(),
        headers={"Authorization": f"Bearer {secret}"},
    )
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(wrong)


def kept(stack: Stack) -> bool:
    """Tell whether both exchanges are in the content database, sealed."""
    counted = stack.manage(
        "shell", "-v", "0", "-c", "from content.models import StoredExchange as S; print(S.objects.count())"
    )
    return int(counted.split()[-1]) >= 2


def test_secrets_files_are_for_the_owner_alone(stack: Stack) -> None:
    for name in ("demo.json", "development.env", "roots.json"):
        assert Path(stack.var / name).stat().st_mode & 0o777 == 0o600
