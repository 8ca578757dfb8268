"""Sheets, reference tables and the database: what is fetched and kept."""
