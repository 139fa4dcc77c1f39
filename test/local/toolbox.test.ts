import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { BENCH_MODULES } from "../../local/toolbox/bench-catalog";
import { TEST_MODULES } from "../../local/toolbox/test-catalog";
import { GO_MODULES } from "../../local/toolbox/catalog";
import { CACHE, STATE } from "../../local/directories";
import { Digests } from "../../local/toolbox/digests";
import { find, onPath, pluginInCache } from "../../local/toolbox/find";
import { buildArguments, buildKey, neededGo, readPins, toolVersion } from "../../local/toolbox/pins";
import { checkMemory, checkSpace } from "../../local/toolbox/space";
import { changeVendored } from "../../local/toolbox/vendored";
import { accepts, compareVersions, versionIn } from "../../local/toolbox/version";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "monofarm-toolbox-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const MODULES = [...GO_MODULES, ...BENCH_MODULES, ...TEST_MODULES];

describe("the pins", () => {
  test.each(MODULES.map((tool) => [tool.name, tool] as const))("of %s give a version, a Go and a key", (_, tool) => {
    const pins = readPins(tool.name);
    expect(toolVersion(tool, pins)).toMatch(/^\d+\.\d+\.\d+/);
    expect(neededGo(pins)).toMatch(/^1\.\d+/);
    expect(buildArguments(tool, pins)).toContain("-trimpath");
    const go = { version: "1.26.8", os: "linux", arch: "amd64" };
    const key = buildKey(tool, pins, go);
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(buildKey(tool, pins, { ...go, version: "1.26.9" })).not.toBe(key);
    expect(buildKey(tool, { ...pins, goSum: `${pins.goSum}\n` }, go)).not.toBe(key);
    expect(buildKey(tool, { ...pins, sources: { "main.go": "package another" } }, go)).not.toBe(key);
  });

  test("name each program once", () => {
    const names = MODULES.flatMap(({ programs }) => Object.keys(programs));
    expect(new Set(names).size).toBe(names.length);
  });

  test("of what only benchmarks or tests run are no part of the farm", () => {
    const farm = GO_MODULES.map(({ name }) => name);
    expect(farm).not.toContain("kwok");
    expect(farm).not.toContain("pulumi-yaml");
    expect(BENCH_MODULES.map(({ name }) => name)).toEqual(["kwok"]);
    expect(TEST_MODULES.map(({ name }) => name)).toEqual(["pulumi-yaml"]);
  });
});

test.each([
  ["Kubernetes v1.37.2", "1.37.2"],
  ["etcd Version: 3.7.3\nGit SHA: x", "3.7.3"],
  ["no version", undefined],
])("the version in %j is %s", (text, version) => {
  expect(versionIn(text)).toBe(version);
});

test.each([
  ["1.9", "1.10", -1],
  ["1.10", "1.9", 1],
  ["1.2", "1.2.0", 0],
])("%s against %s is %i", (a, b, sign) => {
  expect(Math.sign(compareVersions(a, b))).toBe(sign);
});

test("a range takes its start and not its end", () => {
  const range = { from: "1.37", below: "1.38" };
  expect(["1.36.9", "1.37", "1.37.2", "1.38", "1.38.0"].map((version) => accepts(range, version))).toEqual([
    false,
    true,
    true,
    false,
    false,
  ]);
});

describe("what the machine has already", () => {
  function executable(...path: string[]): string {
    return script("", ...path);
  }

  function script(text: string, ...path: string[]): string {
    const file = join(folder, ...path);
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, `#!/bin/sh\n${text}\n`);
    chmodSync(file, 0o755);
    return file;
  }

  test("is asked for its version as each program wants to be asked, and taken only where all of a module are there", async () => {
    const kubernetes = GO_MODULES.find(({ name }) => name === "kubernetes");
    if (kubernetes === undefined) throw new Error("no kubernetes among the modules");
    const says = (asked: string) => `[ "$*" = "${asked}" ] && echo Kubernetes v1.37.5`;
    for (const name of Object.keys(kubernetes.programs)) script(says("--version"), "bin", name);
    vi.stubEnv("PATH", join(folder, "bin"));
    expect(await find(kubernetes)).toBeUndefined();
    script(says("version --client"), "bin", "kubectl");
    expect((await find(kubernetes))?.map(({ version }) => version)).toEqual(Array(6).fill("1.37.5"));
    rmSync(join(folder, "bin", "kubelet"));
    expect(await find(kubernetes)).toBeUndefined();
    vi.unstubAllEnvs();
  });

  test("is the first executable on PATH, never the farm's own", () => {
    const first = executable("a", "pulumi");
    const path = [join(STATE, "bin"), join(CACHE, "tools", "pulumi", "key"), join(folder, "a"), join(folder, "b")];
    executable("b", "pulumi");
    expect(onPath("pulumi", path.join(":"))).toBe(first);
    expect(onPath("etcd", path.join(":"))).toBeUndefined();
  });

  test("is the newest accepted plugin of Pulumi's cache", () => {
    const name = "pulumi-resource-kubernetes";
    for (const version of ["4.9.0", "4.27.1", "4.100.0", "5.0.0"]) executable(`resource-kubernetes-v${version}`, name);
    executable("resource-aws-v4.200.0", name);
    mkdirSync(join(folder, "resource-kubernetes-v4.101.0"));
    const range = { from: "4.27", below: "5" };
    const newest = pluginInCache(name, "kubernetes", range, folder);
    expect(newest).toEqual({ name, version: "4.100.0", path: join(folder, "resource-kubernetes-v4.100.0", name) });
    expect(pluginInCache(name, "kubernetes", { from: "4.101", below: "5" }, folder)).toBeUndefined();
    expect(pluginInCache(name, "kubernetes", range, join(folder, "none"))).toBeUndefined();
  });
});

test("a full disk and a small memory are one line each, with found and needed", () => {
  expect(() => {
    checkSpace(
      "to build x",
      [
        { directory: folder, mebibytes: 2048 },
        { directory: folder, mebibytes: 1024 },
      ],
      () => 2048,
    );
  }).toThrow(/disk of .*: found 2\.0 GiB free; allowed: 3\.0 GiB to build x/);
  expect(() => {
    checkSpace("to build x", [{ directory: folder, mebibytes: 2048 }], () => 2048);
  }).not.toThrow();
  expect(() => {
    checkMemory("to build x", 4096, 2048);
  }).toThrow(/memory: found 2\.0 GiB with swap; allowed: 4\.0 GiB to build x/);
});

test("a file's digest is remembered until the file changes", async () => {
  const file = join(folder, "file");
  const memory = join(folder, "memory.json");
  writeFileSync(file, "one");
  const one = await new Digests(memory).sha256(file);
  expect(one).toBe("7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed");
  expect(await new Digests(memory).sha256(file)).toBe(one);
  writeFileSync(file, "other");
  expect(await new Digests(memory).sha256(file)).not.toBe(one);
  writeFileSync(memory, "damaged");
  expect(await new Digests(memory).sha256(file)).not.toBe(one);
});

test("a change to a vendored file must find exactly one place", () => {
  const vendor = join(folder, "vendor");
  mkdirSync(vendor);
  writeFileSync(join(vendor, "a.go"), "old old");
  const change = (find: string) => [{ file: "a.go", find, text: "new" }];
  expect(() => {
    changeVendored(vendor, folder, "m", change("old"));
  }).toThrow(/vendor\/a\.go: found 2 places/);
  expect(() => {
    changeVendored(vendor, folder, "m", change("none"));
  }).toThrow(/found 0 places/);
  changeVendored(vendor, folder, "m", change("old old"));
  expect(readFileSync(join(vendor, "a.go"), "utf8")).toBe("new");
});
