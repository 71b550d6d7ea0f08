"""A call as code to paste: the same request for curl, for both Python libraries and for TypeScript.

All values are written as literals of the language, so that no prompt can break out of its quotes.
"""

import json
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings

from keys.snippets import Snippet

_KEY = "LLAMA_API_KEY"  # the environment variable that each reads
# What OpenAI's libraries have to be given beside their own parameters.
_EXTRA = ("top_k", "repetition_penalty")
_WIDTH = 100


def call_snippets(request: Mapping[str, Any]) -> list[Snippet]:
    """Return a request in the native shape, for each client."""
    return [
        Snippet("curl", "curl", curl(request)),
        Snippet("python", "Python", llama_api_client(request)),
        Snippet("openai", "Python, OpenAI", openai(request)),
        Snippet("typescript", "TypeScript", typescript(request)),
    ]


def curl(request: Mapping[str, Any]) -> str:
    no_buffer = " --no-buffer" if request.get("stream") else ""
    body = json.dumps(request, indent=2, ensure_ascii=False)
    return (
        f"curl{no_buffer} {settings.API_ORIGIN}/v1/chat/completions \\\n"
        f'  -H "Authorization: Bearer ${_KEY}" \\\n'
        '  -H "Content-Type: application/json" \\\n'
        f"  -d {shlex.quote(body)}"
    )


def llama_api_client(request: Mapping[str, Any]) -> str:
    head = _python_head("llama_api_client", "LlamaAPIClient", "/v1")
    if request.get("stream"):
        return (
            f"{head}for chunk in {_call(request)}:\n"
            '    if chunk.event.event_type == "progress":\n'
            '        print(chunk.event.delta.text, end="", flush=True)'
        )
    return f"{head}answer = {_call(request)}\nprint(answer.completion_message.content.text)"


def openai(request: Mapping[str, Any]) -> str:
    head = _python_head("openai", "OpenAI", "/compat/v1")
    given = _for_openai(request)
    if request.get("stream"):
        return (
            f"{head}for chunk in {_call(given)}:\n"
            "    if chunk.choices:\n"
            '        print(chunk.choices[0].delta.content or "", end="", flush=True)'
        )
    return f"{head}answer = {_call(given)}\nprint(answer.choices[0].message.content)"


def typescript(request: Mapping[str, Any]) -> str:
    given, extra = _parted(request)
    body = json.dumps(given, indent=2, ensure_ascii=False)
    if extra:  # spread, for the types of the library know no such parameter
        body = f"{body[:-2]},\n  ...{json.dumps(extra)}\n}}"
    head = (
        'import OpenAI from "openai";\n\n'
        "const client = new OpenAI({\n"
        f"  apiKey: process.env.{_KEY},\n"
        f'  baseURL: "{settings.API_ORIGIN}/compat/v1",\n'
        "});\n"
    )
    if request.get("stream"):
        return (
            f"{head}const stream = await client.chat.completions.create({body});\n"
            "for await (const chunk of stream) {\n"
            '  process.stdout.write(chunk.choices[0]?.delta?.content ?? "");\n'
            "}"
        )
    return (
        f"{head}const answer = await client.chat.completions.create({body});\n"
        "console.log(answer.choices[0].message.content);"
    )


def _python_head(module: str, client: str, path: str) -> str:
    return (
        "import os\n\n"
        f"from {module} import {client}\n\n"
        "client = " + client + "(\n"
        f'    api_key=os.environ["{_KEY}"],\n'
        f'    base_url="{settings.API_ORIGIN}{path}",\n'
        ")\n"
    )


def _call(given: Mapping[str, Any]) -> str:
    arguments = "".join(f"    {name}={_literal(value, 4)},\n" for name, value in given.items())
    return f"client.chat.completions.create(\n{arguments})"


def _parted(request: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    extra = {name: value for name, value in request.items() if name in _EXTRA}
    return {name: value for name, value in request.items() if name not in extra}, extra


def _for_openai(request: Mapping[str, Any]) -> dict[str, Any]:
    given, extra = _parted(request)
    return {**given, "extra_body": extra} if extra else given


def _literal(value: Any, indent: int) -> str:
    """Return a value as Python writes it, one item a line where it is long."""
    flat = repr(value) if not isinstance(value, str) else _text(value)
    if isinstance(value, dict | list) and value:
        flat = _flat(value)
        if len(flat) + indent > _WIDTH:
            return _tall(value, indent)
    return flat


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_text(str(name))}: {_flat(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flat, value)) + "]"
    return _text(value) if isinstance(value, str) else repr(value)


def _tall(value: Any, indent: int) -> str:
    first, last = ("{", "}") if isinstance(value, dict) else ("[", "]")
    inner = "".join(f"{' ' * (indent + 4)}{line},\n" for line in _lines(value, indent + 4))
    return f"{first}\n{inner}{' ' * indent}{last}"


def _lines(value: Any, indent: int) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield f"{_text(str(name))}: {_literal(inner, indent)}"
    else:
        for inner in value:
            yield _literal(inner, indent)


def _text(value: str) -> str:
    """Return a text in double quotes: what JSON writes for it means the same in Python, but for lone surrogates."""
    written = json.dumps(value, ensure_ascii=False)
    return repr(value) if any("\ud800" <= letter <= "\udfff" or letter == "\x7f" for letter in value) else written
