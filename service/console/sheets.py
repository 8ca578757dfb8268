"""Files that pages hand out."""

from __future__ import annotations

from flask import Response

MIMETYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "html": "text/html",
    "zip": "application/zip",
    "json": "application/json",
}
# As which a table is handed out.
TABLES = ("xlsx", "csv", "html")


def attached(content: bytes, name: str) -> Response:
    """Answer with a file to be saved, never to be opened as a page of the console."""
    response = Response(content, mimetype=MIMETYPES[name.rpartition(".")[2]])
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
