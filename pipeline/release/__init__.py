"""Who gets what, and when: decisions without side effects."""
