"""Limits and budgets of an organization and its projects, for all models or for one: the forms that set them."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.membership import Acting
from accounts.models import Project
from accounts.policy import Permission
from accounts.step_up import recent_sign_in_required
from billing.actions.budgets import set_budget
from billing.budget_standing import standings
from billing.models import Budget
from catalog.served import served_models
from keys.actions import set_limits
from keys.models import Limits
from keys.subjects import Subject, of_organization, of_project
from keys.views.access import acting_for
from keys.views.figures import limits_in_words, meter
from keys.views.key_form import LimitFields, stored_limits


class ModelForm(forms.Form):
    """The model that limits are for; "" for all together."""

    model = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, names: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("All models together")), *((name, name) for name in names)]
        self.fields["model"].choices = choices  # type: ignore[attr-defined]


@recent_sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def organization_limits(request: HttpRequest, organization: str) -> HttpResponse:
    acting = acting_for(request, organization)
    acting.require(Permission.MANAGE_LIMITS)
    url = reverse("organization_limits", args=[organization])
    return _limits(request, acting, of_organization(acting.organization), acting.organization.name, url)


@recent_sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def project_limits(request: HttpRequest, organization: str, project: str) -> HttpResponse:
    acting = acting_for(request, organization)
    acting.require(Permission.MANAGE_LIMITS)
    found: Project = get_object_or_404(acting.projects(), slug=project)
    url = reverse("project_limits", args=[organization, project])
    return _limits(request, acting, of_project(found), found.name, url)


def _limits(request: HttpRequest, acting: Acting, subject: Subject, name: str, url: str) -> HttpResponse:
    rows = {row.model: row for row in Limits.objects.filter(subject_id=subject.id)}
    budget = Budget.objects.filter(pk=subject.id).first()
    names = sorted({*(model.name for model in served_models()), *(model for model in rows if model)})
    chosen = ModelForm(request.POST if request.method == "POST" else request.GET, names=names)
    model = chosen.cleaned_data["model"] if chosen.is_valid() else ""
    initial = stored_limits(rows.get(model), budget)
    form = LimitFields(request.POST or None, initial=initial)
    if request.method == "POST" and chosen.is_valid() and form.is_valid():
        set_limits(acting.actor, subject, form.ceiling(), model=model)
        if not model:
            set_budget(acting.actor, subject, form.plan())
        messages.success(request, _("The limits are set. They hold within a second."))
        return redirect(f"{url}?{urlencode({'model': model})}" if model else url)
    context = {
        "form": form,
        "chosen": ModelForm(initial={"model": model}, names=names),
        "model": model,
        "name": name,
        "url": url,
        "level": subject.level.value,
        "set": [(name, ", ".join(limits_in_words(row))) for name, row in sorted(rows.items()) if name],
        "meter": meter(standings([budget], timezone.now())[budget.pk]) if budget else None,
    }
    return render(request, "keys/limits.html", context, status=422 if form.is_bound else 200)
