from __future__ import annotations

from recommender.data import pinyin


def test_a_text_is_found_by_its_syllables_and_by_their_initials() -> None:
    found = pinyin.keys("李小明")
    assert " lixiaoming" in found
    assert " lxm" in found


def test_every_reading_counts_since_a_surname_does_not_say_which_it_is() -> None:
    found = pinyin.keys("单丽")  # 单 is dan, chan, and as a surname shan
    assert {" danli", " dl", " shanli", " sl"} <= {f" {key}" for key in found.split()}


def test_letters_stand_for_themselves_and_signs_for_nothing_else() -> None:
    assert pinyin.keys("吕A1") == " lva1 la1"
    assert pinyin.keys("·") == " ·"
    assert pinyin.keys("  ") == ""


def test_a_text_of_many_readings_is_cut_and_keeps_every_reading_of_its_first_character() -> None:
    found = pinyin.keys("单" + "重" * 6, most=3)  # three readings of the first
    assert {key[:2] for key in found.split()} >= {"da", "ch", "sh"}
    assert len(found.split()) <= 6
