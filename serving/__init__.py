"""What ``service.py`` builds the HTTP service from, a file a part.

``settings`` says what can be set; ``pool``, ``nursery`` and ``worker`` do the work in preloaded processes;
``routes`` answer; ``guard`` stands at the door; ``problems`` is the one shape of errors.
"""
