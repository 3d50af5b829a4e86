// Registers the worker that keeps the page's shell for times without a connection.

/** Registers it where the browser can; the page works without. */
export function registerWorker(): void {
  if (!("serviceWorker" in navigator) || !isSecureContext) return;
  const worker = navigator.serviceWorker;
  worker
    .register("/phone-worker.js", { scope: "/phone" })
    .then(() => worker.ready)
    .then((registration) => registration.active?.postMessage(loaded()))
    .catch(() => undefined);
}

/** What this page loaded, which the worker has not seen the first time. */
function loaded(): string[] {
  const names = performance.getEntriesByType("resource").map((entry) => new URL(entry.name));
  return names.filter((url) => url.origin === location.origin).map((url) => url.pathname);
}
