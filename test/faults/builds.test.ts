import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { queueNow } from "../../local/release/queue";
import { duration } from "../../local/terminal/progress";
import { table } from "../../local/terminal/table";
import { farm } from "../farm/cluster";
import { build, type Built } from "./build";
import { type Disturbance, DISTURBANCES } from "./disturbances";
import { CLOCK, LONG } from "./asked";

/** Waits until the build is in its midst: some of its actions ran, one runs. */
async function midst(building: Promise<unknown>): Promise<void> {
  const over = building.then(
    () => "over",
    () => "over",
  );
  for (let seen = 0; seen < 12;) {
    if ((await Promise.race([over, sleep(250)])) === "over")
      throw new Error("the build was over before anything went wrong");
    const queue = await queueNow("monofarm").catch(() => undefined);
    if ((queue?.running ?? 0) > 0) seen++;
  }
}

describe("a build that is disturbed ends with what a calm one makes", () => {
  const rows: ({ name: string; injected: number; wrong: boolean; lost: boolean } & Omit<Built, "sha256">)[] = [];
  let calm: Built;

  beforeAll(async () => {
    calm = await build();
  });
  afterAll(() => {
    const columns = [
      { heading: "FAULT" },
      { heading: "INJECTED", align: "right" as const },
      { heading: "RESULT" },
      { heading: "STARTED", align: "right" as const },
      { heading: "TOOK", align: "right" as const },
      { heading: "CALM", align: "right" as const },
    ];
    const cells = rows.map(({ name, injected, wrong, lost, tries, seconds }) => [
      name,
      `${injected}`,
      lost ? "LOST" : wrong ? "WRONG" : "same",
      `${tries} x`,
      duration(seconds),
      duration(calm.seconds),
    ]);
    const total = rows.reduce((sum, { injected }) => sum + injected, 0);
    const bad = rows.filter(({ wrong, lost }) => wrong || lost).length;
    process.stdout.write(
      `\n${table(columns, cells)}\n\nFaults: ${total} injected in ${rows.length} builds, ${bad} results wrong or lost\n`,
    );
  });

  const asked = { long: LONG, clock: CLOCK };
  const wanted = DISTURBANCES.filter(({ only }) => only === undefined || asked[only]);
  test.each(wanted.map((each) => [each.name, each] as const))("%s", async (name, { inject, repair }: Disturbance) => {
    const row = { name, injected: 0, wrong: false, lost: true, tries: 0, seconds: 0 };
    rows.push(row);
    const building = build();
    building.catch(() => undefined);
    await midst(building);
    row.injected = await inject();
    await repair?.();
    const { sha256, seconds, tries } = await building;
    Object.assign(row, { wrong: sha256 !== calm.sha256, lost: false, seconds, tries });
    expect(row.injected).toBeGreaterThan(0);
    expect(sha256).toBe(calm.sha256);
  });

  test("the farm is whole after all of this", async () => {
    const { code, stderr } = await farm("up", "--no-release");
    expect(code, stderr).toBe(0);
    expect((await build()).sha256).toBe(calm.sha256);
  });
});
