"""A reminder that was given: of one key, one kind and one day it is given once, however often the worker looks."""

from django.db import models

from keys.models.api_key import ApiKey


class Reminder(models.Model):
    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="reminders")
    kind = models.CharField(max_length=40)  # of a message
    about = models.DateField()  # the day that it tells of
    days = models.PositiveSmallIntegerField(default=0)  # so many before it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "kind", "about", "days"], name="one_reminder_of_a_kind_and_day")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key_id}"
