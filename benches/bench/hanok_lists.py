"""Hanok's console and interface on a store that `hanok demo fill` has filled, asked by a super_admin."""

import json
import re
import sqlite3
import time
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote, urlencode

from . import hanok, hanok_postgres
from .lists import Catalogue, ListOf, browser, kept
from .pages import call
from .places import free_port
from .process import BenchError, ServerProcess
from .reports import Filled
from .stores import Postgres, Sqlite
from .subject import Operation, Sizes, Subject

# Everybody's in a filled store, made public by the command that fills it.
WHO, PASSWORD = "person000001", "Gadeuk-2026-chaeum!"
SOMEBODY = "person000100"
TOKEN = "bench-of-the-lists-on-loopback-only"
SEARCHED = "서연"
DAYS = 7
# What the fill does not make, so that there is something to list.
DEPARTMENTS, TEAMS, MEMBERS, ROLES, ALERTS = 100, 200, 10, 5, 5_000
ASKED = 20
SIGNED_IN_SECONDS = 600
JSON = {"Content-Type": "application/json"}


class Console:
    """A server of the filled store, and whoever asks it."""

    def __init__(self, filled: Filled) -> None:
        self.filled, self.port = filled, free_port()
        self.signed_in, self.cookie, self.bearer, self.request_id = 0.0, "", {}, ""

    def catalogue(self) -> Catalogue:
        return Catalogue(self.subject(), self.lists, self.headers, self.statements)

    def subject(self) -> Subject:
        store = self.filled.store
        on_postgres = isinstance(store, Postgres)
        nothing = Operation("GET", "/", 200)
        return Subject(
            name="hanok",
            command=self.filled.command("serve"),
            cwd=store.data,
            env=self.environment(),
            port=self.port,
            ready_path="/health/ready",
            request=nothing,
            status=nothing,
            sizes=Sizes(0, 0),
            backlog=lambda: backlog(store),
            helpers=hanok_postgres.backends if on_postgres else list,
        )

    def environment(self) -> dict[str, str]:
        """Defaults, but for the port, limits that one who asks this often would meet, and the metrics' key."""
        far = "1000000000"
        limits = ["ADDRESS", "ACCOUNT", "USER_LIST"]
        return self.filled.environment() | {f"HANOK__LIMITS__{name}_PER_MINUTE": far for name in limits} | {
            "HANOK__SERVER__PORT": str(self.port),
            "HANOK__METRICS__TOKEN": TOKEN,
            # The looks at store and disk, statements themselves, are taken once.
            "HANOK__METRICS__REFRESH_SECONDS": "3600",
        }

    # Who asks.

    def headers(self, one: ListOf) -> dict[str, str]:
        self.sign_in()
        return browser(self.cookie) if one.is_page else self.bearer | {"Accept-Encoding": "gzip, deflate, br"}

    def sign_in(self) -> None:
        if time.monotonic() - self.signed_in < SIGNED_IN_SECONDS and self.cookie:
            return
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        given = {"user_id": WHO, "password": PASSWORD}
        page = call(self.port, "POST", "/login", form, urlencode(given))
        cookie = next((value for value in page.cookies if value.startswith("hanok_session=")), None)
        answer = call(self.port, "POST", "/api/v1/auth/login", JSON, json.dumps(given))
        if cookie is None or answer.status != 200:
            raise BenchError(f"the sign-in was answered {page.status} and {answer.status}")
        self.cookie = cookie.partition(";")[0]
        self.bearer = {"Authorization": f"Bearer {json.loads(answer.body)['access_token']}"}
        self.signed_in = time.monotonic()

    # What is there to list.

    def make_more(self) -> None:
        """Departments, teams and roles by the interface, as the fill makes none."""
        self.sign_in()
        people = [one["id"] for page in range(1, 11) for one in self.get(f"users?per_page=100&page={page}")["users"]]
        tops = [one["id"] for one in self.get("departments")["departments"]]
        for n in range(DEPARTMENTS):
            self.post("departments", {"name": f"부서 {n:03}", "parent_id": tops[n % len(tops)]})
        for n in range(TEAMS):
            some = {people[(n * MEMBERS + k) % len(people)] for k in range(MEMBERS)}
            self.post("teams", {"name": f"팀 {n:03}", "leader_id": min(some), "member_ids": sorted(some)})
        for n in range(ROLES):
            self.post("roles", {"name": f"bench_{n}", "permissions": ["audit_read", "people_read"]})

    def lists(self) -> list[ListOf]:
        self.sign_in()
        provider, address, request, department, last = self.chosen()
        period = f"from={date.today() - timedelta(days=DAYS)}&to={date.today()}"
        pages = {
            "people": "people",
            "people, last page": f"people?page={last}",
            "people, by last sign-in": "people?sort=-last_login",
            "people, searched": f"people?q={quote(SEARCHED)}",
            "people of a department": f"people?department={department}",
            "people with a role": "people?role=super_admin",
            "departments": "departments",
            "teams": "teams",
            "roles": "roles",
            "providers": "providers",
            "deliveries of a provider": f"providers/{provider}/deliveries",
            "its deliveries, by state": f"providers/{provider}/deliveries?state=DELIVERED",
            "transactions": "transactions",
            "transactions, by state": "transactions?state=FAILED",
            "transactions of a provider": f"transactions?provider={provider}",
            "transactions of a person": f"transactions?person={SOMEBODY}",
            "transactions of a week": f"transactions?{period}",
            "transactions, by all four": f"transactions?state=COMPLETED&provider={provider}&{period}",
            "audit": "audit",
            "audit, by action": "audit?action=AUTH_FAILED",
            "audit of a person": f"audit?person={SOMEBODY}",
            "audit from an address": f"audit?address={address}",
            "audit of a request": f"audit?request_id={request}",
            "audit of a week": f"audit?{period}",
            "audit of a week, by action": f"audit?action=USER_LOGIN&{period}",
            "alerts": "alerts",
            "alerts, by kind": "alerts?kind=failing_person",
            "alerts, every one": "alerts?state=all",
        }
        answers = ["users", "transactions", "audit-logs", "alerts", "departments", "teams", "providers"]
        return [ListOf(name, f"/admin/{path}") for name, path in pages.items()] + [
            ListOf(f"`/api/v1/{path}`", f"/api/v1/{path}", is_page=False) for path in answers
        ]

    def chosen(self) -> tuple[str, str, str, str, int]:
        """What the filters name: taken from the lists themselves, so that there is something to find."""
        provider = max(self.get("providers?limit=100")["providers"], key=self.told)["id"]
        # Of somebody of the filled past: this bench signs in itself.
        signed_in = self.get(f"audit-logs?action=USER_LOGIN&limit=1&person={self.somebody_signed_in()}")["logs"][0]
        mine = self.get(f"audit-logs?action=USER_LOGIN&limit=1&person={WHO}")["logs"][0]
        department = self.get("departments")["departments"][0]["id"]
        return provider, signed_in["address"], mine["request_id"], department, self.get("users")["pagination"]["pages"]

    def told(self, provider: dict) -> int:
        """How often, as far as that is counted."""
        return self.get(f"providers/{provider['id']}/deliveries?limit=1")["total"]

    def somebody_signed_in(self) -> str:
        users = self.get("users?sort=-last_login&per_page=5")["users"]
        return next(one["username"] for one in users if one["username"] != WHO)

    def get(self, path: str) -> dict:
        answer = call(self.port, "GET", f"/api/v1/{path}", self.bearer)
        if answer.status != 200:
            raise BenchError(f"/api/v1/{path} is answered {answer.status}")
        return json.loads(answer.body)

    def post(self, path: str, what: dict) -> None:
        answer = call(self.port, "POST", f"/api/v1/{path}", self.bearer | JSON, json.dumps(what))
        if answer.status != 201:
            raise BenchError(f"POST /api/v1/{path} is answered {answer.status}: {answer.body.decode()}")

    # What a request asks of the store.

    def statements(self, lists: list[ListOf]) -> dict[str, dict[str, int]]:
        """The fewer of two counts, one round after the other: a job may run beside one of them."""
        rounds = [{one.name: self.statements_of(one) for one in lists} for _ in range(2)]
        return {one.name: min((each[one.name] for each in rounds), key=lambda kinds: sum(kinds.values())) for one in lists}

    def statements_of(self, one: ListOf) -> dict[str, int]:
        """By what the metrics call them, those that ran for each of so many requests: what runs now and then drops out."""
        addresses = [(one.path, self.headers(one))] * ASKED
        before = self.counted()
        kept(self.port, addresses)
        after = self.counted()
        each = {name: (count - before.get(name, 0)) // ASKED for name, count in after.items()}
        return {name: count for name, count in each.items() if count}

    def counted(self) -> dict[str, int]:
        # The metrics are put together at most once a second.
        time.sleep(1.1)
        told = call(self.port, "GET", "/metrics", {"Authorization": f"Bearer {TOKEN}"}).body.decode()
        found = re.findall(r'^hanok_store_statement_duration_seconds_count\{.*statement="([^"]+)"\} (\d+)$', told, re.M)
        return {name: int(count) for name, count in found}


def with_more(filled: Filled) -> None:
    """Serves the store for as long as it takes to make what the fill does not."""
    console = Console(filled)
    process = ServerProcess(console.subject(), filled.store.data / "more.log")
    try:
        process.wait_ready(f"http://127.0.0.1:{console.port}/health/ready")
        console.make_more()
    finally:
        process.stop()


def make_alerts(store: Sqlite | Postgres) -> None:
    """Straight into the table: by themselves they come at the pace of an hour."""
    on_postgres = isinstance(store, Postgres)
    made_id = "gen_random_uuid()" if on_postgres else "randomblob(16)"
    now_us = int(time.time() * 1_000_000)
    sql = f"""
        WITH RECURSIVE n(n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM n WHERE n < {ALERTS})
        INSERT INTO alert (id, kind, subject, account_id, hour_at, times, first_at, last_at, acknowledged_at, acknowledged_by)
        SELECT {made_id}, CASE WHEN n % 2 = 0 THEN 'failing_person' ELSE 'failed_sign_ins' END, 'bench ' || n,
            a.id, {now_us} - n * 60000000, 12, {now_us} - n * 60000000, {now_us} - n * 60000000,
            CASE WHEN n % 3 = 0 THEN {now_us} END, CASE WHEN n % 3 = 0 THEN a.id END
        FROM n JOIN account a ON a.username = 'person' || substr(CAST(1000001 + n % 100 AS TEXT), 2)"""
    if on_postgres:
        store.ask(sql, store.url)
    else:
        with_sqlite(store, sql)


def with_sqlite(store: Sqlite, sql: str) -> None:
    connection = sqlite3.connect(database(store), timeout=20)
    with connection:
        connection.execute(sql)
    connection.close()


def database(store: Sqlite) -> Path:
    return store.data / "data" / "hanok.db"


def backlog(store: Sqlite | Postgres) -> int:
    if isinstance(store, Postgres):
        return sum(int(store.ask(query, store.url)) for query in hanok.BACKLOG)
    return hanok.backlog(str(database(store)))
