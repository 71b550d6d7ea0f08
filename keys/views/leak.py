"""How far a leaked key reached: what it did since it was found and in the thirty days before, by network and model."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.policy import Permission
from catalog.money import dollars
from keys.forms import RotationForm
from keys.models import ApiKey
from keys.states import state_of
from keys.uses import reach_of
from keys.views.access import shown_key
from usage import figures


@require_GET
def leak(request: HttpRequest, organization: str, key_id: UUID) -> HttpResponse:
    acting, key = shown_key(request, organization, key_id)
    if key.leaked_at is None:
        raise Http404
    reach = reach_of(key.pk, key.leaked_at)
    context = {
        "key": key,
        "state": state_of(key, timezone.now()),
        "reach": reach,
        "requests": figures.count(reach.requests),
        "tokens": figures.compact(reach.tokens),
        "spent": dollars(reach.amount),
        "new": len(reach.new_networks),
        "is_active": key.is_active,
        "can_manage": acting.may(Permission.MANAGE_KEYS, key.project),
        "successor": ApiKey.objects.filter(predecessor=key).first(),
        "form": RotationForm(initial={"overlap": "0"}),
    }
    return render(request, "keys/leak.html", context)
