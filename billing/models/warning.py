"""The warning of a low balance: armed while there is enough, told once when there is not."""

from django.db import models
from django.db.models import F
from django.db.models.functions import Coalesce

from billing.models.account import BillingAccount, Mode
from catalog.money import CENT, PICO, PicoField

USUAL = 5 * PICO  # at most, before anything was bought
_BELOW = Coalesce(F("threshold"), F("usual"), output_field=PicoField())
_NEEDED = _BELOW + F("account__frozen") + F("account__owed")


class BalanceWarningQuerySet(models.QuerySet["BalanceWarning"]):
    def wanted(self) -> "BalanceWarningQuerySet":
        return self.filter(account__mode=Mode.PREPAID).exclude(threshold=0)

    def to_arm(self) -> "BalanceWarningQuerySet":
        """Those that were told, or never had enough, and have enough now."""
        return self.wanted().filter(account__credit__gte=_NEEDED, is_armed=False)

    def to_tell(self) -> "BalanceWarningQuerySet":
        return self.wanted().filter(account__credit__lt=_NEEDED, is_armed=True)


class BalanceWarning(models.Model):
    account = models.OneToOneField(
        BillingAccount, on_delete=models.PROTECT, primary_key=True, related_name="balance_warning"
    )
    threshold = PicoField(null=True)  # what people chose; 0: no warning
    usual = PicoField(default=USUAL)  # without a choice: a fifth of what was bought last, or was there first
    is_armed = models.BooleanField(default=False)

    objects = BalanceWarningQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["is_armed"], name="warnings_armed")]

    def __str__(self) -> str:
        return f"below {self.below}"

    @classmethod
    def of(cls, account: BillingAccount) -> "BalanceWarning":
        """Return a new one; a welcome credit does not begin below its threshold, nor at it."""
        return cls(account=account, usual=min(USUAL, account.credit // CENT // 5 * CENT) or USUAL)

    @property
    def below(self) -> int:
        """The balance under which it is told, in pico-dollars."""
        return int(self.usual if self.threshold is None else self.threshold)
