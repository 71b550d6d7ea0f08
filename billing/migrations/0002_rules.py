"""From here on the database refuses what is not in balance, and changes of what is written down."""

from django.db import migrations

from billing import guards


def guard(apps, schema_editor):
    guards.install(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]
    operations = [migrations.RunPython(guard, migrations.RunPython.noop, hints={"model_name": "transaction"})]
