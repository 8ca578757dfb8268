"""A collection round (需求征集): ask every enterprise, take replies in, decide, approve, issue."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.engine import Connection

from recommender.access import Grant
from recommender.collection import (
    STORED,
    Asked,
    PostAction,
    PostEvent,
    Reply,
    Round,
    RoundState,
)
from recommender.data import collected, prefilled, store
from recommender.data.sheets import ParsedSheet, parse_row, read_sheet
from recommender.domain import MemberKind, Post
from recommender.errors import ImportRefused, NotFound, RoundRefused, RowProblem, Unreadable
from recommender.year.merge import Merged, merge

SHEET = "demand_catalog"
# What no file system takes in a name, and what would lead elsewhere.
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f.\s]+')
_LEADING_CODE = re.compile(r"[0-9A-Z]{18}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundView:
    """How a round stands.

    Attributes
    ----------
    silent
        Enterprises asked that have not replied, by name.
    """

    round: Round
    asked: tuple[Asked, ...]
    replies: tuple[Reply, ...]
    silent: tuple[Asked, ...]
    merged: Merged


def open_round(
    engine: Engine,
    name: str,
    *,
    day: date,
    due_on: date,
    alliance: str | None = None,
    issuing_body: str | None = None,
) -> RoundView:
    """Begin a round: fix whom it asks, and the catalog that replies are compared with.

    Asked are the enterprises of the alliance; without one, every enterprise member, and where
    nobody is a member every enterprise with a post that is open or will be.

    Raises
    ------
    Unreadable
        If the name is empty, or the last day for replies is before the day.
    NotFound
        If the alliance has no enterprise.
    RoundRefused
        If the name was used, or a round of the same enterprises is under way.
    """
    if not name.strip():
        raise Unreadable("NAME", name, "missing")
    if due_on < day:
        raise Unreadable("due_on", due_on.isoformat(), "due_before_today")
    with store.writing(engine) as conn:
        rounds = collected.load_rounds(conn)
        if any(each.round_id == name for each in rounds):
            raise RoundRefused("round_named_already", name)
        for each in rounds:
            if each.alliance == alliance and each.state is not RoundState.ISSUED:
                raise RoundRefused("round_under_way", each.round_id)
        asked = _whom(conn, alliance, day)
        opened = Round(
            round_id=name,
            alliance=alliance,
            issuing_body=issuing_body or alliance or name,
            opened_on=day,
            due_on=due_on,
        )
        collected.save_round(conn, opened)
        collected.save_asked(conn, name, asked)
        return _view(conn, opened, day)


def _whom(conn: Connection, alliance: str | None, day: date) -> list[Asked]:
    members = [
        each
        for each in store.load_members(conn)
        if each.kind is MemberKind.ENTERPRISE
        and each.credit_code
        and alliance in (None, each.alliance)
    ]
    names = {each.credit_code or "": each.name for each in members}
    if not names and alliance is None:
        names = {post.credit_code: post.enterprise for post in _present(conn, day)}
    if not names:
        raise NotFound("alliance", alliance or "")
    return [Asked(credit_code=code, enterprise=name) for code, name in names.items()]


def _present(conn: Connection, day: date) -> list[Post]:
    """List the posts that are open or will be."""
    return [
        post
        for post in store.load_posts(conn, day=day)
        if post.withdrawn_on is None and post.closes_on >= day
    ]


def _shown(conn: Connection, round_: Round) -> list[Post]:
    """List the posts of the templates: what is stored later had no day in them."""
    present = _present(conn, round_.opened_on)
    known = collected.changed_on(conn, {post.post_id for post in present}, round_.opened_on)
    return [post for post in present if post.post_id in known]


def write_templates(engine: Engine, name: str, folder: Path, *, day: date) -> list[Path]:
    """Write a sheet for each enterprise that is asked, with its posts as the round saw them.

    Raises
    ------
    Unreadable
        If the folder cannot be made, or is a file.
    """
    if folder.exists() and not folder.is_dir():
        raise Unreadable("out", str(folder), "is_no_folder")
    with store.reading(engine) as conn:
        view = _view(conn, _round(conn, name), day)
        present = _shown(conn, view.round)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for each in view.asked:
        own = [post for post in present if post.credit_code == each.credit_code]
        out = folder / f"{each.credit_code}_{_UNSAFE.sub('_', each.enterprise)[:60]}.xlsx"
        prefilled.write(own, out)
        written.append(out)
    return written


def template_file(engine: Engine, name: str, credit_code: str, *, day: date) -> bytes:
    """Give the sheet of one enterprise that is asked, with its posts as the round saw them.

    Raises
    ------
    NotFound
        If there is no such round, or it does not ask the enterprise.
    """
    with store.reading(engine) as conn:
        view = _view(conn, _round(conn, name), day)
        if credit_code not in {each.credit_code for each in view.asked}:
            raise NotFound("enterprise", credit_code)
        own = [post for post in _shown(conn, view.round) if post.credit_code == credit_code]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "template.xlsx"
        prefilled.write(own, out)
        return out.read_bytes()


def template_cells(
    engine: Engine, name: str, credit_code: str, *, day: date
) -> list[dict[str, object]]:
    """List what the template of one enterprise shows, by English column names, but the contact.

    Raises
    ------
    NotFound
        If there is no such round, or it does not ask the enterprise.
    """
    with store.reading(engine) as conn:
        view = _view(conn, _round(conn, name), day)
        if credit_code not in {each.credit_code for each in view.asked}:
            raise NotFound("enterprise", credit_code)
        present = _shown(conn, view.round)
    own = [post for post in present if post.credit_code == credit_code]
    return [
        {name: cell for name, cell in prefilled.post_cells(post).items() if name != "contact"}
        for post in own
    ]


def take(engine: Engine, name: str, paths: Sequence[Path], *, day: date) -> RoundView:
    """Take replies in, one file of one enterprise each: all of them or none.

    A file without a row is a reply, too: its name begins with the enterprise's credit code.

    Raises
    ------
    NotFound
        If a file is missing, or there is no such round.
    RoundRefused
        If the round is issued.
    ImportRefused
        If any row of any file has a problem; all problems of all files are in it.
    """
    for path in paths:
        if not path.is_file():
            raise NotFound("path", str(path))
    with store.writing(engine) as conn:
        round_ = _round(conn, name)
        sheets = [(read_sheet(path, issuer=round_.issuing_body), path) for path in paths]
        return _keep(conn, round_, [(sheet, _code_of(path)) for sheet, path in sheets], day)


def take_rows(
    engine: Engine,
    name: str,
    credit_code: str,
    rows: Iterable[dict[str, object]],
    *,
    filename: str,
    day: date,
) -> RoundView:
    """Take one enterprise's reply in as rows of English columns; see `take`.

    What a row need not repeat, its contact and issuing body, stays as the template had it.
    """
    with store.writing(engine) as conn:
        round_ = _round(conn, name)
        shown = {post.post_id: post for post in _shown(conn, round_)}
        items, problems = [], []
        for number, row in enumerate(rows, start=1):
            before = shown.get(str(row.get("post_id")))
            body = before.issuing_body if before else None
            held = {
                "issuing_body": body or round_.issuing_body,
                "contact": before.contact if before else None,
            } | row
            parsed, wrong, _ = parse_row(SHEET, held, filename=filename, row=number)
            items += [replace(parsed, row=number)] if parsed else []
            problems += wrong
        sheet = ParsedSheet(
            filename=filename, kind=SHEET, items=tuple(items), problems=tuple(problems)
        )
        return _keep(conn, round_, [(sheet, credit_code)], day)


def _code_of(path: Path) -> str | None:
    found = _LEADING_CODE.match(path.name)
    return found[0] if found else None


def _keep(
    conn: Connection, round_: Round, sheets: Sequence[tuple[ParsedSheet, str | None]], day: date
) -> RoundView:
    if round_.state is RoundState.ISSUED:
        raise RoundRefused("round_issued", round_.round_id)
    asked = {each.credit_code for each in collected.load_asked(conn, round_.round_id)}
    items = [one.item for sheet, _ in sheets for one in sheet.items]
    ids = {item.post_id for item in items if isinstance(item, Post)}
    owners = {post.post_id: post for post in store.load_posts(conn, day=date.max, post_ids=ids)}
    replies, problems = [], []
    seen: set[str] = set()
    for sheet, named in sheets:
        wrong = [*sheet.problems, *_wrong(sheet, named, asked, owners)]
        if sheet.filename in seen:
            wrong.append(_problem(sheet, 0, "", "", "two_files_of_one_name"))
        seen.add(sheet.filename)
        problems += wrong
        posts = tuple(one.item for one in sheet.items if isinstance(one.item, Post))
        if not wrong:
            code = posts[0].credit_code if posts else named or ""
            replies.append(
                Reply(filename=sheet.filename, credit_code=code, taken_on=day, posts=posts)
            )
    if problems:
        raise ImportRefused(problems)
    collected.save_replies(conn, round_.round_id, replies)
    # What was approved is not what is there now.
    again = replace(round_, state=RoundState.OPEN, decided_by=None, decided_on=None)
    collected.save_round(conn, again)
    return _view(conn, again, day)


def _wrong(
    sheet: ParsedSheet, named: str | None, asked: set[str], owners: dict[str, Post]
) -> list[RowProblem]:
    """Find what makes a file no reply of one enterprise that is asked."""
    if sheet.problems:
        return []
    if sheet.kind != SHEET:
        return [_problem(sheet, 0, "", "", "no_catalog", sheet.kind)]
    rows = [(one.row, one.item) for one in sheet.items if isinstance(one.item, Post)]
    first = rows[0][1].credit_code if rows else named
    if first is None:
        return [_problem(sheet, 0, "credit_code", "", "whose_reply")]
    if first not in asked:
        return [_problem(sheet, rows[0][0] if rows else 0, "credit_code", first, "not_asked")]
    found = []
    for row, post in rows:
        owner = owners.get(post.post_id)
        if post.credit_code != first:
            found.append(
                _problem(sheet, row, "credit_code", post.credit_code, "two_enterprises", first)
            )
        elif owner is not None and owner.credit_code != first:
            found.append(
                _problem(sheet, row, "post_id", post.post_id, "post_of_another", owner.enterprise)
            )
    return found


def _problem(
    sheet: ParsedSheet, row: int, column: str, value: str, code: str, *facts: str
) -> RowProblem:
    return RowProblem(
        filename=sheet.filename,
        row=row,
        column=column,
        value=value,
        code=code,
        facts=facts,
        kind=SHEET,
    )


# --- looking, choosing, approving, issuing ----------------------------------------------------


def look(engine: Engine, name: str | None, *, day: date) -> RoundView:
    """Show how a round stands; the latest one where no name is given.

    Raises
    ------
    NotFound
        If there is no such round.
    """
    with store.reading(engine) as conn:
        return _view(conn, _round(conn, name), day)


def list_rounds(engine: Engine) -> list[Round]:
    """List the rounds, the latest first."""
    with store.reading(engine) as conn:
        return collected.load_rounds(conn)


def concerns(round_: Round, grant: Grant) -> bool:
    """Whether a round is the bearer's business: an alliance's own, and everybody's."""
    return grant.scope_kind != "alliance" or round_.alliance in (None, grant.scope_name)


def look_for(engine: Engine, grant: Grant, name: str, *, day: date) -> RoundView:
    """Show how a round stands; another alliance's is one that nobody knows.

    Raises
    ------
    NotFound
        If there is no such round, or it is another alliance's.
    """
    view = look(engine, name, day=day)
    if not concerns(view.round, grant):
        raise NotFound("round", name)
    return view


def choose(
    engine: Engine, name: str, post_id: str, filename: str, *, author: str, day: date
) -> RoundView:
    """Say which reply to a post counts where they contradict; STORED is what is stored.

    Raises
    ------
    NotFound
        If there is no such round, no reply has the post, or not in this file.
    RoundRefused
        If the round is issued.
    """
    with store.writing(engine) as conn:
        round_ = _round(conn, name)
        if round_.state is RoundState.ISSUED:
            raise RoundRefused("round_issued", name)
        view = _view(conn, round_, day)
        files = [
            each.filename
            for each in view.replies
            if post_id in {post.post_id for post in each.posts}
        ]
        if not files:
            raise NotFound("post", post_id)
        if filename != STORED and filename not in files:
            raise NotFound("reply", filename, files)
        collected.save_choice(conn, name, post_id, filename, author, day)
        again = replace(round_, state=RoundState.OPEN, decided_by=None, decided_on=None)
        collected.save_round(conn, again)
        return _view(conn, again, day)


def approve(engine: Engine, name: str, *, author: str, day: date) -> RoundView:
    """Say that the replies, as they are merged now, may be issued.

    Raises
    ------
    RoundRefused
        If nobody has replied, something is undecided, or the round is issued.
    """
    with store.writing(engine) as conn:
        round_ = _round(conn, name)
        view = _settled(conn, round_, day)
        approved = replace(round_, state=RoundState.APPROVED, decided_by=author, decided_on=day)
        collected.save_round(conn, approved)
        return replace(view, round=approved)


def issue(engine: Engine, name: str, *, author: str, day: date) -> RoundView:
    """Make what was approved the catalog: posts new, changed and closed, in one transaction.

    Gives the round as it was merged. The posts of enterprises that have not replied stay.

    Raises
    ------
    RoundRefused
        If the round is not approved, or the catalog has changed since so that something is
        undecided.
    """
    with store.writing(engine) as conn:
        round_ = _round(conn, name)
        if round_.state is RoundState.OPEN:
            raise RoundRefused("round_not_approved", name)
        view = _settled(conn, round_, day)
        merged = view.merged
        closed = [replace(post, withdrawn_on=day) for post in merged.closing]
        store.save_posts(conn, [*merged.posts, *closed], day=day)
        source = f"{name} ({author})"
        collected.append_events(
            conn,
            [
                *(_event(post, PostAction.KEPT, source, day) for post in merged.confirmed),
                *(
                    _event(post.post_id, PostAction.RETIRED, source, day, "not_in_reply")
                    for post in closed
                ),
            ],
        )
        issued = replace(round_, state=RoundState.ISSUED)
        collected.save_round(conn, issued)
        store.append_import(conn, _record(view, day))
    return replace(view, round=issued)


def _event(
    post_id: str, action: PostAction, author: str, day: date, reason: str | None = None
) -> PostEvent:
    return PostEvent(post_id=post_id, day=day, action=action, author=author, reason=reason)


def _record(view: RoundView, day: date) -> store.ImportRecord:
    """Say for the journal of imports what came in; a catalog knows every occupation as before."""
    sheets = tuple(
        {"filename": each.filename, "kind": SHEET, "rows": len(each.posts)} for each in view.replies
    )
    return store.ImportRecord(
        day=day,
        sheets=sheets,
        n_graduates=0,
        n_unmapped_trades=0,
        n_posts=sum(len(each.posts) for each in view.replies),
        n_unknown_occupations=0,
    )


def _settled(conn: Connection, round_: Round, day: date) -> RoundView:
    if round_.state is RoundState.ISSUED:
        raise RoundRefused("round_issued", round_.round_id)
    view = _view(conn, round_, day)
    if not view.replies:
        raise RoundRefused("nobody_replied", round_.round_id)
    if view.merged.undecided:
        raise RoundRefused("round_undecided", round_.round_id, *view.merged.undecided)
    return view


def _round(conn: Connection, name: str | None) -> Round:
    rounds = collected.load_rounds(conn)
    found = rounds[:1] if name is None else [each for each in rounds if each.round_id == name]
    if not found:
        raise NotFound("round", name or "", [each.round_id for each in rounds[:3]])
    return found[0]


def _view(conn: Connection, round_: Round, day: date) -> RoundView:
    asked = collected.load_asked(conn, round_.round_id)
    replies = collected.load_replies(conn, round_.round_id)
    replied = {each.credit_code for each in replies}
    codes = {each.credit_code for each in asked}
    base = {post.post_id: post for post in _shown(conn, round_) if post.credit_code in codes}
    named = {post.post_id for reply in replies for post in reply.posts} | base.keys()
    stored = {post.post_id: post for post in store.load_posts(conn, day=day, post_ids=named)}
    choices = collected.load_choices(conn, round_.round_id)
    return RoundView(
        round=round_,
        asked=tuple(asked),
        replies=tuple(replies),
        silent=tuple(each for each in asked if each.credit_code not in replied),
        merged=merge(base, stored, replies, choices, day=day),
    )
