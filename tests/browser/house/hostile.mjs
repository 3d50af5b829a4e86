// Texts that would run or change a page where it does not escape them.

/** As short as a binding message must be. */
export const SHORT = [
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<script>alert(1)</script>",
    "\"><script>alert(1)</script>",
    "'><svg/onload=alert(1)>",
    "</script><svg onload=alert(1)>",
    "\" onfocus=alert(1) autofocus=\"",
    "<!--<script>alert(1)//",
    "javascript:alert(1)",
    "{{7*7}}${7*7}#{7*7}<%=7*7%>",
    "&lt;img src=x onerror=alert(1)>",
];

/** As long as a name may be. */
export const LONG = [
    ...SHORT,
    "</title></head><body onload=alert(1)><script>alert(1)</script>",
    "<a href=\"javascript:alert(1)\">x</a><iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
    "\\u003cimg src=x onerror=alert(1)\\u003e\\x3csvg onload=alert(1)\\x3e",
    "<base href=\"https://evil.example/\"><form action=https://evil.example><button>x",
    "<style>*{display:none}</style><link rel=stylesheet href=https://evil.example>",
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "<math><mtext></mtext><mglyph><style><img src=x onerror=alert(1)></style></mglyph></math>",
    "%3Cscript%3Ealert(1)%3C/script%3E<object data=data:text/html,alert(1)></object>",
];

const MARKUP = [
    "[onerror]", "[onload]", "[onfocus]", "[ontoggle]", "[srcdoc]", "base", "object", "math", "mglyph",
    'a[href^="javascript"]', 'form[action*="evil"]', 'link[href*="evil"]', 'script:not([src]):not([type="application/json"])',
].join(", ");

/** What our pages have no need of, and letters have. */
const STYLE = ", [style], body style";

/** Throws where one of the texts has become more than text; gives what a person reads on the page. */
export async function readAsText(page, isLetter = false) {
    const wrong = isLetter ? MARKUP : MARKUP + STYLE;
    for (const frame of page.frames()) {
        const made = await frame.evaluate((markup) => [...document.querySelectorAll(markup)].map((one) => one.outerHTML), wrong);
        if (made.length > 0) throw new Error(`${frame.url()}: a text became ${made[0].slice(0, 200)}`);
    }
    return page.locator("body").innerText();
}
