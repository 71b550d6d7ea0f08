"""Endpoints and deliveries as the pages show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.models import Because, Delivery, Endpoint
from notifications.webhooks.kinds import title_of

_ERRORS = {
    "timeout": gettext_lazy("No answer in time"),
    "tls": gettext_lazy("Certificate not valid"),
    "unreachable": gettext_lazy("No connection"),
    "no-address": gettext_lazy("Host name not found"),
    "forbidden-address": gettext_lazy("Leads into a private network"),
    "forbidden-url": gettext_lazy("Address not allowed"),
    "shredded": gettext_lazy("The signing key was destroyed"),
    "unsealer-away": gettext_lazy("Signing was not possible just then"),
    "vault-away": gettext_lazy("Signing was not possible just then"),
}


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One try."""

    id: UUID
    title: str
    kind: str
    message_id: UUID
    at: datetime
    result: str
    is_success: bool
    duration: str
    redelivery_url: str


@dataclass(frozen=True, slots=True)
class EndpointRow:
    """An endpoint, and what came of the last try."""

    host: str
    path: str
    description: str
    kinds: list[str]
    state: str
    tone: str
    disabled_at: datetime | None
    last: DeliveryRow | None
    url: str


def endpoint_rows(slug: str, endpoints: Iterable[Endpoint]) -> list[EndpointRow]:
    """Return the rows of endpoints, in one further query however many there are."""
    newest = Delivery.objects.filter(endpoint=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    found = list(endpoints)
    shown = Endpoint.objects.filter(pk__in=[each.pk for each in found])
    tries = Delivery.objects.filter(pk__in=shown.annotate(newest=Subquery(newest)).values("newest"))
    last = {each.endpoint_id: each for each in tries}
    return [_endpoint_row(slug, each, last.get(each.pk)) for each in sorted(found, key=_age)]


def delivery_row(slug: str, delivery: Delivery) -> DeliveryRow:
    return DeliveryRow(
        id=delivery.pk,
        title=title_of(delivery.kind),
        kind=delivery.kind,
        message_id=delivery.message_id,
        at=delivery.at,
        result=result_of(delivery),
        is_success=delivery.is_success,
        duration=f"{number_format(delivery.duration, force_grouping=True)} ms",
        redelivery_url=reverse("webhooks:redelivery", args=[slug, delivery.endpoint_id, delivery.pk]),
    )


def result_of(delivery: Delivery) -> str:
    """Say what came of a try."""
    if delivery.status is None:
        return str(_ERRORS.get(delivery.error, delivery.error))
    if 300 <= delivery.status < 400:
        return _("%(status)s, redirect not followed") % {"status": delivery.status}
    return str(delivery.status)


def state_of(endpoint: Endpoint) -> tuple[str, str]:
    """Return the state in a word, and the tone of its badge."""
    if not endpoint.is_enabled:
        return _("Disabled"), "off"
    return (_("Failing"), "bad") if endpoint.failing_since else (_("Active"), "ok")


def reason_of(endpoint: Endpoint) -> str:
    """Say why a disabled endpoint is; nothing for others."""
    return "" if endpoint.is_enabled else str(Because(endpoint.disabled_because).label)


def _endpoint_row(slug: str, endpoint: Endpoint, last: Delivery | None) -> EndpointRow:
    parts, (state, tone) = urlsplit(endpoint.url), state_of(endpoint)
    return EndpointRow(
        host=parts.netloc,
        path=endpoint.url.partition(parts.netloc)[2] or "/",
        description=endpoint.description,
        kinds=[title_of(kind) for kind in endpoint.kinds],
        state=state,
        tone=tone,
        disabled_at=endpoint.disabled_at,
        last=delivery_row(slug, last) if last else None,
        url=reverse("webhooks:endpoint", args=[slug, endpoint.pk]),
    )


def _age(endpoint: Endpoint) -> int:
    return -endpoint.pk.int
