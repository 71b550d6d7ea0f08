"""The link to a deletion's page: it shows whether the deletion is scheduled, cancelled or carried out, and its receipt.

The token follows from the deletion's id and SECRET_KEY, so that each letter can name it and none is stored. It is found
by its hash.
"""

import base64
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from accounts.actions.verification import hash_token
from accounts.models import Deletion

_SALT = "accounts.deletion"


def token_of(deletion_id: UUID) -> str:
    mac = salted_hmac(_SALT, deletion_id.hex, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")


def url_of(deletion: Deletion) -> str:
    return settings.CONSOLE_ORIGIN + reverse("accounts:deletion", args=[token_of(deletion.pk)])


def find_by_token(token: str) -> Deletion | None:
    return Deletion.objects.filter(token_hash=hash_token(token)).first()
