from collections.abc import Callable

from accounts.models import User
from tests.tampering.stage import Stage
from vault.keyring import Keyring
from vault.roots import roots
from vault.unsealer import unsealer
from vault.unsealer.in_process import append
from vault.unsealer.messages import Begin, Opening
from vault.unsealer.opening import begin
from vault.unsealer.session import Session

TITLE = "the token of another session"
EXPECTED = "scope-closed"


def tamper(stage: Stage) -> Callable[[], object]:
    value = User.objects.get(pk=stage.zoe.pk).email.message()
    opening = Opening("own-account", f"user:{stage.zoe.pk}", value.tenant, [value.label], [value.pk])
    session = Session(Keyring(roots()), append)
    token = begin(session, Begin(opening))
    return lambda: unsealer().open(token, [value])
