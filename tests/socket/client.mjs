// The npm client, unmodified: connects as its first line of input says, prints what it hears as JSON lines.
import { createInterface } from "node:readline";
import { io } from "socket.io-client";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const { url, auth, transport } = JSON.parse((await lines.next()).value);
const say = (what, told = null) => process.stdout.write(`${JSON.stringify([what, told])}\n`);

const socket = io(url, { auth, transports: [transport], reconnectionDelay: 200, reconnectionDelayMax: 500 });
socket.on("connect", () => say("connect"));
socket.on("disconnect", () => say("disconnect"));
socket.on("connect_error", (error) => {
    if (!socket.active) say("connect_error", { message: error.message, data: error.data });
});
socket.onAny((event, payload) => say(event, payload));

for await (const line of lines) {
    const [event, payload] = JSON.parse(line);
    say("acknowledged", await socket.timeout(5000).emitWithAck(event, payload));
}
socket.disconnect();
process.exit(0);
