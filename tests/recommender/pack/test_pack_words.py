from __future__ import annotations

import re
from pathlib import Path

import pytest

from recommender import failures, pack_problems
from recommender.errors import PackRefused
from recommender.pack import lan

ROOT = Path(failures.__file__).parent


def raised() -> set[str]:
    """Find the code of every refusal in the program."""
    text = "".join(path.read_text(encoding="utf-8") for path in ROOT.rglob("pack*/*.py"))
    text += (ROOT / "pack_commands.py").read_text(encoding="utf-8")
    return set(re.findall(r"PackRefused\(\s*\"(\w+)\"", text))


def test_every_refusal_has_a_sentence_and_every_sentence_a_refusal() -> None:
    assert raised() == set(pack_problems.REFUSALS)


@pytest.mark.parametrize("code", pack_problems.REFUSALS)
def test_a_refusal_says_its_facts_in_both_languages(code: str) -> None:
    for language, pair in zip(("zh", "en"), pack_problems.REFUSALS[code], strict=True):
        facts = [f"fact{n}" for n in range(len(set(re.findall(r"\{\d\}", pair))))]
        (line,) = failures.sentences(PackRefused(code, *facts), language)
        assert all(fact in line for fact in facts)
        assert bool(re.search("[\u4e00-\u9fff]", line)) == (language == "zh")


def test_an_address_that_was_asked_for_is_the_one_for_tablets() -> None:
    assert lan.urls("192.0.2.7", 8000) == ["http://192.0.2.7:8000"]
    assert lan.urls("fd00::7", 80) == ["http://[fd00::7]:80"]


def test_a_server_that_listens_everywhere_names_this_machine_and_never_its_loop() -> None:
    found = lan.urls("0.0.0.0", 8000)  # noqa: S104  # nothing is bound
    assert found
    assert all(re.fullmatch(r"http://[0-9.]+:8000", each) for each in found)
    assert found == ["http://127.0.0.1:8000"] or not any("//127." in each for each in found)


def test_a_code_for_a_terminal_is_a_square_of_blocks() -> None:
    lines = lan.qr("http://192.0.2.7:8000").splitlines()
    assert len({len(line) for line in lines if line.strip()}) == 1
