// Keeps the shell of /phone (its page and its hashed assets) for times without a connection.
// Never the server's answers: those go past this worker.

const SHELL = "hanok-phone-shell-v1";
const PAGE = "/phone";
const MOST_ASSETS = 40;

self.addEventListener("install", (event) => {
  event.waitUntil(self.skipWaiting());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== SHELL).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

/** The page as the server has it now, else as it was. */
async function page(request) {
  const shell = await caches.open(SHELL);
  try {
    const fresh = await fetch(request);
    if (fresh.ok && !fresh.redirected) await shell.put(PAGE, fresh.clone());
    return fresh;
  } catch (error) {
    const kept = await shell.match(PAGE);
    if (kept === undefined) throw error;
    return kept;
  }
}

/** An asset: its name changes with its content, so a kept one is right. */
async function asset(request) {
  const shell = await caches.open(SHELL);
  const kept = await shell.match(request);
  if (kept !== undefined) return kept;
  const fresh = await fetch(request);
  if (fresh.ok) {
    await shell.put(request, fresh.clone());
    await drop(shell);
  }
  return fresh;
}

/** Drops the oldest assets, of builds that are gone. */
async function drop(shell) {
  const assets = (await shell.keys()).filter((kept) => new URL(kept.url).pathname !== PAGE);
  await Promise.all(assets.slice(0, Math.max(0, assets.length - MOST_ASSETS)).map((kept) => shell.delete(kept)));
}

/** Keeps what a page loaded before this worker stood beside it. */
async function keep(names) {
  const shell = await caches.open(SHELL);
  const missing = async (name) => ((await shell.match(name)) === undefined ? [name] : []);
  const wanted = await Promise.all([PAGE, ...names.filter((name) => name.startsWith("/assets/"))].map(missing));
  await shell.addAll(wanted.flat());
}

self.addEventListener("message", (event) => {
  if (Array.isArray(event.data)) event.waitUntil(keep(event.data).catch(() => undefined));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && url.pathname === PAGE) event.respondWith(page(request));
  else if (url.pathname.startsWith("/assets/")) event.respondWith(asset(request));
});
