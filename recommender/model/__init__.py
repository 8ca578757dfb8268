"""Features, the factorization and what is published of it; arrays, no SQL and no sheets."""
