"""A period of a tenant's leaves is found by its first time."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_append_only")]
    operations = [
        migrations.AddIndex(
            model_name="leaf",
            index=models.Index(fields=["tenant", "at"], name="leaf_by_time"),
        ),
    ]
