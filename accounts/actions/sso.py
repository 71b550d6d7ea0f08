"""An organization's identity provider: setting it up, enforcing it, taking it away."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import IdentityProvider, Organization, Passkey, Role, SsoLink
from accounts.roles import roles_of
from accounts.sso import metadata
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action


class NotYet(Exception):
    """What single sign-on needs before it can be enforced is not there: a sentence says what."""


@dataclass(frozen=True, slots=True, repr=False)
class Setup:
    """What is typed for a provider; without a secret the present one stays."""

    issuer: str
    client_id: str
    client_secret: str
    makes_accounts: bool
    newcomers: str


def set_up(actor: Actor, organization: Organization, setup: Setup) -> IdentityProvider:
    """Make or change the provider. With another issuer or client it is another one, and needs its secret.

    Nothing counts any more that the former one said: links to users, and sessions that began with it.
    IntegrityError if somebody else made it at this moment.
    """
    with transaction.atomic():
        former = IdentityProvider.objects.select_for_update().filter(organization=organization).first()
        provider = former or IdentityProvider(organization=organization)
        if former and (former.issuer, former.client_id) != (setup.issuer, setup.client_id):
            forget_links(actor, former)
            former.delete()
            provider = IdentityProvider(organization=organization)
        provider.issuer, provider.client_id = setup.issuer, setup.client_id
        provider.makes_accounts, provider.newcomers = setup.makes_accounts, setup.newcomers
        if setup.client_secret:
            provider.client_secret = setup.client_secret
        provider.save()
        action = Action.SSO_CHANGED if former else Action.SSO_CONFIGURED
        _record(
            actor, action, provider, secret=int(bool(setup.client_secret)), makes_accounts=int(setup.makes_accounts)
        )
    metadata.forget()
    return provider


def forget_links(actor: Actor, provider: IdentityProvider) -> int:
    """Forget who is who, so that each person is found by address once more; return how many there were."""
    with transaction.atomic():
        count = SsoLink.objects.filter(provider=provider).delete()[0]
        _record(actor, Action.SSO_LINKS_FORGOTTEN, provider, count=count)
    return count


def enforce(actor: Actor, provider: IdentityProvider) -> None:
    """Let members with an address of the domains come in by the provider alone; NotYet where that shuts people out."""
    with transaction.atomic():
        IdentityProvider.objects.select_for_update().filter(pk=provider.pk).first()
        if not provider.organization.domains.verified().exists():
            raise NotYet(_("Verify a domain first."))
        if not provider.links.exists():
            raise NotYet(_("Sign in with single sign-on yourself first, to see that it works."))
        owners = [user for user, role in roles_of(actor, provider.organization).items() if role is Role.OWNER]
        if not Passkey.objects.filter(user__in=owners).exists():
            raise NotYet(_("An owner needs a passkey first: it is the way in when the provider is away."))
        if IdentityProvider.objects.filter(pk=provider.pk, is_enforced=False).update(is_enforced=True):
            _record(actor, Action.SSO_ENFORCED, provider)


def relax(actor: Actor, provider: IdentityProvider) -> None:
    with transaction.atomic():
        if IdentityProvider.objects.filter(pk=provider.pk, is_enforced=True).update(is_enforced=False):
            _record(actor, Action.SSO_RELAXED, provider)


def remove_provider(actor: Actor, provider: IdentityProvider) -> None:
    """Take single sign-on away; people sign in with their password, and who has none asks for one by email."""
    with transaction.atomic():
        if IdentityProvider.objects.filter(pk=provider.pk).delete()[0]:
            _record(actor, Action.SSO_REMOVED, provider)


def _record(actor: Actor, action: Action, provider: IdentityProvider, **payload: int) -> None:
    record_event(actor, action, target=provider.pk, organization_id=provider.organization_id, **payload)
