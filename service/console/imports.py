"""Import: send sheets, mend what is wrong where it stands, see the difference, confirm.

Templates and sheets with what is stored are taken out from the same page.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.exceptions import NotFound as NoPage
from werkzeug.wrappers import Response as AnyResponse

from recommender import outgoing, templates, wording
from recommender.errors import Busy, PreviewChanged, Refused
from recommender.importing import drafts, looking, scope
from recommender.importing.drafts import Draft, Options
from recommender.importing.looking import Looked, SheetLook
from service import errors, viewing
from service.console import gate
from service.console.find import XLSX
from service.console.shell import lang, render
from service.parts import parts

pages = Blueprint("imports", __name__)

N_ROWS, N_CHANGES = 25, 50
MOST_CHARACTERS = 4_000
_CSV = "text/csv; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some rows of something long: which page of how many, from 1."""

    number: int
    n_pages: int
    total: int
    n_rows: int

    @property
    def start(self) -> int:
        """Where it begins, from 0."""
        return (self.number - 1) * self.n_rows


def sweep() -> None:
    """Wipe what is old, whatever page is asked for."""
    drafts.sweep(parts().settings.home, parts().clock())


@pages.get("/imports")
def show() -> str:
    """Show what was sent and what is to be done with it; else where to send something."""
    home, owner = _whose()
    grant = gate.grant()
    draft = drafts.find(home, owner, parts().clock())
    looked = (looking.looked(draft) or _look(draft)) if draft else None
    facts: dict[str, object] = {}
    if draft is not None and looked is not None:
        facts = _of_sheet(draft, looked) if looked.n_problems else _of_changes(draft, looked)
    return render(
        "imports.html",
        draft=draft,
        looked=looked,
        has_catalog=_has(looked, "demand_catalog"),
        has_codes=_has(looked, "code_changes"),
        done=drafts.told(home, owner),
        kinds=[kind for kind in templates.KINDS if kind in scope.kinds_for(grant)],
        out=outgoing.kinds_for(grant),
        sheet_name=lambda kind: wording.SHEETS[kind][lang() == "en"] if kind else "",
        column_name=lambda name, kind: name if lang() == "en" else wording.column_name(name, kind),
        said=lambda problem: wording.row_sentences(problem, lang()),
        told=lambda problem: wording.row_problem(problem, lang()),
        **facts,
    )


@pages.post("/imports")
def upload() -> AnyResponse:
    """Take sheets in, in place of what was sent before, and look at them."""
    sent = [each for each in request.files.getlist("files") if each.filename]
    if not sent or len(sent) > drafts.MOST_FILES:
        flash("no_files" if not sent else "too_many_files")
        return _back()
    home, owner = _whose()
    with drafts.alone(home, owner):
        files = [(each.filename or "", each.save) for each in sent]
        draft = drafts.keep(home, owner, files, parts().clock())
        _look(draft)
    return _back()


@pages.post("/imports/rows")
def correct() -> AnyResponse:
    """Take in what was corrected in place, and look again."""
    home, owner = _whose()
    with drafts.alone(home, owner):
        draft = drafts.find(home, owner, parts().clock())
        if draft is not None:
            corrected, left_out = _corrections(request.form)
            _look(drafts.change(draft, corrected=corrected, left_out=left_out))
    return _back(sheet=request.form.get("sheet", "0"), show=request.form.get("show", ""))


@pages.post("/imports/options")
def choose() -> AnyResponse:
    """Take a catalog for its body's whole one, or allow what has to be allowed; look again."""
    home, owner = _whose()
    with drafts.alone(home, owner):
        draft = drafts.find(home, owner, parts().clock())
        if draft is not None:
            _look(drafts.change(draft, options=_options(request.form)))
    return _back()


@pages.post("/imports/discard")
def discard() -> AnyResponse:
    """Wipe what was sent."""
    home, owner = _whose()
    with drafts.alone(home, owner):
        drafts.forget(home, owner)
    return _back()


@pages.post("/imports/confirm")
def confirm() -> AnyResponse:
    """Write what was sent, all or nothing; the second of two clicks finds it done."""
    home, owner = _whose()
    key = request.form.get("key", "")
    with drafts.alone(home, owner):
        draft = drafts.find(home, owner, parts().clock())
        if draft is None or not key:
            return _back()
        try:
            summary = looking.confirm(parts().engine, gate.grant(), draft, key, day=parts().today())
        except Refused as refusal:
            _look(draft)
            flash("import_changed" if isinstance(refusal, PreviewChanged) else "import_refused")
            return _back()
        counts = ("added", "changed", "closed")
        n_of = {name: sum(getattr(each, name) for each in summary.sheets) for name in counts}
        drafts.wipe(draft)
        drafts.tell(home, owner, n_of)
    return _back()


@pages.get("/imports/marked/<int:number>")
def marked(number: int) -> Response:
    """Give a file that was sent, what is wrong with it marked."""
    home, owner = _whose()
    draft = drafts.find(home, owner, parts().clock())
    looked = (looking.looked(draft) or _look(draft)) if draft else None
    if draft is None or looked is None or number >= len(looked.sheets):
        raise NoPage
    sheet = looked.sheets[number]
    with tempfile.TemporaryDirectory(dir=draft.folder) as folder:
        out = Path(folder) / "marked.xlsx"
        looking.write_marked(draft, number, sheet, out, lang())
        content = out.read_bytes()
    return _download(content, XLSX, f"{sheet.kind or 'sheet'}-marked.xlsx")


@pages.get("/imports/templates/<kind>.xlsx")
def template(kind: str) -> Response:
    """Give an empty sheet."""
    if kind not in templates.KINDS:
        raise NoPage
    return _download(templates.empty(kind), XLSX, f"{kind}.xlsx")


@pages.get("/imports/sheets/<kind>.<ending>")
def sheet(kind: str, ending: str) -> Response:
    """Give what is stored of a kind, of own people, as a sheet that imports again."""
    grant = gate.grant()
    if kind not in outgoing.kinds_for(grant) or f".{ending}" not in outgoing.SUFFIXES:
        raise NoPage
    content = outgoing.sheet_for(
        parts().engine, grant, kind, f".{ending}", day=parts().today(), tell=viewing.note
    )
    name = f"{kind}-{parts().today().isoformat()}.{ending}"
    return _download(content, _CSV if ending == "csv" else XLSX, name)


@pages.errorhandler(Busy)
def busy(refusal: Busy) -> AnyResponse:
    """Say that something else is being written, so that nothing was."""
    if request.method == "GET":
        return errors.placement_error(refusal)
    flash("import_busy")
    return _back()


def _whose() -> tuple[Path, str]:
    return parts().settings.home, gate.signed_in().login


def _look(draft: Draft) -> Looked:
    return looking.look(parts().engine, gate.grant(), draft, day=parts().today())


def _back(sheet: str = "", show: str = "") -> AnyResponse:
    where = url_for("console.imports.show", sheet=sheet or None, show=show or None)
    return redirect(where, 303)


def _has(looked: Looked | None, kind: str) -> bool:
    return looked is not None and any(sheet.kind == kind for sheet in looked.sheets)


def _of_sheet(draft: Draft, looked: Looked) -> dict[str, object]:
    """Give the rows of the file that is looked at: those with problems, unless all are asked."""
    number = _number(request.values.get("sheet"), len(looked.sheets) - 1)
    sheet = looked.sheets[number]
    shows_all = request.values.get("show") == "all" or not sheet.bad
    lines = sheet.data if shows_all else sheet.bad
    part = _part(len(lines), N_ROWS)
    seen = looking.rows(draft, number, lines[part.start : part.start + N_ROWS])
    return {
        "number": number,
        "sheet": sheet,
        "shows_all": shows_all,
        "part": part,
        "rows": seen,
        "places": _places(sheet, seen, shows_all=shows_all),
        "unread": _unread(sheet),
    }


def _of_changes(draft: Draft, looked: Looked) -> dict[str, object]:
    part = _part(sum(looked.counts.values()), N_CHANGES)
    names = looking.sees_names(gate.grant())
    shown = looking.changes(draft, part.start, N_CHANGES, names=names)
    viewing.note(each.which for each in shown if each.kind == "graduates")
    return {"part": part, "changes": shown}


def _places(sheet: SheetLook, seen: list[looking.SeenRow], *, shows_all: bool) -> list[int]:
    """Name the places to show: of rows with problems the id and what is wrong, else all."""
    width = max([len(sheet.headers), *(len(row.cells) for row in seen)], default=0)
    wrong = {place for row in seen for place in row.problems if place >= 0}
    if shows_all or request.values.get("columns") == "all" or not wrong:
        return list(range(width))
    return sorted(wrong | set(list(sheet.columns)[:3]))


def _unread(sheet: SheetLook) -> dict[int, list[str]]:
    """Give the headers that nobody knows, with the columns that are missing."""
    missing = [each.column for each in sheet.whole if each.code == "missing_column"]
    if not missing:
        return {}
    return {
        place: missing
        for place, header in enumerate(sheet.headers)
        if place not in sheet.columns and header.strip()
    }


def _corrections(
    form: Mapping[str, str],
) -> tuple[dict[int, dict[tuple[int, int], str]], dict[int, frozenset[int]]]:
    """Read fields like ``c-0-17-3`` (file, row, place) and ``x-0-17``; others mean nothing."""
    corrected: dict[int, dict[tuple[int, int], str]] = {}
    left_out: dict[int, frozenset[int]] = {}
    for name, text in form.items():
        what, numbers = name[:2], tuple(_numbers(name[2:]))
        if what == "c-" and len(numbers) == 3 and form.get(f"o-{name[2:]}", "") != text:
            number, row, place = numbers
            corrected.setdefault(number, {})[row, place] = text[:MOST_CHARACTERS]
        elif what == "x-" and len(numbers) == 2:
            number, row = numbers
            left_out[number] = left_out.get(number, frozenset()) | {row}
    return corrected, left_out


def _numbers(text: str) -> Iterator[int]:
    for each in text.split("-"):
        if each.isascii() and each.isdecimal() and len(each) <= 7:
            yield int(each)


def _options(form: Mapping[str, str]) -> Options:
    return Options(
        replace="replace" in form,
        allow_mass_closing="allow_mass_closing" in form,
        allow_stranded="allow_stranded" in form,
        issuer=form.get("issuer", "").strip()[:200],
    )


def _part(total: int, n_rows: int) -> Part:
    n_pages = max(1, -(-total // n_rows))
    asked = _number(request.values.get("page"), n_pages)
    return Part(number=max(1, asked), n_pages=n_pages, total=total, n_rows=n_rows)


def _number(text: str | None, most: int) -> int:
    """Read a number from 0; one beyond the last is the last."""
    is_number = text is not None and text.isascii() and text.isdecimal() and len(text) <= 6
    return min(int(text), most) if text is not None and is_number else 0


def _download(content: bytes, kind: str, name: str) -> Response:
    response = Response(content, mimetype=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
