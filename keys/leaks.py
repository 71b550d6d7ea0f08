"""Reports of leaked keys: taken from anybody who holds the key, and carried out by the worker.

A secret is hashed as soon as it is read and appears nowhere else: not in a log, a task or a row. What is no key by its
form is dropped, which tells nobody anything; of the others a row each is written, whether or not there is such a key.
"""

import logging
import re
from collections.abc import Collection, Iterable
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction

from accounts.models import Membership, Organization
from accounts.recipients import of_managers
from keys.actions.leaking import end_leaked_admin_key, mark_leaked
from keys.control.actions import revoke_control_key
from keys.models import AdminKey, ApiKey, ControlKey, LeakReport
from keys.secrets import ADMIN_PREFIX, CONTROL_PREFIX, PREFIX, hash_secret, is_well_formed
from ledger.actor import Actor

log = logging.getLogger(__name__)

REPORTER = Actor.system("leak-report")
_HOST = re.compile(r"[a-z0-9.-]{1,120}")
_BATCH, _BATCHES = 500, 500  # of one turn of the worker


def take_reports(found: Iterable[tuple[str, str]]) -> int:
    """Write down what was reported, each a secret and the address it was found at; return how many can be keys."""
    reports = [
        LeakReport(secret_hash=hash_secret(secret), host=host_of(url)) for secret, url in found if can_be_key(secret)
    ]
    LeakReport.objects.bulk_create(reports)
    return len(reports)


def carry_out_reports() -> int:
    """Do what the waiting reports ask for; return how many keys that changed."""
    changed = 0
    for _ in range(_BATCHES):
        reports = list(LeakReport.objects.order_by("pk")[:_BATCH])
        if not reports:
            break
        known = _known({bytes(report.secret_hash) for report in reports})
        for report in reports:
            if bytes(report.secret_hash) in known:
                changed += act_on(REPORTER, bytes(report.secret_hash), report.host) is not None
                report.delete()
        # Of keys that there never were as many can come as anybody likes: they must hold up no other report.
        LeakReport.objects.filter(pk__in=[report.pk for report in reports]).delete()
    return changed


def _known(hashes: Collection[bytes]) -> set[bytes]:
    """Return the hashes that are of keys."""
    found: set[bytes] = set()
    for keys in (ApiKey.objects, AdminKey.objects, ControlKey.objects):
        found |= {bytes(each) for each in keys.filter(secret_hash__in=hashes).values_list("secret_hash", flat=True)}
    return found


def act_on(actor: Actor, secret_hash: bytes, host: str = "") -> ApiKey | AdminKey | ControlKey | None:
    """Do what is due about the key of a hash, and return it; None if there is none, or nothing was left to do.

    A control key speaks for every organization, so it is revoked as an admin key is; operators find that in the log.
    """
    keys = ApiKey.objects.select_related("project__organization")
    if key := keys.filter(secret_hash=secret_hash).first():
        audience = _audience(key.project.organization, key.created_by_id)
        return key if mark_leaked(actor, key, host=host, audience=audience) else None
    admin_key = AdminKey.objects.select_related("organization").filter(secret_hash=secret_hash).first()
    if admin_key is None:
        return _end_control_key(actor, secret_hash)
    audience = _audience(admin_key.organization, admin_key.created_by_id)
    with transaction.atomic():
        return admin_key if end_leaked_admin_key(actor, admin_key, host=host, audience=audience) else None


def _end_control_key(actor: Actor, secret_hash: bytes) -> ControlKey | None:
    key = ControlKey.objects.filter(secret_hash=secret_hash).first()
    if key is None or not revoke_control_key(actor, key):
        return None
    log.error("control key %s was found in public and is revoked: give its gateway another one", key.pk)
    return key


def host_of(url: str) -> str:
    """Return the host of an address, "" if it has none: the rest may name people."""
    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
    return host if _HOST.fullmatch(host) else ""


def can_be_key(secret: str) -> bool:
    return any(is_well_formed(secret, prefix) for prefix in (PREFIX, ADMIN_PREFIX, CONTROL_PREFIX))


def _audience(organization: Organization, maker: UUID | None) -> list[UUID]:
    """Return who hears of a leak: who made the key, if they are still there, and who manages the organization."""
    is_there = maker and Membership.objects.filter(organization=organization, user=maker).exists()
    return sorted({*of_managers(organization), *([maker] if maker and is_there else [])})
