"""Tokens become rows of their own; the single token that each partner had goes on working."""

import django.db.models.deletion
from django.db import migrations, models


def carry_over(apps, schema_editor):
    """A token of the old form opened feeds and nothing else; feeds/tokens.py finds it by its digest."""
    Partner, Token = apps.get_model("ledger", "Partner"), apps.get_model("ledger", "Token")
    for partner in Partner.objects.exclude(token_sha256=""):
        Token.objects.create(
            key=partner.token_sha256[:12],
            sha256=partner.token_sha256,
            name="made before tokens had keys",
            partner=partner,
            scopes=["feeds"],
            created_at=partner.token_made_at,
        )


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0006_placement'),
    ]

    operations = [
        migrations.CreateModel(
            name='Fetch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('form', models.CharField(max_length=8)),
                ('at', models.DateTimeField()),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='fetches', to='ledger.partner')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='ledger.product')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('partner', 'product', 'form'), name='fetch_last_one')],
            },
        ),
        migrations.CreateModel(
            name='Token',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=16, unique=True)),
                ('sha256', models.CharField(max_length=64)),
                ('name', models.CharField(blank=True, max_length=80)),
                ('scopes', models.JSONField(default=list)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(null=True)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('last_used_at', models.DateTimeField(null=True)),
                ('partner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tokens', to='ledger.partner')),
                ('source', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tokens', to='ledger.source')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('partner__isnull', True), ('source__isnull', False)), models.Q(('partner__isnull', False), ('source__isnull', True)), _connector='OR'), name='token_has_one_holder')],
            },
        ),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
    ]
