"""Refusals as the page tells them: which rule, how often, what its counter said, and what to do about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q, Sum
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.membership import Acting
from accounts.policy import Permission
from catalog.money import dollars
from keys.models import ApiKey, Refusal
from keys.models.refusal import RefusalQuerySet
from keys.refusal_rules import PRIVATE, Remedy, Rule, Unit, rule_of
from usage import figures


@dataclass(frozen=True, slots=True)
class Row:
    """One rule, with what its last refusal said."""

    rule: Rule
    count: str
    keys: int
    last_at: datetime
    limit: str
    counter: str
    resets_at: datetime | None
    is_free: bool  # the counter has begun anew since
    remedy: "Link | None"
    model: str
    request: str


@dataclass(frozen=True, slots=True)
class Link:
    title: str | Promise
    url: str


def by_rule(acting: Acting, refusals: RefusalQuerySet, now: datetime) -> list[Row]:
    """Return the rules that refused anything, the ones that did it last first; in two queries."""
    sums = list(
        refusals.values("rule")
        .annotate(total=Sum("count"), keys=Count("key_id", distinct=True), newest=Max("last_at"))
        .order_by("-newest")
    )
    newest = Q(pk__in=[])
    for each in sums:
        newest |= Q(rule=each["rule"], last_at=each["newest"])
    last = {refusal.rule: refusal for refusal in refusals.filter(newest)} if sums else {}
    return [row(acting, last[each["rule"]], now, count=each["total"], keys=each["keys"]) for each in sums]


def row(acting: Acting, refusal: Refusal, now: datetime, *, count: int = 1, keys: int = 1) -> Row:
    rule = rule_of(refusal.rule)
    shown = rule.name not in PRIVATE or acting.may(Permission.VIEW_BILLING)
    return Row(
        rule=rule,
        count=figures.exact(count),
        keys=keys,
        last_at=refusal.last_at,
        limit=_figure(rule, refusal.limit) if shown else "",
        counter=_figure(rule, refusal.counter) if shown else "",
        resets_at=refusal.resets_at,
        is_free=refusal.resets_at is not None and refusal.resets_at <= now,
        remedy=remedy(acting, rule, refusal),
        model=refusal.model,
        request=str(refusal.last_request_id),
    )


def remedy(acting: Acting, rule: Rule, refusal: Refusal) -> Link | None:
    """Return where this person can do something about it, or read more; None where nowhere."""
    slug = acting.organization.slug
    match rule.remedy:
        case Remedy.CREDIT if acting.may(Permission.MANAGE_BILLING):
            return Link(_("Add credit"), reverse("billing:credit", args=[slug]))
        case Remedy.CAP if acting.may(Permission.MANAGE_BILLING):
            return Link(_("Change the cap"), reverse("billing:cap", args=[slug]))
        case Remedy.INVOICES if acting.may(Permission.VIEW_BILLING):
            return Link(_("Invoices"), reverse("billing:invoices", args=[slug]))
        case Remedy.POLICY if acting.may(Permission.MANAGE_SECURITY):
            return Link(_("Change the classes"), reverse("limits:data_policy", args=[slug]))
        case Remedy.KEY:
            tail = ApiKey.objects.visible_to(acting).filter(pk=refusal.key_id).values_list("tail", flat=True).first()
            return Link(_("The key"), f"{reverse('keys:list', args=[slug])}?q={tail}") if tail else None
        case Remedy.LIMITS | Remedy.BUDGET | Remedy.POLICY:
            return Link(_("See the limits"), reverse("limits:overview", args=[slug]))
    return None


def names(refusals: list[Refusal], acting: Acting) -> dict[Any, str]:
    """Return the names of the keys of some refusals, in one query."""
    keys = ApiKey.objects.of(acting.organization).filter(pk__in={refusal.key_id for refusal in refusals})
    return {key.pk: key.name for key in keys}


def _figure(rule: Rule, value: int | None) -> str:
    if value is None or rule.unit is Unit.NOTHING:
        return ""
    return dollars(value) if rule.unit is Unit.MONEY else figures.exact(value)
