"""The history of the tables, from the first on; `store.upgrade` runs what is due.

A change of `schema.py` comes with a file ``versions/vNNNN_what_changes.py`` after the pattern
of ``script.py.mako`` and with the new `schema.HEAD`. Tables are altered in
``op.batch_alter_table`` blocks, because SQLite can alter little in place.
"""
