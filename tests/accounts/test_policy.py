"""Who may give what: no rule lets anybody gain, or touch who is above them."""

import itertools
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings

from accounts.models import Membership, Role
from accounts.policy import IN_PROJECTS, MEANINGS, Access, Permission, granted, is_above, may_give
from accounts.roles import MOST_PROJECTS, read_access, write_access
from accounts.views.organizations.roles import rows
from ledger.ids import new_id
from vault.errors import VaultError

ONE, TWO = UUID(int=1), UUID(int=2)  # fixed: they name cases
WHOLE = [Access(role) for role in Role]
LIMITED = [
    Access(role, {project: low})
    for role in (Role.DEVELOPER, Role.BILLING, Role.VIEWER)
    for low in (Role.DEVELOPER, Role.BILLING, Role.VIEWER)
    for project in (ONE, TWO)
    if not is_above(low, role)
]
EVERY = [*WHOLE, *LIMITED]


def test_a_role_is_above_another_if_it_allows_more() -> None:
    assert [is_above(one, two) for one, two in itertools.pairwise(Role)] == [True, True, True, True]
    assert is_above(Role.BILLING, Role.DEVELOPER), "either manages what the other does not"
    assert not is_above(Role.VIEWER, Role.DEVELOPER)


def test_nobody_gives_more_than_they_have() -> None:
    for giver, former, new in itertools.product(EVERY, [None, *EVERY], [None, *EVERY]):
        if may_give(giver, former, new):
            assert giver.role in {Role.OWNER, Role.ADMIN}
            for access in filter(None, (former, new)):
                assert granted(access.role) <= granted(giver.role)


def test_nobody_raises_themselves() -> None:
    for own, new in itertools.product(EVERY, EVERY):
        if may_give(own, own, new):
            assert not new.is_above(own)


@pytest.mark.parametrize("other", [Access(Role.OWNER), None])
def test_an_admin_neither_makes_nor_touches_an_owner(other: Access | None) -> None:
    admin, owner = Access(Role.ADMIN), Access(Role.OWNER)
    assert not may_give(admin, owner, other)
    assert not may_give(admin, Access(Role.VIEWER), owner)
    assert may_give(owner, owner, other)
    assert may_give(admin, admin, Access(Role.VIEWER))


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN])
def test_owners_and_admins_are_never_limited(role: Role) -> None:
    with pytest.raises(ValueError, match="every project"):
        Access(role, {})


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN, Role.DEVELOPER, Role.BILLING])
def test_no_role_in_a_project_is_above_the_one_in_the_organization(role: Role) -> None:
    with pytest.raises(ValueError, match="not above"):
        Access(Role.VIEWER, {ONE: role})


def test_a_limited_member_may_nothing_in_other_projects() -> None:
    access = Access(Role.DEVELOPER, {ONE: Role.DEVELOPER, TWO: Role.VIEWER})
    assert access.may(Permission.MANAGE_KEYS, ONE)
    assert access.may(Permission.MANAGE_KEYS)
    assert not access.may(Permission.MANAGE_KEYS, TWO)
    assert access.may(Permission.VIEW_USAGE, TWO)
    assert not any(access.may(permission, new_id()) for permission in IN_PROJECTS)
    assert not any(Access(Role.DEVELOPER, {}).may(permission) for permission in IN_PROJECTS)


def test_what_a_limit_leaves_is_never_more() -> None:
    for access, permission in itertools.product(LIMITED, Permission):
        for project in (None, ONE, TWO):
            assert not access.may(permission, project) or Access(access.role).may(permission, project)
    for wide, narrow in itertools.product(WHOLE, LIMITED):
        assert wide.is_above(narrow) or wide.role != narrow.role


@pytest.mark.parametrize("access", EVERY, ids=str)
def test_what_was_given_reads_back(access: Access) -> None:
    assert read_access(write_access(access, 7)) == (access, 7)


def test_the_longest_list_fits() -> None:
    access = Access(Role.DEVELOPER, {new_id(): Role.DEVELOPER for _ in range(MOST_PROJECTS)})
    text = write_access(access, 10**9)
    assert len(text) <= Membership._meta.get_field("role").max_length
    assert read_access(text) == (access, 10**9)


@pytest.mark.parametrize(
    "text",
    [
        f"1 {'0' * 32} owner ",
        f"1 {'0' * 32} viewer {'A' * 22}d",
        f"1 {'0' * 32} viewer {'A' * 22}v,",
        f"1 {'0' * 32} viewer {'A' * 21}v",
        f"1 {'0' * 32} viewer {'A' * 22}x",
        f"1 {'0' * 32} viewer {'A' * 22}v {'A' * 22}v",
        f"1 {'0' * 32} viewer !",
    ],
)
def test_what_the_program_never_wrote_reads_as_no_role(text: str) -> None:
    with pytest.raises(VaultError, match="no role"):
        read_access(text)


def test_each_permission_is_explained_and_the_table_in_the_docs_is_the_codes() -> None:
    assert set(MEANINGS) == set(Permission)
    written = Path(settings.BASE_DIR, "docs", "permissions.md").read_text()
    assert table() in written, f"docs/permissions.md is to hold:\n\n{table()}"


def table() -> str:
    lines = ["| | " + " | ".join(role.value for role in Role) + " |", "|---" * (len(Role) + 1) + "|"]
    for row in rows():
        cells = ["✔" if cell["allowed"] else "" for cell in row["cells"]]
        star = " *" if row["in_projects"] else ""
        lines.append(f"| {row['meaning']}{star} | " + " | ".join(cells) + " |")
    return "\n".join(lines)
