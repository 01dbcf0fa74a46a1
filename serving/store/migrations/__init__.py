"""The store's schema, a file a version; ``database.HEAD`` names the newest."""
