"""What the planner finds, as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from recommender.data.export import Table
from recommender.printouts import aligned
from recommender.year.best_moves import Best
from recommender.year.coverage import Coverage
from recommender.year.enrolment import Enrolment
from recommender.year.moves import Moved
from recommender.year.plan_words import (
    BASES,
    chain_name,
    coverage_notes,
    opened_table,
    orders_table,
    pairs_table,
    programmes_table,
)
from recommender.year.profiles import Homogeneity


def lines_of(table: Table) -> Iterator[str]:
    """Set a table's cells under each other, its notes below."""
    if table.rows:
        rows = [["" if cell is None else str(cell) for cell in row] for row in table.rows]
        yield from aligned([table.titles[name] for name in table.columns], rows)
    yield from table.notes


def coverage_lines(found: Coverage, language: str = "zh") -> Iterator[str]:
    """Say of each chain what it wants, who comes, and what no trade on offer leads to."""
    english = language == "en"
    for chain in found.chains:
        people = ", ".join(
            f"{year}: {'–' if n is None else f'{n:.0f}'}" for year, n in chain.people.items()
        )
        name, places = chain_name(chain.chain, language), f"{chain.places:.0f}"
        if english:
            yield f"{name}: {places} open places; people {people}"
        else:
            yield f"{name}：剩余名额 {places} 个；各届人数 {people}"
        bare = [each for each in chain.wanted if not each.trades]
        for each in bare:
            what = each.occupation or each.occupation_code
            yield (
                f"  no trade on offer: {what}, {each.places:.0f} places"
                if english
                else f"  无对应专业：{what}，{each.places:.0f} 个名额"
            )
    yield from (note[english] for note in coverage_notes(found))


def homogeneity_lines(found: Homogeneity, language: str = "zh") -> Iterator[str]:
    """Say how alike colleges are, and which trades most of them open."""
    mean = "–" if found.mean is None else f"{found.mean:.2f}"
    if language == "en":
        yield f"{found.colleges} colleges, mean similarity {mean}"
    else:
        yield f"{found.colleges} 所院校，平均相似度 {mean}"
    shared = replace(found, pairs=tuple(each for each in found.pairs if each.similarity > 0))
    yield from lines_of(pairs_table(shared, language))
    yield from lines_of(opened_table(found, language))


def enrolment_lines(found: Enrolment, language: str = "zh") -> Iterator[str]:
    """Say what opens, which of it has no order class, and which agreement has no programme."""
    bare = sum(not each.agreements for each in found.programmes)
    n, n_bare = len(found.programmes), len(found.without_programme)
    if language == "en":
        yield f"{n} programmes open; {bare} have no agreement; {n_bare} agreements no programme"
    else:
        yield f"将开招生计划 {n} 项，其中 {bare} 项没有协议；没有招生计划的协议 {n_bare} 份"
    for table in (
        programmes_table(found, language),
        orders_table(found, language),
        orders_table(found, language, without_programme=True),
    ):
        if table.rows:
            yield f"— {table.title}"
            yield from lines_of(table)


def move_lines(found: Moved, language: str = "zh") -> Iterator[str]:
    """Say what a move would lead to, how sure that is, and by what it was described."""
    move, stays = found.move, found.stays
    english = language == "en"
    around = f"{stays.value:+.1f} [{stays.low:+.1f}, {stays.high:+.1f}]"
    if english:
        yield (
            f"{move.college}: {move.places} places from {move.from_trade} to {move.to_trade}, "
            f"entering {move.entry_year}, graduating {found.class_year}"
        )
        yield f"Placed and staying: {around} of {found.without:.0f} people, 90 % of draws"
        yield f"Of these the exchanged people themselves: {found.own:+.1f}"
        yield (
            f"Replayed: class year {found.replayed_year} under v{found.version}, "
            f"{found.years_ahead} years before; people described {BASES[found.basis][1]}"
        )
    else:
        yield (
            f"{move.college}：{move.entry_year} 年入学、{found.class_year} 届，"
            f"{move.places} 个名额由{move.from_trade}调到{move.to_trade}"
        )
        yield f"落实并稳定的人数：{around}（不调整时 {found.without:.0f} 人；九成抽样在此区间）"
        yield f"其中调整的这些学生自身：{found.own:+.1f}"
        yield (
            f"模拟：{found.replayed_year} 届，v{found.version}，早于毕业 {found.years_ahead} 年；"
            f"新专业学生{BASES[found.basis][0]}描述"
        )


def best_lines(found: Best, language: str = "zh") -> Iterator[str]:
    """Say which moves were chosen, the first first."""
    english = language == "en"
    if not found.moves:
        yield "No move would let more people stay." if english else "没有能增加稳定人数的调整。"
        return
    for move, gain in zip(found.moves, found.gains, strict=True):
        if english:
            yield (
                f"{move.college}: {move.places} from {move.from_trade} to {move.to_trade}: "
                f"{gain:+.1f}"
            )
        else:
            yield (
                f"{move.college}：{move.places} 个由{move.from_trade}调到{move.to_trade}："
                f"{gain:+.1f}"
            )
    n = sum(move.places for move in found.moves)
    if english:
        yield f"{n} of {found.budget} places moved: {found.gain:+.1f} of {found.without:.0f} people"
    else:
        yield (
            f"共调整 {n} / {found.budget} 个名额：落实并稳定 {found.gain:+.1f} 人"
            f"（不调整时 {found.without:.0f} 人）"
        )
