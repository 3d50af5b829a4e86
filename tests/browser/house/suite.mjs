// Tests by name, run a few at a time; what each said is told in one line.
import { mkdir, rm } from "node:fs/promises";

const tests = [];

/**
 * A test: `act` gets the tools of {@link run} and fails by throwing. `seconds` is how long it may take.
 */
export function test(name, act, { seconds = 60 } = {}) {
    tests.push({ name, act, seconds });
}

/** Thrown by a test that needs a program which is not here: why it was not run. */
export class NotRun extends Error {}

/** Ends with an error after so many seconds. */
async function within(seconds, work) {
    let timer;
    const late = new Promise((_, refuse) => {
        timer = setTimeout(() => refuse(new Error(`not done within ${seconds} s`)), seconds * 1000);
    });
    try {
        return await Promise.race([work, late]);
    } finally {
        clearTimeout(timer);
    }
}

/** One line of an error, and where in the tests it came from. */
function told(error) {
    const words = String(error?.message ?? error).replaceAll(/\u001b\[\d+m/g, "").split("\n").slice(0, 12);
    const place = /tests\/browser\/tests\/[^)\s]+/.exec(error?.stack ?? "")?.[0] ?? "";
    return `${words.join(" ").replaceAll(/\s+/g, " ").slice(0, 900)} ${place}`.trim();
}

/**
 * Runs the tests whose name contains one of `wanted` (all where it is empty), the long ones first, `workers` at
 * a time. `equip(name)` gives a test its tools, `{tools, keep, close}`; of a failed one `keep(directory)` saves
 * what it saw.
 */
export async function run(wanted, workers, equip, seen) {
    const chosen = tests
        .filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
        .sort((one, other) => other.seconds - one.seconds);
    await rm(seen, { recursive: true, force: true });
    await mkdir(seen, { recursive: true });
    let passed = 0;
    let failed = 0;
    const one = async ({ name, act, seconds }) => {
        const began = performance.now();
        const { tools, check, keep, close } = await equip();
        let fault;
        let missing;
        try {
            await within(seconds, act(tools));
            await check();
        } catch (error) {
            if (error instanceof NotRun) missing = error.message;
            else {
                fault = told(error);
                await keep(`${seen}/${name.replaceAll(/\W+/g, "-")}`).catch(() => {});
            }
        }
        await close();
        const took = ((performance.now() - began) / 1000).toFixed(1);
        if (missing !== undefined) {
            console.log(`not run ${name}, because ${missing}`);
        } else if (fault === undefined) {
            passed += 1;
            console.log(`ok      ${name} (${took} s)`);
        } else {
            failed += 1;
            console.log(`FAILED  ${name}: ${fault}`);
        }
    };
    const worker = async () => {
        for (let next = chosen.shift(); next !== undefined; next = chosen.shift()) await one(next);
    };
    await Promise.all(Array.from({ length: workers }, worker));
    return { passed, failed };
}
