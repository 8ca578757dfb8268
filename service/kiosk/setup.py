"""Opens a kiosk with its token, and closes it: the operator's part."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from recommender.errors import NotFound
from service.kiosk import gate
from service.kiosk.frame import render
from service.parts import parts

Page = str | Response | tuple[str, int]


def add(pages: Blueprint) -> None:
    """Add the operator's pages."""
    pages.add_url_rule("/open", "open_form", open_form, methods=["GET"])
    pages.add_url_rule("/open", "open", open_kiosk, methods=["POST"])
    pages.add_url_rule("/close", "close_form", close_form, methods=["GET"])
    pages.add_url_rule("/close", "close", close, methods=["POST"])


def open_form() -> Page:
    """Show the form; where the kiosk is open already, the kiosk."""
    return redirect(url_for("kiosk.show")) if gate.is_open() else _form()


def open_kiosk() -> Page:
    """Open the kiosk at a fair, or say what is wrong."""
    token, fair_id = request.form.get("token", "").strip(), request.form.get("fair", "")
    if gate.may_open(token) is None:
        return _form(fault="token_refused"), 401
    try:
        parts().kiosk.fair(fair_id)
    except NotFound:
        return _form(fault="fair_unknown"), 422
    opened = gate.Opened(token, fair_id)
    return gate.keep(redirect(url_for("kiosk.show"), 303), opened)


def close_form() -> Page:
    """Ask whether the kiosk is to be closed."""
    return render("close.html")


def close() -> Page:
    """Close the kiosk."""
    return gate.drop(redirect(url_for("kiosk.open_form"), 303))


def _form(fault: str | None = None) -> str:
    return render("open.html", fairs=parts().kiosk.fairs(), fault=fault)
