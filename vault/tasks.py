from celery import shared_task

from vault.events import record_pending


@shared_task(name="vault.record_events")
def record_events() -> None:
    record_pending()
