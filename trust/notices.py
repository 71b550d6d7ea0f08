"""What people are told of openings of their data."""

import json
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from accounts.models import Organization, User
from notifications.notices import Facts, notice
from trust.openings import KIND, fields_of, openings, time_of
from vault.purposes import Purpose


@notice(KIND)
def data_opened(grant_id: UUID, to: User) -> Facts | None:
    bodies = list(openings([grant_id]).order_by("position"))
    if not bodies or (url := _record(bodies[0].tenant, to)) is None:
        return None
    return {
        "fields": fields_of(bodies),
        "purpose": Purpose(bodies[0].purpose),
        "case": json.loads(bodies[0].text)["case"],
        "at": time_of(bodies[0]),
        "url": settings.CONSOLE_ORIGIN + url,
    }


def _record(tenant: UUID, to: User) -> str | None:
    """Return where the recipient sees it; None for who has nothing to do with that tenant any more."""
    if tenant == to.pk:
        return reverse("own_access:data_access")
    organization = Organization.objects.visible_to(to).filter(pk=tenant).first()
    return reverse("trust:data_access", args=[organization.slug]) if organization else None
