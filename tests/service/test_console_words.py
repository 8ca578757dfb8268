from __future__ import annotations

import re
from pathlib import Path

import pytest

from service.console import words

TEMPLATES = sorted((Path(__file__).parents[2] / "service/templates/console").glob("*.html"))
CHINESE = re.compile("[\u3400-\u9fff]")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_no_words_of_its_own(template: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", template.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not CHINESE.search(text.replace("、", ""))
    shown = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", " ", text, flags=re.DOTALL)
    assert not re.search("[A-Za-z]{3,}", shown), shown


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_word_of_a_template_is_known(template: Path) -> None:
    asked = set(re.findall(r"\bt\.(\w+)", template.read_text(encoding="utf-8")))
    assert asked <= set(words.ALL)


def test_every_word_is_said_in_chinese_and_in_english_with_the_same_facts() -> None:
    alike = {"none", "other_language", "html_lang"}
    for key, (chinese, english) in words.ALL.items():
        facts = [set(re.findall(r"\{\w+\}", said)) for said in (chinese, english)]
        assert facts[0] == facts[1], key
        assert key in alike or CHINESE.search(chinese), key
        assert key in alike or not CHINESE.search(english), key


def test_no_area_says_the_word_of_another() -> None:
    assert sum(len(area) for area in words.AREAS) == len(words.ALL)
