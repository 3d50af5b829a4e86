"""Lets Schemathesis ask a demo everything that its OpenAPI document offers: `drive.py HANOK REPORTS [EXAMPLES]`.

Once for each way of saying who one is. Every check is on; where one is told to expect more, schemathesis.toml says why.
Ends with "schema: N passed, N failed", a call of a run being one of them.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import xml.etree.ElementTree

from ports import free_port

PATIENCE = 30
HERE = os.path.dirname(os.path.abspath(__file__))
PHONE, PIN, PASSWORD = "010-1234-5678", "482915", "Byeol-2026-bit!"
CLIENT_CALLS = ["/api/v1/auth/request", "/api/v1/auth/status/{transaction_id}", "/api/v1/auth/result",
                "/api/v1/providers/{id}/keys/{kid}/activate", "/api/v1/stats/service/{service_id}"]
PERSON_CALLS = r"^/api/v1/(me|auth/(me|pending|confirm|deny))(/|$)"
# 0 is no limit; the others have no such value, and theirs is more than a run asks.
NO_LIMIT = ["address", "account", "provider", "api_key", "sign_in", "sign_in_failures_per_address",
            "phone_sign_in_per_address", "register_per_address", "client_failures_per_address", "user_list"]
SETTINGS = {f"limits.{name}_per_minute": 0 for name in NO_LIMIT} | {
    f"accounts.{name}": 1_000_000 for name in ["lock_failures", "pin_failures", "phone_code_sends_per_hour", "devices_max",
                                               "api_keys_max", "sessions_max", "mail_sends_per_hour",
                                               "mail_sends_per_address_per_hour"]
} | {f"identity.{name}": 1_000_000 for name in ["per_phone_provider_10min", "per_phone_provider_day", "per_phone_10min"]}


class Server:
    """The demo, on a free port, in a directory of its own, without limits."""

    def __init__(self, program, directory):
        port = free_port()
        self.url = f"http://localhost:{port}"
        settings = [word for key, value in SETTINGS.items() for word in ("--set", f"{key}={value}")]
        self.directory = os.path.join(directory, "demo")
        os.mkdir(self.directory)
        command = [program, *settings, "--data-dir", self.directory, "demo", "--port", str(port)]
        with open(os.path.join(directory, "server.log"), "wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        until = time.monotonic() + 60
        while not self.is_ready():
            if time.monotonic() > until or self.process.poll() is not None:
                raise SystemExit("the demo does not start")
            time.sleep(0.1)

    def is_ready(self):
        try:
            return self.call("GET", "/health/ready")[0] == 200
        except OSError:
            return False

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return None

    def call(self, method, path, body=None, headers=()):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, dict(headers), method=method)
        if data is not None:
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                text = answer.read()
                return answer.status, json.loads(text) if text[:1] in (b"{", b"[") else None
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")


class Caller:
    """Somebody of the demo who has signed in."""

    def __init__(self, server, username, password):
        self.server, self.username, self.password = server, username, password
        self.sign_in()

    def sign_in(self):
        who = {"username": self.username, "password": self.password}
        answer = self.server.call("POST", "/api/v1/auth/login", who)[1]
        self.id, self.token = answer["user_id"], answer["access_token"]

    def bearer(self):
        """How Schemathesis signs in, and once more where a call has ended the token, as a changed PIN does."""
        login = {"path": "/api/v1/auth/login", "extract_selector": "/access_token"}
        who = {"payload.username": self.username, "payload.password": self.password}
        return {"dynamic.openapi.bearer": login | who}

    def call(self, method, path, body=None):
        status, answer = self.server.call(method, path, body, {"Authorization": f"Bearer {self.token}"})
        if status >= 300:
            raise SystemExit(f"{method} {path}: {status} {answer}")
        return answer


def ground(server, admin, haneul):
    """Makes something of everything, so that a path leads somewhere; the words that may stand in a request."""
    admin.call("POST", "/api/v1/me/password/confirm", {"password": "Hanok-2026-demo!"})
    people = [admin.call("POST", "/api/v1/users", {"username": f"person{n}", "name": f"사람 {n}",
                                                   "email": f"person{n}@hanok.example"}) for n in range(8)]
    people = [person.get("id") or person["user"]["id"] for person in people]
    departments = [admin.call("POST", "/api/v1/departments", {"name": f"부서 {n}"})["id"] for n in range(5)]
    teams = [admin.call("POST", "/api/v1/teams", {"name": f"팀 {n}", "member_ids": [people[n]]}) for n in range(5)]
    teams = [team.get("id") or team["team_id"] for team in teams]
    for n in range(4):
        admin.call("POST", "/api/v1/roles", {"name": f"role{n}", "permissions": ["provider_statistics"]})
    made = [admin.call("POST", "/api/v1/providers", {"name": f"Shop {n}", "site_code": f"S-{n}", "delivery": "poll"})
            for n in range(3)]
    with open(os.path.join(server.directory, "demo.json")) as file:
        shop = json.load(file)
    transactions = []
    for _ in range(6):
        asked = ask(server, shop)
        body = {"transaction_id": asked["transaction_id"], "pin_code": PIN, "binding_code": asked["binding_code"]}
        haneul.call("POST", "/api/v1/auth/confirm", body)
        transactions.append(asked)
    # One that waits for each provider: a new request takes the place of the one before.
    transactions += [ask(server, provider) for provider in (shop, *made)]
    every = admin.call("GET", "/api/v1/providers")["providers"]
    shops = [provider for provider in every if provider["client_id"] == shop["client_id"]]
    delivered = [admin.call("GET", f"/api/v1/providers/{provider['id']}/deliveries") for provider in shops]
    return shop, {
        "people": people,
        "departments": departments,
        "department_names": [f"부서 {n}" for n in range(5)],
        "teams": teams,
        "roles": [f"role{n}" for n in range(4)] + ["manager", "admin"],
        "providers": [provider["id"] for provider in every],
        "kids": [key["kid"] for provider in every for key in provider.get("keys", [])] or [shop["key"]["kid"]],
        "deliveries": [item["id"] for page in delivered for item in page["deliveries"]] or people[:1],
        "transactions": [asked["transaction_id"] for asked in transactions],
        "own_providers": [shop["client_id"]] + [provider["id"] for provider in shops],
        "permissions": [name for name in permissions(admin) if name != "full_user_info"],
        "fields": ["email", "phone_number", "birthdate"],
        "reports": ["provider-success", "hours-of-today", "provider-days", "failing-people", "latest-completions",
                    "ci-di-reveals", "many-addresses"],
        "days": [time.strftime("%Y-%m-%d", time.gmtime(time.time() - 86_400 * n)) for n in (0, 3)],
        "birthdates": ["1990-05-17", "2001-12-31"],
        "plain_role": ["user"],
        "names": ["마당", "Bell", "가나다 라마바", "x" * 60],
        "emails": [f"new{n}@hanok.example" for n in range(40)],
        "phones": [PHONE] + [f"010-0000-{n:04}" for n in range(40)],
        "passwords": ["Dambyeorak-9!", admin.password, haneul.password],
        "wrong_passwords": ["Wrong-2026-word!"],
        "pins": [PIN, "304958"],
        "usernames": [f"new{n}" for n in range(40)] + ["haneul"],
        "ways": ["callback", "poll"],
        "notices": ["all", "completed"],
        "addresses": ["https://shop.example.com/back"],
    }


def permissions(admin):
    return next(role["permissions"] for role in admin.call("GET", "/api/v1/roles")["roles"] if role["name"] == "super_admin")


def ask(server, shop):
    body = {key: shop[key] for key in ("client_id", "client_secret")} | {"user_phone_number": PHONE, "requested_expiry": 600}
    status, asked = server.call("POST", "/api/v1/auth/request", body)
    if status != 201:
        raise SystemExit(f"/api/v1/auth/request: {status} {asked}")
    return asked


class Run:
    """One run of Schemathesis, as somebody, over some of the calls."""

    def __init__(self, name, auth, choice, caller):
        self.name, self.auth, self.choice, self.caller = name, auth, choice, caller

    def config(self, directory, words):
        """schemathesis.toml with the credentials and the words, beside the hooks."""
        path = os.path.join(directory, "schemathesis.toml")
        with open(os.path.join(HERE, "schemathesis.toml")) as source, open(path, "w") as file:
            file.write(source.read())
            for table, value in self.auth.items():
                file.write(f"\n[auth.{table}]\n")
                file.writelines(f"{key} = {json.dumps(word)}\n" for key, word in value.items())
            for name, values in words.items():
                file.write(f"\n[dictionaries.{name}]\nvalues = {json.dumps(values, ensure_ascii=False)}\n")
        shutil.copy(os.path.join(HERE, "hooks.py"), directory)
        return path

    def start(self, server, words, reports, examples):
        """Asks everything; what passed, and what failed with its words."""
        junit, report = (os.path.join(reports, f"{self.name}.{kind}") for kind in ("xml", "txt"))
        with tempfile.TemporaryDirectory() as directory, open(report, "wb") as out:
            command = [sys.executable, "-m", "schemathesis.cli", "--config-file", self.config(directory, words),
                       "run", f"{server.url}/api/openapi.json", "--url", server.url, "--max-examples", examples, "--no-color",
                       "--report", "junit", "--report-junit-path", junit, *self.choice]
            about = {"HANOK_SCHEMA_ASKING": self.caller.id, "HANOK_SCHEMA_OTHER": words["people"][0],
                     "PYTHONDONTWRITEBYTECODE": "1"}
            code = subprocess.run(command, stdout=out, stderr=out, env=os.environ | about, cwd=directory).returncode
        if code not in (0, 1) or not os.path.exists(junit):
            return [], {"everything": f"Schemathesis ended with {code}; see {report}"}
        good, bad = self.read(junit)
        # Whoever could not sign in any more saw nothing but 401.
        try:
            self.caller.sign_in()
        except (KeyError, TypeError):
            bad["everything"] = f"{self.caller.username} cannot sign in after it"
        return good, bad

    def read(self, junit):
        calls, faults = set(), {}
        for case in xml.etree.ElementTree.parse(junit).iter("testcase"):
            calls.add(case.get("name"))
            for kind in ("failure", "error"):
                for fault in case.iter(kind):
                    text = fault.text or fault.get("message") or kind
                    faults.setdefault(case.get("name"), []).append(text)
        told = {call: " | ".join(dict.fromkeys(re.findall(r"^- (.*)", "\n".join(texts), re.M))) or texts[0]
                for call, texts in faults.items()}
        return sorted(calls - faults.keys()), told


def runs(admin, haneul, shop):
    exact = [word for path in CLIENT_CALLS for word in ("--include-path", path)]
    others = [word for path in CLIENT_CALLS for word in ("--exclude-path", path)]
    key = admin.call("POST", "/api/v1/me/keys", {"name": "schema", "permissions": permissions(admin)})
    key = key.get("key") or key["api_key"]
    pair = {"openapi.clientId": {"api_key": shop["client_id"]}, "openapi.clientSecret": {"api_key": shop["client_secret"]}}
    basic = {"openapi.clientBasic": {"username": shop["client_id"], "password": shop["client_secret"]}}
    return [
        Run("person", haneul.bearer(), ["--include-path-regex", PERSON_CALLS], haneul),
        Run("provider-basic", basic, exact, admin),
        Run("provider-headers", pair, exact, admin),
        Run("key", {"openapi.apiKey": {"api_key": key}}, ["--include-method", "GET", *others], admin),
        Run("administrator", admin.bearer(), others, admin),
    ]


def main(program, reports, examples="12"):
    passed = failed = 0
    os.makedirs(reports, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        server = Server(program, directory)
        try:
            admin, haneul = Caller(server, "admin", "Hanok-2026-demo!"), Caller(server, "haneul", PASSWORD)
            shop, words = ground(server, admin, haneul)
            for run in runs(admin, haneul, shop):
                started = time.monotonic()
                good, bad = run.start(server, words, reports, examples)
                passed, failed = passed + len(good), failed + len(bad)
                for call, fault in sorted(bad.items()):
                    print(f"FAILED  {run.name}: {call}: {fault}", flush=True)
                seconds = time.monotonic() - started
                print(f"{run.name}: {len(good)} calls as documented, {len(bad)} not, {seconds:.0f} s", flush=True)
        finally:
            code = server.stop()
            shutil.copy(os.path.join(directory, "server.log"), reports)
        if code != 0:
            failed += 1
            print("FAILED  the server does not stop in time")
    print(f"schema: {passed} passed, {failed} failed")
    return int(failed > 0)


sys.exit(main(*sys.argv[1:]))
