"""The log: one Merkle tree over the leaves of all tenants, checkpoints, and events that wait for their leaf."""

import django.db.models.deletion
from django.db import migrations, models


def queue_events(apps, schema_editor):
    """Every event that was recorded before the log gets its leaf, too."""
    events, pending = apps.get_model("ledger", "AuditEvent"), apps.get_model("ledger", "PendingEvent")
    for event in events.objects.order_by("pk").iterator():
        pending.objects.create(event=event)


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0002_drop_chains'),
    ]

    operations = [
        migrations.CreateModel(
            name='Erasure',
            fields=[
                ('tenant', models.UUIDField(primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name='Head',
            fields=[
                ('tenant', models.UUIDField(primary_key=True, serialize=False)),
                ('sequence', models.PositiveBigIntegerField()),
                ('hash', models.BinaryField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name='Log',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('size', models.PositiveBigIntegerField(default=0)),
                ('at', models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='PendingEvent',
            fields=[
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='ledger.auditevent')),
            ],
        ),
        migrations.AlterField(
            model_name='auditevent',
            name='action',
            field=models.CharField(max_length=40),
        ),
        migrations.CreateModel(
            name='Checkpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('size', models.PositiveBigIntegerField()),
                ('time', models.PositiveBigIntegerField()),
                ('text', models.TextField()),
            ],
            options={
                'indexes': [models.Index(fields=['size'], name='checkpoint_by_size')],
            },
        ),
        migrations.CreateModel(
            name='Leaf',
            fields=[
                ('position', models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ('tenant', models.UUIDField()),
                ('sequence', models.PositiveBigIntegerField()),
                ('at', models.PositiveBigIntegerField()),
                ('previous', models.BinaryField(max_length=32)),
                ('commitment', models.BinaryField(max_length=32)),
                ('hash', models.BinaryField(max_length=32)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('tenant', 'sequence'), name='leaf_sequence_is_gapless')],
            },
        ),
        migrations.CreateModel(
            name='LeafBody',
            fields=[
                ('position', models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ('tenant', models.UUIDField()),
                ('type', models.CharField(choices=[('opening', 'Opening'), ('refusal', 'Refusal'), ('event', 'Event'), ('grant-started', 'Grant Started'), ('grant-closed', 'Grant Closed'), ('destruction', 'Destruction'), ('rotation', 'Rotation')], max_length=16)),
                ('purpose', models.CharField(default='', max_length=24)),
                ('actor', models.CharField(max_length=80)),
                ('grant', models.UUIDField(null=True)),
                ('event', models.UUIDField(null=True)),
                ('salt', models.BinaryField(max_length=32)),
                ('text', models.TextField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('event__isnull', False)), fields=('event',), name='an_event_has_one_leaf')],
                'indexes': [models.Index(fields=['tenant', 'type', 'purpose', '-position'], name='leaf_body_by_purpose'), models.Index(condition=models.Q(('grant__isnull', False)), fields=['grant'], name='leaf_body_by_grant')],
            },
        ),
        migrations.CreateModel(
            name='Subtree',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField()),
                ('index', models.PositiveBigIntegerField()),
                ('hash', models.BinaryField(max_length=32)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('level', 'index'), name='one_hash_a_subtree')],
            },
        ),
        migrations.CreateModel(
            name='Export',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.UUIDField()),
                ('checkpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.checkpoint')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('tenant', 'checkpoint'), name='one_export_a_checkpoint')],
            },
        ),
        migrations.RunPython(queue_events, migrations.RunPython.noop, hints={"model_name": "auditevent"}),
    ]
