"""The commands for people who sign in at the console."""

from __future__ import annotations

import sys

import click

from recommender import terminal
from recommender.terminal import json_option, say


@click.group("user", cls=terminal.Program, short_help="控制台用户 · People who sign in.")
def user() -> None:
    """Let people sign in at the console, or no longer."""


@user.command("create")
@click.argument("login")
@click.option("--role", required=True, metavar="R", help="officer, alliance, data, auditor, …")
@click.option("--college", metavar="NAME", help="Only for this college.")
@click.option("--alliance", metavar="NAME", help="Only for this alliance.")
@click.option("--enterprise", metavar="NAME", help="Only for this enterprise.")
def create_user(
    login: str, *, role: str, college: str | None, alliance: str | None, enterprise: str | None
) -> None:
    """Let LOGIN sign in; print the first secret, alone and once, on stdout."""
    from recommender import accounts

    kind, name = terminal.one_scope(college=college, alliance=alliance, enterprise=enterprise)
    secret = accounts.create_user(
        terminal.engine(),
        login,
        role=role,
        day=terminal.day(),
        scope_kind=kind,
        scope_name=name,
    )
    click.echo(secret)
    _say_once()


@user.command("reset")
@click.argument("login")
def reset_user(login: str) -> None:
    """Give LOGIN a new first secret, printed once; whoever is signed in under it is signed out."""
    from recommender import accounts

    click.echo(accounts.reset_user(terminal.engine(), login))
    _say_once()


@user.command("revoke")
@click.argument("login")
def revoke_user(login: str) -> None:
    """Take LOGIN's account back and sign out whoever is signed in under it."""
    from recommender import accounts

    accounts.revoke_user(terminal.engine(), login)
    say("账号已停用。", "The account is taken back.")


@user.command("list")
@json_option
def list_users(json_file: str | None) -> None:
    """List who may sign in: login, role, scope, day, whether taken back; never a secret."""
    from recommender import account_printouts, accounts

    found = accounts.list_users(terminal.engine())
    terminal.tell(
        account_printouts.user_lines(found),
        lambda: account_printouts.users_json(found),
        json_file,
    )


def greet_first_user() -> None:
    """Where nobody may sign in yet, make ``admin`` and show the secret; at a terminal only.

    Anywhere else what is printed is kept in a log, where no secret belongs.
    """
    from recommender import accounts

    engine = terminal.engine()
    if not sys.stderr.isatty():
        if not accounts.list_users(engine):
            say(
                "还没有人能登录控制台：user create 登录名 --role admin",
                "Nobody may sign in at the console yet: user create LOGIN --role admin",
                err=True,
            )
        return
    secret = accounts.first_user(engine, terminal.day())
    if secret is not None:
        say(
            f"控制台 /console 的首个账号：admin，首次密码 {secret}（只显示这一次）",
            f"First account of the console, /console: admin, first secret {secret} (shown once)",
            err=True,
        )


def _say_once() -> None:
    say(
        "密码只显示这一次；首次登录后须更换。",
        "The secret is shown this once; it has to be changed at the first sign-in.",
        err=True,
    )
