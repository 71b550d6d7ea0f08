from collections.abc import Callable

import pytest

from accounts.actions import add_member, change_role, create_project
from accounts.models import Membership, Organization, Project, Role, User
from ledger.actor import Actor
from tests.conftest import person

OPERATOR = Actor.operator()
BASE = "/o/llamas-of-lisbon/"
Give = Callable[..., Membership]


@pytest.fixture
def give(organization: Organization, member: User) -> Give:
    """Give Mira a role, and projects that she is limited to."""

    def give(role: Role, projects: dict[Project, Role] | None = None) -> Membership:
        membership = Membership.objects.get(user=member)
        roles = None if projects is None else {project.pk: each for project, each in projects.items()}
        change_role(OPERATOR, membership=membership, role=role, projects=roles)
        return membership

    return give


@pytest.fixture
def second(organization: Organization, project: Project) -> Project:
    """A project beside the first one."""
    return create_project(OPERATOR, organization=organization, name="Secret search")


@pytest.fixture
def admin(organization: Organization) -> User:
    ada = person("ada@example.com")
    add_member(OPERATOR, organization=organization, user=ada, role=Role.ADMIN)
    return ada
