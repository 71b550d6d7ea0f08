"""Recovery codes: ten, shown once, each good once. 60 bits each, so a keyed hash is enough and nobody guesses them."""

import hashlib
import secrets

from django.db import transaction
from django.utils import timezone

from accounts.models import RecoveryCode, User
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action
from notifications.telling import tell
from vault.unsealer import unsealer

COUNT = 10
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: without letters that look like others
_LENGTH, _GROUP = 12, 4
_LOOKALIKES = str.maketrans("OIL", "011", "- ")


def new_codes() -> list[str]:
    """Return ten codes of the form XXXX-XXXX-XXXX."""
    return [_grouped("".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))) for _ in range(COUNT)]


def hash_codes(user: User, codes: list[str]) -> list[bytes]:
    """Return what is kept of codes, however they are typed. The hash is keyed: a stolen table tests no guesses."""
    key = unsealer().hashing_key()
    return [_hash(key, user, code) for code in codes]


def use(user: User, typed: str) -> bool:
    """Use a code up; False for one that is used, replaced or not theirs. Its person is told."""
    (code_hash,) = hash_codes(user, [typed])
    with transaction.atomic():
        # The condition stands in the statement that writes: of many at once one is accepted.
        unused = RecoveryCode.objects.filter(user=user, code_hash=code_hash, used_at=None)
        if not unused.update(used_at=timezone.now()):
            return False
        left = user.recovery_codes.filter(used_at=None).count()
        event = record_event(Actor.user(user.pk), Action.RECOVERY_CODE_USED, target=user.pk, left=left)
        tell("recovery-code-used", event.pk, [user.pk])
    return True


def _hash(key: bytes, user: User, code: str) -> bytes:
    plain = code.upper().translate(_LOOKALIKES).encode()
    return hashlib.blake2b(user.pk.bytes + plain, digest_size=32, key=key, person=b"recovery code").digest()


def _grouped(code: str) -> str:
    return "-".join(code[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))
