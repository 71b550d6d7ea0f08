"""A turn at the playground: one answer at a time is streamed to a person, for each takes a thread of the console."""

from django.db import models


class Turn(models.Model):
    user_id = models.UUIDField(primary_key=True, editable=False)
    holder = models.UUIDField()  # of the answer under way
    until = models.DateTimeField()  # by when it must have been prolonged; its process may have died

    def __str__(self) -> str:
        return str(self.holder)
