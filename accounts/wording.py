"""Sentences that several pages say."""

from accounts.factors import factors_of
from accounts.models import User

PASSKEY_REFUSED = "That passkey did not work here. Try again, or use another way."
TOO_MANY_CODES = "Too many wrong codes of your app. Wait an hour, or use a passkey or a recovery code."
WRONG_CODE = "That code is not right, or it was used before. Wait for the next one, or use another way."


def codes_left(user: User) -> str:
    left = factors_of(user).codes_left
    return (
        f"You used a recovery code. {left or 'None'} {'is' if left == 1 else 'are'} left; make new ones under Security."
    )
