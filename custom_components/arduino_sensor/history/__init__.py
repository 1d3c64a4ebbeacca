"""The past: readings that a board has kept while nobody heard it.

Nothing outside depends on more than `backfill`.
"""
