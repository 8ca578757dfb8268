"""Public reference tables as CSV, each row naming its source; see README.md beside them."""
