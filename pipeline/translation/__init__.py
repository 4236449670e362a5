"""Sentences in, sentences out: engines, models, memory, checks."""
