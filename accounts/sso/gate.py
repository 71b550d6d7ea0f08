"""The gate: where an organization enforces single sign-on, its pages open to sessions that began with it.

Who has an address of another domain is a guest, whom the provider does not know: they come in as before. Who had one of
the domains as a member and took another is none: else whoever is let in no more would come in by a password all the
same. Owners come in by a passkey, or a provider that is away would keep everybody out of the page that turns it off.
"""

import hashlib
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import patch_cache_control
from django_htmx.http import HttpResponseClientRedirect

from accounts.membership import Acting, entered
from accounts.models import IdentityProvider, Membership, Role, User
from accounts.onward import through
from accounts.session_store import BY
from accounts.sso.protocol import SIGN_IN
from ledger.models import Action, AuditEvent
from vault import blind_index
from vault.disclosure import open_once
from vault.purposes import Purpose

_GUEST = "sso_guest"
Handler = Callable[[HttpRequest], HttpResponse]


class SingleSignOnMiddleware:
    """Asks at every page of an organization, whichever room it is of: its name stands in the address."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        slug, user = kwargs.get("organization"), request.user
        if not slug or not isinstance(user, User):
            return None
        membership = entered(request, slug)
        found = getattr(membership.organization, "identity_provider", None) if membership else None
        if membership is None or found is None or not found.is_enforced or is_open(request, membership, found):
            return None
        # Back to a page that can be looked at: what was posted is not sent again.
        path = request.get_full_path() if request.method == "GET" and not request.htmx else f"/o/{slug}/"  # type: ignore[attr-defined]
        url = through("accounts:sso_required", path, found.organization_id)
        answer = HttpResponseClientRedirect(url) if request.htmx else redirect(url)  # type: ignore[attr-defined]
        patch_cache_control(answer, no_store=True)
        return answer


def is_open(request: HttpRequest, membership: Membership, provider: IdentityProvider) -> bool:
    """Tell whether this session may see the organization of a provider that is enforced."""
    ways = request.session.get(BY, "").split("+")
    if f"sso:{provider.pk}" in ways:
        return True
    if "passkey" in ways and Acting(membership.user, membership).role is Role.OWNER:
        return True
    return _is_guest(request, membership, provider)


def provider_of(request: HttpRequest) -> IdentityProvider | None:
    """Return the provider that a session began with, as long as it is one of its person's organizations."""
    way = request.session.get(BY, "").partition("+")[0]
    if not (way.startswith("sso:") and isinstance(request.user, User)):
        return None
    own = IdentityProvider.objects.filter(organization__memberships__user=request.user)
    return own.filter(pk=way.removeprefix("sso:")).first()


def _is_guest(request: HttpRequest, membership: Membership, provider: IdentityProvider) -> bool:
    """Tell whether the person's address is in none of the domains, and was in none that they left.

    Their address opens for that, once a session: as long as it and the domains stay the same the session remembers it.
    """
    user = membership.user
    domains = sorted(provider.organization.domains.verified().values_list("domain", flat=True))
    mark = hashlib.sha256(b"\0".join([provider.pk.bytes, user.email.record(), *map(str.encode, domains)])).hexdigest()
    if request.session.get(_GUEST) == mark:
        return True
    if domain_of(user) in domains or _has_left(membership):
        return False
    request.session[_GUEST] = mark
    return True


def _has_left(membership: Membership) -> bool:
    """Tell whether a member's address was in one of the domains; who was invited anew since then begins anew."""
    moves = AuditEvent.objects.filter(action=Action.MEMBER_LEFT_DOMAIN, at__gte=membership.created_at)
    return moves.filter(organization_id=membership.organization_id, target=str(membership.user_id)).exists()


def domain_of(user: User) -> str:
    """Open a member's address to tell its domain."""
    address: str = open_once(Purpose.TEAM_ADMINISTRATION, user.email, actor=SIGN_IN)
    return blind_index.domain_of(address)
