"""A person's rights: what is held, consents, corrections, erasure, cases, who looked."""
