"""Drives the npm and the Python client against a demo of its own: `drive.py HANOK CLIENT…`.

A client is given as its command, words separated by spaces. Ends with "socket: N passed, N failed".
"""

import base64
import datetime
import hashlib
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from ports import free_port

PATIENCE = 20
REFUSED = {"message": "unauthorized", "data": {"code": "unauthorized"}}


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Server:
    """The demo, on a free port, in a directory of its own."""

    def __init__(self, program, directory):
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        # Every round signs in anew.
        limits = ["--set", "limits.sign_in_per_minute=0"]
        self.command = [program, *limits, "--data-dir", directory, "demo", "--port", str(self.port)]
        self.directory = directory
        self.start()

    def start(self):
        log = open(os.path.join(self.directory, "..", "server.log"), "ab")
        self.process = subprocess.Popen(self.command, stdout=log, stderr=log)
        until = time.monotonic() + 60
        while True:
            try:
                if self.call("GET", "/health/ready")[0] == 200:
                    return
            except OSError:
                pass
            if time.monotonic() > until or self.process.poll() is not None:
                raise SystemExit("the demo does not start")
            time.sleep(0.1)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

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


class Account:
    """Somebody of the demo, whose password everybody may know."""

    def __init__(self, server, username, password):
        self.server = server
        self.username = username
        self.password = password
        self.sign_in()

    def sign_in(self):
        who = {"username": self.username, "password": self.password}
        self.token = self.server.call("POST", "/api/v1/auth/login/", who)[1]["access_token"]

    def call(self, method, path, body=None):
        status, answer = self.server.call(method, path, body, {"Authorization": f"Bearer {self.token}"})
        assert status < 300, (path, status, answer)
        return answer

    def posts(self, title):
        """Writes a post where everybody does; its number."""
        categories = self.call("GET", "/api/v1/categories")["categories"]
        category = next(one["id"] for one in categories if one["name"] == "자유 게시판")
        new = {"category_id": category, "title": title, "content": "본문입니다."}
        return self.call("POST", "/api/v1/posts", new)["id"]

    def comments(self, post, content):
        """Comments on a post; the comment's number."""
        return self.call("POST", f"/api/v1/posts/{post}/comments", {"content": content})["id"]


class Person(Account):
    """김하늘 of the demo, with a phone, and 최민준 (`other`), who comments on what 김하늘 writes."""

    def __init__(self, server):
        super().__init__(server, "haneul", "Byeol-2026-bit!")
        self.other = Account(server, "manager", "Maru-2026-bang!")
        self.key = ec.generate_private_key(ec.SECP256R1())
        point = self.key.public_key().public_numbers()
        code = self.call("POST", "/api/v1/me/devices/", {"password": self.password})["pairing_code"]
        jwk = {"kty": "EC", "crv": "P-256"}
        jwk |= {name: base64url(getattr(point, name).to_bytes(32, "big")) for name in "xy"}
        shown = {"pairing_code": code, "public_key": jwk, "name": "socket"}
        self.device = self.call("POST", "/api/v1/devices/pair/", shown)["device_id"]

    def signed(self):
        now, nonce = str(time.time_ns() // 1_000_000), base64url(os.urandom(16))
        nothing = hashlib.sha256(b"").hexdigest()
        text = "\n".join(["hanok-device-v1", self.server.url, "CONNECT", "/socket.io/", nothing, now, nonce])
        r, s = utils.decode_dss_signature(self.key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        signature = base64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
        return {"device": {"id": self.device, "time": now, "nonce": nonce, "signature": signature}}


class Client:
    """A client nobody here wrote, in a process of its own."""

    def __init__(self, command, url, auth, transport):
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command.split(), stdin=pipe, stdout=pipe, text=True)
        self.heard = queue.Queue()
        threading.Thread(target=self.listen, daemon=True).start()
        self.send({"url": url, "auth": auth, "transport": transport})

    def listen(self):
        for line in self.process.stdout:
            self.heard.put(json.loads(line))

    def send(self, value):
        self.process.stdin.write(json.dumps(value) + "\n")
        self.process.stdin.flush()

    def expect(self, what, told=...):
        """The next that is heard; of what happens to the person meanwhile only where that is wanted."""
        return self.until(what, told)[0]

    def until(self, what, told=...):
        """What is heard next, and the notifications that came before it."""
        notifications = []
        while True:
            found = self.heard.get(timeout=PATIENCE)
            if found[0] != "notification" or what == "notification":
                break
            notifications.append(found[1])
        assert found[0] == what and (told is ... or found[1] == told), f"wanted {what} {told}, heard {found}"
        return found[1], notifications

    def seated(self):
        """The count that it is greeted with."""
        self.expect("connect")
        ready = self.expect("ready")
        assert ready.keys() == {"unread", "seq"} and 0 <= ready["unread"] <= ready["seq"], ready
        return ready

    def told_of(self, post):
        """The next notification of a post."""
        while (told := self.expect("notification")).get("post_id") != post:
            pass
        return told

    def asks(self, after):
        """What it is answered that asks what came after a number, and what it was told before the answer."""
        self.send(["sync", {"after": after}])
        answer, before = self.until("acknowledged")
        assert answer["more"] is False and answer["upto"] >= after, answer
        assert all(item["seq"] > after for item in answer["items"]), answer
        return answer["items"], before

    def end(self):
        self.process.stdin.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()


def nobody_is_refused(connect, server, person):
    connect({}).expect("connect_error", REFUSED)
    connect({"token": "a.b.c"}).expect("connect_error", REFUSED)


def a_phone_hears_of_a_request(connect, server, person):
    phone = connect(person.signed())
    phone.seated()
    with open(os.path.join(server.directory, "demo.json")) as file:
        shop = json.load(file)
    body = {key: shop[key] for key in ("client_id", "client_secret")} | {"user_phone_number": "010-1234-5678"}
    status, asked = server.call("POST", "/api/v1/auth/request/", body)
    assert status == 201, asked
    shown = phone.expect("auth_request")
    assert shown["transaction_id"] == asked["transaction_id"] and asked["binding_code"] in shown["choices"]
    status, _ = server.call("POST", "/api/v1/auth/deny/", {"transaction_id": asked["transaction_id"]})
    assert status == 200
    phone.expect("auth_done", {"transaction_id": asked["transaction_id"], "status": "FAILED"})


def signing_out_closes(connect, server, person):
    page = connect({"token": person.token})
    page.asks(page.seated()["seq"])
    person.call("POST", "/api/v1/auth/logout/")
    # How soon is tested with a clock of its own; here only that it does not hang, which `expect` sees.
    page.expect("disconnect")
    connect({"token": person.token}).expect("connect_error", REFUSED)
    person.sign_in()


def rooms_of_others_are_passed_over(connect, server, person):
    page = connect({"token": person.token, "rooms": ["admin_dashboard", "nowhere_1"]})
    page.asks(page.seated()["seq"])


def a_killed_server_is_come_back_to(connect, server, person):
    page = connect({"token": person.token})
    page.seated()
    server.kill()
    page.expect("disconnect")
    server.start()
    page.seated()


def told_of(items, posts):
    """The posts that these notifications are of, as far as they are among `posts`, in their order."""
    seqs = [item["seq"] for item in items]
    assert seqs == sorted(set(seqs)), seqs
    return [item["post_id"] for item in items if item.get("post_id") in posts]


def commented(person, title):
    """A post of the person's on which the other has commented; known to the history."""
    post = person.posts(title)
    person.other.comments(post, "잘 읽었습니다.")
    until = time.monotonic() + PATIENCE
    while post not in [one.get("post_id") for one in person.call("GET", "/api/v1/notifications")["notifications"]]:
        assert time.monotonic() < until, f"nobody is told of {title}"
        time.sleep(0.05)
    return post


def a_comment_is_told(connect, server, person):
    page = connect({"token": person.token})
    before = page.seated()
    post = person.posts("점심 메뉴")
    comment = person.other.comments(post, "국수 어때요?")
    told = page.told_of(post)
    wanted = {"type": "comment", "post_title": "점심 메뉴", "comment_id": comment, "commenter": "최민준", "others": 0}
    wanted |= {"receiver": "haneul", "post_id": post}
    assert {key: told.get(key) for key in wanted} == wanted, told
    path, place = told["path"].split("#")
    assert path.split("?")[0] == f"/post/{post}" and place == f"comment-{comment}", told
    assert datetime.datetime.fromisoformat(told["timestamp"]).utcoffset() is not None, told
    assert told["seq"] > before["seq"] and told["unread"] >= 1, (before, told)


def what_was_missed_is_caught_up_with_once_and_in_order(connect, server, person):
    page = connect({"token": person.token})
    page.seated()
    post = person.posts("먼저")
    person.other.comments(post, "들었습니다.")
    last = page.told_of(post)["seq"]
    page.end()
    posts = [commented(person, title) for title in ("하나", "둘", "셋")]
    back = connect({"token": person.token, "after": last})
    ready = back.seated()
    caught = back.expect("catchup")
    assert told_of(caught["items"], [post, *posts]) == posts, caught
    assert caught["more"] is False and last < caught["upto"] <= ready["seq"], (ready, caught)
    items, _ = back.asks(last)
    assert told_of(items, posts) == posts, items
    new = person.posts("넷")
    person.other.comments(new, "이것도 들었습니다.")
    seq = back.told_of(new)["seq"]
    items, before = back.asks(seq)
    assert told_of([*before, *items], [*posts, new]) == [], (before, items)


def a_number_ahead_of_all_is_told_to_begin_anew(connect, server, person):
    page = connect({"token": person.token, "after": 1_000_000_000})
    ready = page.seated()
    page.expect("catchup", {"reset": True, "unread": ready["unread"]})


def after_a_kill_a_client_catches_up(connect, server, person):
    seq = connect({"token": person.token}).seated()["seq"]
    page = connect({"token": person.token, "after": seq})
    page.seated()
    post = person.posts("정전")
    person.other.comments(post, "불이 나갔어요.")
    page.told_of(post)
    server.kill()
    page.expect("disconnect")
    server.start()
    # It says the number that it was given, as one that was started anew would.
    page.seated()
    assert told_of(page.expect("catchup")["items"], [post]) == [post]
    new = person.posts("다시 켜짐")
    person.other.comments(new, "불이 들어왔어요.")
    items, before = page.asks(page.told_of(new)["seq"])
    assert told_of([*before, *items], [post, new]) == [], (before, items)


CHECKS = [
    nobody_is_refused,
    a_phone_hears_of_a_request,
    rooms_of_others_are_passed_over,
    a_comment_is_told,
    what_was_missed_is_caught_up_with_once_and_in_order,
    a_number_ahead_of_all_is_told_to_begin_anew,
    signing_out_closes,
    a_killed_server_is_come_back_to,
    after_a_kill_a_client_catches_up,
]


def main(program, *commands):
    passed = failed = 0
    with tempfile.TemporaryDirectory() as directory:
        data = os.path.join(directory, "demo")
        os.mkdir(data)
        server = Server(program, data)
        person = Person(server)
        for command in commands:
            for transport in ("polling", "websocket"):
                for check in CHECKS:
                    clients = []

                    def connect(auth):
                        clients.append(Client(command, server.url, auth, transport))
                        return clients[-1]

                    name = f"{os.path.basename(command)} over {transport}: {check.__name__}"
                    try:
                        check(connect, server, person)
                        passed += 1
                        print(f"ok      {name}", flush=True)
                    except (AssertionError, queue.Empty) as error:
                        failed += 1
                        print(f"FAILED  {name}: {error!r}", flush=True)
                    for client in clients:
                        client.end()
        if server.stop() != 0:
            failed += 1
            print("FAILED  the server does not stop in time")
    print(f"socket: {passed} passed, {failed} failed")
    return int(failed > 0)


sys.exit(main(*sys.argv[1:]))
