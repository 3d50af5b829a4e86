// Registers the worker that keeps the page's shell for times without a connection.

/** Registers it where the browser can; the page works without. */
export function registerWorker(): void {
  if (!("serviceWorker" in navigator) || !isSecureContext) return;
  navigator.serviceWorker.register("/phone-worker.js", { scope: "/phone" }).catch(() => undefined);
}
