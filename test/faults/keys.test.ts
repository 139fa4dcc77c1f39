import { setTimeout as sleep } from "node:timers/promises";

import { describe, expect, test } from "vitest";

import { FARM_LAYOUT, paths } from "../../local/node/layout";
import { keyId, signingKeys } from "../../local/node/signing-keys";
import { keyOf } from "../attacks/tokens";
import { farm } from "../farm/cluster";
import { addressOf, tokenOf } from "../farm/identities";
import { field } from "../farm/protobuf";
import { digestOf, RemoteClient } from "../farm/remote-execution";
import { build, type Built } from "./build";
import { LONG } from "./asked";

/** Restarts of the one API server, in each of which a release may be refused: when a key is shown, and when it signs. */
const RESTARTS = 2;

describe.runIf(LONG)("the key that signs tokens is exchanged on a running farm", () => {
  test("and builds go on, at any moment of it", async () => {
    const before = keyId(signingKeys(paths(FARM_LAYOUT).signingKeys).signing);
    expect(keyOf(await tokenOf("worker", "storage"))).toBe(before);

    const exchange = farm("rotate-keys");
    const over = exchange.then(() => true);
    const builds: Built[] = [];
    for (let isLast = false; !isLast;) {
      isLast = await Promise.race([over, sleep(0, false)]);
      builds.push(await build());
    }
    const { code, stderr } = await exchange;
    expect(code, stderr).toBe(0);
    expect(new Set(builds.map(({ sha256 }) => sha256)).size).toBe(1);
    expect(builds.length).toBeGreaterThan(3);
    const started = builds.reduce((sum, { tries }) => sum + tries, 0);
    expect(started - builds.length).toBeLessThanOrEqual(RESTARTS);

    const token = await tokenOf("worker", "storage");
    expect(keyOf(token)).not.toBe(before);
    const storage = new RemoteClient(`${await addressOf("storage")}:8981`, token);
    const request = field(2, digestOf(Buffer.from("some blob")));
    expect(await storage.codeOf("ContentAddressableStorage/FindMissingBlobs", request)).toBe(0);
    process.stdout.write(
      `\nKeys exchanged: ${builds.length} builds meanwhile, started ${started} times, all of one digest\n`,
    );
  });
});
