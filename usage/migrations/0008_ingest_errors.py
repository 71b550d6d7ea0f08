import ledger.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('usage', '0007_saved_views'),
    ]

    operations = [
        migrations.CreateModel(
            name='IngestError',
            fields=[
                ('id', models.UUIDField(default=ledger.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('organization_id', models.UUIDField()),
                ('hour', models.DateTimeField(db_index=True)),
                ('code', models.CharField(max_length=20)),
                ('detail', models.CharField(max_length=200)),
                ('count', models.PositiveBigIntegerField()),
                ('last_at', models.DateTimeField()),
                ('last_event_id', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization_id', 'hour', 'code', 'detail'), name='one_ingest_error_an_hour')],
            },
        ),
    ]
