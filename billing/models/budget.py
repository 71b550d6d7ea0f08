"""A budget: what an organization, a project or a key may cost a day or a month, and what it has.

One counter decides and is shown. `spent` counts what settled in the period that `began` names; `held` is the sum of the
holds of calls under way. They change under the row's lock.
"""

from datetime import UTC, date, datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy

from catalog.money import LARGEST, PicoField
from keys.models import Level

SHARES = (50, 80, 100)  # percent of a budget


class Period(models.TextChoices):
    """Calendar periods, UTC."""

    DAY = "day", gettext_lazy("a day")
    MONTH = "month", gettext_lazy("a month")

    def start(self, moment: datetime) -> date:
        """Return the first day of the period that a moment is in."""
        day = moment.astimezone(UTC).date()
        return day if self == Period.DAY else day.replace(day=1)


class BudgetQuerySet(models.QuerySet["Budget"]):
    def able_to_spend(self, amount: int, began: date) -> "BudgetQuerySet":
        """Return budgets with so much left in the period that began then."""
        if amount > LARGEST:
            return self.none()
        same = Q(began=began, hard__gte=F("spent") + F("held") + amount)
        new = ~Q(began=began) & Q(hard__gte=F("held") + amount)
        return self.filter(Q(hard=None) | same | new, held__lte=LARGEST - amount)


class Budget(models.Model):
    subject_id = models.UUIDField(primary_key=True, editable=False)  # of an organization, a project or a key
    level = models.CharField(max_length=12, choices=Level.choices)
    organization_id = models.UUIDField(db_index=True)
    period = models.CharField(max_length=5, choices=Period.choices)
    hard = PicoField(null=True)  # no call goes beyond it
    soft = PicoField(null=True)  # beyond it somebody is told
    spent = PicoField(default=0)
    began = models.DateField(null=True)  # the period of `spent`
    held = PicoField(default=0)
    told_in = models.DateField(null=True)  # the period in which somebody was told that a threshold is passed
    told = PicoField(default=0)  # the highest threshold that they heard of then
    foretold_in = models.DateField(null=True)  # the period in which somebody was told that it will not last

    objects = BudgetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(held__gte=0, spent__gte=0), name="budgets_count_up"),
            models.CheckConstraint(condition=Q(hard__isnull=False) | Q(soft__isnull=False), name="budgets_say_a_sum"),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.subject_id}"

    @property
    def most(self) -> int:
        """The sum of which shares are told: the hard one, or the soft one where that is all there is."""
        return int(self.soft or 0) if self.hard is None else self.hard

    @property
    def thresholds(self) -> list[int]:
        """The sums of which somebody is told when they are spent: 50, 80 and 100 percent, and a soft sum below it."""
        shares = [-(-self.most * share // 100) for share in SHARES]
        return sorted({*shares, *([] if self.soft is None else [self.soft])})

    def began_at(self, moment: datetime) -> date:
        """Return the first day of this budget's period at a moment."""
        return Period(self.period).start(moment)

    def spent_in(self, began: date) -> int:
        return self.spent if self.began == began else 0

    def left(self, began: date) -> int | None:
        """Return what may still be held in the period that began then; None if nothing limits it."""
        return None if self.hard is None else self.hard - self.spent_in(began) - self.held
