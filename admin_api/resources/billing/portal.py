"""The way into the provider's portal, where a person changes payment methods, the address and tax ids."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from rest_framework import serializers

from accounts.policy import Permission
from admin_api.frame.operation import Operation
from admin_api.frame.resource import Making
from admin_api.resources.billing.access import UNBILLED, account_for
from admin_api.resources.billing.asking import ASKED, REFUSALS, asking
from billing import places
from billing.actions.portal import record_opening
from billing.rail.portal import portal_url


class PortalSession(serializers.Serializer[Any]):
    example = {"url": "https://billing.stripe.com/p/session/…"}
    url = serializers.CharField(
        allow_null=True,
        help_text="Where a person goes on, a secret of theirs, good for a few minutes. Null if the request came again.",
    )


@dataclass(frozen=True, slots=True, repr=False)
class _Session:
    pk: UUID  # the organization's: the session is kept nowhere
    url: str | None


class PortalSessions(Making):
    tag = "Billing"
    operations = {
        "POST": Operation(
            "billing.openPortal",
            "Open the portal of the payment provider",
            Permission.MANAGE_BILLING,
            answer=PortalSession,
            status=201,
            description=f"For a person, who comes back to the console from there. Recorded. {ASKED} {UNBILLED}",
            conflicts=REFUSALS,
            may_be_missing=True,
        )
    }

    def prepare(self, **kwargs: Any) -> Callable[[], _Session]:
        """Ask first: the provider is asked under no lock, and without its answer nothing was done."""
        account, caller = account_for(self), self.caller
        with asking(self):
            url = portal_url(account.pk, settings.CONSOLE_ORIGIN + places.payment_methods(caller.organization.slug))

        def act() -> _Session:
            record_opening(caller.actor, account.pk)
            return _Session(account.pk, url)

        return act

    def again(self, pk: UUID, **kwargs: Any) -> _Session:
        return _Session(pk, None)
