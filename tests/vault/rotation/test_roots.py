"""Rotating roots: data keys are wrapped again, what was sealed opens as before, and older roots go when asked."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from tests.vault.rotation.support import opened, roots_away
from vault.errors import VaultError
from vault.models import DataKey
from vault.planes import Plane
from vault.roots import add_roots, create_file, roots
from vault.roots.sources import read_file
from vault.rotation import finish_roots
from vault.suites import key_id_of
from vault.unsealer import unsealer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _roots_of_its_own(settings: Any, tmp_path: Any) -> Any:
    settings.ROOT_KEYS_FILE = tmp_path / "roots.json"
    create_file(settings.ROOT_KEYS_FILE)
    roots.cache_clear()
    unsealer.cache_clear()
    yield
    roots.cache_clear()


def run(**options: object) -> str:
    out = StringIO()
    call_command("rotate_roots", stdout=out, **options)
    return out.getvalue()


def counts(settings: Any) -> list[int]:
    return [len(entry.keys) for entry in read_file(settings.ROOT_KEYS_FILE).values()]


def test_each_plane_gets_a_new_root_that_wraps_every_data_key(owner: User, settings: Any) -> None:
    said = run()
    assert "data keys 2/2\n2 data keys wrapped anew." in said
    primaries = {entry.primary for entry in read_file(settings.ROOT_KEYS_FILE).values()}
    assert {key_id_of(bytes(key.wrapped)) for key in DataKey.objects.all()} < primaries
    assert opened(User.objects.get(pk=owner.pk), "email") == "olivia@example.com"


def test_older_roots_go_when_they_wrap_nothing_and_backups_are_mentioned(owner: User, settings: Any) -> None:
    run()
    said = run(finish=True)
    assert "3 older roots removed" in said
    assert "35 days" in said
    assert counts(settings) == [1, 1, 1]
    assert opened(User.objects.get(pk=owner.pk), "email") == "olivia@example.com"
    assert "0 older roots removed" in run(finish=True)


def test_an_older_root_that_still_wraps_a_data_key_is_kept(owner: User, settings: Any) -> None:
    add_roots(settings.ROOT_KEYS_FILE)
    with pytest.raises(CommandError, match="2 data keys are wrapped by older roots"):
        run(finish=True)
    with pytest.raises(VaultError, match=r"^refused: 2 data keys"):
        finish_roots(settings.ROOT_KEYS_FILE)
    assert counts(settings) == [2, 2, 2]


def test_a_run_that_was_killed_is_continued_without_another_root(owner: User, settings: Any) -> None:
    add_roots(settings.ROOT_KEYS_FILE)
    assert unsealer().rewrap(1) == 1
    assert "1 data keys wrapped anew" in run()
    assert counts(settings) == [2, 2, 2]
    run()
    assert counts(settings) == [3, 3, 3]


def test_without_a_file_it_only_wraps_and_says_where_new_roots_are_made(owner: User, settings: Any) -> None:
    settings.ROOT_KEYS_PROVIDER = "transit"
    assert "make new versions where they are held" in run()
    assert counts(settings) == [1, 1, 1]
    with pytest.raises(CommandError, match="disable older versions where they are held"):
        run(finish=True)


def test_it_ends_with_a_sentence_when_the_roots_are_away(owner: User, settings: Any) -> None:
    with roots_away(settings), pytest.raises(CommandError, match="does not exist"):
        run()


def test_the_roots_are_of_all_planes(settings: Any) -> None:
    run()
    assert set(read_file(settings.ROOT_KEYS_FILE)) == set(Plane)
