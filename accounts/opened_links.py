"""Links of invitations that were opened in this browser: of each the session holds the hash of its token.

Signing in or up keeps them, so that whoever comes back can accept. To have opened the link here proves the address it
went to, as long as nobody else has this session: a visitor's gets a new id when it takes a link, so one that
somebody planted before is worth nothing.
"""

from uuid import UUID

from django.http import HttpRequest

from accounts.actions.invitation_answers import find_open, is_for

_KEY, _MOST = "invitations", 5


def keep(request: HttpRequest, invitation_id: UUID, token_hash: bytes) -> None:
    """Remember a link that was opened; the oldest goes when there are many."""
    if not request.user.is_authenticated:
        request.session.cycle_key()
    kept = {each: value for each, value in _kept(request).items() if each != str(invitation_id)}
    kept[str(invitation_id)] = token_hash.hex()
    request.session[_KEY] = dict(list(kept.items())[-_MOST:])


def of(request: HttpRequest, invitation_id: UUID) -> bytes:
    """Return the hash of the token of an invitation's link; nothing where it was not opened."""
    return bytes.fromhex(_kept(request).get(str(invitation_id), ""))


def are_any(request: HttpRequest) -> bool:
    return bool(_kept(request))


def prove(request: HttpRequest, address: str) -> bool:
    """Tell whether a link was opened here that is good and went to this address."""
    found = (find_open(bytes.fromhex(value)) for value in _kept(request).values())
    return any(invitation is not None and is_for(invitation, address) for invitation in found)


def forget(request: HttpRequest, invitation_id: UUID) -> None:
    request.session[_KEY] = {each: value for each, value in _kept(request).items() if each != str(invitation_id)}


def _kept(request: HttpRequest) -> dict[str, str]:
    kept: dict[str, str] = request.session.get(_KEY, {})
    return kept
