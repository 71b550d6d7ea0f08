"""The call as code: each of the snippets makes the very call that was set, whatever stands in the prompt."""

import contextlib
import io
import json
import re
import subprocess
from typing import Any

import pytest
from django.test import Client

from keys.call_snippets import call_snippets, curl, llama_api_client, openai, typescript
from tests.gateway.conftest import House, house, running  # noqa: F401  fixtures
from tests.gateway.fakes import MODEL, OWNER_KEY
from tests.playground.conftest import PAGE

WICKED = 'He said "it\'s $HOME; `id`" \\ then left.\n\tÜber\u2028line \x7f \U0001f999 """ \'\'\' </script>'
SET = {"temperature": 0.5, "top_p": 0.25, "top_k": 40, "max_completion_tokens": 9, "repetition_penalty": 1.5}
FORM = {"type": "json_schema", "json_schema": {"name": "answer", "schema": {"type": "object", "required": ["a"]}}}


def asked(stream: bool) -> dict[str, Any]:
    messages = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": WICKED}]
    stated = {"stream": True} if stream else {}
    return {"model": MODEL, "messages": messages, **SET, "response_format": FORM, **stated}


@pytest.fixture(autouse=True)
def _environment(house: House, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    settings.API_ORIGIN = house.url
    monkeypatch.setenv("LLAMA_API_KEY", OWNER_KEY)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


def came(house: House) -> dict[str, Any]:  # noqa: F811
    """Return what reached the model server."""
    return house.upstream.requests[-1].body


def is_as_set(body: dict[str, Any]) -> None:
    assert body["messages"] == asked(False)["messages"]
    assert body["response_format"] == FORM
    for name, value in SET.items():
        assert body["max_tokens" if name == "max_completion_tokens" else name] == value


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("write", [llama_api_client, openai])
def test_python_makes_the_call_and_prints_the_answer(house: House, write: Any, stream: bool) -> None:  # noqa: F811
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(write(asked(stream)), "snippet", "exec"), {})  # noqa: S102  what people paste
    assert printed.getvalue().strip() == "Bonjour, Paris!"
    is_as_set(came(house))
    assert came(house)["stream"] == stream


@pytest.mark.parametrize("stream", [True, False])
def test_curl_makes_the_call(house: House, stream: bool) -> None:  # noqa: F811
    done = subprocess.run(["bash", "-c", curl(asked(stream))], capture_output=True, text=True, check=True)
    assert "Bonjour" in done.stdout
    is_as_set(came(house))


@pytest.mark.parametrize("stream", [True, False])
def test_typescript_has_the_call_as_a_literal(stream: bool) -> None:
    text = typescript(asked(stream))
    found = re.search(r"create\((\{.*?\n\})\);", text, re.DOTALL)
    assert found
    spread = re.search(r",\n  \.\.\.(\{.*\})\n\}\Z", found[1])
    assert spread
    literal = json.loads(found[1].replace(spread[0], "\n}"))
    assert {**literal, **json.loads(spread[1])} == asked(stream)
    assert ("for await" in text) == stream


def test_no_snippet_has_a_secret_and_each_reads_ones_own() -> None:
    for snippet in call_snippets(asked(True)):
        assert "llk_" not in snippet.text
        assert "LLAMA_API_KEY" in snippet.text


@pytest.mark.django_db
def test_the_page_shows_them_escaped(as_owner: Client) -> None:
    body = {**asked(True), "project": "default"}
    answer = as_owner.post(f"{PAGE}code/", body, content_type="application/json")
    shown = answer.content.decode()
    assert shown.count("<pre") == 4
    assert "</script>" not in shown
    wrong = as_owner.post(f"{PAGE}code/", {}, content_type="application/json")
    assert wrong.status_code == 400
    assert "Choose a project" in wrong.content.decode()
