"""What the cases in `vault/` act on: people, their organizations, a running grant, and the databases as an owner."""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connections, models
from django.utils import timezone

from accounts.actions import add_member, create_organization
from accounts.models import Membership, Organization, Role, User
from content.models import StoredExchange
from ledger.actor import Actor
from ledger.append import adapt
from tests.conftest import person
from tests.support.acting import acting
from tests.vault.granting import Approvers, approved, open_email
from vault.disclosure import disclose
from vault.models import Grant
from vault.purposes import Purpose
from vault.unsealer import unsealer

SECRETS = ("zoe", "zoë", "yan", "owner", "viewer")  # what was sealed, in lower case


class Stage:
    def __init__(self, approvers: Approvers, roots: Path) -> None:
        self.approvers, self.roots = approvers, roots
        self.zoe, self.yan = person("zoe@example.com", name="Zoë"), person("yan@example.com", name="Yan")
        self.llamas = create_organization(Actor.user(self.zoe.pk), name="L", owner=self.zoe)
        self.alpacas = create_organization(Actor.user(self.yan.pk), name="A", owner=self.yan)
        add_member(Actor.operator(), organization=self.llamas, user=self.yan, role=Role.VIEWER)
        # So that Zoë is not the last owner, and can be given another role.
        add_member(Actor.operator(), organization=self.llamas, user=person("wim@example.com"), role=Role.OWNER)
        self.grant = approved(self.zoe, approvers)

    # As the owner of the databases -----------------------------------------------------------

    def read(self, model: type[models.Model], field: str, pk: UUID) -> bytes:
        """Return the bytes of a column, sealed or wrapped."""
        with connections[model._default_manager.db].cursor() as cursor:
            cursor.execute(f"SELECT {field} FROM {model._meta.db_table} WHERE id = %s", [adapt(pk)])
            return bytes(cursor.fetchone()[0])

    def write(self, model: type[models.Model], field: str, pk: UUID, value: object) -> None:
        with connections[model._default_manager.db].cursor() as cursor:
            cursor.execute(f"UPDATE {model._meta.db_table} SET {field} = %s WHERE id = %s", [value, adapt(pk)])

    def edit_email(self, change: Any) -> None:
        """Change the record of Zoë's address."""
        self.write(User, "email", self.zoe.pk, change(self.read(User, "email", self.zoe.pk)))

    def edit_grant(self, **changes: object) -> None:
        Grant.objects.filter(pk=self.grant.pk).update(**changes)

    def restart(self) -> None:
        """Let the unsealer forget what it had in memory."""
        unsealer.cache_clear()

    # As somebody who opens -------------------------------------------------------------------

    def open_own(self, field: str = "email", user: User | None = None) -> object:
        user = User.objects.get(pk=(user or self.zoe).pk)
        person = {"actor": Actor.user(user.pk), "tenant": user.pk, "subjects": [user.pk]}
        with disclose(Purpose.OWN_ACCOUNT, fields=[getattr(User, field)], **person) as scope:  # type: ignore[arg-type]
            return scope.open(getattr(user, field))

    def open_granted(self, **changes: Any) -> object:
        return open_email(self.zoe, Grant.objects.get(pk=self.grant.pk), **changes)

    def open_role(self, user: User | None = None, organization: Organization | None = None) -> Role:
        user, organization = user or self.zoe, organization or self.llamas
        return acting(user, organization).role

    def membership(self, user: User | None = None) -> Membership:
        """Return somebody's membership of the Llamas."""
        return Membership.objects.get(user=user or self.zoe, organization=self.llamas)

    def exchange(self) -> StoredExchange:
        """Return a stored exchange of the Llamas."""
        now = timezone.now()
        return StoredExchange.objects.create(
            organization_id=self.llamas.pk, project_id=self.llamas.projects.get().pk, started_at=now, expires_at=now,
            request="owner", response="owner",
        )  # fmt: skip
