"""The HTTP API for partners and automation, below /api/v1/.

Knows: HTTP, JSON, who may ask. Must not know: how anything is decided or kept; that is the pipeline's.
"""
