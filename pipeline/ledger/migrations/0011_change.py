"""What partners may have, when, and in which order things changed; what the API keeps."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0010_search'),
    ]

    operations = [
        migrations.CreateModel(
            name='Allowance',
            fields=[
                ('caller', models.CharField(max_length=80, primary_key=True, serialize=False)),
                ('minute', models.BigIntegerField()),
                ('used', models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Counter',
            fields=[
                ('name', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('value', models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.AddField(
            model_name='partner',
            name='delay_minutes',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='partner',
            name='epoch',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='partner',
            name='formats',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='partner',
            name='left',
            field=models.ManyToManyField(related_name='+', to='ledger.product'),
        ),
        migrations.AddField(
            model_name='release',
            name='change',
            field=models.PositiveBigIntegerField(db_index=True, default=0),
        ),
        migrations.CreateModel(
            name='Submission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(unique=True)),
                ('idempotency_key', models.CharField(max_length=255, null=True)),
                ('request_sha256', models.CharField(max_length=64)),
                ('answer', models.JSONField()),
                ('at', models.DateTimeField()),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='submissions', to='ledger.revision')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='submissions', to='ledger.source')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('source', 'idempotency_key'), name='submission_once_per_key')],
            },
        ),
    ]
