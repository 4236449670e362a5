"""The pages, one file for each noun. A view reads the ledger, asks an action for every change, and draws a template."""
