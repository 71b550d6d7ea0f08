from collections.abc import Callable

from tests.tampering.stage import Stage
from vault.keyring import Keyring
from vault.roots import roots
from vault.unsealer.dispatch import answer
from vault.unsealer.in_process import append
from vault.unsealer.messages import DropBodies, Request, Retire, Rewrap, Rotate, Shred
from vault.unsealer.session import Session

TITLE = "whoever reaches the common socket destroys or makes keys in an operator's name"
EXPECTED = "operators-only"
RECORDED = False  # nothing was to be opened


def tamper(stage: Stage) -> list[Callable[[], object]]:
    name, tenant = "operator:command-line", stage.zoe.pk
    session = Session(Keyring(roots()), append)  # as a caller of the common socket has one
    asked: list[Request] = [
        Shred(name, tenant),
        Rotate(name, tenant, "customer-data"),
        Retire(name, tenant, "customer-data", 1),
        Rewrap(10),
        DropBodies(tenant),
    ]
    return [lambda request=request: answer(session, request) for request in asked]  # type: ignore[misc]
