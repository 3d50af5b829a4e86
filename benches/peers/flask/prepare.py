"""Makes the tables, copies the board of the store SOURCE into them, and a session of READER, whose key it prints.

SOURCE is Hanok's SQLite file or the address of its PostgreSQL database; it is only read.
"""

import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count, islice

from reference.models import Account, Base, Category, Comment, Post, Reading, Session
from sqlalchemy import Connection, create_engine, insert

ROWS = 5_000
SOURCE = os.environ["SOURCE"]


def rows(sql: str) -> Iterator[tuple]:
    if SOURCE.startswith("postgres"):
        import psycopg

        with psycopg.connect(SOURCE) as connection, connection.cursor("copied") as cursor:
            yield from cursor.execute(sql)
    else:
        connection = sqlite3.connect(f"file:{SOURCE}?mode=ro", uri=True)
        yield from connection.execute(sql)
        connection.close()


def when(micros: int) -> datetime:
    return datetime.fromtimestamp(micros / 1_000_000, UTC).replace(tzinfo=None)


def copy(into: Connection, model: type, sql: str, row: Callable[..., dict]) -> None:
    left = rows(sql)
    while some := list(islice(left, ROWS)):
        into.execute(insert(model.__table__), [row(*one) for one in some])


def main() -> None:
    engine = create_engine(os.environ["DATABASE"])
    Base.metadata.create_all(engine)
    key, numbers = secrets.token_hex(16), count(1)
    people, categories = {}, {}

    def account(uuid, username, name):
        people[uuid] = next(numbers)
        return {"id": people[uuid], "username": username, "name": name}

    def category(uuid, name, description):
        categories[uuid] = len(categories) + 1
        return {"id": categories[uuid], "name": name, "description": description}

    def post(serial, where, author, title, body, at, comments, recommended, viewed, last):
        return {
            "id": serial,
            "category_id": categories[where],
            "author_id": people[author],
            "title": title,
            "body": body,
            "created_at": when(at),
            "comment_count": comments,
            "recommend_count": recommended,
            "view_count": viewed,
            "last_comment_at": when(last),
        }

    def comment(serial, of, thread, author, body, at):
        return {
            "id": serial,
            "post_id": of,
            "thread": thread,
            "author_id": people[author],
            "body": body,
            "created_at": when(at),
        }

    def reading(of, who, seen):
        return {"post_id": of, "account_id": people[who], "comments_seen": seen}

    with engine.begin() as into:
        copy(into, Account, "SELECT id, username, name FROM account ORDER BY username", account)
        copy(into, Category, "SELECT id, name, description FROM board_category ORDER BY position, id", category)
        copy(
            into,
            Post,
            "SELECT serial, category_id, author_id, title, body, created_at, comment_count, recommend_count, "
            "view_count, last_comment_at FROM board_post ORDER BY serial",
            post,
        )
        copy(
            into,
            Comment,
            "SELECT serial, post, COALESCE(parent, serial), author_id, body, created_at FROM board_comment ORDER BY serial",
            comment,
        )
        copy(into, Reading, "SELECT post, account_id, comments_seen FROM board_reading", reading)
        reader = next(row[0] for row in rows(f"SELECT id FROM account WHERE username = '{os.environ['READER']}'"))
        session = {"key": key, "csrf": secrets.token_hex(16), "account_id": people[reader]}
        into.execute(insert(Session.__table__), [session])
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as store:
        store.exec_driver_sql("ANALYZE")
    print(key)


main()
