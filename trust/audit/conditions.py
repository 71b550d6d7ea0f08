"""A search as a condition on the events of one organization. Names stand for ids of that organization alone."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Organization, Project
from keys.models import ApiKey
from ledger.actor import Actor, ActorKind
from ledger.ids import first_id
from ledger.models import Action
from notifications.models import Endpoint
from trust.audit.search import Search

_EPOCH = datetime.fromtimestamp(0, UTC)
_KINDS = {"member": ActorKind.USER, **{kind.value: kind for kind in ActorKind}}


class NotFound(Exception):
    """A value stands for nothing; the message says so to who typed it."""


def condition(search: Search, organization: Organization, reader: Actor) -> Q | None:
    """Return the condition; None for a search that leaves nothing out. NotFound for a value that means nothing."""
    if not search.values:
        return None
    found = Q()
    for name, values in search.values.items():
        if read := _READ.get(name):
            any_of = Q()
            for value in values:
                any_of |= read(value, organization, reader)
            found &= any_of
    if search.since:
        found &= Q(pk__gte=first_id(max(search.since, _EPOCH)))
    if search.until:
        found &= Q(pk__lt=first_id(max(search.until, _EPOCH)))
    return found


def _action(value: str, organization: Organization, reader: Actor) -> Q:
    tag = value.casefold().replace(".", ":")
    subject = tag.removesuffix("*").removesuffix(":")
    if tag in set(Action):
        return Q(action=tag)
    if actions := [action.value for action in Action if action.value.startswith(f"{subject}:")]:
        return Q(action__in=actions)
    if ":" in tag and "*" not in tag:
        return Q(action=tag)  # one of another version
    raise NotFound(_("There is no action “%(value)s”.") % {"value": value})


def _actor(value: str, organization: Organization, reader: Actor) -> Q:
    if value.casefold() == "me":
        return Q(actor=str(reader))
    if value.casefold() == ActorKind.OPERATOR:
        return Q(actor=str(Actor.operator()))
    if kind := _KINDS.get(value.casefold()):
        return Q(actor__startswith=f"{kind}:")
    if (user_id := _uuid(value)) is not None:
        return Q(actor__in=[f"{ActorKind.USER}:{user_id}", f"{ActorKind.KEY}:{user_id}"])
    try:
        return Q(actor=str(Actor.parse(value.casefold())))
    except ValueError:
        said = _("“%(value)s” is nobody. Use me, member, key, operator, staff, system, or an id.")
        raise NotFound(said % {"value": value}) from None


def _target(value: str, organization: Organization, reader: Actor) -> Q:
    if value.casefold() == "me":
        return Q(target=reader.id)
    targets = [str(known) for known in [_uuid(value)] if known] or list(_named(value, organization))
    if not targets:
        said = _("Nothing here is called “%(value)s”. What is gone is found by its id.")
        raise NotFound(said % {"value": value})
    return Q(target__in=targets)


def _project(value: str, organization: Organization, reader: Actor) -> Q:
    known = _uuid(value)
    same = Q(pk=known) if known else Q(slug=value.casefold()) | Q(name__iexact=value)
    projects = list(organization.projects.filter(same).values_list("pk", flat=True))
    if not projects:
        said = _("There is no project “%(value)s”. One that is gone is found by target: and its id.")
        raise NotFound(said % {"value": value})
    keys = ApiKey.objects.of(organization).filter(project__in=projects).values_list("pk", flat=True)
    return Q(target__in=[str(each) for each in [*projects, *keys]])


def _named(value: str, organization: Organization) -> Iterator[str]:
    for found in (
        Project.objects.filter(Q(slug=value.casefold()) | Q(name__iexact=value), organization=organization),
        ApiKey.objects.of(organization).filter(name__iexact=value),
        Endpoint.objects.of(organization.pk).filter(url__icontains=f"//{value.casefold()}"),
    ):
        yield from (str(each) for each in found.values_list("pk", flat=True))


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None


_READ: dict[str, Callable[[str, Organization, Actor], Q]] = {
    "action": _action,
    "actor": _actor,
    "target": _target,
    "project": _project,
}
