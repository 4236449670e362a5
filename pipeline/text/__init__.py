"""Blocks, sentences, inline markup and Spanish typography."""
