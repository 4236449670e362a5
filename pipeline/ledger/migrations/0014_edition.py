import django.db.models.deletion
import pipeline.stages
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0013_delivery'),
    ]

    operations = [
        migrations.CreateModel(
            name='Edition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(max_length=12)),
                ('url', models.CharField(blank=True, max_length=2048)),
                ('state', models.CharField(default=pipeline.stages.EditionState['CANDIDATE'], max_length=12)),
                ('found_at', models.DateTimeField()),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='editions', to='ledger.article')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'candidate')), fields=['found_at'], name='edition_candidate')],
                'constraints': [models.UniqueConstraint(fields=('article', 'language'), name='edition_once_per_language')],
            },
        ),
    ]
