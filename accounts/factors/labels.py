"""How an account is named in its person's own app or on their own device: by its address, opened for them."""

from accounts.models import User
from ledger.actor import Actor
from vault.disclosure import disclose
from vault.purposes import Purpose


def account_label(user: User) -> str:
    with disclose(
        Purpose.OWN_ACCOUNT,
        actor=Actor.user(user.pk),
        tenant=user.vault_tenant,
        fields=[User.email],
        subjects=[user.pk],
    ) as scope:
        email: str = scope.open(user.email)
        return email
