"""One call: its metadata, and its prompt and answer once somebody has said why they open them.

What was opened stands in the answer to that POST alone: not in the session, the address or a cache.
"""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.membership import Acting
from accounts.models import Project
from accounts.policy import Permission
from accounts.step_up import recent_sign_in_required
from catalog.money import dollars
from content import conversation
from content.models import StoredExchange
from content.opening import Opened, open_exchange
from keys.models import ApiKey
from llama_console.views.requests.rows import status, tone
from llama_console.views.requests.selection import OUTCOMES
from trust.requests.kept import body_of, find_exchange
from usage import figures, log
from usage.models import UsageEvent
from vault.errors import VaultError, is_away
from vault.purposes import Reason

REASONS = {
    Reason.DEBUGGING: gettext_lazy("To find out why it went wrong"),
    Reason.QUALITY: gettext_lazy("To judge the quality of answers"),
    Reason.SECURITY: gettext_lazy("To look into misuse or a leak"),
    Reason.PERSON: gettext_lazy("Because a person asked for it"),
    Reason.OTHER: gettext_lazy("Another reason"),
}
_NOT_YOURS = gettext_lazy(
    "Owners, admins and developers open prompts and answers. Ask one of them, or an admin for another role."
)
_LONGEST_CURL = 100_000  # characters: a shell takes little more in one argument


@require_safe
def one(request: HttpRequest, organization: str, request_id: UUID) -> HttpResponse:
    return _page(request, *_found(request, organization, request_id))


@recent_sign_in_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def opening(request: HttpRequest, organization: str, request_id: UUID) -> HttpResponse:
    """Open the prompt and the answer: the leaf with the reason first."""
    acting, event, project = _found(request, organization, request_id)
    acting.require(Permission.OPEN_CONTENT, _NOT_YOURS, project=project)
    if request.method != "POST":  # back from showing who one is
        return redirect("requests:one", organization, request_id)
    reason = request.POST.get("reason", "")
    if reason not in set(Reason):
        return _page(request, acting, event, project, fault="no-reason", code=422)
    exchange = find_exchange(event, project, timezone.now())
    if exchange is None:
        return _page(request, acting, event, project, code=410)
    try:
        opened = open_exchange(acting.actor, exchange, Reason(reason))
    except VaultError as error:
        if is_away(error):
            raise
        return _page(request, acting, event, project, fault="broken", code=409)
    return _page(request, acting, event, project, opened=opened, reason=str(REASONS[Reason(reason)]))


def _found(request: HttpRequest, organization: str, request_id: UUID) -> tuple[Acting, UsageEvent, Project]:
    """Return who acts, the call and its project; Http404 for any that they may not see just as for a missing one."""
    acting = Acting.in_organization(request, organization)
    acting.require(Permission.VIEW_USAGE)
    event = log.find(log.Wanted(acting.organization.pk, acting.limits(Permission.VIEW_USAGE)), request_id)
    project = acting.projects(Permission.VIEW_USAGE).filter(pk=event.project_id).first() if event else None
    if event is None or project is None:
        raise Http404
    return acting, event, project


def _page(
    request: HttpRequest,
    acting: Acting,
    event: UsageEvent,
    project: Project,
    *,
    opened: Opened | None = None,
    reason: str = "",
    fault: str = "",
    code: int = 200,
) -> HttpResponse:
    now = timezone.now()
    exchange = find_exchange(event, project, now)
    body = body_of(event, project, exchange, now)
    context: dict[str, Any] = {
        "event": event,
        "project": project,
        "facts": _facts(event),
        "key": _key_of(acting, event),
        "status": status(event),
        "tone": tone(event),
        "body": body.value,
        "ends_at": exchange and _ends_at(exchange, project),
        "may_open": acting.may(Permission.OPEN_CONTENT, project),
        "sees_openings": acting.may(Permission.DATA_ACCESS),
        "not_yours": _NOT_YOURS,
        "sizes": _sizes(exchange),
        "reasons": [{"value": value.value, "title": title} for value, title in REASONS.items()],
        "fault": fault,
        "said": conversation.read(opened) if opened else None,
        "reason": reason,
        "curl": _curl(opened.request) if opened and len(opened.request) <= _LONGEST_CURL else "",
        "opened_at": now,
    }
    return render(request, "requests/one.html", context, status=code)


def _key_of(acting: Acting, event: UsageEvent) -> ApiKey | None:
    keys = ApiKey.objects.visible_to(acting) | ApiKey.objects.of_playgrounds(acting)
    return keys.filter(pk=event.key_id).first()


def _facts(event: UsageEvent) -> dict[str, str]:
    first = event.first_token_ms
    return {
        "outcome": str(OUTCOMES.get(event.outcome, event.outcome)),
        "prompt": figures.exact(event.prompt_tokens),
        "cached": figures.exact(event.cached_tokens),
        "completion": figures.exact(event.completion_tokens),
        "latency": figures.duration(event.latency_ms),
        "first_token": "" if first is None else figures.duration(first),
        "cost": dollars(event.amount),
    }


def _sizes(exchange: StoredExchange | None) -> dict[str, int]:
    """Return how many bytes lie there sealed; lengths are padded, so they tell no more than about."""
    if exchange is None:
        return {}
    return {name: len(getattr(exchange, name).record()) for name in ("request", "response")}


def _ends_at(exchange: StoredExchange, project: Project) -> datetime:
    return min(exchange.expires_at, exchange.started_at + timedelta(days=project.retention_days))


def _curl(body: str) -> str:
    """Return the call as a shell takes it; in single quotes nothing means anything but the quote itself."""
    try:
        text = json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        text = body
    quoted = text.encode("utf-8", "replace").decode().replace("'", "'\\''")
    return (
        f"curl {settings.API_ORIGIN}/v1/chat/completions \\\n"
        '  -H "Authorization: Bearer $LLAMA_API_KEY" \\\n'
        '  -H "Content-Type: application/json" \\\n'
        f"  --data-raw '{quoted}'"
    )
