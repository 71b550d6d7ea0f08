"""Opening a kept exchange for its own organization: the ledger has the reason first, then the plaintext is there."""

from dataclasses import dataclass

from content.models import StoredExchange
from ledger.actor import Actor
from vault.disclosure import disclose
from vault.purposes import Purpose, Reason


@dataclass(frozen=True, slots=True, repr=False)
class Opened:
    """What was said, as the client sent it and as it was answered; both JSON."""

    request: str
    response: str


def open_exchange(actor: Actor, exchange: StoredExchange, reason: Reason) -> Opened:
    """Record the opening and return the plaintext; VaultError if either can't be."""
    with disclose(
        Purpose.OWN_CONTENT,
        actor=actor,
        tenant=exchange.vault_tenant,
        fields=[StoredExchange.request, StoredExchange.response],
        subjects=[exchange.pk],
        reason=reason,
    ) as scope:
        return Opened(*scope.open_all([exchange.request, exchange.response]))
