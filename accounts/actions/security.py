"""Changing what an organization asks of those who come into it. Whoever changes it must not shut themselves out."""

from typing import TypedDict

from django.db import transaction

from accounts.factors import factors_of
from accounts.models import Organization, SecuritySettings, User
from accounts.security_rules import Rule, covers
from accounts.sources import Address
from ledger.actor import Actor
from ledger.events import Value, changes, record_event
from ledger.models import Action


class ShutOut(Exception):
    """With this rule whoever sets it could not come in any more."""

    def __init__(self, rule: Rule) -> None:
        super().__init__(rule)
        self.rule = rule


class Wanted(TypedDict, total=False):
    """Rules to set; what is left out stays. `domains` are in IDNA, `networks` in CIDR; empty or None is no rule."""

    second_factor: bool
    domains: list[str]
    networks: list[str]
    session_hours: int | None
    idle_minutes: int | None


_LIFTED: dict[Rule, Wanted] = {
    Rule.SECOND_FACTOR: {"second_factor": False},
    Rule.DOMAINS: {"domains": []},
    Rule.NETWORKS: {"networks": []},
    Rule.SESSION: {"session_hours": None},
    Rule.IDLE: {"idle_minutes": None},
}


def change_security(
    actor: Actor, *, organization: Organization, wanted: Wanted, user: User | None, address: Address | None
) -> bool:
    """Set rules; False if they are as before. ShutOut if one would not admit who sets it, who is at `address`.

    `user` is the person who acts or who stands behind the key that does. Behind an operator's key there is nobody,
    and no need: at the command line any rule can be lifted.
    """
    if wanted.get("second_factor") and user and not factors_of(user).are_any:
        raise ShutOut(Rule.SECOND_FACTOR)
    networks = wanted.get("networks")
    if networks and not covers(networks, address):
        raise ShutOut(Rule.NETWORKS)
    return _set(actor, organization, wanted)


def lift_rule(actor: Actor, *, organization: Organization, rule: Rule) -> bool:
    """Take one rule away; False if there was none."""
    return _set(actor, organization, _LIFTED[rule])


def _set(actor: Actor, organization: Organization, wanted: Wanted) -> bool:
    with transaction.atomic():
        # The organization's row stands for the settings, which may not be there yet.
        Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
        found = SecuritySettings.objects.filter(organization=organization).first()
        settings = found or SecuritySettings(organization=organization)
        before = _said(settings)
        for name, value in wanted.items():
            setattr(settings, name, value)
        changed = changes(before, _said(settings))
        if not changed:
            return False
        settings.save()
        record_event(actor, Action.SECURITY_CHANGED, target=organization.pk, organization_id=organization.pk, **changed)
    return True


def _said(settings: SecuritySettings) -> dict[str, Value]:
    """Return the rules as an audit event names them."""
    return {
        "second_factor": int(settings.second_factor),
        "domains": settings.domains,
        "networks": settings.networks,
        "session_hours": settings.session_hours,
        "idle_minutes": settings.idle_minutes,
    }
