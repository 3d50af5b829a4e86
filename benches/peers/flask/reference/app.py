"""The application: its store, who asks, and compression."""

import gzip
import os

from flask import Flask, Response, g, redirect, request
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

from . import pages
from .models import Session

COOKIE = "peer_session"


def create() -> Flask:
    app = Flask(__name__)
    store = sessionmaker(create_engine(os.environ["DATABASE"], pool_size=8))
    app.jinja_env.filters["day"] = pages.day
    app.jinja_env.filters["lines"] = pages.lines

    @app.before_request
    def open_store():
        g.store = store()
        g.session = g.store.get(Session, request.cookies.get(COOKIE, ""))
        if g.session is None:
            return redirect("/login")
        return None

    @app.teardown_request
    def close_store(_):
        g.store.close()

    app.after_request(compressed)
    app.register_blueprint(pages.board)
    return app


def compressed(answer: Response) -> Response:
    if "gzip" in request.headers.get("Accept-Encoding", "") and answer.content_length > 200:
        answer.set_data(gzip.compress(answer.get_data(), 6))
        answer.headers["Content-Encoding"] = "gzip"
        answer.headers["Vary"] = "Accept-Encoding, Cookie"
    return answer
