"""The Python client, unmodified: connects as its first line of input says, prints what it hears as JSON lines."""

import json
import sys
import threading

import socketio

given = json.loads(sys.stdin.readline())
client = socketio.Client(reconnection_delay=0.2, reconnection_delay_max=0.5)
talking = threading.Lock()


def say(what, told=None):
    with talking:
        print(json.dumps([what, told]), flush=True)


client.on("connect", lambda: say("connect"))
client.on("disconnect", lambda *_: say("disconnect"))


@client.on("connect_error")
def refused(error):
    if isinstance(error, dict):
        say("connect_error", error)


@client.on("*")
def heard(event, payload=None):
    say(event, payload)


try:
    client.connect(given["url"], auth=given["auth"], transports=[given["transport"]])
except socketio.exceptions.ConnectionError:
    pass
for line in sys.stdin:
    event, payload = json.loads(line)
    say("acknowledged", client.call(event, payload, timeout=5))
client.disconnect()
