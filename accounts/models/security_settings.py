"""What an organization asks of those who open its pages. Without a row it asks nothing."""

from django.db import models

from accounts.models.organization import Organization


class SecuritySettings(models.Model):
    """Empty lists and None mean: no such rule. `accounts/security_rules.py` says what each of them does."""

    organization = models.OneToOneField(
        Organization, on_delete=models.CASCADE, primary_key=True, related_name="security"
    )
    second_factor = models.BooleanField(default=False)
    domains = models.JSONField(default=list)  # as IDNA, sorted
    networks = models.JSONField(default=list)  # CIDR, as ipaddress writes them, sorted
    session_hours = models.PositiveSmallIntegerField(null=True)
    idle_minutes = models.PositiveSmallIntegerField(null=True)

    vault_not_personal = {
        "domains": "email domains of companies, chosen by the organization; no address",
        "networks": "networks of the organization's offices; whose machines are in them nobody says here",
    }

    def __str__(self) -> str:
        return str(self.organization_id)
