// npm socket.io doing what Hanok's live sockets do, and nothing else: a token is checked, the person's room and those
// asked for are joined, `ready` is said. Nothing is stored: an event is sent because a POST says so.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

import { Server } from 'socket.io';

const { KEY, PORT } = process.env;

const signature = (person) => createHmac('sha256', KEY).update(person).digest();

/** Whose a token is (`person.signature`, in hexadecimal); nothing where it is none. */
function whose(token) {
  const [person, given] = String(token).split('.');
  const bytes = Buffer.from(given ?? '', 'hex');
  const wanted = signature(person);
  return bytes.length === wanted.length && timingSafeEqual(bytes, wanted) ? person : undefined;
}

const http = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  const count = Number(url.searchParams.get('count'));
  if (request.method === 'POST' && url.pathname === '/each') await each(count);
  else if (request.method === 'POST' && url.pathname === '/all') await all(count);
  response.end('{}');
});

const io = new Server(http, { serveClient: false, transports: ['websocket', 'polling'] });

io.use((socket, next) => {
  const person = whose(socket.handshake.auth.token);
  socket.data.person = person;
  next(person === undefined ? new Error('unauthorized') : undefined);
});

io.on('connection', (socket) => {
  socket.join(`user_${socket.data.person}`);
  for (const room of socket.handshake.auth.rooms ?? []) socket.join(room);
  socket.emit('ready', { unread: 0, seq: 0 });
});

/** What Hanok says of a post that must be read, to a person. */
const notification = (person) => ({
  id: '0192d3a0-0000-7000-8000-000000000001',
  seq: 1,
  type: 'must_read',
  post_id: 1,
  post_title: '모두 읽어 주세요',
  title: '모두 읽어 주세요',
  commenter: '김하늘',
  others: 0,
  receiver: `p${person}`,
  timestamp: new Date().toISOString(),
  path: '/post/1',
  read: false,
  unread: 1,
});

const pause = () => new Promise((resume) => setImmediate(resume));

/** To each of so many people one event of their own, some at a time as a portion of Hanok's is. */
async function each(count) {
  for (let person = 0; person < count; person += 1) {
    io.to(`user_${person}`).emit('notification', notification(person));
    if (person % 200 === 199) await pause();
  }
}

/** So many events, one after the other, to everybody who looks at a post. */
async function all(count) {
  for (let comment = 1; comment <= count; comment += 1) {
    io.to('post_1').emit('comment', { post_id: 1, comment_id: comment, count: comment });
    await pause();
  }
}

http.listen(Number(PORT), '127.0.0.1');
