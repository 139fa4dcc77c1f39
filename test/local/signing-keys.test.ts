import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { dropRetired, ensureSigningKey, keyId, promote, publishNext, signingKeys } from "../../local/node/signing-keys";

const HOUR = 3_600_000;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "keys-"));
  ensureSigningKey(directory);
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

function state() {
  const { signing, accepted } = signingKeys(directory);
  return { signing: basename(signing), accepted: accepted.map((file) => basename(file)) };
}

describe("the keys of tokens", () => {
  test("are one at first, which stays, and nobody else can read", () => {
    const before = readFileSync(join(directory, "1.key"), "utf8");
    ensureSigningKey(directory);
    expect(readFileSync(join(directory, "1.key"), "utf8")).toBe(before);
    expect(state()).toEqual({ signing: "1.key", accepted: ["1.key"] });
    expect(statSync(join(directory, "1.key")).mode & 0o077).toBe(0);
  });

  test("are shown before they sign, and the old one is accepted after", () => {
    const next = publishNext(directory);
    expect(state()).toEqual({ signing: "1.key", accepted: ["1.key", "2.next.key"] });
    const id = keyId(next);
    expect(id).not.toBe(keyId(join(directory, "1.key")));
    promote(next);
    expect(state()).toEqual({ signing: "2.key", accepted: ["1.key", "2.key"] });
    expect(keyId(signingKeys(directory).signing)).toBe(id);
  });

  test("are shown once: an exchange that was interrupted carries on with the same", () => {
    const next = publishNext(directory);
    const shown = readFileSync(next, "utf8");
    expect(publishNext(directory)).toBe(next);
    expect(readFileSync(next, "utf8")).toBe(shown);
  });

  test("are forgotten when their last token has ended, and not before", () => {
    promote(publishNext(directory));
    const promoted = statSync(join(directory, "2.key")).mtimeMs;
    expect(dropRetired(directory, promoted + HOUR)).toBe(0);
    expect(dropRetired(directory, promoted + 2 * HOUR)).toBe(1);
    expect(state()).toEqual({ signing: "2.key", accepted: ["2.key"] });
    expect(dropRetired(directory, promoted + 9 * HOUR)).toBe(0);
  });

  test("count their age from when they began to sign, however long they were shown", () => {
    const next = publishNext(directory);
    utimesSync(next, 0, 0);
    promote(next);
    expect(Date.now() - statSync(join(directory, "2.key")).mtimeMs).toBeLessThan(HOUR);
  });

  test("grow in number without end", () => {
    for (let index = 2; index <= 11; index++) promote(publishNext(directory));
    expect(state().signing).toBe("11.key");
    expect(readdirSync(directory)).toHaveLength(11);
  });
});
