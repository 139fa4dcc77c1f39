import { setTimeout as sleep } from "node:timers/promises";

import { describe, expect, test } from "vitest";

import { FARM_LAYOUT, paths } from "../../local/node/layout";
import { keyId, signingKeys } from "../../local/node/signing-keys";
import { keyOf } from "../attacks/tokens";
import { farm, release } from "../farm/cluster";
import { addressOf, tokenOf } from "../farm/identities";
import { digestOf, RemoteClient } from "../farm/remote-execution";
import { field } from "../farm/protobuf";
import { LONG } from "./long";

/** Always run, never cached. */
const TARGET = "//smoke:parts";

describe.runIf(LONG)("the key that signs tokens is exchanged on a running farm", () => {
  test("and no build fails, at any moment of it", async () => {
    const before = keyId(signingKeys(paths(FARM_LAYOUT).signingKeys).signing);
    expect(keyOf(await tokenOf("worker", "storage"))).toBe(before);

    const exchange = farm("rotate-keys");
    const over = exchange.then(() => true);
    const digests: (string | undefined)[] = [];
    for (let isLast = false; !isLast;) {
      isLast = await Promise.race([over, sleep(0, false)]);
      const { code, stderr, release: built } = await release("--again", TARGET);
      expect(code, stderr).toBe(0);
      digests.push(built.verdicts[0]?.sha256);
    }
    const { code, stderr } = await exchange;
    expect(code, stderr).toBe(0);
    expect(new Set(digests).size).toBe(1);
    expect(digests.length).toBeGreaterThan(3);

    const token = await tokenOf("worker", "storage");
    expect(keyOf(token)).not.toBe(before);
    const storage = new RemoteClient(`${await addressOf("storage")}:8981`, token);
    const request = field(2, digestOf(Buffer.from("some blob")));
    expect(await storage.codeOf("ContentAddressableStorage/FindMissingBlobs", request)).toBe(0);
    process.stdout.write(`\nKeys exchanged: ${digests.length} builds meanwhile, 0 failed, all of one digest\n`);
  });
});
