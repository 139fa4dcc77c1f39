import { describe, expect, test } from "vitest";

import { UNKNOWN } from "../../policies/predicates/condition";
import { checkResource } from "../../policies/rule";
import { kmsRotation } from "../../policies/security/s15-kms-rotation";
import { type Declared, GOLDEN } from "./golden";
import { asResources, judge } from "./judge";

const of = (name: string): Declared => GOLDEN[name] as Declared;
const having = (name: string, props: object, madeOf: Declared["madeOf"] = {}): Declared => ({
  ...of(name),
  props: { ...of(name).props, ...props },
  madeOf,
});
const found = (declared: Readonly<Record<string, Declared>>, ...rules: string[]) => [
  ...new Set(
    judge({ ...GOLDEN, ...declared })
      .filter(({ rule }) => rules.includes(rule))
      .map(({ rule, finding }) => `${rule} ${finding.kind}`),
  ),
];
const baseline = (declared: Readonly<Record<string, Declared>>) => found(declared, "S11", "S12");

describe("a bucket beside the golden one, which has no settings of its own,", () => {
  const tags = { "farm.build/purpose": "repo" };

  test.each<[string, object, string[]]>([
    ["of another name", { bucket: "monofarm-repo", tags }, ["S11 violated"]],
    ["of a name that AWS makes", { bucket: undefined, tags }, ["S11 violated"]],
    ["of a name that is not known yet", { bucket: UNKNOWN, tags }, ["S11 violated"]],
  ])("%s, is found", (_which, props, expected) => {
    expect(baseline({ other: having("bucket", props) })).toEqual(expected);
  });

  const nameless = (name: string) => having(name, { bucket: UNKNOWN });
  test("is undecided while nobody knows whose settings there are", () => {
    const settings = Object.keys(GOLDEN).filter((name) => name.startsWith("bucket-"));
    const others = Object.fromEntries(settings.map((name) => [`other-${name}`, nameless(name)]));
    expect(baseline({ other: having("bucket", { bucket: UNKNOWN, tags }), ...others })).toEqual(["S11 undecided"]);
  });
});

test("a bucket of the provider's second version is a bucket, and so are its settings", () => {
  const second = (name: string, change = {}): Declared => {
    const [, kind = ""] = of(name).type.split("/");
    return { ...having(name, change, of(name).madeOf), type: `aws:s3/${kind.replaceAll(/(?=:)|$/g, "V2")}` };
  };
  const names = Object.keys(GOLDEN).filter((name) =>
    /^bucket($|-(encryption|versions|lock|logging|lifecycle))/.test(name),
  );
  const all = (change: object) =>
    Object.fromEntries(names.map((name) => [name, second(name, name === "bucket" ? change : {})]));
  expect(found(all({}), "S11", "S12", "S13")).toEqual([]);
  expect(found(all({ forceDestroy: true }), "S11", "S12", "S13")).toEqual(["S11 violated"]);
  const expiring = {
    "bucket-lifecycle": second("bucket-lifecycle", { rules: [{ status: "Enabled", expiration: { days: 1 } }] }),
  };
  expect(found({ ...all({}), ...expiring }, "S13")).toEqual(["S13 violated"]);
});

describe("a bucket that is locked", () => {
  test.each<[string, object, string[]]>([
    ["ten years", { mode: "COMPLIANCE", years: 10 }, []],
    ["a year", { mode: "COMPLIANCE", years: 1 }, []],
    ["no time", { mode: "COMPLIANCE" }, ["S12 violated"]],
    ["a time that nobody knows yet", { mode: "COMPLIANCE", days: UNKNOWN }, ["S12 undecided"]],
  ])("for %s", (_long, defaultRetention, expected) => {
    expect(baseline({ "bucket-lock": having("bucket-lock", { rule: { defaultRetention } }) })).toEqual(expected);
  });
});

describe("a lifecycle", () => {
  const lifecycle = (expiration: object, bucket: unknown) =>
    having("bucket-lifecycle", { bucket, rules: [{ status: "Enabled", expiration }] });
  const artifacts = (tag: unknown) =>
    having("bucket", { bucket: "acme-artifacts", tags: { "farm.build/purpose": tag } });

  test.each<[string, object, unknown, unknown, string[]]>([
    [
      "expires what a bucket of releases holds, whatever its name",
      { days: 1 },
      "acme-artifacts",
      "release",
      ["S13 violated"],
    ],
    ["expires it at a date", { date: "2027-01-01" }, "acme-artifacts", "release", ["S13 violated"]],
    ["expires what a bucket of logs holds", { days: 1 }, "acme-artifacts", "logs", []],
    [
      "expires what is in a bucket of a purpose not known yet",
      { days: 1 },
      "acme-artifacts",
      UNKNOWN,
      ["S13 undecided"],
    ],
    ["expires what is in a bucket not known yet", { days: 1 }, UNKNOWN, "release", ["S13 undecided"]],
    ["expires what a bucket elsewhere holds, by its name", { days: 1 }, "acme-provenance", "logs", ["S13 violated"]],
    ["forgets that something was deleted", { expiredObjectDeleteMarker: true }, "acme-artifacts", "release", []],
  ])("that %s", (_what, expiration, bucket, tag, expected) => {
    expect(found({ artifacts: artifacts(tag), lifecycle: lifecycle(expiration, bucket) }, "S13")).toEqual(expected);
  });
});

test.each<[string, object, number]>([
  ["encrypts and rotates", { enableKeyRotation: true }, 0],
  ["encrypts and does not", {}, 1],
  ["signs", { customerMasterKeySpec: "ECC_NIST_P256", keyUsage: "SIGN_VERIFY" }, 0],
  ["encrypts by RSA, which nothing rotates", { customerMasterKeySpec: "RSA_4096", keyUsage: "ENCRYPT_DECRYPT" }, 1],
  ["makes codes", { customerMasterKeySpec: "HMAC_256", keyUsage: "GENERATE_VERIFY_MAC" }, 0],
])("a key that %s", (_what, props, count) => {
  const [key] = asResources({ key: { type: "aws:kms/key:Key", props: { deletionWindowInDays: 30, ...props } } });
  if (key === undefined) throw new Error("no key");
  expect(checkResource(kmsRotation, key)).toHaveLength(count);
});
