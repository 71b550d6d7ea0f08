from django.apps import AppConfig


class KeysConfig(AppConfig):
    name = "keys"

    def ready(self) -> None:
        from keys import notices  # noqa: F401  registers its events
        from keys.admin import giving  # noqa: F401  says what stands behind a key
