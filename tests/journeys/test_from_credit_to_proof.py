"""The way of money: credit bought with a test card, spent by real calls, on an invoice that is verified offline."""

import json
import re
import subprocess
import sys
from pathlib import Path

from llama_api_client import LlamaAPIClient
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Stack, sign_in, wait_for

_TERMS = """
from accounts.actions import create_organization, create_project
from accounts.models import User
from billing.actions.terms import set_terms
from billing.models import Mode
from ledger.actor import Actor
owner = User.objects.filter(is_demo=True).first()
organization = create_organization(Actor.operator(), name="Proven", owner=owner, is_demo=True)
set_terms(Actor.operator(), organization.pk, mode=Mode.PREPAID)
"""


def test_from_buying_credit_to_a_verified_invoice(page: Page, stack: Stack, tmp_path: Path) -> None:
    stack.manage("shell", "-v", "0", "-c", _TERMS)
    names = ("--organization", "proven", "--project", "default", "--name", "journey")
    secret = stack.manage("issue_key", *names).splitlines()[-1]
    client = LlamaAPIClient(api_key=secret, base_url=f"{stack.api}/v1", max_retries=0)
    assert _refused(client)  # there is no credit yet

    sign_in(page, stack)
    page.goto("/o/proven/billing/credit/")
    page.get_by_label("$25.00").check()
    page.get_by_role("button", name="Continue to payment").click()
    page.get_by_label("4242 4242 4242 4242").check()
    page.get_by_role("button", name="Pay").click()
    expect(page.get_by_role("heading", name="The credit is there")).to_be_visible(timeout=30_000)

    for _ in range(3):
        _ask(client)
    page.goto("/o/proven/usage/?range=24h&group=key")
    expect(page.get_by_role("row", name="journey").get_by_role("cell").nth(0)).to_have_text("3", timeout=15_000)

    wait_for(lambda: "is closed" in stack.manage("close_invoice", "--organization", "proven"))
    page.goto("/o/proven/billing/invoices/")
    page.get_by_role("link", name="No. 1").click()
    expect(page.get_by_text("3 calls")).to_be_visible()
    bundle = _download(page, "Download bundle", tmp_path / "bundle")
    verifier = _download(page, "verify_invoice.py", tmp_path / "verify_invoice.py")
    digest = re.search(r"[0-9a-f]{64}", page.locator("#verify-command").inner_text())
    assert digest
    assert _verify(verifier, bundle, digest[0]) == 0

    _add_a_token(bundle)
    assert _verify(verifier, bundle, digest[0]) == 1


def _ask(client: LlamaAPIClient) -> None:
    client.chat.completions.create(
        model="Llama-3.3-8B-Instruct", messages=[{"role": "user", "content": "Say hello in five words"}]
    )


def _refused(client: LlamaAPIClient) -> bool:
    try:
        _ask(client)
    except Exception as error:
        return getattr(error, "status_code", None) == 402
    return False


def _download(page: Page, name: str, path: Path) -> Path:
    with page.expect_download() as download:
        page.get_by_role("link", name=name).first.click()
    download.value.save_as(path)
    return path


def _add_a_token(bundle: Path) -> None:
    """Make the answer of the last call a token longer."""
    *lines, last = bundle.read_text().splitlines(keepends=True)
    call = json.loads(last)
    call[7] += 1
    bundle.write_text("".join([*lines, json.dumps(call, separators=(",", ":")) + "\n"]))


def _verify(verifier: Path, bundle: Path, digest: str) -> int:
    command = [sys.executable, "-I", str(verifier), str(bundle), "--hash", digest]
    return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode
