from typing import Any

from django.db import migrations, models

HELD = {  # reasons for which there was English alone
    "article-withdrawn": "El artículo fue retirado, y eso es definitivo: sus versiones nuevas se guardan y no se publican.",
    "no-product": "Ningún producto está en otro idioma que el artículo; añada uno a newsroom.toml.",
    "official-edition": "El medio tiene una versión propia. Enlácela, o descártela y traduzca.",
    "too-large": "Es mayor de lo que admite esta redacción: [intake] max_bytes en newsroom.toml.",
    "url-elsewhere": "La dirección no está en el sitio de la fuente; entregue lo mismo para la fuente a la que pertenece.",
    "url-missing": "Falta la dirección del original; entregue lo mismo de nuevo con ella.",
    "url-unusable": "La dirección del original no se puede usar; entregue lo mismo de nuevo con una que sirva.",
}


def tell_in_spanish(apps: Any, schema_editor: Any) -> None:
    """Why revisions are held or refused, in Spanish: of the rights gate, of findings, of what else holds one."""
    revision = apps.get_model("ledger", "Revision")
    rows = revision.objects.exclude(reason="").only("reason_code", "permission", "story")
    keys = list(rows.values_list("pk", flat=True))
    for start in range(0, len(keys), 200):
        for row in rows.filter(pk__in=keys[start : start + 200]):
            said = (row.permission or {}).get("reason_es") or found(row) or HELD.get(row.reason_code, "")
            if said:
                revision.objects.filter(pk=row.pk).update(reason_es=said)


def found(row: Any) -> str:
    findings = [each for each in (row.story or {}).get("findings", []) if each["level"] != "info"]
    said = [each.get("reason_es", "") for each in findings]
    return " ".join(said) if all(said) and any(each["code"] == row.reason_code for each in findings) else ""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0029_quick")]

    operations = [
        migrations.AddField(model_name="revision", name="reason_es", field=models.TextField(blank=True, default=""), preserve_default=False),
        migrations.AddField(model_name="termspage", name="reason_es", field=models.TextField(blank=True, default=""), preserve_default=False),
        migrations.AddField(model_name="unit", name="last_error_es", field=models.TextField(blank=True, default=""), preserve_default=False),
        migrations.AddField(model_name="watch", name="reason_es", field=models.TextField(blank=True, default=""), preserve_default=False),
        migrations.RunPython(tell_in_spanish, migrations.RunPython.noop),
    ]
