"""What somebody proves beside their password who they are with: passkeys, an authenticator app, recovery codes.

A passkey signs in by itself. With an app or a passkey set up, a password alone does not sign in any more; recovery
codes stand in for either, and are nothing without one.
"""

from dataclasses import dataclass

from accounts.models import Passkey, RecoveryCode, Totp, User

ISSUER = "Llama console"  # how apps and devices name what they keep for us


@dataclass(frozen=True, slots=True)
class Factors:
    """What a person has set up."""

    passkey: bool
    totp: bool
    codes_left: int

    @property
    def are_any(self) -> bool:
        return self.passkey or self.totp

    @property
    def take_codes(self) -> bool:
        """Tell whether there is anything to type."""
        return self.totp or bool(self.codes_left)


def factors_of(user: User) -> Factors:
    return Factors(
        passkey=user.passkeys.exists(),
        totp=Totp.objects.filter(user=user, confirmed_at__isnull=False).exists(),
        codes_left=user.recovery_codes.filter(used_at=None).count(),
    )


def forget_factors(user: User) -> None:
    """Delete all of them, of somebody whose account ends."""
    for model in (Passkey, Totp, RecoveryCode):
        model._default_manager.filter(user=user).delete()
