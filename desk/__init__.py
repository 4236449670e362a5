"""The editors' pages. Until they stand here, an editor works with the `tornavoz` command (workers/cli/editing.py)."""
