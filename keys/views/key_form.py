"""What people choose for a key: whose it is, what it may call and from where, its end, its limits and its budget."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Project
from accounts.once import OnceField
from accounts.validators import one_line, visible
from billing.actions.budgets import Plan, plan_of
from billing.actions.limited_keys import Allowance
from billing.actions.terms import LARGEST_CAP
from billing.forms import DollarsField
from billing.models import Budget, Period
from catalog.money import CENT
from catalog.served import served_models
from keys import lifetimes
from keys.actions.limiting import MOST_AT_ONCE, MOST_REQUESTS, MOST_TOKENS, Ceiling, ceiling_of
from keys.forms import KeyForm
from keys.lifetimes import DATE, KEEP, NEVER, PRESETS, ROTATIONS
from keys.models import ApiKey, Limits, ServiceAccount
from keys.networks import BadNetwork, read_networks
from keys.rules import Rules
from keys.scopes import MEANINGS, Scope

ALL, THESE = "all", "these"
_REACH = [(ALL, gettext_lazy("All, also future ones")), (THESE, gettext_lazy("Only these"))]


def _number(most: int) -> forms.IntegerField:
    return forms.IntegerField(min_value=1, max_value=most, required=False, widget=forms.TextInput)


class LimitFields(forms.Form):
    """Limits and a budget, of whatever it is."""

    requests_per_minute = _number(MOST_REQUESTS)
    tokens_per_minute = _number(MOST_TOKENS)
    concurrent = _number(MOST_AT_ONCE)
    period = forms.ChoiceField(choices=Period.choices, initial=Period.MONTH, required=False)
    hard = DollarsField(least=1, most=LARGEST_CAP // CENT, required=False)
    soft = DollarsField(least=1, most=LARGEST_CAP // CENT, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        hard, soft = data.get("hard"), data.get("soft")
        if hard is not None and soft is not None and soft > hard:
            self.add_error("soft", _("The amount that warns is at most the one that stops."))
        return data

    def ceiling(self) -> Ceiling:
        data = self.cleaned_data
        return Ceiling(data["requests_per_minute"], data["tokens_per_minute"], data["concurrent"])

    def plan(self) -> Plan:
        data = self.cleaned_data
        hard, soft = (None if data[name] is None else data[name] * CENT for name in ("hard", "soft"))
        return Plan(data["period"] or Period.MONTH, hard, soft)

    def allowance(self) -> Allowance:
        return Allowance(self.ceiling(), self.plan())


def stored_limits(limits: Limits | None, budget: Budget | None) -> dict[str, Any]:
    """Return what the fields of limits show of what there is."""
    plan = plan_of(budget)
    cents = {name: None if sum_ is None else sum_ // CENT for name, sum_ in (("hard", plan.hard), ("soft", plan.soft))}
    return {**ceiling_of(limits).columns(), "period": plan.period, **cents}


class RulesForm(LimitFields):
    """The rules of a key with its limits; `givable` is what its maker may give: nobody gives a key more than they have.

    `kept` is what the key has already and may keep, as models that are served no more.
    """

    name = forms.CharField(max_length=80, validators=[one_line, visible])
    life = forms.ChoiceField(choices=list(PRESETS.items()), initial="90", required=False)
    until = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    scopes = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, error_messages={"required": gettext_lazy("Choose at least one scope.")}
    )
    reach = forms.ChoiceField(choices=_REACH, initial=ALL, required=False, widget=forms.RadioSelect)
    models = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    networks = forms.CharField(max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    rotate_every = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)
    # As the page shows them: the first one with an error has the focus.
    field_order = ("name", "project", "service_account", "life", "until", "scopes", "reach", "models", "networks")

    def __init__(self, *args: Any, givable: Collection[str], kept: ApiKey | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept = kept
        fields: dict[str, Any] = self.fields
        offered = {*givable, *(kept.scopes if kept else [])}
        fields["scopes"].choices = [(scope.value, MEANINGS[scope]) for scope in Scope if scope in offered]
        fields["scopes"].initial = [scope.value for scope in Scope if scope in givable]
        served = [model.name for model in served_models()]
        gone = [name for name in (kept.allowed_models or [] if kept else []) if name not in served]
        fields["models"].choices = [(name, name) for name in (*served, *gone)]
        every = [(str(days), _("Every %(days)s days") % {"days": days}) for days in _rotations(kept)]
        fields["rotate_every"].choices = [("", _("No reminder")), *every]
        if kept:
            fields["life"].choices = [(KEEP, _("As it is")), *PRESETS.items()]

    def clean_networks(self) -> list[str]:
        try:
            return read_networks(self.cleaned_data["networks"])
        except BadNetwork as error:
            raise ValidationError(str(error)) from None

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("reach") == THESE and not data.get("models"):
            self.add_error("models", _("Choose at least one model, or all of them."))
        if data.get("life") == DATE:
            self._check_date()
        return data

    def _check_date(self) -> None:
        day = self.cleaned_data.get("until")
        if day is None:
            if "until" not in self.errors:
                self.add_error("until", _("Choose the last day on which the key works."))
        elif not lifetimes.is_possible(lifetimes.end_of(day), timezone.now()):
            self.add_error("until", _("Choose a day from today on, within ten years."))

    def rules(self) -> Rules:
        data = self.cleaned_data
        models = data["models"] if data["reach"] == THESE else None
        return Rules(data["scopes"], models, data["networks"], self._ends(), data["rotate_every"])

    def _ends(self) -> datetime | None:
        life = self.cleaned_data["life"] or (KEEP if self._kept else NEVER)
        if life == KEEP:
            return self._kept.expires_at if self._kept else None
        return lifetimes.end_of(self.cleaned_data["until"]) if life == DATE else lifetimes.ends(life, timezone.now())


def _rotations(kept: ApiKey | None) -> list[int]:
    """Return the periods to choose from, with the one that a program set."""
    return sorted({*ROTATIONS, *([kept.rotate_every] if kept and kept.rotate_every else [])})


def stored_rules(key: ApiKey) -> dict[str, Any]:
    """Return what the fields show of a key's rules."""
    return {
        "name": key.name,
        "life": KEEP,
        "until": (key.expires_at - timedelta(seconds=1)).date() if key.expires_at else None,
        "scopes": key.scopes,
        "reach": ALL if key.allowed_models is None else THESE,
        "models": key.allowed_models or [],
        "networks": "\n".join(key.allowed_networks),
        "rotate_every": key.rotate_every or "",
    }


class NewKeyForm(RulesForm, KeyForm):
    """A new key: its project, and whether it is one's own or a service account's."""

    # The key's id, made with the form: sending the form again makes no second key.
    once = OnceField()
    service_account: Any = forms.ModelChoiceField(queryset=None, required=False)

    def __init__(self, *args: Any, accounts: QuerySet[ServiceAccount], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["service_account"]
        field.queryset = accounts.select_related("project")
        field.empty_label = _("You")
        field.label_from_instance = lambda account: f"{account.name} · {account.project.name}"

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        account, project = data.get("service_account"), data.get("project")
        if isinstance(account, ServiceAccount) and isinstance(project, Project) and account.project_id != project.pk:
            self.add_error("service_account", _("This service account belongs to another project."))
        return data
