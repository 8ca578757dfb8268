"""One module a step, named for what it changes."""
