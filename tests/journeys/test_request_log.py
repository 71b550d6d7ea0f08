"""The request log in a real browser: a call is made, found in the list, opened with a reason, and that is on record."""

from llama_api_client import LlamaAPIClient
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Stack, sign_in, wait_for
from tests.journeys.looks import faults_in

_ASKED = "Where in Lisbon do llamas graze? <b>Tell me</b>"


def test_from_a_call_to_its_opening_on_record(page: Page, stack: Stack) -> None:
    client = LlamaAPIClient(api_key=stack.issue_key("research"), base_url=f"{stack.api}/v1")
    long = "\n".join(f"{n} llamas stand on a hill and wait." for n in range(60))
    client.chat.completions.create(
        model="Llama-3.3-8B-Instruct",
        messages=[{"role": "system", "content": long}, {"role": "user", "content": _ASKED}],
    )
    sign_in(page, stack)
    base = f"/o/{stack.demo['organization']}"
    page.get_by_role("link", name="Request log").click()
    page.get_by_role("combobox", name="Project").select_option("research")
    expect(page.get_by_role("row")).not_to_have_count(0)
    wait_for(lambda: page.reload() and page.locator("tr", has_text="…").locator(".kept").count())
    assert _ASKED not in page.content()
    assert faults_in(page, "requests") == []

    page.locator("tr", has=page.locator(".kept")).first.get_by_role("link").click()
    expect(page.get_by_role("heading", name="Prompt and answer")).to_be_visible()
    assert _ASKED not in page.content()
    assert faults_in(page, "request") == []

    page.get_by_label("Why do you open it?").select_option("debugging")
    page.get_by_role("button", name="Open, which is recorded").click()
    expect(page.get_by_text(_ASKED, exact=True)).to_be_visible()
    expect(page.get_by_text("Opened by you at")).to_be_visible()
    page.locator(".turns summary").first.click()
    expect(page.locator(".turns pre", has_text="59 llamas stand on a hill")).to_be_visible()
    assert faults_in(page, "request, opened") == []
    request = page.locator("#request-id").inner_text()

    page.get_by_role("link", name="See the entry").click()
    row = page.locator("tbody", has_text="Own content").first
    expect(row).to_contain_text("Prompt")
    row.locator("summary").first.click()
    expect(row).to_contain_text("debugging")
    expect(row).to_contain_text(request)
    page.goto(f"{base}/requests/{request}/")
    expect(page.get_by_label("Why do you open it?")).to_be_visible()


def test_a_project_that_keeps_nothing_writes_nothing(page: Page, stack: Stack) -> None:
    before = _kept(stack)
    client = LlamaAPIClient(api_key=stack.issue_key("platform"), base_url=f"{stack.api}/v1")
    client.chat.completions.create(
        model="Llama-3.3-8B-Instruct", messages=[{"role": "user", "content": "A word that is never written"}]
    )
    sign_in(page, stack)
    page.goto(f"/o/{stack.demo['organization']}/requests/?project=platform&range=1h")
    wait_for(lambda: page.reload() and page.locator("tbody tr").count())
    page.locator("tbody tr").first.get_by_role("link").click()
    expect(page.get_by_text("were never written")).to_be_visible()
    assert _kept(stack) == before


def _kept(stack: Stack) -> int:
    """Return how many exchanges there are of the project that keeps nothing."""
    return int(stack.manage("shell", "-v", "0", "-c", _COUNT).split()[-1])


_COUNT = """
from accounts.models import Project
from content.models import StoredExchange
platform = list(Project.objects.filter(slug="platform").values_list("pk", flat=True))
print(StoredExchange.objects.filter(project_id__in=platform).count())
"""
