"""The peer of the board: Flask with SQLAlchemy and Jinja on a copy of the same posts, in a database of its own."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from . import hanok_postgres
from .board import Asked, Site
from .hanok_lists import WHO, database
from .lists import browser
from .places import PEERS, WORK, free_port
from .stores import Postgres, Sqlite
from .subject import Operation, Sizes, Subject

HOME = PEERS / "flask"
VENV = WORK.parent / "bench-flask-venv"
DATABASE = "hanok_bench_flask"
# By the names that Hanok's pages have in the table.
LISTS = {
    "list": "/posts",
    "list of a category": "/posts?category=2",
    "list, page 2": "/posts?page=2",
    "list, the last commented first": "/posts?sort=commented",
    "list, the most recommended first": "/posts?sort=recommended",
}


@dataclass(frozen=True)
class Peer:
    """The peer beside a store that Hanok's board is in."""

    store: Sqlite | Postgres
    work: Path

    def prepare(self) -> str:
        """Copies the posts; gives the key of a session."""
        install()
        self.remove()
        if isinstance(self.store, Postgres):
            self.store.ask(f"CREATE DATABASE {DATABASE} TEMPLATE template0 ENCODING 'UTF8'")
        source = self.store.url if isinstance(self.store, Postgres) else str(database(self.store))
        env = os.environ | {"DATABASE": self.database(), "SOURCE": source, "READER": WHO}
        made = [VENV / "bin" / "python", "prepare.py"]
        return subprocess.run(made, cwd=HOME, env=env, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()

    def database(self) -> str:
        if isinstance(self.store, Postgres):
            return urlsplit(self.store.server)._replace(scheme="postgresql+psycopg", path=f"/{DATABASE}").geturl()
        return f"sqlite:///{self.work / 'flask.sqlite3'}"

    def remove(self) -> None:
        for file in self.work.glob("flask.sqlite3*"):
            file.unlink()
        if isinstance(self.store, Postgres):
            self.store.ask(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")

    def site(self, key: str, discussed: list[str]) -> Site:
        port, page = free_port(), browser(f"peer_session={key}")
        nothing = Operation("GET", "/posts", 200)
        subject = Subject(
            name="flask",
            command=[str(VENV / "bin" / "gunicorn"), "--bind", f"127.0.0.1:{port}", "reference.wsgi"],
            cwd=HOME,
            env=os.environ | {"DATABASE": self.database()},
            port=port,
            ready_path="/posts",
            request=nothing,
            status=nothing,
            sizes=Sizes(0, 0),
            helpers=hanok_postgres.backends if isinstance(self.store, Postgres) else list,
        )
        lists = [Asked(name, path, page, contains="/post/") for name, path in LISTS.items()]
        post = Asked("post with 50 comments", "/post/{id}", page, lines=discussed, contains="</article>")
        return Site(subject, lambda: [*lists, post])


def install() -> None:
    wanted, stamp = HOME / "requirements.txt", VENV / ".installed"
    if stamp.exists() and stamp.read_bytes() == wanted.read_bytes():
        return
    subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
    pip = [VENV / "bin" / "python", "-m", "pip", "install", "--quiet", "--require-hashes", "--only-binary", ":all:"]
    subprocess.run([*pip, "-r", wanted], check=True)
    stamp.write_bytes(wanted.read_bytes())
