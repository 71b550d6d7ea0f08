"""Dead letters: the list of what was given up, and letting chosen ones, or all that a filter shows, try again.

Of a letter the pages show what it was and why it failed; never whom it was for, nor what it was about.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from llama_console.views.staff.access import actor_of
from notifications.codes import Meaning, explain
from notifications.dead_letters import Choice, Group, groups, requeue
from notifications.models import Channel, OutboxMessage
from notifications.titles import title_of, title_of_channel

_PAGE = 50
_FILTERS = ("channel", "kind", "code")
_NAME = re.compile(r"[a-z0-9._-]{0,40}")  # of a kind or a code


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter."""

    id: UUID
    title: str
    kind: str
    channel: str
    failed_at: datetime | None  # never None of a dead letter
    tries: int
    code: str
    meaning: Meaning


@require_safe
def dead_letter_list(request: HttpRequest) -> HttpResponse:
    choice, found = _choice(request.GET), groups()
    page = Paginator(choice.letters().order_by("-failed_at", "-pk"), _PAGE).get_page(request.GET.get("page"))
    context = {
        "letters": [_row(each) for each in page],
        "page": page,
        "total": sum(group.count for group in found),
        "choice": choice,
        "filters": _filters(choice, found),
        "all_url": _url("staff:dead_letters_requeuing_all", choice),
    }
    return render(request, "staff/dead_letters.html", context)


@require_POST
def requeuing(request: HttpRequest) -> HttpResponse:
    """Let the chosen letters try again; BadRequest unless each is named by an id."""
    choice = _choice(request.POST)
    try:
        ids = {UUID(each) for each in request.POST.getlist("id")}
    except ValueError:
        raise BadRequest from None
    if not ids:
        messages.warning(request, "Choose at least one letter.")
    else:
        _say(request, requeue(actor_of(request), Choice(ids=ids)))
    return redirect(_url("staff:dead_letters", choice))


@require_http_methods(["GET", "HEAD", "POST"])
def requeuing_all(request: HttpRequest) -> HttpResponse:
    """Ask before all letters that a filter shows try again, those that come until then too."""
    choice = _choice(request.POST if request.method == "POST" else request.GET)
    if request.method == "POST":
        _say(request, requeue(actor_of(request), choice))
        return redirect("staff:dead_letters")
    found = [group for group in groups() if choice.holds(group)]
    context = {
        "choice": choice,
        "number": sum(group.count for group in found),
        "groups": [(title_of(group.kind), title_of_channel(group.channel), group.code, group.count) for group in found],
        "back_url": _url("staff:dead_letters", choice),
    }
    return render(request, "staff/requeue_all.html", context)


def _choice(query: QueryDict) -> Choice:
    """Return what is asked for; BadRequest for what can be no filter: ignored, it would let more letters try again."""
    channel, kind, code = (query.get(name, "") for name in _FILTERS)
    if channel not in {"", *Channel} or not (_NAME.fullmatch(kind) and _NAME.fullmatch(code)):
        raise BadRequest
    return Choice(channel=channel, kind=kind, code=code)


def _url(name: str, choice: Choice) -> str:
    chosen = {each: value for each in _FILTERS if (value := getattr(choice, each))}
    return reverse(name) + (f"?{urlencode(chosen)}" if chosen else "")


def _row(letter: OutboxMessage) -> LetterRow:
    return LetterRow(
        id=letter.pk,
        title=title_of(letter.kind),
        kind=letter.kind,
        channel=title_of_channel(letter.channel),
        failed_at=letter.failed_at,
        tries=letter.attempts,
        code=letter.error,
        meaning=explain(letter.error),
    )


def _filters(choice: Choice, found: Iterable[Group]) -> list[dict[str, Any]]:
    """Return each filter with what it can be set to: what there is, and what it is set to."""
    titles: dict[str, Callable[[str], str]] = {"channel": title_of_channel, "kind": title_of, "code": str}
    labels = {"channel": "All channels", "kind": "All kinds", "code": "All codes"}
    filters = []
    for name in _FILTERS:
        chosen = getattr(choice, name)
        options = sorted({getattr(group, name) for group in found} | ({chosen} if chosen else set()))
        filters.append(
            {
                "name": name,
                "every": labels[name],
                "options": [(option, titles[name](option), option == chosen) for option in options],
            }
        )
    return filters


def _say(request: HttpRequest, count: int) -> None:
    if count:
        messages.success(request, f"{count:,} {'letter tries' if count == 1 else 'letters try'} again, from the start.")
    else:
        messages.warning(request, "Nothing was requeued: somebody did it before, or there is none any more.")
