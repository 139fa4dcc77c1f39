import { describe, expect, test } from "vitest";

import { asTexts } from "../../local/stack/stack-file";
import { checkConfig } from "../../stacks/config/check";
import { crossCheckFarm, FARM_SLICES } from "../../stacks/config/farm";
import { githubValues } from "./github-values";
import type { Values } from "./golden";

type Path = readonly (string | number)[];

/** Every place in these values, below the slices. */
function paths(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, each]) =>
    paths(each, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return path.length === 0 ? inner : [path, ...inner];
}

/** A copy of the values with another value, or none, at a place. */
function mutated(values: Values, path: Path, value: unknown): Values {
  const copy = structuredClone(values);
  const parent = path.slice(0, -1).reduce<unknown>((inner, key) => (inner as Values)[key as string], copy) as Values;
  const key = path.at(-1) as string;
  if (value === undefined) Reflect.deleteProperty(parent, key);
  else parent[key] = value;
  return copy;
}

/** What a mistake may be told as: its own key, one above it, or one below. */
function isNamed(message: string, path: Path): boolean {
  const key = path.join(".");
  const told = [...message.matchAll(/Pulumi\.aws\.yaml: (monofarm:\S+?): found/g)].map(([, found]) => found ?? "");
  return told.some((found) => found === key || key.startsWith(`${found}.`) || found.startsWith(`${key}.`));
}

const values = githubValues();
const check = (changed: Values) => () =>
  checkConfig(FARM_SLICES, asTexts(changed), "stacks/Pulumi.aws.yaml", crossCheckFarm);

/** Nothing of this shape is right anywhere. */
const NONSENSE: readonly [string, unknown][] = [
  ["a list in a list", [[]]],
  ["a number below zero", -1],
];

/** Keys that a farm can be without, or whose texts are free. */
const OPTIONAL =
  /spot|diskGiB|github$|runners$|controller$|pusher$|stateBucket$|administration\.actions$|reviewers\.(users|teams)$|largestBlobMiB$/;

describe("the configuration of the farm on AWS", () => {
  const wrong = paths(values).flatMap((path) =>
    NONSENSE.map(([what, value]) => [`${path.join(".")} is ${what}`, path, value] as const),
  );
  const missing = paths(values)
    .filter((path) => path.every((key) => typeof key === "string") && !OPTIONAL.test(path.join(".")))
    .map((path) => [`${path.join(".")} is missing`, path, undefined] as const);
  const mistakes = [...wrong, ...missing];

  test("is right without a change, and more than 200 changes of it are tried", () => {
    expect(check(values)).not.toThrow();
    expect(mistakes.length).toBeGreaterThan(200);
  });

  test.each(mistakes)("is refused where %s, by that key", (_, path, value) => {
    let message = "";
    try {
      check(mutated(values, path, value))();
    } catch (error) {
      message = (error as Error).message;
    }
    expect(isNamed(message, path), message || "accepted").toBe(true);
    expect(message).not.toMatch(/Invalid|Too (big|small)|expected/);
  });

  const PLATFORM = "monofarm:platform";
  test.each<[Path, unknown, RegExp]>([
    [[PLATFORM, "zones", 1], "eu-west-1a", /zones\.1: found "eu-west-1a"; allowed: a zone of eu-west-2/],
    [[PLATFORM, "zones", 1], "eu-west-2a", /zones\.1: found "eu-west-2a"; allowed: a zone of eu-west-2, once/],
    [[PLATFORM, "zones"], ["eu-west-2a"], /zones: found .*; allowed: 2 to 4 availability zones/],
    [[PLATFORM, "cidr"], "8.8.0.0/16", /cidr: found "8\.8\.0\.0\/16"; allowed: a private IPv4 network/],
    [[PLATFORM, "cidr"], "10.40.0.0/24", /cidr: found .*; allowed: .*\/16 to \/20/],
    [[PLATFORM, "cidr"], "10.40.1.0/16", /cidr: found "10\.40\.1\.0\/16"/],
    [[PLATFORM, "publicCidrs"], ["0.0.0.0/0"], /publicCidrs\.0: found .*; allowed: .*not everywhere/],
    [[PLATFORM, "version"], "1.34", /amiRelease: found .*; allowed: a release for Kubernetes 1\.34/],
    [
      [PLATFORM, "administrators", 0],
      "arn:aws:iam::999999999999:role/x",
      /administrators\.0: .*a role of 111122223333/,
    ],
    [
      [PLATFORM, "pools", 3, "instanceTypes", 0],
      "c8a.4xlarge",
      /pools\.3\.instanceTypes\.0: found c8a\.4xlarge|pools\.3\.instanceTypes\.0: found "c8a\.4xlarge"/,
    ],
    [[PLATFORM, "pools", 3, "architecture"], "amd64", /pools\.4\.role: found "worker"; allowed: one pool of each/],
    [[PLATFORM, "pools", 1, "spot"], true, /pools\.1\.spot: found "?true"?; allowed: false for role storage/],
    [[PLATFORM, "pools", 3, "minimum"], 2, /pools\.3\.minimum: found "?2"?; allowed: 0/],
    [
      ["monofarm:workers", "pools", 2, "architecture"],
      "arm64",
      /workers\.pools\.2\.architecture: found "arm64, narrow"; allowed: one pool of each class of an architecture/,
    ],
    [
      ["monofarm:workers", "pools", 3, "architecture"],
      "arm64",
      /workers\.pools\.3\.architecture: found "arm64, wide"; allowed: one pool of each class/,
    ],
    [
      ["monofarm:workers", "pools"],
      (values["monofarm:workers"] as { pools: unknown[] }).pools.slice(0, 3),
      /workers\.pools\.2\.class: found "narrow for amd64"; allowed: the classes of arm64, narrow and wide/,
    ],
    [
      ["monofarm:workers", "pools", 0, "cpu"],
      "1500m",
      /workers\.pools\.0\.cpu: found "1500m"; allowed: at most 1, for class narrow/,
    ],
    [
      ["monofarm:workers", "pools", 0, "class"],
      "huge",
      /workers\.pools\.0\.class: found "huge"; allowed: narrow, wide/,
    ],
    [
      ["monofarm:workers", "pools", 0, "replicas"],
      98,
      /workers\.pools\.0\.replicas: found 98; allowed: \{ minimum, maximum \}: on AWS workers follow their queue/,
    ],
    [
      ["monofarm:workers", "pools", 0, "replicas", "minimum"],
      99,
      /workers\.pools\.0\.replicas\.minimum: found 99; allowed: at most the maximum, 98/,
    ],
    [
      ["monofarm:images", "prometheus"],
      undefined,
      /images\.prometheus: found nothing; allowed: an image by digest: it counts the queue that monofarm:workers\.pools\.0/,
    ],
    [
      ["monofarm:workers", "idleSeconds"],
      30,
      /workers\.idleSeconds: found 30; allowed: a whole number from 60 to 86400/,
    ],
    [["monofarm:frontend"], { replicas: 0 }, /frontend\.replicas: found 0; allowed: a whole number from 1 to 100/],
    [["monofarm:artifacts", "releaseLock"], "none", /artifacts\.releaseLock: found "none"; allowed: \{ days: N \}/],
    [["monofarm:artifacts", "forceDestroy"], true, /artifacts\.forceDestroy: found true; allowed: false/],
    [["monofarm:artifacts", "own"], { volumeMiB: 1 }, /artifacts: found "own"; allowed: neither own nor existing/],
    [["monofarm:artifacts", "prefix"], "", /artifacts\.prefix: found ""; allowed: 3 to 50 characters/],
    [["monofarm:github", "publisher", "workflow"], "monogres/*", /github\.publisher\.workflow: found "monogres\/\*"/],
    [
      ["monofarm:github", "repositoryId"],
      "monogres",
      /github\.repositoryId: found "monogres"; allowed: the numeric id/,
    ],
    [["monofarm:platform", "kind"], "local", /monofarm:platform/],
  ])("%j: %j is refused: %s", (path, value, line) => {
    expect(check(mutated(values, path, value))).toThrow(line);
  });
});
