"""From here on the database refuses to change or delete a price, and one that reaches back."""

from django.db import migrations

from catalog import guards


def guard(apps, schema_editor):
    guards.install(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_batch_rates")]
    operations = [migrations.RunPython(guard, migrations.RunPython.noop, hints={"model_name": "price"})]
