from django.db import migrations

from usage import partitions


def divide(apps, schema_editor):
    partitions.divide(apps.get_model("usage", "UsageEvent"), schema_editor)


def leave_room(apps, schema_editor):
    names = "MinuteUsage", "HourlyUsage", "DailyUsage", "HourlyTotal", "DailyTotal"
    partitions.leave_room([apps.get_model("usage", name) for name in names], schema_editor)


class Migration(migrations.Migration):

    dependencies = [
        ('usage', '0004_rollups'),
    ]

    operations = [
        migrations.RunPython(divide),
        migrations.RunPython(leave_room),
    ]
