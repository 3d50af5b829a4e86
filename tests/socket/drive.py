"""Drives the npm and the Python client against a demo of its own: `drive.py HANOK CLIENT…`.

A client is given as its command, words separated by spaces. Ends with "socket: N passed, N failed".
"""

import base64
import hashlib
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

PATIENCE = 20
READY = {"unread": 0, "seq": 0}
REFUSED = {"message": "unauthorized", "data": {"code": "unauthorized"}}


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Server:
    """The demo, on a free port, in a directory of its own."""

    def __init__(self, program, directory):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
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


class Person:
    """김하늘 of the demo, with a phone."""

    def __init__(self, server):
        self.server = server
        self.sign_in()
        self.key = ec.generate_private_key(ec.SECP256R1())
        point = self.key.public_key().public_numbers()
        code = self.call("POST", "/api/v1/me/devices/", {"password": "Byeol-2026-bit!"})["pairing_code"]
        jwk = {"kty": "EC", "crv": "P-256"}
        jwk |= {name: base64url(getattr(point, name).to_bytes(32, "big")) for name in "xy"}
        shown = {"pairing_code": code, "public_key": jwk, "name": "socket"}
        self.device = self.call("POST", "/api/v1/devices/pair/", shown)["device_id"]

    def sign_in(self):
        who = {"username": "haneul", "password": "Byeol-2026-bit!"}
        self.token = self.server.call("POST", "/api/v1/auth/login/", who)[1]["access_token"]

    def call(self, method, path, body=None):
        status, answer = self.server.call(method, path, body, {"Authorization": f"Bearer {self.token}"})
        assert status < 300, (path, status, answer)
        return answer

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
        found = self.heard.get(timeout=PATIENCE)
        assert found[0] == what and (told is ... or found[1] == told), f"wanted {what} {told}, heard {found}"
        return found[1]

    def seated(self):
        self.expect("connect")
        self.expect("ready", READY)

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
    page.seated()
    page.send(["sync", {"after": 0}])
    page.expect("acknowledged", {"items": [], "upto": 0, "more": False})
    person.call("POST", "/api/v1/auth/logout/")
    # How soon is tested with a clock of its own; here only that it does not hang, which `expect` sees.
    page.expect("disconnect")
    connect({"token": person.token}).expect("connect_error", REFUSED)
    person.sign_in()


def rooms_of_others_are_passed_over(connect, server, person):
    page = connect({"token": person.token, "rooms": ["admin_dashboard", "nowhere_1"]})
    page.seated()
    page.send(["sync", {"after": 0}])
    page.expect("acknowledged", {"items": [], "upto": 0, "more": False})


def a_killed_server_is_come_back_to(connect, server, person):
    page = connect({"token": person.token})
    page.seated()
    server.kill()
    page.expect("disconnect")
    server.start()
    page.seated()


CHECKS = [
    nobody_is_refused,
    a_phone_hears_of_a_request,
    rooms_of_others_are_passed_over,
    signing_out_closes,
    a_killed_server_is_come_back_to,
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
