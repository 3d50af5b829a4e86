// The page that waits for the phone: asks where the sign-in stands, and goes in by itself once it is approved.

import "../styles/ring.css";
import "../styles/sign-in.css";
import { until } from "../sign-in/ring.ts";
import { watch } from "../sign-in/watch.ts";

const place = document.getElementById("sign-in");
const finish = document.getElementById("sign-in-finish");

if (finish instanceof HTMLFormElement && "now" in finish.dataset) {
  finish.requestSubmit();
} else if (place !== null && finish instanceof HTMLFormElement) {
  const end = until(place);
  watch(place, end, () => { finish.requestSubmit(); });
}
