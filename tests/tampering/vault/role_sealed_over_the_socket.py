from collections.abc import Callable

from accounts.models import Membership
from tests.tampering.stage import Stage
from vault.unsealer import unsealer
from vault.unsealer.messages import Value

TITLE = "a role of the newest version is sealed over the socket, and no event gave it"
EXPECTED = "rolled-back"


def tamper(stage: Stage) -> Callable[[], object]:
    row = stage.membership(stage.yan)
    text = f'"1 {"0" * 32} owner"'
    (record,) = unsealer().seal([Value("accounts.Membership.role", row.pk, stage.llamas.pk, text.encode())])
    stage.write(Membership, "role", row.pk, record)
    return lambda: stage.open_role(stage.yan)
