"""Proving an address: by the link in the email, or by its six digits. Either works once, for a day."""

import hashlib
import hmac
import secrets
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import EmailVerification, User
from accounts.models.email_verification import EmailVerificationQuerySet
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action


def issue_verification(user: User) -> tuple[str, str]:
    """Make a new proof, end the older ones, and return (token, code); only their hashes are kept."""
    token, code = secrets.token_urlsafe(32), new_code()
    now = timezone.now()
    with transaction.atomic():
        user.verifications.pending(now).update(expires_at=now)
        user.verifications.create(
            token_hash=hash_token(token),
            code_hash=hash_code(user.pk, code),
            expires_at=now + settings.EMAIL_VERIFICATION_LIFETIME,
        )
    return token, code


def verify_by_token(user: User, token: str) -> bool:
    """Verify the user's address by a link's token; False for any token that isn't theirs and good."""
    return verify_by_hash(user, hash_token(token))


def verify_by_hash(user: User, token_hash: bytes) -> bool:
    """Verify by the hash of a token, for who had the token earlier."""
    with transaction.atomic():
        proof = _locked(user.pk).filter(token_hash=token_hash).first()
        return proof is not None and _use(proof)


def is_pending(token: str) -> bool:
    """Tell whether a link's token can verify somebody."""
    return EmailVerification.objects.pending(timezone.now()).filter(token_hash=hash_token(token)).exists()


def verify_by_code(user_id: UUID, code: str) -> bool:
    """Verify by the six digits. After a few wrong ones the proof is spent and a new email is needed."""
    with transaction.atomic():
        proof = _locked(user_id).order_by("-id").first()
        if proof is None or proof.attempts >= settings.EMAIL_VERIFICATION_ATTEMPTS:
            return False
        if hmac.compare_digest(bytes(proof.code_hash), hash_code(user_id, code)):
            return _use(proof)
        proof.attempts += 1
        proof.save(update_fields=["attempts"])
        return False


def _locked(user_id: UUID) -> EmailVerificationQuerySet:
    return EmailVerification.objects.filter(user_id=user_id).pending(timezone.now()).select_for_update()


def _use(proof: EmailVerification) -> bool:
    now = timezone.now()
    proof.used_at = now
    proof.save(update_fields=["used_at"])
    User.objects.filter(pk=proof.user_id, email_verified_at=None).update(email_verified_at=now)
    record_event(Actor.user(proof.user_id), Action.EMAIL_VERIFIED, target=proof.user_id)
    return True


def hash_token(token: str) -> bytes:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def new_code() -> str:
    return f"{secrets.randbelow(10**6):06d}"


def hash_code(user_id: UUID, code: str) -> bytes:
    """Return what is kept of a code."""
    # Six digits are guessed in a moment from a plain hash: the key keeps a stolen table useless.
    return hmac.digest(settings.SECRET_KEY.encode(), b"verification code" + user_id.bytes + code.encode(), "sha256")
