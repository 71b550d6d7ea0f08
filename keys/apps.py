from django.apps import AppConfig
from django.db.models.signals import post_migrate


class KeysConfig(AppConfig):
    name = "keys"

    def ready(self) -> None:
        from keys import (
            changes,
            notices,  # noqa: F401  registers its events
            orphans,  # noqa: F401  hears where somebody's access ends
        )
        from keys.admin import giving  # noqa: F401  says what stands behind a key

        # After any room's migrations: the last of them leaves all triggers in place.
        post_migrate.connect(changes.install, sender=self, dispatch_uid="keys.changes")
