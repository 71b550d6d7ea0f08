"""What an approver signs: a grant, word for word. The unsealer and the approver's tool must agree on every byte."""

import base64
import json
import re

from vault.models import Grant

_CONTEXT = b"llama-console grant 1\n"
_STAFF = re.compile(r"staff:[a-z0-9][a-z0-9._-]{0,59}")


def is_staff(text: str) -> bool:
    """Tell whether this names somebody of staff. One spelling a person, so that nobody is two by case or spaces."""
    return _STAFF.fullmatch(text) is not None


def signed_text(grant: Grant, installation: bytes) -> bytes:
    """Return the bytes that stand for a grant in one installation; any other grant or installation has others.

    `installation` is the public key that its checkpoints are signed with.
    """
    if grant.approved_at is None or grant.until is None:
        raise ValueError("A grant is signed with the time of its approval and of its end.")
    said = {
        "installation": base64.b64encode(installation).decode(),
        "id": str(grant.pk),
        "purpose": grant.purpose,
        "tenant": str(grant.tenant),
        "fields": sorted(grant.fields),
        "subjects": sorted(grant.subjects),
        "case": grant.case,
        "maximum": grant.maximum,
        "requester": grant.requester,
        "approver": grant.approver,
        "approved_at": grant.approved_at.isoformat(),
        "until": grant.until.isoformat(),
    }
    return _CONTEXT + json.dumps(said, sort_keys=True, ensure_ascii=False).encode()
