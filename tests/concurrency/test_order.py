"""The order in which rows are locked: organizations, then people, then what is theirs. No two wait for each other.

Each test has two who take the same rows in ways that were the other way round; one of them would be ended by
PostgreSQL. On SQLite one write lock serves as all of them, and nothing can wait in a ring.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from accounts.actions import (
    add_member,
    create_organization,
    decline,
    erase_organization,
    erase_user,
    hash_token,
    invite,
    schedule_deletion,
    sso,
)
from accounts.actions.addresses import confirm_by_token, issue_proof, issue_return, request_change, take_back
from accounts.actions.invitations import Offer, issue_link
from accounts.actions.passwords import change_password, issue_reset, reset_password
from accounts.actions.phones import request_phone, send_again
from accounts.actions.profile import change_profile
from accounts.actions.sso_sign_in import admit
from accounts.models import Membership, Organization, Role, User
from accounts.policy import Access
from accounts.profile import Profile
from accounts.sso.failure import SsoError
from accounts.sso.id_token import Identity
from ledger.actor import Actor
from ledger.ids import new_id
from notifications.models import WindowCount
from tests.support.at_once import ROUNDS, at_once

pytestmark = pytest.mark.django_db(transaction=True)
OPERATOR = Actor.operator()


def _person() -> User:
    return User.objects.create_user(f"{new_id()}@example.com", None, email_verified_at=timezone.now())


def _member() -> User:
    """Return somebody who is a member of two organizations and owns none alone."""
    user = _person()
    for name in ("One", "Two"):
        organization = create_organization(OPERATOR, name=name, owner=_person())
        add_member(OPERATOR, organization=organization, user=user, role=Role.VIEWER)
    return user


def _change(user: User) -> Callable[[], Any]:
    request_change(user, f"{new_id()}@example.com")
    token, _ = issue_proof(user.spare_addresses.filter(is_former=False).get())
    return partial(confirm_by_token, user, token)


def _return(user: User) -> Callable[[], Any]:
    _change(user)()
    return partial(take_back, issue_return(user.spare_addresses.filter(is_former=True).get()))


def _rename(user: User) -> Callable[[], Any]:
    return lambda: change_profile(user, Profile("Mira", None, None), language="en", time_zone="UTC")


OTHERS: dict[str, Callable[[User], Callable[[], Any]]] = {
    "asks for the end of the account": lambda user: partial(schedule_deletion, Actor.user(user.pk), subject=user),
    "is erased": lambda user: partial(erase_user, OPERATOR, user),
    "takes another name": _rename,
    "joins": lambda user: partial(
        add_member,
        OPERATOR,
        organization=create_organization(OPERATOR, name="Three", owner=_person()),
        user=user,
        role=Role.VIEWER,
    ),
}


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("way", [_change, _return], ids=["changes", "takes back"])
def test_who_changes_an_address_waits_for_nobody_who_waits_for_them(
    way: Callable[[User], Callable[[], Any]], other: str
) -> None:
    for _ in range(ROUNDS):
        user = _member()
        first, second = way(user), OTHERS[other](user)
        results = at_once(first, second)
        # Of somebody who was erased just before there is nothing to join, or to change any more.
        assert not [
            each for each in results if isinstance(each, Exception) and not isinstance(each, User.DoesNotExist)
        ], results


def test_a_password_that_is_changed_and_reset_at_once_is_one_of_the_two() -> None:
    for _ in range(ROUNDS):
        user = _person()
        link = hash_token(issue_reset(user))
        change = partial(change_password, user, "the words of the change", session="")
        results = at_once(change, partial(reset_password, link, "the words of the reset"))
        assert results in ([None, user.pk], [None, None])


def test_codes_that_are_asked_for_at_once_wait_in_one_order() -> None:
    for _ in range(ROUNDS):
        user = _person()
        WindowCount.objects.all().delete()
        assert request_phone(user, "+351912345678", source="x")
        ask, again = partial(request_phone, user, "+351912345679", source="x"), partial(send_again, user, source="x")
        assert at_once(ask, again, ask, again) == [True] * 4


def test_an_organization_that_is_erased_while_somebody_declines_goes() -> None:
    for _ in range(ROUNDS):
        organization, email = create_organization(OPERATOR, name="Llamas", owner=_person()), f"{new_id()}@example.com"
        offer = Offer(Access(Role.VIEWER), "en")
        assert invite(OPERATOR, organization=organization, addresses=[email], offer=offer)
        link = hash_token(issue_link(organization.invitations.get()) or "")
        results = at_once(partial(decline, link), partial(erase_organization, OPERATOR, organization))
        assert results in ([True, None], [False, None])


def test_nobody_joins_who_was_erased_meanwhile_by_the_lock_on_their_row() -> None:
    """Else their name and address would stand in a directory, or an organization have no owner that there is."""
    for _ in range(ROUNDS):
        user = _person()
        joining = create_organization(OPERATOR, name="Three", owner=_person())
        at_once(
            partial(erase_user, OPERATOR, user),
            partial(add_member, OPERATOR, organization=joining, user=user, role=Role.VIEWER),
            partial(create_organization, OPERATOR, name="Four", owner=user),
        )
        user.refresh_from_db()
        assert user.is_active or not Membership.objects.filter(user=user).exists()


def test_an_organization_that_is_erased_while_somebody_signs_in_by_its_provider_goes() -> None:
    for _ in range(ROUNDS):
        organization: Organization = create_organization(OPERATOR, name="Llamas", owner=_person())
        domain = f"{new_id()}.example"
        organization.domains.create(domain=domain, token="t", verified_at=timezone.now())
        setup = sso.Setup("https://idp.example", "console", "x", makes_accounts=True, newcomers="viewer")
        provider = sso.set_up(OPERATOR, organization, setup)
        identity = Identity("nadia", f"nadia@{domain}", "Nadia", timezone.now() - timedelta(seconds=1))
        results = at_once(partial(admit, provider, identity), partial(erase_organization, OPERATOR, organization))
        assert not [each for each in results if isinstance(each, Exception) and not isinstance(each, SsoError)], results
