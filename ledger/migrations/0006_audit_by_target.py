"""The events of one target are found at once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_leaf_at")]
    operations = [
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["organization_id", "target"], name="audit_by_target"),
        ),
    ]
