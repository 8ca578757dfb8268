"""Sheets taken in by a person at a page: kept a while, corrected in place, agreed to, written."""
