"""The delivery log: how much was sent, how fast, and what failed. Counts alone; its state stands in the URL."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from llama_console.views.staff.message_report import SPANS, Group, Report
from notifications.models import Channel
from notifications.titles import CHANNELS
from usage.periods import PRESETS, Period

_RANGES = {name: PRESETS[name] for name in ("24h", "7d", "30d")}
_DEFAULT = _RANGES["24h"]


class Selection:
    """What the URL asks for; anything unknown falls back to the default."""

    def __init__(self, query: QueryDict) -> None:
        asked, by = query.get("channel", ""), query.get("by", "")
        self.preset = _RANGES.get(query.get("range", ""), _DEFAULT)
        self.channel = asked if asked in set(Channel) else ""
        self.group = Group(by) if by in set(Group) else Group.CHANNEL

    def url(self, **changes: str) -> str:
        query = {"range": self.preset.id, "by": self.group.value, "channel": self.channel} | changes
        return f"{reverse('staff:messages')}?{urlencode({key: value for key, value in query.items() if value})}"


@require_safe
def delivery_log(request: HttpRequest) -> HttpResponse:
    selection, now = Selection(request.GET), timezone.now()
    report = Report(Period.ending(selection.preset, now), selection.group, selection.channel, now)
    is_part = request.headers.get("HX-Target") == "log"
    template = "staff/messages.html#log" if is_part else "staff/messages.html"
    response = render(request, template, _context(selection, report))
    response["Vary"] = "HX-Request, HX-Target, Cookie"
    return response


def _context(selection: Selection, report: Report) -> dict[str, Any]:
    return {
        "ranges": [
            {"id": p.id, "title": p.title, "url": selection.url(range=p.id), "current": p is selection.preset}
            for p in _RANGES.values()
        ],
        "selection": selection,
        "groups": [{"id": g.value, "label": g.name.capitalize(), "selected": g is selection.group} for g in Group],
        "channels": [{"id": c.value, "label": t, "selected": c == selection.channel} for c, t in CHANNELS.items()],
        "spans": SPANS,
        "kpis": report.kpis(),
        "chart": report.chart(),
        "buckets": report.buckets(),
        "rows": report.rows(),
        "codes": report.codes(),
        "unneeded": report.unneeded,
        "empty": report.is_empty,
    }
