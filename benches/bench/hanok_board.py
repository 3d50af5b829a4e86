"""Hanok's board on a store that `hanok demo fill` has filled."""

import json
import sqlite3
from urllib.parse import quote

from .board import DIFFERENT, ON_A_PAGE, QUERIES, Asked, Site, quoted, without_words
from .hanok_lists import JSON, Console, database
from .lists import ListOf
from .stores import Postgres, Sqlite

POST = '{"title":"{1}","content":"{id}"}'
COMMENT = '{"content":"{1}"}'
COMPRESSED = {"Accept-Encoding": "gzip, deflate, br"}
SAID = "확인했습니다. 다음 회의에서 이야기해요. 서버 장애 원인은 문서에 적어 두었습니다."


class Board(Console):
    """A server of the filled board, and a person who reads and writes there."""

    def environment(self) -> dict[str, str]:
        limits = ["BOARD_WRITE", "BOARD_LIGHT"]
        return super().environment() | {f"HANOK__LIMITS__{name}_PER_MINUTE": "1000000000" for name in limits}

    def site(self) -> Site:
        return Site(self.subject(), lambda: self.pages() + self.searches() + self.writes(), self.statements_taken)

    def site_without_search(self) -> Site:
        """Where nothing is kept of what the search would find."""
        return Site(self.subject(), lambda: [self.writing("a post without a word to find", without_words)])

    def pages(self) -> list[Asked]:
        cursor = self.json("/api/v1/posts?limit=20")["next"]
        category = self.value("SELECT category_id FROM board_post GROUP BY category_id ORDER BY COUNT(*) DESC, category_id LIMIT 1")
        lists = {
            "list": "/posts",
            "list of a category": f"/posts?category={category}",
            "list, page 2": "/posts?page=2",
            "list, the last commented first": "/posts?sort=commented",
            "list, the most recommended first": "/posts?sort=recommended",
        }
        page = self.headers(ListOf("", ""))
        return [
            *(Asked(name, path, page, contains="/post/") for name, path in lists.items()),
            Asked("post with 50 comments", "/post/{id}", page, lines=self.discussed(), contains="</article>"),
            Asked("list by cursor, JSON", f"/api/v1/posts?cursor={cursor}", self.bearer | COMPRESSED, contains='"posts"'),
        ]

    def searches(self) -> list[Asked]:
        page = self.headers(ListOf("", ""))
        return [
            Asked(f"{query} ({sort})", f"/search?q={quote(query)}&sort={sort}", page, contains="</main>")
            for query in QUERIES
            for sort in ("new", "title")
        ]

    def writes(self) -> list[Asked]:
        path, headers = "/api/v1/posts/{id}/comments", self.bearer | JSON
        lines = [f"{one}\t{SAID}" for one in self.discussed()]
        comment = Asked("a comment", path, headers, "POST", COMMENT, 201, lines)
        return [self.writing("a post", str), comment]

    def writing(self, name: str, changed) -> Asked:
        """Posts with the texts of others, each changed."""
        self.sign_in()
        posts = [self.json(f"/api/v1/posts/{one}") for one in self.discussed()[:50]]
        lines = [f"{quoted(changed(one['content']))}\t{quoted(changed(one['title']))}" for one in posts]
        return Asked(name, "/api/v1/posts", self.bearer | JSON, "POST", POST, 201, lines)

    def json(self, path: str) -> dict:
        self.sign_in()
        return self.get(path.removeprefix("/api/v1/"))

    def discussed(self) -> list[str]:
        """Posts that fill a page of comments."""
        sql = f"SELECT serial FROM board_post WHERE comment_count = {ON_A_PAGE} ORDER BY serial DESC LIMIT {DIFFERENT}"
        return [str(one) for one in self.values(sql)]

    def value(self, sql: str) -> str:
        return self.values(sql)[0]

    def values(self, sql: str) -> list:
        store = self.filled.store
        if isinstance(store, Postgres):
            return store.ask(sql, store.url).split()
        connection = sqlite3.connect(f"file:{database(store)}?mode=ro", uri=True, timeout=20)
        try:
            return [readable(row[0]) for row in connection.execute(sql)]
        finally:
            connection.close()

    def statements_taken(self, one: Asked) -> dict[str, int]:
        """By what the metrics call them, those that each request took."""
        path = one.path.replace("{id}", one.lines[0]) if one.lines else one.path
        return self.statements_of(ListOf(one.name, path, not path.startswith("/api/")))


def readable(value: object) -> object:
    """An id is bytes in SQLite."""
    if not isinstance(value, bytes):
        return value
    text = value.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def keep_nothing_to_find(store: Sqlite | Postgres) -> None:
    """Puts something into the place of the posts' index that takes what is written and keeps none of it."""
    if isinstance(store, Postgres):
        store.ask(
            "CREATE FUNCTION bench_nothing() RETURNS TRIGGER LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
            "CREATE TRIGGER bench_nothing BEFORE INSERT ON board_post_search FOR EACH ROW EXECUTE FUNCTION bench_nothing()",
            store.url,
        )
        return
    connection = sqlite3.connect(database(store), timeout=20)
    # Python's SQLite may be too old to drop the table itself.
    connection.executescript(
        "PRAGMA writable_schema = ON;"
        "DELETE FROM sqlite_schema WHERE name = 'board_post_search';"
        "PRAGMA writable_schema = RESET;"
        "CREATE VIEW board_post_search AS SELECT 0 AS rowid, '' AS terms;"
        "CREATE TRIGGER bench_nothing INSTEAD OF INSERT ON board_post_search BEGIN SELECT 1; END;"
    )
    connection.close()
