from collections.abc import Callable

from accounts.actions import change_role
from accounts.models import Membership, Role
from ledger.actor import Actor
from tests.tampering.stage import Stage

TITLE = "the record of a role loses its last bytes, where the projects stand"
EXPECTED = "tampered"


def tamper(stage: Stage) -> list[Callable[[], object]]:
    row = stage.membership(stage.yan)
    project = stage.llamas.projects.get()
    change_role(Actor.operator(), membership=row, role=Role.DEVELOPER, projects={project.pk: Role.VIEWER})
    record = stage.read(Membership, "role", row.pk)

    def attempt(length: int) -> object:
        stage.write(Membership, "role", row.pk, record[:-length])
        return stage.open_role(stage.yan)

    return [lambda length=length: attempt(length) for length in (1, 16, 24, 448)]  # type: ignore[misc]
