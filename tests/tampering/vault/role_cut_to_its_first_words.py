from collections.abc import Callable

from accounts.actions import change_role
from accounts.models import Membership, Role
from ledger.actor import Actor
from tests.tampering.stage import Stage
from tests.vault.rotation.support import opened
from vault.unsealer import unsealer
from vault.unsealer.messages import Value

TITLE = "the projects are cut off a role, and the rest sealed again over the socket"
EXPECTED = "rolled-back"


def tamper(stage: Stage) -> Callable[[], object]:
    row = stage.membership(stage.yan)
    project = stage.llamas.projects.get()
    change_role(Actor.operator(), membership=row, role=Role.DEVELOPER, projects={project.pk: Role.VIEWER})
    text = opened(stage.membership(stage.yan), "role").rpartition(" ")[0]
    assert text.endswith(" developer")
    (record,) = unsealer().seal([Value("accounts.Membership.role", row.pk, stage.llamas.pk, f'"{text}"'.encode())])
    stage.write(Membership, "role", row.pk, record)
    return lambda: stage.open_role(stage.yan)
