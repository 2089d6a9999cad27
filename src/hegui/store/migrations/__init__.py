"""Alembic's scripts, one per room that keeps tables."""
