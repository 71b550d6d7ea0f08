from django.db import migrations

from usage import partitions


def divide(apps, schema_editor):
    partitions.divide(apps.get_model("usage", "UsageEvent"), schema_editor)


class Migration(migrations.Migration):

    dependencies = [
        ('usage', '0004_rollups'),
    ]

    operations = [
        migrations.RunPython(divide),
    ]
