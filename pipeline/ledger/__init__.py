"""All rows of the newsroom; Django stays in here and at the edges."""
