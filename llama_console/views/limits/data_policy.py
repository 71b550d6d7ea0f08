"""The switch over classes of models: what the organization blocks looks to it as if it were not there."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.membership import Acting
from accounts.policy import Permission
from accounts.step_up import recent_sign_in_required
from catalog.blocking import set_blocked
from catalog.data_policy import DataPolicy
from catalog.models import Model
from llama_console.views.limits.policies import WORDS


class DataPolicyForm(forms.Form):
    blocked = forms.MultipleChoiceField(choices=DataPolicy.choices, required=False, widget=forms.CheckboxSelectMultiple)


@recent_sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def data_policy(request: HttpRequest, organization: str) -> HttpResponse:
    acting = Acting.in_organization(request, organization)
    acting.require(Permission.MANAGE_SECURITY)
    now = acting.organization.blocked_policies
    form = DataPolicyForm(request.POST if request.method == "POST" else None, initial={"blocked": now})
    if form.is_bound and form.is_valid():
        policies = [DataPolicy(value) for value in form.cleaned_data["blocked"]]
        if set_blocked(acting.actor, organization=acting.organization, policies=policies):
            messages.success(request, _("It holds within a second, for calls that begin then."))
        return redirect("limits:overview", organization)
    context = {"form": form, "classes": _classes(form["blocked"].value() or ())}
    return render(request, "limits/data_policy.html", context, status=422 if form.is_bound else 200)


def _classes(blocked: Any) -> list[dict[str, Any]]:
    served = list(Model.objects.filter(is_served=True))
    return [
        {
            "id": policy.value,
            "words": WORDS[policy],
            "is_blocked": policy.value in blocked,
            "models": [model.title for model in served if model.policy == policy],
        }
        for policy in DataPolicy
    ]
