"""The list of all kinds of messages, by topic."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from llama_console.views.previews.request import address, development_only, first_side
from notifications import notices
from notifications.kinds import KINDS, Kind, Topic
from notifications.models import Channel
from notifications.specimen import specimen

_CHANNELS = {Channel.EMAIL: "Email", Channel.SMS: "SMS"}


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    title: str
    subject: str
    channels: str
    is_required: bool
    is_sent: bool
    url: str


@development_only
@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    topics = [
        {"id": topic.value, "title": topic.label, "rows": rows}
        for topic in Topic
        if (rows := [_row(kind) for kind in KINDS.values() if kind.topic == topic])
    ]
    return render(request, "previews/list.html", {"topics": topics, "count": len(KINDS)})


def _row(kind: Kind) -> Row:
    words = specimen(kind, "en").wording
    return Row(
        name=kind.name,
        title=str(kind.title),
        subject=words.subject or words.short,
        channels=", ".join(_CHANNELS[channel] for channel in kind.channels),
        is_required=kind.required and kind.topic != Topic.SUMMARY,  # which is switched on by choosing it
        is_sent=kind.name in notices.registered(),
        url=address(first_side(kind), kind, "en"),
    )
