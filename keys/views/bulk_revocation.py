"""Many revocations at once: all of the chosen keys, or none. The page before it says how many and which."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.membership import Acting
from accounts.policy import Permission
from accounts.step_up import recent_sign_in_required
from keys.actions import revoke_keys
from keys.models import ApiKey
from keys.views.access import acting_for

MOST = 200


class BulkForm(forms.Form):
    confirmation = forms.CharField(max_length=10)

    def __init__(self, *args: Any, number: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.number = number

    def clean_confirmation(self) -> str:
        typed: str = self.cleaned_data["confirmation"]
        if typed.strip() != str(self.number):
            raise ValidationError(_("That is not how many keys these are."))
        return typed


@recent_sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def bulk_revocation(request: HttpRequest, organization: str) -> HttpResponse:
    acting = acting_for(request, organization)
    acting.require(Permission.MANAGE_KEYS)
    named = request.POST if request.method == "POST" else request.GET
    keys = _chosen(acting, named.getlist("key"))
    if not keys:
        messages.warning(request, _("Choose the keys first, by the boxes before their names."))
        return redirect("keys:list", organization)
    form = BulkForm(request.POST or None, number=len(keys))
    if request.method == "POST" and form.is_valid():
        ended = revoke_keys(acting.actor, keys)
        said = ngettext("%(number)s key is revoked.", "%(number)s keys are revoked.", ended) % {"number": ended}
        messages.success(request, said + " " + _("Calls with them are refused from now on."))
        return redirect("keys:list", organization)
    context = {"keys": keys, "number": len(keys), "form": form}
    return render(request, "keys/bulk_revoke.html", context, status=422 if form.is_bound else 200)


def _chosen(acting: Acting, ids: list[str]) -> list[ApiKey]:
    """Return the chosen keys that have not ended; Http404 if there is one that is not theirs to see."""
    try:
        wanted = {UUID(each) for each in ids[: MOST + 1]}
    except ValueError:
        raise Http404 from None
    keys = list(ApiKey.objects.visible_to(acting).filter(pk__in=wanted).select_related("project").order_by("name"))
    if len(keys) != len(wanted) or len(wanted) > MOST:
        raise Http404
    for project in {key.project for key in keys}:
        acting.require(Permission.MANAGE_KEYS, project=project)
    return [key for key in keys if key.is_active]
