// Every page there is, and who opens it; a page that the access table has and this list has not fails a test.

/** Pages anybody opens. */
export const OPEN = ["/", "/login", "/login/phone", "/register", "/password/reset", "/docs/api", "/phone"];

/** Pages of people who are signed in. */
export const OWN = [
    "/dashboard",
    "/account", "/account/password", "/account/pin", "/account/phone", "/account/devices", "/account/sessions", "/account/keys", "/account/notifications", "/account/activity", "/account/privacy", "/account/privacy/close",
    "/account/confirm?next=/account", "/account/email", "/history", "/notifications",
    "/posts", "/posts/bookmarks", "/posts/must-read", "/posts/deleted", "/posts/feeds", "/post/new", "/search?q=%ED%9A%8C%EC%9D%98",
];

/** Pages of those who run the organisation: the walk signs in as one who may see them all. */
export const CONSOLE = [
    "/admin", "/admin/people", "/admin/people/new", "/admin/people/import", "/admin/departments", "/admin/departments/new", "/admin/teams", "/admin/teams/new", "/admin/roles", "/admin/roles/new",
    "/admin/providers", "/admin/providers/new", "/admin/audit", "/admin/transactions", "/admin/reports",
    "/admin/reports/provider-success", "/admin/reports/failing-people", "/admin/reports/hours-of-today", "/admin/reports/provider-days",
    "/admin/reports/latest-completions", "/admin/reports/ci-di-reveals", "/admin/reports/many-addresses", "/admin/alerts", "/admin/activity", "/admin/moderation", "/admin/moderation/restrictions", "/admin/system", "/admin/system/events", "/admin/categories", "/admin/categories/new",
];

/** Pages of the demo alone. */
export const DEMO = ["/demo", "/dev/sms", "/dev/mail", "/dev/callbacks"];

/** Older addresses, and where they lead for good. */
export const MOVED = {
    "/auth/history": "/history",
    "/portal/auth-history": "/history",
    "/auth/detail": "/history",
    "/accounts/login": "/login",
    "/portal/login": "/login",
    "/accounts/register": "/register",
    "/accounts/profile": "/account",
    "/portal/profile": "/account",
    "/admin/services/serviceprovider": "/admin/providers",
    "/admin/audit_logs/auditlog": "/admin/audit",
    "/admin/accounts/user": "/admin/people",
    "/admin/auth_transactions/authtransaction": "/admin/transactions",
};

/** Routes that are no page, or that the tests meet in another way. */
export const NO_PAGE = [
    "/api/", "/assets/", "/health", "/metrics", "/socket.io", "/favicon.svg", "/manifest.webmanifest", "/phone-worker.js",
    "/logout", "/session", "/account/devices/pair", "/setup", "/login/phone/", "/demo/news", "/dev/fault", "/dev/mail/",
    "/password/reset/", "/account/email/", "/admin/activity/export", "/admin/audit/export", "/admin/people/export", "/admin/transactions/export", "/account/privacy/download", "/feed", "/post/{id}/file/", ...Object.keys(MOVED),
];
