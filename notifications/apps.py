from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from anymail.signals import tracking

        from notifications import bounces, summary  # noqa: F401  registers its notice

        tracking.connect(bounces.note)
