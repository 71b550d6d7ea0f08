"""Commitments C4 and C5, tested: after a whole journey with random canaries none of them is anywhere on disk.

Databases with their write-ahead logs, the broker's files, the spool, logs, sessions, schedules, static files: all of
it, each with a positive control. Only the file of root keys holds keys, and it is only asked for those.
"""

import base64
import io
import json
import re
import secrets
import urllib.error
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

import pyotp
import pytest
from openai import OpenAI
from playwright.sync_api import Page

from tests.journeys import sinks
from tests.journeys.conftest import Stack, wait_for
from tests.journeys.test_own_account import code_at
from tests.support.canaries import scan

MODEL = "Llama-3.3-8B-Instruct"
_KEYS = """
from vault.keyring import Keyring
from vault.models import DataKey
from vault.roots import roots
keyring = Keyring(roots())
print(",".join(keyring.opening(bytes(row.key_id)).secret.hex() for row in DataKey.objects.all()))
"""
_SEARCH = """
from accounts import directory
from accounts.models import Organization, User
from ledger.actor import Actor
user = User.objects.find_by_email({email!r})
actor, organization = Actor.user(user.pk), Organization.objects.visible_to(user).get()
assert len(directory.search(actor, organization=organization, text={name!r})) == 1
"""


def mark(kind: str) -> str:
    return f"{kind}Zoë{secrets.token_hex(6)}"


def person() -> dict[str, str]:
    """Return what a person tells of themselves, all of it random."""
    return {
        "email": f"Canary.{secrets.token_hex(6)}@example.com",
        "password": f"{mark('password')} and more words",
        "name": mark("name"),
        "location": mark("location"),
        "phone": f"+1555{secrets.randbelow(10**7):07}",
        "born": f"19{20 + secrets.randbelow(20)}-0{1 + secrets.randbelow(9)}-{10 + secrets.randbelow(18)}",
    }


def test_no_canary_is_anywhere_at_rest(page: Page, stack: Stack) -> None:
    told, said = person(), {kind: mark(kind) for kind in ("prompt", "system", "end-user", "tool")}
    mail = sign_up(page, stack, told["email"], told["password"])
    text_code = fill_in(page, stack, told)
    stack.manage("shell", "-v", "0", "-c", _SEARCH.format(**told))
    page.goto("/o/leaks/")
    page.get_by_role("button", name="Account menu").click()
    page.get_by_text(told["email"]).wait_for()
    contact = name_contact(page, stack)
    shown = factors(page)
    wait_for(lambda: sum(told["email"] in str(mail["to"]) for mail in stack.mails()) >= 2)  # of the app, too
    secret = stack.issue_key("research")
    answers = call(stack, secret, said)
    wait_for(lambda: kept(stack))

    canaries = {
        **told, **said, **shown, **of_dates(told["born"]), **of_mail(mail), **answers, **contact,
        "normalised email": told["email"].lower(), "phone digits": told["phone"][1:], "key": secret,
    }  # fmt: skip
    with sinks.planted(stack) as controls:
        assert sinks.missed(stack, controls) == [], "the scan must find what is not sealed"
        assert scan(sinks.files(stack), canaries) == []
        assert code_in(sinks.files(stack), code_of(mail)) == []
        assert code_in(sinks.files(stack), text_code) == []


def test_keys_are_nowhere_but_in_the_file_of_roots(stack: Stack) -> None:
    roots = root_keys(stack.var / "roots.json")
    data_keys = stack.manage("shell", "-v", "0", "-c", _KEYS).split()[-1].split(",")
    assert len(data_keys) >= 5
    keys = {f"data key {n}": bytes.fromhex(key) for n, key in enumerate(data_keys)}
    assert len(scan([stack.var / "roots.json"], roots)) >= len(roots), "the scan must find a key where it is"
    assert scan([stack.var / "roots.json"], keys) == []
    others = [path for path in sinks.files(stack) if path.name != "roots.json"]
    assert scan(others, keys | roots) == []


def sign_up(page: Page, stack: Stack, email: str, password: str) -> dict[str, Any]:
    """Sign up and follow the link; return the email that it came in."""
    page.goto("/sign-up/")
    page.get_by_label("Work email").fill(email)
    page.get_by_label("Organization").fill("Leaks")
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Create account").click()
    mail: dict[str, Any] = wait_for(lambda: [mail for mail in stack.mails() if email in str(mail["to"])])[0]
    page.goto(mail["links"][0])
    page.wait_for_url("**/o/**")
    return mail


def fill_in(page: Page, stack: Stack, told: dict[str, str]) -> str:
    """Tell everything on one's own pages, prove the phone, and take an archive away; return the code of the text."""
    page.goto("/account/profile/edit/")
    page.get_by_label("Name").fill(told["name"])
    page.get_by_label("Location").fill(told["location"])
    page.get_by_label("Date of birth").fill(told["born"])
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved.").wait_for()
    page.goto("/account/phone/")
    page.get_by_label("Mobile number").fill(told["phone"])
    page.get_by_role("button", name="Send the code").click()
    code = code_at(stack, told["phone"])
    page.get_by_label("6 digits").fill(code)
    page.get_by_role("button", name="Use this phone").click()
    page.get_by_text("Your number is proven.").wait_for()
    page.goto("/account/export/")
    page.get_by_role("button", name="Make the archive").click()
    wait_for(lambda: stack.is_told(told["email"], "export of your data is ready"), 60)
    page.goto("/account/export/")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download the archive").click()
    archive = zipfile.ZipFile(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    assert told["name"] in archive.read("profile.json").decode()
    return code


def name_contact(page: Page, stack: Stack) -> dict[str, str]:
    """Name a billing contact, who says yes by the link; return the address and the link's token."""
    address = f"Contact.{secrets.token_hex(6)}@example.com"
    page.goto("/o/leaks/billing-contacts/new/")
    page.get_by_label("Email").fill(address)
    page.get_by_role("button", name="Add contact").click()
    mail: dict[str, Any] = wait_for(lambda: [mail for mail in stack.mails() if address in str(mail["to"])])[0]
    page.goto(mail["links"][0])
    page.get_by_role("button", name="Yes").click()
    page.get_by_text("You are a billing contact").wait_for()
    page.goto("/o/leaks/billing-contacts/")
    page.get_by_text("Confirmed").wait_for()
    return {"contact": address, "folded contact": address.lower(), "contact's link": mail["links"][0].split("/")[4]}


def factors(page: Page) -> dict[str, str]:
    """Set an app and recovery codes up; return what was shown."""
    page.goto("/account/security/")
    page.get_by_role("link", name="Set up an app").click()
    secret = page.locator("#secret").inner_text().replace(" ", "")
    page.get_by_label("6 digits").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Turn it on").click()
    page.get_by_role("button", name="Make codes").click()
    codes = page.locator("#codes").inner_text().split()
    plain = {f"recovery code {n} as it is hashed": code.replace("-", "") for n, code in enumerate(codes)}
    return {"app's secret": secret} | {f"recovery code {n}": code for n, code in enumerate(codes)} | plain


def call(stack: Stack, secret: str, said: dict[str, str]) -> dict[str, str]:
    """Ask whole, streamed and malformed; return the answers."""
    client = OpenAI(api_key=secret, base_url=f"{stack.api}/compat/v1", max_retries=0)
    question = [
        {"role": "system", "content": said["system"]},
        {"role": "user", "content": f"Please say {said['prompt']}"},
    ]
    tool = {"type": "function", "function": {"name": "look_up", "description": said["tool"]}}
    asked: dict[str, Any] = {"model": MODEL, "messages": question, "user": said["end-user"]}
    whole = client.chat.completions.create(**asked, tools=[tool]).choices[0].message.model_dump_json()
    streamed = client.chat.completions.create(**asked, stream=True)
    answer = "".join(chunk.choices[0].delta.content or "" for chunk in streamed if chunk.choices)
    assert len(answer) > 40
    wrong = urllib.request.Request(  # malformed: whatever is logged about it must not quote it
        f"{stack.api}/v1/chat/completions",
        data=json.dumps({"model": MODEL, "messages": said["prompt"]}).encode(),
        headers={"Authorization": f"Bearer {secret}"},
    )
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(wrong)
    return {"whole answer": whole, "answer": answer[:60], "end of the answer": answer[-40:]}


def kept(stack: Stack) -> bool:
    """Tell whether both exchanges are in the content database, sealed."""
    counted = stack.manage(
        "shell", "-v", "0", "-c", "from content.models import StoredExchange as S; print(S.objects.count())"
    )
    return int(counted.split()[-1]) >= 2


def of_dates(born: str) -> dict[str, str | bytes]:
    """Return a date as it is also written: without dashes, from the day on, and as pickle packs it."""
    year, month, day = map(int, born.split("-"))
    packed = b"C\x04" + year.to_bytes(2, "big") + bytes([month, day])
    return {"compact date": born.replace("-", ""), "date by day": f"{day:02}.{month:02}.{year}", "packed date": packed}


def of_mail(mail: dict[str, Any]) -> dict[str, str]:
    return {"verification token": mail["links"][0].rstrip("/").rpartition("/")[2]}


def code_of(mail: dict[str, Any]) -> str:
    found = re.search(r"\b(\d{3}) ?(\d{3})\b", mail["text"])
    assert found
    return found[1] + found[2]


def code_in(files: list[Path], code: str) -> list[str]:
    """Return the files in which the six digits stand by themselves: in longer numbers they are chance."""
    alone = re.compile(rb"(?<![0-9A-Za-z.])%b(?![0-9A-Za-z.])" % code.encode())
    return [path.name for path in files if path.exists() and alone.search(path.read_bytes())]


def root_keys(file: Path) -> dict[str, bytes]:
    planes = json.loads(file.read_text())["planes"].items()
    return {f"{plane} root": base64.b64decode(key) for plane, one in planes for key in one["roots"].values()}


def test_secrets_files_are_for_the_owner_alone(stack: Stack) -> None:
    for name in ("demo.json", "development.env", "roots.json"):
        assert Path(stack.var / name).stat().st_mode & 0o777 == 0o600
