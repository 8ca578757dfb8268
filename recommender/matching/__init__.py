"""What a rule forbids, in which order the rest stands, and who gets which place."""
