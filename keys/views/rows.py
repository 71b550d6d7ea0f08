"""Keys as the list shows them: a few queries for a page of them, however many there are."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.membership import Acting
from accounts.policy import Permission
from billing.budget_standing import standing
from billing.models import Budget
from catalog.money import dollars
from keys import states
from keys.models import ApiKey, KeyUse, Limits
from keys.states import State, state_of
from keys.uses import LastUse, last_uses
from keys.views.figures import Meter, end_text, last_used_text, limits_in_words, meter
from usage import figures
from usage.models import HourlyUsage
from usage.queries import by_key
from usage.sums import Sums


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key as the list shows it."""

    id: UUID
    name: str
    hint: str
    project: str
    scopes: list[str]
    models: str
    more_models: str
    limits: list[str]
    spend: str
    requests: str
    meter: Meter | None
    used: LastUse | None
    last_used: str  # to the hour, of what is older than uses are kept
    ends: str
    state: State
    active: bool
    orphaned: bool
    unused: bool
    revoked_at: datetime | None
    created_at: datetime
    url: str
    revoke_url: str  # empty for who may not
    rotate_url: str


def rows(acting: Acting, keys: list[ApiKey]) -> list[KeyRow]:
    now, ids = timezone.now(), [key.pk for key in keys]
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    spent = by_key(acting.organization.pk, month)
    hours = HourlyUsage.objects.filter(organization_id=acting.organization.pk, key_id__in=ids)
    hour = dict(hours.values_list("key_id").annotate(Max("start")).order_by())
    subjects = [key.subject_id for key in keys]
    limits = {row.subject_id: row for row in Limits.objects.filter(subject_id__in=subjects, model="")}
    budgets = Budget.objects.in_bulk(subjects)
    uses = last_uses(ids)
    recent = set(
        KeyUse.objects.filter(key_id__in=ids, hour__gte=now - states.UNUSED).values_list("key_id", flat=True).distinct()
    )
    return [
        _row(
            acting,
            key,
            now,
            spent=spent.get(key.pk, Sums()),
            hour=hour.get(key.pk),
            limits=limits.get(key.subject_id),
            budget=budgets.get(key.subject_id),
            used=uses.get(key.pk),
            is_recent=key.pk in recent,
        )
        for key in keys
    ]


def _row(
    acting: Acting,
    key: ApiKey,
    now: datetime,
    *,
    spent: Sums,
    hour: datetime | None,
    limits: Limits | None,
    budget: Budget | None,
    used: LastUse | None,
    is_recent: bool,
) -> KeyRow:
    can_manage, slug = acting.may(Permission.MANAGE_KEYS, key.project), acting.organization.slug
    first, more = models_in_words(key)
    return KeyRow(
        id=key.pk,
        name=key.name,
        hint=key.hint,
        project=key.project.name,
        scopes=key.scopes,
        models=first,
        more_models=more,
        limits=limits_in_words(limits),
        spend=dollars(spent.amount),
        requests=_requests(spent.requests),
        meter=meter(standing(budget, now)) if budget else None,
        used=used,
        last_used=last_used_text(hour, now),
        ends=end_text(key, now),
        state=state_of(key, now),
        active=key.is_active,
        orphaned=key.is_active and key.orphaned_at is not None,
        unused=key.is_active and key.created_at < now - states.UNUSED and not is_recent,
        revoked_at=key.revoked_at,
        created_at=key.created_at,
        url=reverse("keys:key", args=[slug, key.pk]),
        revoke_url=reverse("keys:revocation", args=[slug, key.pk]) if can_manage else "",
        rotate_url=reverse("keys:rotation", args=[slug, key.pk]) if can_manage else "",
    )


def models_in_words(key: ApiKey) -> tuple[str, str]:
    """Return the models of a key in two lines."""
    if key.allowed_models is None:
        return _("All models"), _("current and future")
    first, *others = key.allowed_models or [_("None")]
    more = ngettext("and %(more)s more", "and %(more)s more", len(others)) % {"more": len(others)}
    return first, more if others else _("only")


def _requests(number: int) -> str:
    return ngettext("%(requests)s request", "%(requests)s requests", number) % {"requests": figures.count(number)}
