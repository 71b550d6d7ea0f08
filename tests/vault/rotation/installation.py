"""An installation of its own in SQLite files, for the test that kills rotations. A program:

python -m tests.vault.rotation.installation seed      # migrate, and make people, an organization and content
python -m tests.vault.rotation.installation inspect   # print as JSON what there is
"""

import json
import sys

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.actions import create_organization  # noqa: E402
from accounts.models import EmailIndex, User  # noqa: E402
from content.models import StoredExchange  # noqa: E402
from ledger.ids import new_id  # noqa: E402
from tests.vault.rotation.support import MODELS, OPERATOR, key_ids, opened  # noqa: E402
from vault.keyring import Keyring  # noqa: E402
from vault.models import DataKey  # noqa: E402
from vault.roots import roots  # noqa: E402
from vault.roots.sources import read_file  # noqa: E402
from vault.suites import key_id_of  # noqa: E402
from vault.unsealer.in_process import append  # noqa: E402
from vault.unsealer.session import Session  # noqa: E402

PEOPLE, EXCHANGES = 300, 40


def seed() -> None:
    call_command("vault_init", verbosity=0)
    call_command("migrate_all", verbosity=0)
    with transaction.atomic():
        people = [User.objects.create_user(f"user-{n}@example.com", None, name=f"Name {n}") for n in range(PEOPLE)]
        organization = create_organization(OPERATOR, name="Many", owner=people[0])
    now, ids = timezone.now(), {"organization_id": organization.pk, "project_id": new_id()}
    for n in range(EXCHANGES):
        StoredExchange.objects.create(request=f"prompt {n}", response="ok", started_at=now, expires_at=now, **ids)


def inspect() -> None:
    session = Session(Keyring(roots()), append)
    keys = DataKey.objects.exclude(plane="index")
    people = list(User.objects.order_by("pk"))
    found = [User.objects.find_by_email(f"user-{n}@example.com") for n in range(PEOPLE)]
    said = {
        "values": [
            opened(row, name, session)
            for model, names in MODELS.items()
            for row in model.objects.order_by("pk")
            for name in names
        ],
        "sealed_under": sorted(key_id.hex() for key_id in key_ids()),
        "keys": sorted(bytes(key.key_id).hex() for key in keys),
        "wrapped_under": sorted({key_id_of(bytes(key.wrapped)).hex() for key in DataKey.objects.all()}),
        "roots": sorted(name.hex() for each in read_file(settings.ROOT_KEYS_FILE).values() for name in each.keys),
        "index_versions": sorted(set(EmailIndex.objects.values_list("version", flat=True))),
        "everybody_is_found": found == people,
    }
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    {"seed": seed, "inspect": inspect}[sys.argv[1]]()
