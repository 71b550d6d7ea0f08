"""An identity provider: where an organization's people sign in, and what of that counts here.

Of a provider nobody keeps tokens. The client secret is sealed under the organization's key.
"""

from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy

from accounts.models.membership import Role
from accounts.models.organization import Organization
from ledger.ids import new_id
from vault.fields import SealedCharField

NEWCOMERS = [  # never who manages
    (Role.VIEWER.value, gettext_lazy("Viewer")),
    (Role.DEVELOPER.value, gettext_lazy("Developer")),
]


class IdentityProviderQuerySet(models.QuerySet["IdentityProvider"]):
    def of_domain(self, domain: str) -> "IdentityProviderQuerySet":
        """The provider of the organization that proved this domain, if it has one."""
        owned = {"organization__domains__domain": domain, "organization__domains__verified_at__isnull": False}
        return self.filter(**owned).select_related("organization")

    def enforced(self) -> "IdentityProviderQuerySet":
        return self.filter(is_enforced=True)


class IdentityProvider(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.OneToOneField(Organization, on_delete=models.CASCADE, related_name="identity_provider")
    issuer = models.CharField(max_length=300)
    client_id = models.CharField(max_length=200)
    client_secret = SealedCharField(max_length=500, bucket=128)
    makes_accounts = models.BooleanField(default=False)  # for who has none, at their first sign-in
    newcomers = models.CharField(max_length=12, choices=NEWCOMERS, default=Role.VIEWER.value)
    is_enforced = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = IdentityProviderQuerySet.as_manager()
    vault_not_personal = {
        "issuer": "the public address of the provider",
        "client_id": "names this console at the provider; it stands in the address of each sign-in",
        "newcomers": "which role new people start with; nobody's own",
    }
    vault_tenant_field = "organization_id"

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def vault_tenant(self) -> UUID:
        return self.organization_id
