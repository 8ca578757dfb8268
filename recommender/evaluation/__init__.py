"""Who ranks better, and is it good enough to be published."""
