// Every page loads this: the styles, and help that pages do without where there is no script.

import "@tabler/core/dist/css/tabler.min.css";
import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/menus.css";
import "../styles/layout.css";
import "../styles/forms.css";
import "../styles/parts.css";
import "../styles/tables.css";
import "../styles/notices.css";
import "../styles/landing.css";
import "../styles/account.css";
import "../styles/front.css";
import "../styles/history.css";
import "../styles/providers.css";
import "../styles/charts.css";
import "../styles/board.css";
import "../styles/comments.css";
import "../styles/search.css";
import "../styles/notifications.css";
import { formatPhones, revealPasswords } from "../page/fields.ts";
import { focusFirstFault, guardForms } from "../page/forms.ts";
import { closeMenus } from "../page/menus.ts";
import { watchSession } from "../page/session.ts";
import { switchTheme } from "../page/theme.ts";

switchTheme();
guardForms();
focusFirstFault();
revealPasswords();
formatPhones();
closeMenus();
watchSession();
// Few pages count down: the others do not load it.
if (document.querySelector("[data-countdown]") !== null) {
  void import("../page/countdown.ts").then(({ countDown }) => {
    countDown();
  });
}
// Who is signed in hears of what happens; nobody else connects.
const bell = document.querySelector<HTMLElement>("[data-bell]");
if (bell !== null) {
  void import("../page/bell.ts").then(({ ring }) => {
    ring(bell);
  });
}
const fresh = document.querySelectorAll<HTMLElement>("[data-refresh][id]");
if (fresh.length > 0) {
  void import("../page/refresh.ts").then(({ keepFresh }) => {
    fresh.forEach(keepFresh);
  });
}
const awaiting = document.querySelector<HTMLElement>("[data-await-phone]");
if (awaiting !== null) {
  void import("../page/await_phone.ts").then(({ awaitPhone }) => {
    awaitPhone(awaiting);
  });
}
