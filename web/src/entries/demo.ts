// The demo's pages; the guided one at work, where this is it.

import "../styles/demo.css";
import { Guide } from "../demo/guide.ts";
import { Handset } from "../demo/handset.ts";
import { Wire } from "../demo/wire.ts";
import { countDown } from "../page/countdown.ts";

const root = document.getElementById("demo");
const state = document.getElementById("shop-state");
const list = document.getElementById("wire");
const frame = document.querySelector<HTMLIFrameElement>(".demo-frame");
const line = document.getElementById("phone-state");
if (root !== null && state !== null && list !== null && frame !== null && line !== null) {
  countDown();
  new Guide(root, state, new Wire(root, list), new Handset(frame, line)).start();
}
