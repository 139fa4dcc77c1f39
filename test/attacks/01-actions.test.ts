import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { addressOf, frontendClient, platform } from "../farm/identities";
import type { RemoteClient } from "../farm/remote-execution";
import { type ActionAttack, actionAttacks } from "./from-actions";
import { controlProperty, startControlWorkers, stopControlWorkers } from "./control-workers";
import { metadataService } from "./metadata-service";
import { Score } from "./score";

const score = new Score("actions");
const attacks = actionAttacks({ frontend: "FRONTEND", scheduler: "SCHEDULER", storage: "STORAGE" });

describe("an action", () => {
  let client: RemoteClient;
  let farmPlatform: Record<string, string>;
  let places: [string, string][];
  let stopMetadata: () => Promise<void>;

  beforeAll(async () => {
    client = await frontendClient();
    farmPlatform = await platform();
    places = await Promise.all(
      ["frontend", "scheduler", "storage"].map(async (part) => [part.toUpperCase(), await addressOf(part)] as const),
    ).then((found) => found.map(([name, address]) => [name, address]));
    stopMetadata = await metadataService();
    await startControlWorkers();
  });
  afterAll(async () => {
    await stopMetadata();
    await stopControlWorkers();
    process.stdout.write(score.table());
  });

  /** What a script prints on a worker, as root of its input directory, which holds the file `input`. */
  const printed = async (script: string, more: Record<string, string>, timeout?: number) => {
    const text = places.reduce((words, [name, address]) => words.replaceAll(name, address), script);
    const { stdout, stderr } = await client.execute({
      arguments: ["/bin/bash", "-c", text],
      environment: { PATH: "/usr/bin:/bin:/usr/sbin:/sbin" },
      inputs: { input: `unchanged ${Date.now()}\n` },
      platform: { ...farmPlatform, ...more },
      ...(timeout !== undefined && { timeout }),
    });
    return `${stdout}${stderr}`;
  };
  const attempt = async ({ script, next, timeout }: ActionAttack, more: Record<string, string> = {}) => {
    const first = await printed(script, more, timeout).catch((error: unknown) => {
      // What takes too long ends with an error, as it should.
      if (timeout === undefined) throw error;
      return "";
    });
    return next === undefined ? first : printed(next, more);
  };

  test.each(attacks.map((attack) => [attack.name, attack] as const))("does not get at %s", async (name, attack) => {
    const { wall } = attack;
    const answer = await attempt(attack);
    const control = wall === undefined ? undefined : await attempt(attack, controlProperty(wall));
    score.add({
      attack: name,
      wall: wall ?? "the runtime's own",
      succeeded: answer.includes("BREACH"),
      control: control?.includes("BREACH"),
    });
    expect(answer).not.toContain("BREACH");
    if (control !== undefined) expect(control, `without the wall "${wall ?? ""}"`).toContain("BREACH");
  });

  test("finds the worker at work after all of this", async () => {
    expect(await printed("echo still here", {})).toBe("still here\n");
  });
});
