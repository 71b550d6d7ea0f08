"""A key's rules, limits and budget, and changing them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.step_up import recent_sign_in_required
from billing.actions.limited_keys import change_limited_key
from billing.models import Budget
from keys.models import Limits
from keys.views.access import givable, managed_key
from keys.views.key_form import RulesForm, stored_limits, stored_rules


@recent_sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, organization: str, key_id: UUID) -> HttpResponse:
    acting, key = managed_key(request, organization, key_id)
    if not key.is_active:
        messages.warning(request, _("This key has ended. What it could do can't be changed any more."))
        return redirect("keys:key", organization, key.pk)
    limits = Limits.objects.filter(subject_id=key.subject_id, model="").first()
    initial = stored_rules(key) | stored_limits(limits, Budget.objects.filter(pk=key.subject_id).first())
    form = RulesForm(request.POST or None, givable=givable(acting, key.project), kept=key, initial=initial)
    if request.method == "POST" and form.is_valid():
        change_limited_key(
            acting.actor, key, name=form.cleaned_data["name"], rules=form.rules(), allowance=form.allowance()
        )
        messages.success(request, _("The key is changed. Calls follow the new rules within a second."))
        return redirect("keys:key", organization, key.pk)
    return render(request, "keys/change.html", {"key": key, "form": form}, status=422 if form.is_bound else 200)
