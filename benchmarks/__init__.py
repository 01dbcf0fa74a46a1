"""Measurements: speed (``make bench``) and accuracy (``make evaluate``); never part of the tests."""
