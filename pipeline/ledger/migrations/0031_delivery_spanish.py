from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0030_spanish")]

    operations = [
        migrations.AddField(model_name="delivery", name="reason_es", field=models.TextField(blank=True, default=""), preserve_default=False),
    ]
