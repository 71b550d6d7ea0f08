"""A count: how much of something there was in one window. It holds no number or address, only a fingerprint."""

from datetime import datetime

from django.db import connection, models
from django.db.models import F


class WindowCountQuerySet(models.QuerySet["WindowCount"]):
    def add_below(self, cap: int, *, scope: str, key: str, start: datetime) -> int:
        """Count one more and return how many there are; 0 where the cap is reached.

        One statement, so nothing comes between looking and counting: of any number of callers at once, `cap` are told
        a number.
        """
        table = connection.ops.quote_name(WindowCount._meta.db_table)
        columns = ", ".join(map(connection.ops.quote_name, ("scope", "key", "start")))
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} ({columns}, count) VALUES (%s, %s, %s, 1)"  # noqa: S608
                f" ON CONFLICT ({columns}) DO UPDATE SET count = {table}.count + 1 WHERE {table}.count < %s"
                " RETURNING count",
                [scope, key, connection.ops.adapt_datetimefield_value(start), cap],
            )
            row = cursor.fetchone()
            return int(row[0]) if row else 0

    def take_back(self, *, scope: str, key: str, start: datetime) -> None:
        self.filter(scope=scope, key=key, start=start, count__gt=0).update(count=F("count") - 1)


class WindowCount(models.Model):
    scope = models.CharField(max_length=24)  # what is counted, and in a window of which length
    key = models.CharField(max_length=64)  # a fingerprint; of a country the calling code
    start = models.DateTimeField()
    count = models.PositiveIntegerField()

    objects = WindowCountQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key", "start"], name="window_count_once")]
        indexes = [models.Index(fields=["start"], name="window_count_by_start")]

    def __str__(self) -> str:
        return f"{self.scope} {self.start}"
