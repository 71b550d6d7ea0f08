from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "billing"

    def ready(self) -> None:
        from billing import budget_notices, notices  # noqa: F401  registers what it tells, and its events
        from billing.rail import deeds  # noqa: F401  registers what is done at Stripe
        from keys.changes import watch

        watch("billing_billingaccount", "INSERT", "DELETE", "UPDATE OF suspended_at")
        watch("billing_budget", "INSERT", "DELETE", "UPDATE OF hard")
