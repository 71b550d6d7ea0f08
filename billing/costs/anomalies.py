"""What was unusual in a month, as people were told of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import Organization
from billing.costs.scope import Scope
from billing.models import SpendingAnomaly
from catalog.money import dollars
from keys.models import ApiKey
from notifications.kinds.spending import unusual

_MOST = 5


@dataclass(frozen=True, slots=True)
class Unusual:
    """`said` is a sentence; the key and model have most of it together, and the key's name is empty if it is gone."""

    said: str
    share: str
    model: str
    key: str


def anomalies_of(organization: Organization, scope: Scope) -> Sequence[Unusual]:
    """Return the newest ones; they tell of all projects, so who sees some has none."""
    if scope.projects is not None:
        return []
    of = SpendingAnomaly.objects.filter(organization_id=organization.pk, start__gte=scope.start, start__lt=scope.end)
    found = list(of.order_by("-start")[:_MOST])
    keys = ApiKey.objects.of(organization).filter(pk__in=[each.key_id for each in found]) if found else []
    names = {key.pk: key.name for key in keys}
    return [
        Unusual(
            unusual(each.start, each.end, dollars(each.spent), dollars(each.usual), is_day=each.is_day),
            dollars(each.share),
            each.model,
            names.get(each.key_id, ""),
        )
        for each in found
    ]
