"""Blind indexes move to rows of their own, one a version of the index key, so that the key can be rotated."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def move_indexes(apps, schema_editor):
    users, indexes = apps.get_model("accounts", "User"), apps.get_model("accounts", "EmailIndex")
    for user_id, value in users.objects.values_list("pk", "email_index").iterator():
        indexes.objects.create(user_id=user_id, version=1, value=value)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='EmailIndex',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('value', models.BinaryField(max_length=16)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='email_indexes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('version', 'value'), name='one_user_an_address'), models.UniqueConstraint(fields=('user', 'version'), name='one_index_a_version')],
            },
        ),
        migrations.RunPython(move_indexes, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name='user',
            name='email_index',
        ),
    ]
