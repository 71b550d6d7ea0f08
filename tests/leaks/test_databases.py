"""No canary and no key is in any cell of the three databases, on SQLite and on PostgreSQL alike.

Each table that has rows gets a positive control: a column with a mark, which the same search must find.
"""

import base64
import json
import re
import secrets
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core import mail
from django.db import connections
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone

from accounts import directory
from accounts.actions import add_contact
from accounts.actions.exports import issue_link, make_exports, request_export
from accounts.actions.phones import confirm_phone, issue_code, request_phone
from accounts.factors import recovery, totp
from accounts.models import Organization, User
from content.actions import keep_exchanges
from content.exchanges import Exchange
from keys.actions import issue_key
from ledger.actor import Actor
from ledger.ids import new_id
from notifications import outbox
from tests.support import cells
from tests.support.canaries import Canary, scan_data
from tests.support.factors import code
from trust.archive.gathering import gather
from vault.disclosure import disclose
from vault.errors import VaultError
from vault.keyring import Keyring
from vault.models import DataKey, Grant
from vault.purposes import Purpose
from vault.roots import roots
from vault.signing import signed_text
from vault.unsealer import unsealer

pytestmark = pytest.mark.django_db
DATABASES = ("default", "content", "vault")
BORN = date(1931, 7, 23)


def mark(kind: str) -> str:
    return f"{kind}Zoë{secrets.token_hex(6)}"


@pytest.fixture
def canaries(client: Client, tmp_path: Path) -> dict[str, Canary]:
    """Go through everything that takes in something personal or secret; return all of it."""
    told = {kind: mark(kind) for kind in ("name", "location", "prompt", "answer", "tool", "end-user")}
    told |= {"email": f"Canary.{secrets.token_hex(6)}@example.com", "password": mark("password and more words")}
    told |= {"phone": f"+1555{secrets.randbelow(10**7):07}"}
    user, token = sign_up(client, told["email"], told["password"])
    told |= fill_in(client, user, told)
    organization = Organization.objects.visible_to(user).get()
    _, key = issue_key(Actor.user(user.pk), project=organization.projects.get(), name="leaks")
    keep(organization, told)
    told["contact"] = f"Contact.{secrets.token_hex(6)}@example.com"
    add_contact(Actor.user(user.pk), organization=organization, email=told["contact"], language="en")
    told |= set_factors_up(client, user)
    with override_settings(APPROVERS_FILE=tmp_path / "approvers.json"):
        open_under_a_grant(user)
    return {
        **told, "token": token, "key": key, "date": BORN.isoformat(), "compact date": f"{BORN:%Y%m%d}",
        "normalised email": told["email"].lower(), "normalised contact": told["contact"].lower(),
        "phone digits": told["phone"][1:],
    }  # fmt: skip


def test_no_canary_is_in_any_cell(canaries: dict[str, Canary]) -> None:
    assert found_in_databases(canaries) == []


def test_no_data_key_and_no_root_key_is_in_any_cell(canaries: dict[str, Canary]) -> None:
    keyring = Keyring(roots())
    keys: dict[str, Canary] = {f"key {n}": keyring.opening(bytes(row.key_id)).secret for n, row in data_keys()}
    assert len(keys) >= 4
    assert found_in_databases(keys | root_keys()) == []


def test_a_mark_in_any_table_with_rows_is_found(canaries: dict[str, Canary]) -> None:
    for alias in DATABASES:
        connection = connections[alias]
        filled = [table for table in cells.tables(connection) if cells.content(connection, table)]
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":  # which alters no table with checks that are still to come
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in filled:
                quoted = connection.ops.quote_name(table)
                cursor.execute(f"ALTER TABLE {quoted} ADD COLUMN leak_control text DEFAULT 'control-{table}'")
        for table in filled:
            assert scan_data(table, cells.content(connection, table), {"control": f"control-{table}"})


def found_in_databases(canaries: dict[str, Canary]) -> list[str]:
    return [
        line
        for alias in DATABASES
        for table in cells.tables(connections[alias])
        for line in scan_data(f"{alias}.{table}", cells.content(connections[alias], table), canaries)
    ]


def sign_up(client: Client, email: str, password: str) -> tuple[User, str]:
    """Sign up as a browser does and follow the link of the email; return the user and the link's token."""
    client.post("/sign-up/", {"email": email, "password": password, "organization": "Leaks"})
    for claim in outbox.claim_due(timezone.now()):
        outbox.send(claim.id, claim.attempt)
    token = re.search(r"/verify/([\w-]{20,})/", str(mail.outbox[-1].body))
    user = User.objects.find_by_email(email)
    assert token
    assert user
    assert client.get(f"/verify/{token[1]}/")["Location"] == "/"
    return user, token[1]


def fill_in(client: Client, user: User, told: dict[str, str]) -> dict[str, str]:
    """Tell everything on one's own pages, prove a phone, name another, and have an archive made; return what came."""
    more = {"born": BORN, "language": "en", "time_zone": "UTC"}
    wanted = {"name": told["name"], "location": told["location"], "date_of_birth": more.pop("born")}
    assert client.post("/account/profile/edit/", wanted | more).status_code == 302
    request_phone(user, told["phone"], source="192.0.2.1")
    proof = issue_code(user.spare_phones.get())
    assert proof
    assert confirm_phone(user, proof)
    new = {"pending phone": f"+1555{secrets.randbelow(10**7):07}"}
    request_phone(user, new["pending phone"], source="192.0.2.1")
    new["pending phone's digits"] = new["pending phone"][1:]
    request_export(user)
    assert make_exports(gather, timezone.now()) == 1
    user.refresh_from_db()
    actor = Actor.user(user.pk)
    for organization in Organization.objects.visible_to(user):
        assert directory.search(actor, organization=organization, text=told["name"])
    return new | {"export's token": issue_link(user.exports.get())}


def set_factors_up(client: Client, user: User) -> dict[str, str]:
    """Set an app and recovery codes up and use one of each; return what was shown."""
    secret = client.get("/account/security/authenticator/").context["secret"].replace(" ", "")
    assert client.post("/account/security/authenticator/", {"code": code(secret)}).status_code == 302
    codes = client.post("/account/security/recovery-codes/").context["codes"]
    assert totp.accept(user, code(secret, 1))
    assert recovery.use(user, codes[0])
    plain = {f"code {n} as it is hashed": text.replace("-", "") for n, text in enumerate(codes)}
    return {"app's secret": secret} | {f"code {n}": text for n, text in enumerate(codes)} | plain


def keep(organization: Organization, told: dict[str, str]) -> None:
    now = timezone.now()
    asked = {"messages": told["prompt"], "tools": [told["tool"]], "user": told["end-user"]}
    keep_exchanges(
        [
            Exchange(
                id=new_id(),
                organization_id=organization.pk,
                project_id=organization.projects.get().pk,
                started_at=now,
                expires_at=now + timedelta(days=1),
                request=json.dumps(asked),
                response=told["answer"],
            )
        ]
    )


def open_under_a_grant(user: User) -> None:
    """Open a name for support, and have another opening refused."""
    key, now = Ed25519PrivateKey.generate(), timezone.now()
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    settings.APPROVERS_FILE.write_text(json.dumps({"staff:ada": public}))
    grant = Grant(
        purpose="support-request", tenant=user.pk, fields=["accounts.User.name"], subjects=[str(user.pk)],
        case="ticket 1", maximum=1, requester="staff:sam", approver="staff:ada",
        approved_at=now, until=now + timedelta(hours=1),
    )  # fmt: skip
    grant.signature = key.sign(signed_text(grant, unsealer().public_key()))
    grant.save()
    unsealer().start_grant(grant.pk)
    scope: dict[str, Any] = {"tenant": user.pk, "subjects": [user.pk], "fields": [User.name], "grant": grant.pk}
    user.refresh_from_db()
    with disclose(Purpose.SUPPORT_REQUEST, actor=Actor.staff("sam"), **scope) as opened:
        opened.open(user.name)
    with pytest.raises(VaultError), disclose(Purpose.SUPPORT_REQUEST, actor=Actor.staff("sam"), **scope):
        pass
    unsealer().close_grant("staff:sam", grant.pk)


def data_keys() -> list[tuple[int, DataKey]]:
    return list(enumerate(DataKey.objects.all()))


def root_keys() -> dict[str, Canary]:
    planes = json.loads(settings.ROOT_KEYS_FILE.read_text())["planes"].items()
    return {f"{plane} root": base64.b64decode(key) for plane, one in planes for key in one["roots"].values()}
