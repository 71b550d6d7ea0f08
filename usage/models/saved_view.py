"""A saved view: what a member looks at on the usage page, under a name of theirs. For nobody else to see."""

from django.db import models

from accounts.models import Membership
from ledger.ids import new_id


class SavedView(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="usage_views")
    name = models.CharField(max_length=60)
    query = models.TextField()  # of the page's address, as the page itself writes it
    created_at = models.DateTimeField(auto_now_add=True)

    vault_not_personal = {"name": "says what a member looks at, in their own words and for themselves"}

    class Meta:
        ordering = ("name", "id")
        constraints = [models.UniqueConstraint(fields=["membership", "name"], name="one_view_a_name")]

    def __str__(self) -> str:
        return str(self.pk)
