"""The cast, always the same: Olivia owns, Mira is a member, Otto is outside."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts import step_up
from accounts.actions import add_member, create_organization
from accounts.entries import Contact
from accounts.models import Organization, Project, Role, User
from keys.secrets import _hash_key
from ledger.actor import Actor
from tests.support.flush import allow_flush
from tests.support.kinds import alarm, news  # noqa: F401  fixtures
from tests.support.ledger import PEN
from tests.support.witness import every_change_has_its_event, install  # noqa: F401  a fixture of every test
from vault.roots import create_file
from vault.unsealer import unsealer

PASSWORD = "correct horse battery staple"
OLIVIA = Contact("Olivia Owner", "olivia@example.com")
MIRA = Contact("Mira Member", "mira@example.com")
OTTO = Contact("Otto Outside", "otto@example.com")


def pytest_configure(config: pytest.Config) -> None:
    allow_flush()
    install()
    call_command("compile_translations")  # into each worker's own folder
    if not settings.ROOT_KEYS_FILE.exists():
        create_file(settings.ROOT_KEYS_FILE)


@pytest.fixture(autouse=True)
def _plain_static_files(settings: Any) -> None:
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.ANSWER_PACE = timedelta()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _fresh_unsealer() -> None:
    # A key that a rolled-back test made must not be sealed under by the next one.
    unsealer.cache_clear()
    _hash_key.cache_clear()
    PEN.newest = None


def person(email: str, **fields: Any) -> User:
    return User.objects.create_user(email, PASSWORD, email_verified_at=timezone.now(), **fields)


@pytest.fixture
def owner(db: None) -> User:
    return person(OLIVIA.email, name=OLIVIA.name)


@pytest.fixture
def organization(owner: User) -> Organization:
    return create_organization(Actor.user(owner.pk), name="Llamas of Lisbon", owner=owner, contact=OLIVIA)


@pytest.fixture
def project(organization: Organization) -> Project:
    return organization.projects.get()


@pytest.fixture
def member(organization: Organization) -> User:
    """A member with the lowest role."""
    mira = person(MIRA.email, name=MIRA.name)
    add_member(Actor.operator(), organization=organization, user=mira, role=Role.VIEWER, contact=MIRA)
    return mira


@pytest.fixture
def outsider(db: None) -> User:
    otto = person(OTTO.email, name=OTTO.name)
    create_organization(Actor.user(otto.pk), name="Outsiders", owner=otto, contact=OTTO)
    return otto


@pytest.fixture
def as_owner(owner: User, organization: Organization) -> Client:
    return _signed_in(owner)


@pytest.fixture
def as_member(member: User) -> Client:
    return _signed_in(member)


@pytest.fixture
def as_outsider(outsider: User) -> Client:
    return _signed_in(outsider)


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    # They were here just now: what the first request of an hour writes counts in no test of queries.
    user.memberships.update(seen_at=timezone.now())
    session = client.session
    step_up.mark(session)
    session.save()
    return client


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that touches the database may use all three: console, content and vault."""
    for item in items:
        if marker := item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.django_db(**{**marker.kwargs, "databases": "__all__"}), append=False)
        elif "db" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.django_db(databases="__all__"))
