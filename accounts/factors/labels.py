"""How an account is named in its person's own app or on their own device: by its address, opened for them."""

from accounts.models import User
from ledger.actor import Actor
from vault.disclosure import open_once
from vault.purposes import Purpose


def account_label(user: User) -> str:
    email: str = open_once(Purpose.OWN_ACCOUNT, user.email, actor=Actor.user(user.pk))
    return email
