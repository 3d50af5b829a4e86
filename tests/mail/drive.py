"""Lets a server of Hanok send mail to aiosmtpd: `drive.py HANOK`. Ends with "mail: N passed, N failed"."""

import datetime
import email
import email.policy
import ipaddress
import json
import logging
import os
import re
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ports import free_port

PATIENCE = 30
NAME, SECRET = "hanok", "Mail-secret-1"
PASSWORD, CHOSEN = "Namu-deul-8!", "Namu-deul-9!"


def certificates(directory):
    """An authority of our own and a certificate of localhost; the paths of the authority, the certificate and its key."""
    now = datetime.datetime.now(datetime.timezone.utc)

    def made(name, key, issuer, signer, *extensions):
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(issuer).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(now - datetime.timedelta(hours=1))
        builder = builder.not_valid_after(now + datetime.timedelta(days=1))
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        return builder.sign(signer, hashes.SHA256())

    def named(word):
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, word)])

    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = made(named("test authority"), authority_key, named("test authority"), authority_key,
                     (x509.BasicConstraints(True, None), True))
    hosts = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    purpose = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.SERVER_AUTH])
    leaf = made(named("localhost"), key, named("test authority"), authority_key,
                (x509.BasicConstraints(False, None), True), (hosts, False), (purpose, False))
    paths = [os.path.join(directory, name) for name in ("authority.pem", "certificate.pem", "key.pem")]
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    for path, content in zip(paths, (authority.public_bytes(pem), leaf.public_bytes(pem), private)):
        with open(path, "wb") as file:
            file.write(content)
    return paths


class Mailbox:
    """What the SMTP server heard: letters, passwords and how often anything was asked."""

    def __init__(self, later=0):
        self.letters, self.passwords, self.senders, self.later = [], [], 0, later

    def password(self, server, session, envelope, mechanism, data):
        self.passwords.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password == SECRET.encode())

    async def handle_MAIL(self, server, session, envelope, address, options):
        self.senders += 1
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.later > 0:
            self.later -= 1
            return "451 4.7.1 come again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.letters.append((envelope.rcpt_tos, session.ssl is not None, letter))
        return "250 kept"

    def letter(self, to, subject):
        """The letter to an address whose subject holds a word, once it is there."""
        return wait(lambda: next((l for t, _, l in self.letters if t == [to] and subject in l["Subject"]), None))


def wait(look, patience=PATIENCE):
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come in time")


class Server:
    """A server of Hanok that sends its mail to a port of this machine."""

    def __init__(self, program, mail_port, security, authority=None, secret=SECRET):
        self.directory = tempfile.TemporaryDirectory()
        port = free_port()
        self.url = f"http://localhost:{port}"
        settings = {"MODE": "smtp", "HOST": "localhost", "PORT": mail_port, "SECURITY": security, "FROM": "hanok@id.example",
                    "USERNAME": NAME, "PASSWORD": secret, "TIMEOUT_SECONDS": 5}
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("HANOK__", "SSL_CERT"))}
        environment |= {f"HANOK__MAIL__{key}": str(value) for key, value in settings.items()}
        if authority:
            environment["SSL_CERT_FILE"] = authority
        self.log = open(os.path.join(self.directory.name, "log"), "w+")
        command = [program, "--data-dir", os.path.join(self.directory.name, "data"), "--set", f"server.port={port}", "serve"]
        self.process = subprocess.Popen(command, env=environment, stdout=self.log, stderr=self.log, cwd=self.directory.name)
        wait(self.is_ready, 60)
        self.found()

    def found(self):
        """Nobody registers before the first start is done: by the link that it printed."""
        wait(self.link, PATIENCE)
        form = {"code": self.link()[1], "organisation": "한옥", "time_zone": "Asia/Seoul", "language": "ko", "name": "이도윤",
                "user_id": "doyun", "password": PASSWORD, "password_confirm": PASSWORD}
        assert self.call("POST", "/setup", form=form) == (302, "/dashboard")

    def link(self):
        with open(self.log.name, encoding="utf-8") as log:
            return re.search(r"/setup\?code=(\S+)", log.read())

    def is_ready(self):
        if self.process.poll() is not None:
            self.log.seek(0)
            raise SystemExit(f"the server does not start:\n{self.log.read()}")
        try:
            return self.call("GET", "/health/ready")[0] == 200
        except OSError:
            return False

    def call(self, method, path, body=None, form=None):
        data = json.dumps(body).encode() if body else urllib.parse.urlencode(form).encode() if form else None
        request = urllib.request.Request(self.url + path, data, method=method)
        if body:
            request.add_header("Content-Type", "application/json")
        opener = urllib.request.build_opener(Stay)
        try:
            with opener.open(request, timeout=PATIENCE) as answer:
                return answer.status, answer.headers.get("Location")
        except urllib.error.HTTPError as error:
            return error.code, error.headers.get("Location")

    def register(self, name):
        person = {"user_id": name, "name": "김하늘", "password": PASSWORD, "email": f"{name}@example.com"}
        assert self.call("POST", "/api/v1/auth/register", person)[0] == 201
        return person["email"]

    def signs_in(self, name, password):
        return self.call("POST", "/api/v1/auth/login", {"username": name, "password": password})[0] == 200

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE)
        self.log.close()
        self.directory.cleanup()


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def code(letter):
    """The code of the link in the letter's text; the HTML says the same."""
    text = letter.get_body(("plain",)).get_content().replace("\r\n", "\n")
    html = letter.get_body(("html",)).get_content()
    assert letter.get_content_type() == "multipart/alternative", letter.get_content_type()
    found = re.search(r"^http://localhost:\d+\S+\?code=([\w-]{43})$", text, re.MULTILINE)
    words = ("안녕하세요.", "haneul 계정", found and found[1])
    assert found and all(word in text and word in html for word in words), text
    return found[1]


def with_server(program, mailbox, security, task, authority=None, secret=SECRET, **smtp):
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port(), authenticator=mailbox.password, **smtp)
    controller.start()
    try:
        server = Server(program, controller.port, security, authority, secret)
        try:
            task(server)
        finally:
            server.stop()
    finally:
        controller.stop()


def over_starttls(program, paths, tls):
    mailbox = Mailbox()

    def task(server):
        address = server.register("haneul")
        letter = mailbox.letter(address, "이메일 주소 확인")
        assert letter["From"] == "hanok@id.example" and letter["To"] == address and letter["Auto-Submitted"] == "auto-generated"
        assert not server.signs_in(address, PASSWORD)
        done = server.call("POST", "/account/email/verify", form={"code": code(letter)})
        assert done == (302, "/login") and server.signs_in(address, PASSWORD), done
        assert server.call("POST", "/password/reset", form={"user_id": "haneul"}) == (302, "/password/reset")
        reset = code(mailbox.letter(address, "비밀번호 재설정"))
        form = {"code": reset, "new_password": CHOSEN, "new_password_confirm": CHOSEN}
        assert server.call("POST", "/password/reset/new", form=form) == (302, "/login")
        assert server.signs_in("haneul", CHOSEN) and not server.signs_in("haneul", PASSWORD)
        mailbox.letter(address, "비밀번호가 재설정되었습니다")
        assert all(secured for _, secured, _ in mailbox.letters) and set(mailbox.passwords) == {(NAME, SECRET)}

    with_server(program, mailbox, "starttls", task, paths[0], tls_context=tls, require_starttls=True)


def over_tls(program, paths, tls):
    mailbox = Mailbox()
    with_server(program, mailbox, "tls", lambda server: mailbox.letter(server.register("haneul"), "확인"), paths[0],
                ssl_context=tls, auth_require_tls=False)


def tried_again(program, paths, tls):
    mailbox = Mailbox(later=1)
    with_server(program, mailbox, "starttls", lambda server: mailbox.letter(server.register("haneul"), "확인"), paths[0],
                tls_context=tls)
    assert len(mailbox.letters) == 1 and mailbox.senders == 2, mailbox.senders


class Counted(Mailbox):
    """Counts the connections as well, whatever comes of them."""

    greeted = 0

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.greeted += 1
        session.host_name = hostname
        return responses


def unknown_authority(program, paths, tls):
    mailbox = Counted()

    def task(server):
        server.register("haneul")
        wait(lambda: mailbox.greeted >= 2)
        assert not mailbox.passwords and not mailbox.senders

    with_server(program, mailbox, "starttls", task, tls_context=tls)


def without_tls(program, paths, tls):
    mailbox = Counted()

    def task(server):
        server.register("haneul")
        wait(lambda: mailbox.greeted >= 2)
        assert not mailbox.passwords and not mailbox.senders

    with_server(program, mailbox, "starttls", task, paths[0], auth_require_tls=False)


CASES = {
    "a letter over STARTTLS verifies an address and resets a password": over_starttls,
    "a letter leaves over TLS from the first byte": over_tls,
    "a server that cannot now gets the letter once, later": tried_again,
    "nothing is told to a server whose certificate nobody vouches for": unknown_authority,
    "nothing is told to a server that offers no TLS": without_tls,
}


def main(program):
    # A client that hangs up is what some of the cases wait for.
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    failed = 0
    with tempfile.TemporaryDirectory() as directory:
        paths = certificates(directory)
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(paths[1], paths[2])
        for name, case in CASES.items():
            try:
                case(os.path.abspath(program), paths, tls)
                print(f"ok      {name}")
            except AssertionError as error:
                failed += 1
                print(f"FAILED  {name}: {error!r}")
    print(f"mail: {len(CASES) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
