"""Django's handle on the ledger."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The tables of the newsroom."""

    name = "pipeline.ledger"
    label = "ledger"
