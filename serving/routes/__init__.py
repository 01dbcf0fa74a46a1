"""The service's routes, a file a subject; each offers a ``router``."""
