"""A rotation: a successor with another secret, and an end for the key before it."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.membership import Acting
from accounts.step_up import recent_sign_in_required
from keys.actions import NotRotatable, rotate_key
from keys.forms import RotationForm
from keys.models import ApiKey
from keys.owning import AccountEnded
from keys.snippets import snippets
from keys.uses import shares
from keys.views.access import givable, managed_key
from keys.views.figures import time_left


@recent_sign_in_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rotation(request: HttpRequest, organization: str, key_id: UUID) -> HttpResponse:
    acting, key = managed_key(request, organization, key_id)
    if not key.is_active or ApiKey.objects.filter(predecessor=key).exists():
        messages.warning(request, _("This key has ended or was rotated before."))
        return redirect("keys:key", organization, key.pk)
    form = RotationForm(request.POST or None, initial={"overlap": "0"} if key.leaked_at else None)
    if request.method == "POST" and form.is_valid():
        if not set(key.scopes) <= givable(acting, key.project):
            form.add_error(None, _("Your role in this project does not give all that this key may do."))
        else:
            return _rotate(request, acting, key, form)
    day = timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=23)
    context = {"key": key, "form": form, "networks": shares(key.pk, "network", since=day)[:5]}
    return render(request, "keys/rotate.html", context, status=422 if form.is_bound else 200)


def _rotate(request: HttpRequest, acting: Acting, key: ApiKey, form: RotationForm) -> HttpResponse:
    slug = acting.organization.slug
    try:
        successor, secret = rotate_key(
            acting.actor,
            key,
            overlap=form.lasts(),
            creator=acting.user,
            key_id=form.cleaned_data["once"],
        )
    except (NotRotatable, AccountEnded):
        messages.warning(
            request, _("This key was rotated before. The new secret was shown then; rotate again if it is lost.")
        )
        return redirect("keys:key", slug, key.pk)
    until = time_left(key.ends_at) if key.is_active and key.ends_at else ""
    pasted = snippets(secret, acting.organization, successor.allowed_models)
    context = {"key": successor, "secret": secret, "snippets": pasted, "former": key, "until": until}
    return render(request, "keys/rotated.html", context)
