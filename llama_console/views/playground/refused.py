"""What a refusal of the gateway says to somebody at the playground: the rule, what to do, and when it works again."""

import json
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from keys.refusal_rules import RULES, Rule
from llama_console.gateway_client import Head

_OURS = frozenset({401, 403})  # said of the playground's own key, which nobody here can do anything about


def explained(head: Head, body: bytes, organization: str) -> dict[str, Any]:
    """Return a refusal for the page. Of a rule that we know its own words, in the reader's language."""
    problem = _object(body)
    rule = RULES.get(str(problem.get("rule", "")))
    return {
        "status": head.status,
        "detail": _detail(head, problem, rule),
        "rule": rule.name if rule else "",
        "advice": str(rule.advice) if rule else "",
        "retry_after": head.retry_after if head.retry_after.isdecimal() else "",
        "request": head.request_id,
        "url": reverse("blocked:list", args=[organization]) + f"?request={head.request_id}" if rule else "",
    }


def away() -> dict[str, Any]:
    """Return what is said while the gateway is away, or when it breaks off."""
    return {"status": 502, "detail": _("The gateway did not answer. Nothing was charged for what did not come.")}


def _detail(head: Head, problem: dict[str, Any], rule: Rule | None) -> str:
    if rule:
        return f"{rule.title}: {rule.meaning}"
    if head.status in _OURS:
        return _("The gateway did not take the playground’s key. Try again; your project may have been archived.")
    return str(problem.get("detail") or _("The gateway answered with %(status)s.") % {"status": head.status})


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    # The compat shape says the same one level deeper.
    inner = found.get("error")
    return {**inner, **found} if isinstance(inner, dict) else found
