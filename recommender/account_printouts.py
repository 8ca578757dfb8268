"""What commands print about people who sign in: as lines, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from recommender.data.accounts import Account
from recommender.printouts import aligned


def users_json(users: Iterable[Account]) -> list[dict[str, Any]]:
    """Give people for machines; nobody has their secrets."""
    return [
        {
            "login": each.login,
            "role": each.role,
            "scope": f"{each.scope_kind} {each.scope_name}" if each.scope_kind else "",
            "created_on": each.created_on.isoformat(),
            "must_change": each.must_change,
            "revoked": each.revoked,
        }
        for each in users
    ]


def user_lines(users: Iterable[Account]) -> Iterator[str]:
    """List people."""
    header = ["login", "role", "scope", "created_on", "must_change", "revoked"]
    return aligned(header, [[str(cell) for cell in row.values()] for row in users_json(users)])
