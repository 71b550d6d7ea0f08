"""The first call, ready to paste."""

import json
from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings

from accounts.models import Organization
from catalog.served import served_models

_PROMPT = "Say hello in five words"


@dataclass(frozen=True, slots=True)
class Snippet:
    id: str
    name: str
    text: str


def snippets(secret: str, organization: Organization, allowed: Collection[str] | None = None) -> list[Snippet]:
    """Return the same call for each client, with the secret (or a placeholder) filled in.

    It names a model that the organization reaches and the key may call, of the allowed ones if any are named.
    """
    model = _model(organization, allowed)
    return [
        Snippet("curl", "curl", _curl(secret, model)),
        Snippet("python", "Python", _llama_api_client(secret, model)),
        Snippet("openai", "OpenAI SDK", _openai(secret, model)),
    ]


def curl(secret: str, organization: Organization) -> str:
    return _curl(secret, _model(organization))


def _curl(secret: str, model: str) -> str:
    body = json.dumps({"model": model, "messages": [{"role": "user", "content": _PROMPT}]})
    return (
        f"curl {settings.API_ORIGIN}/v1/chat/completions \\\n"
        f'  -H "Authorization: Bearer {secret}" \\\n'
        '  -H "Content-Type: application/json" \\\n'
        f"  -d '{body}'"
    )


def admin_curl(secret: str) -> str:
    """Return a first call of the admin API."""
    return f'curl {settings.CONSOLE_ORIGIN}/api/v1/organization/ \\\n  -H "Authorization: Bearer {secret}"'


def _llama_api_client(secret: str, model: str) -> str:
    return (
        "from llama_api_client import LlamaAPIClient\n\n"
        f'client = LlamaAPIClient(api_key="{secret}", base_url="{settings.API_ORIGIN}/v1")\n'
        "answer = client.chat.completions.create(\n"
        f'    model="{model}",\n'
        f'    messages=[{{"role": "user", "content": "{_PROMPT}"}}],\n'
        ")\n"
        "print(answer.completion_message.content.text)"
    )


def _openai(secret: str, model: str) -> str:
    return (
        "from openai import OpenAI\n\n"
        f'client = OpenAI(api_key="{secret}", base_url="{settings.API_ORIGIN}/compat/v1")\n'
        "answer = client.chat.completions.create(\n"
        f'    model="{model}",\n'
        f'    messages=[{{"role": "user", "content": "{_PROMPT}"}}],\n'
        ")\n"
        "print(answer.choices[0].message.content)"
    )


def _model(organization: Organization, allowed: Collection[str] | None = None) -> str:
    names = (
        model.name
        for model in served_models()
        if model.policy not in organization.blocked_policies and (allowed is None or model.name in allowed)
    )
    return next(names, "MODEL")
