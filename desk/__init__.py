"""The editors' pages: what needs a person, decided in a browser. Views are thin; the work is in pipeline/actions."""
