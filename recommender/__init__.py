"""Match graduates of technician colleges to the posts of a demand catalog.

A sheet is read and checked (`data`), kept (`data.store`), described as features
(`model.features`, `model.pairs`), learned from (`model.training`, `model.boosting`), compared
with plain rules on the last class year (`evaluation`), and published whole or not at all
(`model.artefact`). A question is answered by ruling out what a rule forbids
(`matching.eligibility`), ordering the rest (`matching.ranking`) or placing a whole cohort
(`matching.assignment`).

`intake` drives the first steps, `nightly` the middle ones, `placements` the last.
"""
