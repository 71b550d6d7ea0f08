"""What is typed as a second factor: six digits of an app, or a recovery code. The form tells which."""

from enum import StrEnum

from accounts.factors import limits, recovery, totp
from accounts.models import User


class Proof(StrEnum):
    """What somebody showed, as audit events name it."""

    PASSKEY = "passkey"
    TOTP = "totp"
    RECOVERY = "recovery-code"
    SSO = "sso"  # a provider's word for who they are


class TooManyCodes(Exception):
    """So many wrong codes of the app that none is looked at for a while."""


def prove(user: User, typed: str) -> Proof | None:
    """Return what the code is, used up; None for a wrong one."""
    digits = "".join(typed.split())
    if not (len(digits) == 6 and digits.isascii() and digits.isdigit()):
        return Proof.RECOVERY if recovery.use(user, typed) else None
    if not limits.admits_code(user.pk):
        raise TooManyCodes
    if not totp.accept(user, digits):
        return None
    limits.give_back(user.pk)
    return Proof.TOTP
