"""Text that a spreadsheet would run as a formula: made harmless in CSV, and read back as it was.

Writing puts a ``'`` before it and a backslash before each ``|``, as defusedcsv does; the
full-width signs, which Chinese and Japanese editions take for formulas too, are guarded as well.
"""

from __future__ import annotations

import re

# The second is what reading would take for a guard.
_FORMULA = re.compile(r"'*[=+\-@%|＝＋－＠]|'+\\+\|")
_NUMBER = re.compile(r"-?[0-9,.]+")
_GUARDED = re.compile(r"'(?='*(?:[=+\-@%＝＋－＠]|\\+\|))")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet may run a text, or lose the guard of one."""
    return bool(_FORMULA.match(text)) and not _NUMBER.fullmatch(text)


def guarded(text: str) -> str:
    """Make a text harmless; `unguarded` gives it back."""
    return "'" + text.replace("|", "\\|") if is_formula(text) else text


def unguarded(cell: str) -> str:
    """Take off what keeps Excel from running or rounding a cell: ``'=x`` and ``="007"``."""
    if _GUARDED.match(cell):
        return cell[1:].replace("\\|", "|")
    if cell.startswith('="') and cell.endswith('"') and len(cell) > 2:
        return cell[2:-1]
    return cell
