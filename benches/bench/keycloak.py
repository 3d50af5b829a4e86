"""The peer with accounts and passwords: Keycloak's own distribution in dev mode, its database H2 in a file.

`userinfo` stands beside `status` (a bearer's look at one thing), the password grant beside a confirm (one Argon2id hash
and a session or a result).
"""

import json
import os
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

from .measure import Course
from .places import PEERS, WORK, free_port
from .process import BenchError
from .subject import Operation, Sizes, Subject

POM = PEERS / "keycloak" / "pom.xml"
PLACE = WORK.parent / "bench-keycloak"
USER, PASSWORD = "bench", "bench-secret-of-a-loopback-server-only"
PATH = "/realms/bench/protocol/openid-connect"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
GRANT = f"grant_type=password&client_id=bench&username={USER}&password={PASSWORD}&scope=openid"
# The Java machine compiles what is called often: it is warmed up longer than the others.
SIZES = Sizes(warm_up=3_000, requests=6_000)
GRANTS = 200
REALM = {
    "realm": "bench",
    "enabled": True,
    "clients": [{"clientId": "bench", "publicClient": True, "directAccessGrantsEnabled": True}],
    "users": [
        {
            "username": USER,
            "enabled": True,
            "email": "bench@example.com",
            "emailVerified": True,
            "firstName": "Bench",
            "lastName": "Bench",
            "credentials": [{"type": "password", "value": PASSWORD}],
        }
    ],
}


def prepare(work: Path, scale: float) -> Subject:
    home, port, sizes = install(), free_port(), SIZES.scaled(scale)
    # What it writes lies in its own directory: one that is made anew for each run.
    own = work / home.name
    shutil.copytree(home, own, symlinks=True, ignore=shutil.ignore_patterns("data"))
    realm = own / "data" / "import" / "bench-realm.json"
    realm.parent.mkdir(parents=True)
    realm.write_text(json.dumps(REALM))
    token = Operation("POST", f"{PATH}/token", 200, FORM, GRANT, ("access_token",))
    userinfo = Operation("GET", f"{PATH}/userinfo", 200, {"Authorization": "Bearer {id}"}, contains='"sub"')
    grants = max(20, int(GRANTS * scale))

    def look(course: Course, count: int) -> dict:
        course.load(token, 1, captured=course.ids)
        return course.load(userinfo, count, ids=course.ids)

    def play(course: Course) -> dict:
        print(f"keycloak: warming up with {sizes.warm_up}", flush=True)
        look(course, sizes.warm_up)
        course.load(token, 40)
        print(f"keycloak: userinfo × {sizes.requests}", flush=True)
        status = course.measured(lambda count: look(course, count), sizes.requests)
        print(f"keycloak: password grant × {grants}", flush=True)
        return {"status": status, "confirm": course.measured(lambda count: course.load(token, count), grants)}

    return Subject(
        name="keycloak",
        command=[
            *(str(own / "bin" / "kc.sh"), "start-dev", "--import-realm"),
            *("--http-host", "127.0.0.1", "--http-port", str(port)),
        ],
        cwd=own,
        env=dict(os.environ),
        port=port,
        ready_path="/realms/bench/.well-known/openid-configuration",
        request=token,
        status=userinfo,
        sizes=sizes,
        play=play,
    )


def install() -> Path:
    """The unpacked distribution of the version that the pom names."""
    space = {"m": "http://maven.apache.org/POM/4.0.0"}
    version = ElementTree.parse(POM).findtext("m:properties/m:keycloak.version", namespaces=space)
    home = PLACE / f"keycloak-{version}"
    if not home.exists():
        if shutil.which("mvn") is None or shutil.which("java") is None:
            raise BenchError("keycloak needs Java 17 and Maven; leave it out with --only")
        fetch = ["mvn", "-q", "-B", "-f", POM, "process-resources", f"-Dkeycloak.directory={PLACE}"]
        subprocess.run(fetch, check=True)
    return home
