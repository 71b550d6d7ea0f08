"""A text message as a phone shows it, and what carriers count."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from llama_console.views.previews.request import development_only, frame, kind_of
from notifications.models import Channel
from notifications.rendering import PRODUCT
from notifications.sms.segments import encoding, segments
from notifications.specimen import specimen
from trust.purposes import named
from vault.purposes import Purpose

_ROOM = {"GSM-7": 160, "UCS-2": 70}


@development_only
@require_GET
def sms(request: HttpRequest, kind: str) -> HttpResponse:
    found = kind_of(kind, Channel.SMS)
    context = frame(request, found, "sms")
    body = specimen(found, context["language"]).wording.short
    count, signs = segments(body), encoding(body)
    context |= {
        "body": body,
        "sender": PRODUCT,
        "code": found.sample.get("code", ""),
        "segments": f"{count} segment{'' if count == 1 else 's'}",
        "characters": f"{len(body)} of {_ROOM[signs]}, {signs}",
        "purpose": named(Purpose.SMS).name,
    }
    return render(request, "previews/sms.html", context)
