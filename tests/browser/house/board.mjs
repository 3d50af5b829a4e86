// What stories of the board begin with: people, their posts, and the files that they attach.
import { enter, registered, token } from "./people.mjs";

/** Where everybody writes, in the demo. */
export const TALK = "자유 게시판";
/** Where those who run the organisation announce. */
export const NOTICE = "공지";

/** What a photograph may say of where it was made; nobody else is to read it. */
export const SECRET = "GPS 37.5665 126.9780";

/** A file as somebody chooses it. */
export const PDF = {
    name: "일정표.pdf",
    mimeType: "application/pdf",
    buffer: Buffer.from("%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"),
};

/** A picture that the browser draws, with {@link SECRET} behind it. */
export async function picture(page, name) {
    const drawn = await page.evaluate(() => {
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [320, 160];
        const pen = canvas.getContext("2d");
        pen.fillStyle = "#0f6b5c";
        pen.fillRect(40, 40, 240, 80);
        return canvas.toDataURL("image/png").split(",")[1];
    });
    const buffer = Buffer.concat([Buffer.from(drawn, "base64"), Buffer.from(SECRET)]);
    return { name, mimeType: "image/png", buffer };
}

/** Writes a post over the API; its address. */
export async function posted(server, person, title, content = "본문입니다.") {
    const key = await token(server, person);
    const { categories } = await server.call("GET", "/api/v1/categories", { token: key });
    const category_id = categories.find(({ name }) => name === TALK).id;
    const { id } = await server.call("POST", "/api/v1/posts", { token: key, body: { category_id, title, content } });
    return `/post/${id}`;
}

/** Somebody of this name, and a page in a browser in which they are signed in. */
export async function member(open, server, name) {
    const person = await registered(server, { name });
    const page = await open();
    await enter(page, person);
    return { person, page };
}

/** Waits for the word that something was done. */
export const said = (page) => page.locator(".alert-success").waitFor();

/** Opens what a post's page keeps behind a word. */
export async function unfold(page, selector) {
    const details = page.locator(selector).first();
    if (!(await details.evaluate((one) => one.open))) await details.locator("> summary").click();
    return details;
}

/** What may be done with a post but is rarely: deleting, announcing, moderating. */
export const more = (page) => unfold(page, ".board-more");
