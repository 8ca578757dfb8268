"""Codes under the API: what an old one counts as now."""

from __future__ import annotations

import datetime
from typing import Self

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag
from pydantic import BaseModel, ConfigDict, Field

from recommender import recodings, wording
from recommender.recodings import CodeAnswer
from service import tokens
from service.api import BEARER, PREFIX, answer, refusals
from service.parts import parts

codes = APIBlueprint(
    "codes",
    __name__,
    url_prefix=PREFIX,
    abp_tags=[Tag(name="codes", description="Trades and occupations, old and new.")],
    abp_security=[{BEARER: []}],
    abp_responses=refusals(401, 403, 422, 500, 503),
    operation_id_callback=lambda *, name, path, method: name,
)
codes.before_request(tokens.require_role)


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CodePath(_Shape):
    """A code of one of the two tables."""

    table: str = Field(description="`trade` or `occupation`.")
    code: str = Field(description="Code, or name; old ones too.")


class CodePart(_Shape):
    """A code that another counts as."""

    code: str
    name: str
    part: float = Field(description="Above 0 to 1; all parts of a code sum to 1.")


class Code(_Shape):
    """What a code is on the day."""

    table: str
    code: str
    name: str
    counts_as: list[CodePart]
    changed_on: datetime.date | None
    source: str | None
    warning: str | None
    warning_en: str | None

    @classmethod
    def of(cls, found: CodeAnswer) -> Self:
        """Copy an answer."""
        told = found.warning
        return cls(
            table=found.table.value,
            code=found.code,
            name=found.name,
            counts_as=[CodePart(code=c, name=n, part=p) for c, n, p in found.counts_as],
            changed_on=found.changed_on,
            source=found.source,
            warning=wording.row_problem(told, "zh") if told else None,
            warning_en=wording.row_problem(told, "en") if told else None,
        )


@codes.get("/codes/<table>/<path:code>", responses={200: Code, **refusals(404)})
def code_answer(path: CodePath) -> Response:
    """Say what a code is and counts as; an old one is answered, with a warning."""
    found = recodings.look_up(parts().engine, path.table, path.code, day=parts().today())
    return answer(Code.of(found))
