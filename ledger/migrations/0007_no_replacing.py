"""SQLite refuses INSERT OR REPLACE over what is recorded, too."""

from django.db import migrations

from ledger import guards


def guard_console(apps, schema_editor):
    guards.forbid_replacing(schema_editor, guards.CONSOLE_TABLES)


def guard_vault(apps, schema_editor):
    guards.forbid_replacing(schema_editor, guards.VAULT_TABLES)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_audit_by_target")]
    operations = [
        migrations.RunPython(guard_console, migrations.RunPython.noop, hints={"model_name": "auditevent"}),
        migrations.RunPython(guard_vault, migrations.RunPython.noop, hints={"model_name": "leaf"}),
    ]
