"""Whole reports with prose about the composer's tables: all true, or with one kind of contradiction planted.

The sentences are data (``sentences.toml``); the official tables, their numbers and faults are the composer's.
"""
