"""Where documents are kept with their results: SQLAlchemy Core, SQLite by default, PostgreSQL by a setting."""
