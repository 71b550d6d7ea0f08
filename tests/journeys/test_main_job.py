"""The main job in a real browser: sign up, verify, create a key, call a model, see the usage."""

from llama_api_client import LlamaAPIClient
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.conftest import Stack, wait_for


def test_from_signing_up_to_seeing_the_usage(page: Page, context: BrowserContext, stack: Stack) -> None:
    page.goto("/sign-up/")
    page.get_by_label("Work email").fill("nina@newcomers.example")
    page.get_by_label("Organization").fill("Newcomers")
    page.get_by_label("Password", exact=True).fill("a sentence works well")
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Verify your email")).to_be_visible()

    mail = wait_for(lambda: [mail for mail in stack.mails() if "nina@newcomers.example" in str(mail["to"])])[0]
    page.goto(mail["links"][0])
    page.wait_for_url("**/o/newcomers/")
    expect(page.get_by_text("Waiting for the first request")).to_be_visible()

    page.get_by_role("link", name="API keys").click()
    page.get_by_role("link", name="Create the first key").click()
    page.get_by_label("Name").fill("first")
    page.get_by_role("button", name="Create key").click()
    secret = page.locator("#secret").inner_text().strip()
    assert secret in page.locator("pre").first.inner_text()

    watching = context.new_page()
    watching.goto("/o/newcomers/")
    client = LlamaAPIClient(api_key=secret, base_url=f"{stack.api}/v1")
    answer = client.chat.completions.create(
        model="Llama-3.3-8B-Instruct", messages=[{"role": "user", "content": "Say hello in five words"}]
    )
    expect(watching.get_by_text("First request received.")).to_be_visible(timeout=10_000)

    tokens = {metric.metric: int(metric.value) for metric in answer.metrics or []}
    page.goto("/o/newcomers/usage/?range=24h&group=key")
    row = page.get_by_role("row", name="first")
    expect(row.get_by_role("cell").nth(0)).to_have_text("1")
    expect(row.get_by_role("cell").nth(2)).to_have_text(str(tokens["num_prompt_tokens"]))
    expect(row.get_by_role("cell").nth(4)).to_have_text(str(tokens["num_completion_tokens"]))
    page.get_by_label("Group by").select_option("model")
    expect(page.get_by_role("rowheader", name="Llama 3.3 8B")).to_be_visible()


def test_the_usage_page_follows_new_calls_by_itself(page: Page, stack: Stack) -> None:
    from tests.journeys.conftest import sign_in

    sign_in(page, stack)
    page.goto(f"/o/{stack.demo['organization']}/usage/?range=24h&group=model")
    row = page.get_by_role("row", name="Llama 3.3 8B").first
    before = row.inner_text()
    secret = stack.issue_key()
    LlamaAPIClient(api_key=secret, base_url=f"{stack.api}/v1").chat.completions.create(
        model="Llama-3.3-8B-Instruct", messages=[{"role": "user", "content": "Hi"}]
    )
    expect(row).not_to_have_text(before, timeout=20_000, use_inner_text=True)
