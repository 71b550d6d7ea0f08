"""Which messages went to somebody: their own alone, and nothing of what stood in them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from notifications import history
from notifications.history import State, Told
from notifications.models import Channel

_PAGE = 50
_CHANNELS = {Channel.EMAIL.value: gettext_lazy("Email"), Channel.SMS.value: gettext_lazy("Text message")}
_FILTERS = {
    "": gettext_lazy("All"),
    Channel.EMAIL.value: gettext_lazy("Email"),
    Channel.SMS.value: gettext_lazy("Text messages"),
}
_FIELDS = {"accounts.User.email": gettext_lazy("Email address"), "accounts.User.phone": gettext_lazy("Phone number")}
_WORDS = {
    State.SENT: (gettext_lazy("Sent"), "ok"),
    State.SUMMARIZED: (gettext_lazy("In your daily summary"), "off"),
    State.WAITING: (gettext_lazy("Waiting"), ""),
    State.RETRYING: (gettext_lazy("Will be tried again"), "warn"),
    State.GIVEN_UP: (gettext_lazy("Given up"), "bad"),
    State.WITHDRAWN: (gettext_lazy("Not sent: no longer needed"), "off"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A message as the page shows it. `at` is when it was sent or ended, or with `is_ahead` when it goes."""

    title: str
    channel: str
    put_at: datetime
    state: str
    tone: str
    at: datetime | None
    is_ahead: bool
    is_waiting: bool
    reason: str
    opened: str  # empty if nothing was


@never_cache
@require_safe
def messages(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    user, asked = request.user, request.GET.get("channel", "")
    channel = asked if asked in _FILTERS else ""
    page = Paginator(history.of_recipient(user.pk, channel), _PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": [_row(told) for told in history.read(list(page), user.vault_tenant)],
        "page": page,
        "filters": _filters(channel),
        "filtered": channel,
        "time_zone": user.time_zone,
        "kept_days": _kept_days(),
    }
    with timezone.override(ZoneInfo(user.time_zone)):
        return render(request, "accounts/messages.html", context)


def _row(told: Told) -> Row:
    state, tone = _WORDS[told.state]
    return Row(
        title=told.title,
        channel=str(_CHANNELS.get(told.channel, told.channel)),
        put_at=told.put_at,
        state=str(state),
        tone=tone,
        at=told.at,
        is_ahead=told.state in {State.WAITING, State.RETRYING},
        is_waiting=told.state is State.WAITING,
        reason=told.reason,
        opened=", ".join(_times(str(_FIELDS.get(field, field)), count) for field, count in sorted(told.opened.items())),
    )


def _times(field: str, count: int) -> str:
    return field if count == 1 else _("%(field)s, %(count)s times") % {"field": field, "count": count}


def _filters(channel: str) -> list[dict[str, Any]]:
    path = reverse("accounts:messages")
    return [
        {"title": title, "url": f"{path}?channel={name}" if name else path, "current": name == channel}
        for name, title in _FILTERS.items()
    ]


def _kept_days() -> int | None:
    kept = getattr(settings, "OUTBOX_KEPT", None)
    return kept.days if kept else None
