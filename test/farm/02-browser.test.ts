import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { get } from "node:http";
import { join } from "node:path";

import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { BROWSER_URL } from "../../components/buildbarn/configuration/browser";
import { CHECKOUT } from "../../local/directories";
import { hostProgram } from "../../local/node/machine";
import { frontendClient, platform } from "./identities";

/** What `./farm page` forwards until it is told to end. */
let forwarding: ChildProcess;
let browser: Browser;

/** One page of the browser's, and what went wrong on it. */
interface Seen {
  readonly page: Page;
  readonly errors: readonly string[];
}

/** Opens a page, and listens to its console, its scripts and what it asks for. */
async function open(path: string): Promise<Seen> {
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("response", (response) => {
    if (response.status() >= 400) errors.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(`${BROWSER_URL}${path}`);
  return { page, errors };
}

/** What only this run's actions say. */
const MARK = randomUUID();
const SHELL = { PATH: "/usr/bin:/bin" };

beforeAll(async () => {
  forwarding = spawn(join(CHECKOUT, "farm"), ["page"], { cwd: CHECKOUT, stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve, reject) => {
    forwarding.stdout?.once("data", resolve);
    forwarding.once("close", () => {
      reject(new Error("./farm page ended"));
    });
  });
  const client = await frontendClient();
  const asked = { platform: await platform(), environment: SHELL, cached: true };
  await client.execute({
    ...asked,
    arguments: ["/bin/sh", "-c", "tr a-z A-Z <quiet.txt >loud.txt && echo it shouted"],
    inputs: { "quiet.txt": `hello ${MARK}` },
    outputs: ["loud.txt"],
  });
  await client.execute({ ...asked, arguments: ["/bin/sh", "-c", `echo alas ${MARK} >&2; exit 3`] });
  // As root, which a sandbox of chromium's own is not for.
  browser = await chromium.launch({ executablePath: hostProgram("chromium"), chromiumSandbox: false });
});

afterAll(async () => {
  const ended = new Promise((resolve) => forwarding.once("close", resolve));
  forwarding.kill("SIGINT");
  await ended;
  await browser.close();
});

/** Waits until the worker has told of the action that makes a file, and opens it from the list. */
async function openAction(row: string): Promise<Seen> {
  const seen = await open("/");
  const found = seen.page.locator("#actions tr", { hasText: row }).first();
  await expect
    .poll(
      async () => {
        await seen.page.reload();
        return found.count();
      },
      { timeout: 30_000, interval: 1000 },
    )
    .toBe(1);
  await found.getByRole("link").click();
  return seen;
}

describe("an action that a worker ran, in a browser", () => {
  test("is in the list, and shows its command, its outcome and what it printed", async () => {
    const { page, errors } = await openAction("loud.txt");
    expect(await page.locator("#run").textContent()).toContain("exit code 0");
    expect(await page.locator("#run").textContent()).toContain("the action cache");
    expect(await page.locator("#command pre").textContent()).toBe(
      "/bin/sh -c 'tr a-z A-Z <quiet.txt >loud.txt && echo it shouted'",
    );
    expect(await page.locator("#command").textContent()).toContain("docker://monofarm.local/worker@sha256:");
    expect(await page.locator("#outputs pre").textContent()).toBe("it shouted\n");
    expect(await page.locator("#stages tr").count()).toBe(4);
    expect(errors).toEqual([]);
  });

  test.each([
    ["inputs", "quiet.txt", `hello ${MARK}`],
    ["outputs", "loud.txt", `HELLO ${MARK.toUpperCase()}`],
  ])("leads to the bytes of its %s", async (section, file, bytes) => {
    const { page, errors } = await openAction("loud.txt");
    await page.locator(`#${section}`).getByRole("link", { name: file }).click();
    expect(await page.locator("body").textContent()).toBe(bytes);
    expect(errors).toEqual([]);
  });

  test("shows its trace: from the frontend by the scheduler to the worker, and from there to the storage", async () => {
    const { page, errors } = await openAction("loud.txt");
    const steps = page.locator("#trace tr").filter({ has: page.locator("td") });
    // Spans are sent every five seconds, and by each part for itself.
    await expect
      .poll(
        async () => {
          await page.reload();
          return steps.allInnerTexts();
        },
        { timeout: 30_000, interval: 1000 },
      )
      .toEqual(
        expect.arrayContaining([
          expect.stringMatching(/^frontend\s+Execution\/Execute\s/),
          expect.stringMatching(/^scheduler\s+Execution\/Execute\s/),
          expect.stringMatching(/^worker\s+Execute\s/),
          expect.stringMatching(/^worker\s+Runner\/Run\s/),
          expect.stringMatching(/^worker\s+ActionCache\/UpdateActionResult\s/),
        ]),
      );
    expect(errors).toEqual([]);
  });

  test("that failed shows with what it failed", async () => {
    const { page, errors } = await openAction("exit code 3");
    expect(await page.locator("#outputs pre").textContent()).toBe(`alas ${MARK}\n`);
    expect(await page.locator("#run").textContent()).toContain("its last run; it is not in the action cache");
    expect(errors).toEqual([]);
  });
});

describe("the scheduler's pages, in a browser", () => {
  test("show the platform's queue and the pods that work for it", async () => {
    const { page, errors } = await open("/");
    await page.getByRole("link", { name: "Queues and workers" }).click();
    const queue = page.locator("tbody tr", { hasText: 'class="wide"' }).first();
    expect(await queue.textContent()).toContain('Arch="amd64"');
    await queue.locator('a[href*="all"]').last().click();
    expect(await page.locator("body").textContent()).toMatch(/worker-amd64-\w+-\w+/);
    expect(errors).toEqual([]);
  });

  test("lead from an operation to its action", async () => {
    const { page, errors } = await open("/scheduler/operations?filter_stage=UNKNOWN");
    await page.locator('a[href*="/blobs/sha256/action/"]').first().click();
    await page.waitForURL(/\/blobs\/sha256\/action\/[0-9a-f]{64}-\d+\/$/);
    expect(await page.locator("h1").textContent()).toBe("Action");
    expect(errors).toEqual([]);
  });

  test.each(["kill_operation", "add_drain", "remove_drain"])("only show: nobody can %s", async (what) => {
    const post = await fetch(`${BROWSER_URL}/scheduler/${what}`, { method: "POST", body: "name=any" });
    const get = await fetch(`${BROWSER_URL}/scheduler/${what}`);
    expect([post.status, get.status]).toEqual([405, 404]);
  });
});

test("the farm's figures are drawn in a browser", async () => {
  const { page, errors } = await open("/");
  await page.getByRole("link", { name: "Figures" }).click();
  const workers = page.locator("#panels section", { hasText: "Workers" }).first();
  await workers.locator(".value").first().waitFor({ timeout: 60_000 });
  expect(Number(await workers.locator(".value").first().textContent())).toBeGreaterThanOrEqual(1);
  expect(await workers.locator("polyline").first().getAttribute("points")).toMatch(/\d/);
  expect(await page.locator("#when").textContent()).toMatch(/^as of /);
  expect(await page.getByRole("link", { name: "Actions", exact: true }).isVisible()).toBe(true);
  expect(errors).toEqual([]);
});

test.each([
  ["another site that leads to this address reads nothing", { host: "elsewhere.example" }, 403],
  [
    "another site's page that asks for this one, as for an image, is refused",
    { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" },
    403,
  ],
  [
    "a link from another site may be followed",
    { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" },
    200,
  ],
])("%s", async (_, headers, expected) => {
  const answer = await new Promise<number | undefined>((resolve, reject) => {
    const request = get(BROWSER_URL, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on("error", reject);
  });
  expect(answer).toBe(expected);
});
