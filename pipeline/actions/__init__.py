"""What an editor may do: one file for each verb.

Knows: which change, which audit entry and which units belong together. Must not know: who calls (desk, API, CLI).
Each action is one transaction; each destructive one has a plan that can be shown first.
"""
