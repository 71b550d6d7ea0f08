"""Suppressions: how many there are and why, and a form to look one up and lift it.

What is typed is made a fingerprint in memory and forgotten: it stands in no address, page, session or log.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from llama_console.views.staff.access import actor_of
from notifications import fingerprints, suppressions
from notifications.models import Channel, Reason, Suppression
from notifications.titles import title_of_channel

_SALT, _LIFETIME = "staff.suppressions", 600  # seconds to decide in
_REASONS = {
    Reason.STOPPED: ("Asked for silence", "Its owner asked for it. Lift it only if they ask you to."),
    Reason.REFUSED: ("Refused", "A server or provider would not take what we sent."),
    Reason.BOUNCED: ("Bounced", "What we sent came back."),
    Reason.COMPLAINED: ("Marked as spam", "Its owner marked what we sent as spam. Lift it only if they ask you to."),
}


class _Forgotten(forms.TextInput):
    """A field that is empty again in each answer, as a password's is."""

    def format_value(self, value: Any) -> None:
        return None


class SearchForm(forms.Form):
    channel = forms.ChoiceField(choices=[(Channel.EMAIL, "Email address"), (Channel.SMS, "Phone number")])
    value = forms.CharField(
        max_length=254, widget=_Forgotten, error_messages={"required": "Enter an address or a number."}
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if {"channel", "value"} <= data.keys():
            data["fingerprint"] = fingerprints.of_typed(Channel(data["channel"]), data.pop("value"))
            if data["fingerprint"] is None:
                raise ValidationError({"value": _MALFORMED[Channel(data["channel"])]})
        return data


_MALFORMED = {
    Channel.EMAIL: "That is no email address. Type it again.",
    Channel.SMS: "Type the number with its country code, such as +351 912 345 678.",
}


@require_safe
def suppression_list(request: HttpRequest) -> HttpResponse:
    return _page(request, SearchForm())


@sensitive_post_parameters("value")
@require_POST
def search(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    channel = Channel(form.cleaned_data["channel"])
    found = suppressions.find(channel, form.cleaned_data["fingerprint"])
    return _page(request, SearchForm(initial={"channel": channel}), result=_result(channel, found))


@require_POST
def lifting(request: HttpRequest) -> HttpResponse:
    """Lift the suppression that a search found a moment ago."""
    try:
        key = signing.loads(request.POST.get("found", ""), salt=_SALT, max_age=_LIFETIME)
    except signing.BadSignature:
        messages.warning(request, "That search is too old. Search again.")
        return redirect("staff:suppressions")
    found = Suppression.objects.filter(pk=key).first()
    if found and suppressions.lift_by_hand(actor_of(request), found):
        messages.success(request, "Lifted. Messages go there again; what was given up can be requeued.")
    else:
        messages.warning(request, "It was lifted before.")
    return redirect("staff:suppressions")


def _page(
    request: HttpRequest, form: SearchForm, *, status: int = 200, result: dict[str, Any] | None = None
) -> HttpResponse:
    counts = [
        {"channel": title_of_channel(channel), "reason": _REASONS[Reason(reason)][0], "count": count}
        for channel, reason, count in suppressions.counts()
    ]
    context = {"form": form, "counts": counts, "result": result}
    return render(request, "staff/suppressions.html", context, status=status)


def _result(channel: Channel, found: Suppression | None) -> dict[str, Any]:
    if found is None:
        return {"is_found": False, "channel": title_of_channel(channel)}
    title, sentence = _REASONS[Reason(found.reason)]
    return {
        "is_found": True,
        "channel": title_of_channel(channel),
        "reason": title,
        "sentence": sentence,
        "at": found.at,
        "found": signing.dumps(found.pk, salt=_SALT),
    }
