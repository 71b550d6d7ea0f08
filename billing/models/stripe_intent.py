"""The outbox to Stripe: what is to be done there, written in the transaction of the change that wants it.

The idempotency key is as old as the row, so a request that is sent twice is done once. `billing/rail/outbox.py` has the
verbs.
"""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from ledger.ids import new_id

KEY_LIFETIME = timedelta(hours=23)  # Stripe forgets a key after 24 hours


class Deed(models.TextChoices):
    """What can be done. Each once for its subject: an organization, a top-up, an invoice, a refund."""

    CUSTOMER = "customer"
    CHECKOUT = "checkout"
    EXPIRY = "expiry"  # of a checkout that nobody may use any more
    RECHARGE = "recharge"
    VOIDING = "voiding"  # of the invoice of a recharge that failed
    COLLECTION = "collection"  # of an invoice of ours
    WITHDRAWAL = "withdrawal"  # of one that was written off
    REFUND = "refund"
    FAREWELL = "farewell"  # to a customer whose organization is erased


class IntentState(models.TextChoices):
    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"  # by Stripe, for good; whoever wanted it knows
    PARKED = "parked"  # waits for an operator


def new_key() -> str:
    return f"ik_{new_id()}"


class StripeIntentQuerySet(models.QuerySet["StripeIntent"]):
    def due(self, now: datetime) -> "StripeIntentQuerySet":
        return self.unleased(now).filter(next_at__lte=now).order_by("next_at")

    def unleased(self, now: datetime) -> "StripeIntentQuerySet":
        return self.filter(Q(leased_until=None) | Q(leased_until__lte=now), state=IntentState.OPEN)

    def parked(self) -> "StripeIntentQuerySet":
        return self.filter(state=IntentState.PARKED)

    def claim(self, now: datetime, lease: timedelta) -> int:
        return self.update(
            attempts=F("attempts") + 1,
            leased_until=now + lease,
            first_sent_at=models.functions.Coalesce("first_sent_at", models.Value(now)),
        )


class StripeIntent(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    kind = models.CharField(max_length=16, choices=Deed.choices)
    subject_id = models.UUIDField()
    key = models.CharField(max_length=64, unique=True, default=new_key)
    state = models.CharField(max_length=8, choices=IntentState.choices, default=IntentState.OPEN)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True)
    first_sent_at = models.DateTimeField(null=True)  # under this key
    is_key_spent = models.BooleanField(default=False)  # all that it gets from now on is an error of Stripe's
    error = models.CharField(max_length=40, default="", blank=True)  # the newest code
    created_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)

    objects = StripeIntentQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["next_at"], name="intents_open", condition=Q(state="open")),
            models.Index(fields=["organization_id", "-id"], name="intents_of_organization"),
            models.Index(fields=["done_at"], name="intents_done"),
        ]
        constraints = [models.UniqueConstraint(fields=["kind", "subject_id"], name="one_intent_a_deed")]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state == IntentState.OPEN

    def must_look_first(self, now: datetime) -> bool:
        """Whether its key protects no more: what it was to make may be there already, and is looked for."""
        is_old = self.first_sent_at is not None and now - self.first_sent_at >= KEY_LIFETIME
        return self.is_key_spent or is_old

    def key_for(self, step: str) -> str:
        """Return the idempotency key of one of several requests."""
        return f"{self.key}-{step}"
