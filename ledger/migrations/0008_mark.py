from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_no_replacing")]
    operations = [
        # NULL without a default: SQLite adds the column in place, and the table keeps its triggers.
        migrations.AddField(
            model_name="leaf", name="mark", field=models.BinaryField(max_length=32, null=True)
        ),
    ]
