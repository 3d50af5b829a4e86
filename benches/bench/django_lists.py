"""The peer's lists: Django's admin over the very tables that Hanok's lists show, in the same store, which it only reads."""

import json
import os
import subprocess
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from . import hanok_lists, hanok_postgres
from .django import HOME, VENV, install
from .lists import Catalogue, ListOf, browser
from .places import free_port
from .stores import Postgres, Sqlite
from .subject import Operation, Sizes, Subject

POSTGRES = HOME / "requirements-postgres.txt"


@dataclass(frozen=True)
class Admin:
    """The admin on a store, for the lists that were measured of Hanok."""

    store: Sqlite | Postgres
    work: Path
    of_hanok: list[ListOf]

    def catalogue(self) -> Catalogue:
        install()
        if isinstance(self.store, Postgres):
            install_beside(POSTGRES)
        env, port = self.environment(), free_port()
        made = [VENV / "bin" / "python", "prepare_lists.py"]
        key = subprocess.run(made, cwd=HOME, env=env, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
        nothing = Operation("GET", "/admin/login/", 200)
        subject = Subject(
            name="django",
            command=[str(VENV / "bin" / "gunicorn"), "--bind", f"127.0.0.1:{port}", "reference.wsgi"],
            cwd=HOME,
            env=env,
            port=port,
            ready_path="/admin/login/",
            request=nothing,
            status=nothing,
            sizes=Sizes(0, 0),
            helpers=hanok_postgres.backends if isinstance(self.store, Postgres) else list,
        )
        lists = [ListOf(one.name, path) for one in self.of_hanok if (path := self.same_list(one))]
        headers = browser(f"peer_session={key}")
        return Catalogue(subject, lambda: lists, lambda _: headers, lambda all_of: counted(env, key, all_of))

    def environment(self) -> dict[str, str]:
        store = self.store
        where = store.url if isinstance(store, Postgres) else str(hanok_lists.database(store))
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "console.settings",
            "SECRET_KEY": os.urandom(32).hex(),
            "DATABASE": str(self.work / "django.sqlite3"),
            "STORE": where,
        }

    def same_list(self, one: ListOf) -> str | None:
        """The admin's address of the list that Hanok has there; it has no JSON."""
        if not one.is_page:
            return None
        address = urlsplit(one.path)
        given = {name: quote(values[0]) for name, values in parse_qs(address.query).items()}
        table, _, rest = address.path.removeprefix("/admin/").partition("/")
        if rest:
            table, given = "deliveries", given | {"provider": rest.partition("/")[0]}
        model, filters = TABLES[table]
        given = given or dict.fromkeys(filters.keys() & {""}, "")
        query = "&".join(filters[name](value) for name, value in given.items())
        return f"/admin/console/{model}/?{query}".removesuffix("?")


def plain(name: str):
    return lambda value: f"{name}={value}"


def day(name: str, later: int = 0):
    """A day in the organisation's time zone, as the admin's own links give it."""
    return lambda value: f"{name}={date.fromisoformat(value) + timedelta(days=later)}%2000:00:00%2B09:00"


# Hanok's word for a filter, and the admin's; an empty one stands for what Hanok shows when nothing is asked.
TABLES = {
    "people": ("account", {
        "page": plain("p"),
        # The eighth column, the latest first.
        "sort": lambda _: "o=-8",
        "q": plain("q"),
        "department": plain("department"),
        "role": plain("role"),
    }),
    "departments": ("department", {}),
    "teams": ("team", {}),
    "roles": ("role", {}),
    "providers": ("serviceprovider", {}),
    "deliveries": ("callbackdelivery", {"provider": plain("provider__id__exact"), "state": plain("state__exact")}),
    "transactions": ("authtransaction", {
        "state": plain("status__exact"),
        "provider": plain("provider__id__exact"),
        "person": plain("q"),
        "from": day("created_at__gte"),
        "to": day("created_at__lt", 1),
    }),
    "audit": ("auditlog", {
        "action": plain("action"),
        "person": plain("q"),
        "address": plain("origin__address"),
        "request_id": plain("request_id"),
        "from": day("at__gte"),
        "to": day("at__lt", 1),
    }),
    "alerts": ("alert", {
        "": lambda _: "acknowledged_at__isempty=1",
        "kind": lambda value: f"acknowledged_at__isempty=1&kind__exact={value}",
        "state": lambda _: "",
    }),
}


def counted(env: dict[str, str], key: str, lists: list[ListOf]) -> dict[str, dict[str, int]]:
    """In a process of its own, as counting costs."""
    command = [VENV / "bin" / "python", "count_lists.py"]
    asked = "\n".join(one.path for one in lists)
    done = subprocess.run(
        command, cwd=HOME, env=env | {"SESSION": key}, input=asked, stdout=subprocess.PIPE, text=True, check=True
    )
    found = json.loads(done.stdout)
    return {one.name: found[one.path] for one in lists}


def install_beside(wanted: Path) -> None:
    stamp = VENV / f".{wanted.stem}"
    if stamp.exists() and stamp.read_bytes() == wanted.read_bytes():
        return
    pip = [VENV / "bin" / "python", "-m", "pip", "install", "--quiet", "--require-hashes", "--only-binary", ":all:"]
    subprocess.run([*pip, "-r", wanted], check=True)
    stamp.write_bytes(wanted.read_bytes())
