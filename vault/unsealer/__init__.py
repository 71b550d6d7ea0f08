"""The unsealer holds the keys. `unsealer()` is how everybody else reaches it."""

from django.conf import settings

from vault.once import Once
from vault.unsealer.boundary import Unsealer


@Once
def unsealer() -> Unsealer:
    """Return the unsealer that the settings name: a process behind a socket, or this very process.

    All threads have the same one: a scope that began on one is not known to another.
    """
    if settings.UNSEALER_SOCKET:
        from vault.unsealer.socket_client import Socket

        return Unsealer(Socket(settings.UNSEALER_SOCKET))
    # Only here do keys enter this process.
    from vault.keyring import Keyring
    from vault.roots import roots
    from vault.unsealer.in_process import InProcess

    return Unsealer(InProcess(Keyring(roots())))
