"""How a user is found by address: one blind index for each version of the index key that is in use.

Usually there is one. While the key is rotated every write makes both, so that an address stays unique throughout.
"""

from collections.abc import Iterable

from django.db import models
from django.db.models import Q

from accounts.models.user import User
from vault.blind_index import SIZE
from vault.unsealer.messages import Index


class EmailIndexQuerySet(models.QuerySet["EmailIndex"]):
    def matching(self, indexes: Iterable[Index]) -> "EmailIndexQuerySet":
        """The rows of an address, by any of its indexes."""
        where = Q(pk__in=[])
        for index in indexes:
            where |= Q(version=index.version, value=index.value)
        return self.filter(where)


class EmailIndex(models.Model):
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="email_indexes")
    version = models.PositiveIntegerField()
    value = models.BinaryField(max_length=SIZE)

    objects = EmailIndexQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "value"], name="one_user_an_address"),
            models.UniqueConstraint(fields=["user", "version"], name="one_index_a_version"),
        ]

    def __str__(self) -> str:
        return f"index {self.version} of {self.user_id}"
