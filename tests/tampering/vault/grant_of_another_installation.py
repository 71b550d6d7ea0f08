from collections.abc import Callable

from tests.tampering.stage import Stage
from vault.signing import signed_text
from vault.unsealer import unsealer

TITLE = "a grant that its approver signed in another installation, word for word the same"
EXPECTED = "grant-forged"


def tamper(stage: Stage) -> Callable[[], object]:
    """Copied from a staging system, say, that has the same customers and approvers."""
    key, elsewhere = stage.approvers.keys["staff:ana"], bytes(32)
    assert elsewhere != unsealer().public_key()
    stage.edit_grant(signature=key.sign(signed_text(stage.grant, elsewhere)))
    return stage.open_granted
