"""Settings, commands, routes and errors each have a word in the documentation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from flask import Flask

from recommender import errors, wording
from recommender.__main__ import program
from recommender.data import sheets
from recommender.matching.eligibility import RULES
from recommender.settings import Settings
from recommender.terminal import EXIT_CODES
from service import create_app
from service.problems import KINDS
from tests.builders import DAY
from tests.service.fake_desk import FakeDesk

ROOT = Path(__file__).parents[1]
CONTRACT = (ROOT / "docs/contract.md").read_text(encoding="utf-8")
OPERATIONS = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
READMES = ("README.md", "README.zh-CN.md")


def commands(group: click.Group = program, before: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{name} ")
        else:
            yield f"{before}{name}", command


@pytest.fixture
def app(sqlite_engine: object, tmp_path: Path) -> Flask:
    settings = Settings(home=tmp_path, database_url="sqlite://", as_of=DAY)
    made: Flask = create_app(settings, engine=sqlite_engine, desk=FakeDesk(), today=lambda: DAY)
    return made


def read_variables() -> set[str]:
    """Find every variable that the program, its tests or CI read."""
    files = [*ROOT.glob("recommender/**/*.py"), *ROOT.glob("service/**/*.py"), ROOT / "wsgi.py"]
    files += [*ROOT.glob("tests/**/*.py"), ROOT / "Makefile", ROOT / ".ci/run"]
    names = "\n".join(path.read_text(encoding="utf-8") for path in files)
    return set(re.findall(r"\bPLACEMENT_[A-Z][A-Z_]*[A-Z]\b", names))


def test_every_setting_is_documented() -> None:
    missing = {name for name in read_variables() if f"`{name}`" not in OPERATIONS}
    assert missing == set()


def test_every_documented_setting_is_read() -> None:
    documented = set(re.findall(r"^\| `(PLACEMENT_\w+)`", OPERATIONS, flags=re.MULTILINE))
    assert documented <= read_variables()


def test_every_command_is_in_the_contract_with_its_options() -> None:
    missing = []
    for name, command in commands():
        if not re.search(rf"`[^`]*\b{name}\b", CONTRACT):
            missing.append(name)
        for option in command.params:
            if isinstance(option, click.Option) and not option.hidden:
                missing += [f"{name} {word}" for word in option.opts if word not in CONTRACT]
    assert missing == []


def test_the_shared_options_are_in_the_contract() -> None:
    words = {word for option in program.params for word in option.opts}
    assert {word for word in words if word not in CONTRACT} == set()


def test_every_command_explains_itself() -> None:
    assert {name for name, command in commands() if not (command.help or "").strip()} == set()


def test_every_exit_code_is_documented() -> None:
    codes = {str(code) for _, code in EXIT_CODES} | {"0", "4"}
    for page in (CONTRACT, OPERATIONS):
        told = set(re.findall(r"^\| (\d+) \|", page, flags=re.MULTILINE))
        assert codes <= told


def test_every_column_of_every_sheet_is_in_the_contract_in_both_languages() -> None:
    missing = {
        f"{kind}.{name}"
        for kind in wording.COLUMNS
        for name, chinese in wording.COLUMNS[kind].items()
        if name not in CONTRACT or chinese not in CONTRACT
    }
    assert missing == set()


def test_every_rule_is_in_the_contract() -> None:
    told = re.findall(r"^\| (\w+) \| ", CONTRACT.split("## Rules")[1], flags=re.MULTILINE)
    assert [code for code in told if code in RULES] == list(RULES)


def test_every_error_stands_in_the_tree_of_its_module() -> None:
    tree = errors.__doc__ or ""
    kinds = {
        name
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, errors.PlacementError)
    }
    assert {name for name in kinds if not re.search(rf"\b{name}\b", tree)} == set()


def test_every_route_is_in_the_contract_or_leads_to_a_page(app: Flask) -> None:
    pages = {"/static/<path:filename>", "/bootstrap/static/<path:filename>", "/problems/<slug>"}
    routes = {
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule not in pages
    }
    assert {route for route in routes if f"`{route}" not in CONTRACT} == set()


def test_every_route_and_every_kind_of_problem_is_in_the_api_page(app: Flask) -> None:
    text = (ROOT / "docs/api.md").read_text(encoding="utf-8")
    routes = [rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")]
    # The page shows requests, with an id in the place of each part that varies.
    shown = {route: re.sub(r"<[^>]+>", r"[^/\\s`]+", route) for route in routes}
    assert {route for route, form in shown.items() if not re.search(form, text)} == set()
    assert {slug for slug in KINDS if slug not in text} == set()


@pytest.mark.parametrize("readme", READMES)
def test_every_make_command_of_a_readme_exists(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, flags=re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", text, flags=re.MULTILINE))
    assert {"run", "test"} <= named <= targets


@pytest.mark.parametrize("readme", READMES)
def test_every_program_command_of_a_readme_exists(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    used = set(re.findall(r"-m recommender (?:--\S+ \S+ )*([a-z]+)", text))
    assert used <= set(program.commands)
    assert used


def relative_links() -> list[tuple[str, str]]:
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("training_data/*.md")]
    return [
        (str(page.relative_to(ROOT)), target)
        for page in pages
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
        if not target.startswith(("http://", "https://", "#"))
    ]


@pytest.mark.parametrize(("page", "target"), relative_links())
def test_every_link_leads_somewhere(page: str, target: str) -> None:
    assert (ROOT / page).parent.joinpath(target.split("#")[0]).exists()


def test_no_page_loads_anything_from_elsewhere() -> None:
    files = [*ROOT.glob("service/templates/**/*"), *ROOT.glob("service/static/**/*")]
    for path in files:
        if path.suffix in {".html", ".css", ".js", ".svg"}:
            text = path.read_text(encoding="utf-8")
            # The name of the SVG language is an address that nobody opens.
            text = text.replace("http://www.w3.org/2000/svg", "")
            assert not re.search(r"(src|href|url\(|@import|action)\S*https?://", text), path


def test_the_map_names_every_module_of_the_program() -> None:
    text = (ROOT / "docs/layout.md").read_text(encoding="utf-8")
    top = {path.name for path in (ROOT / "recommender").glob("*.py")} - {"__init__.py"}
    assert {name for name in top if name not in text} == set()


def test_sheets_of_the_contract_are_those_that_can_be_read() -> None:
    assert {kind for kind in sheets.KINDS if kind not in CONTRACT} == set()
