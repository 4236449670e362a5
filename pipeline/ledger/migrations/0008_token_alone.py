"""What 0007 carried over leaves the partners' table; apart from it, because PostgreSQL wants data and shape apart."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0007_token'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='partner',
            name='token_made_at',
        ),
        migrations.RemoveField(
            model_name='partner',
            name='token_sha256',
        ),
    ]
