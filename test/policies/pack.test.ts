import { createRequire } from "node:module";

import * as analyzer from "@pulumi/pulumi/proto/analyzer_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { describe, expect, test } from "vitest";

import { exemptionFor } from "../../policies/exemptions";
import { policies } from "../../policies/pack";
import type { Declared } from "./golden";
import { judge, RULES } from "./judge";
import { MUTANTS, mutate } from "./mutants";

interface Server {
  readonly makeAnalyzeRpcFun: (
    pack: string,
    version: string,
    level: "mandatory",
    served: ReturnType<typeof policies>,
  ) => (
    call: { readonly request: analyzer.AnalyzeRequest },
    done: (error: unknown, response?: analyzer.AnalyzeResponse) => void,
  ) => Promise<void>;
}

// What the package serves the engine with; its types leave it out.
const { makeAnalyzeRpcFun } = createRequire(__filename)("@pulumi/policy/server") as Server;

interface Said {
  readonly policy: string;
  readonly level: string;
  readonly text: string;
}

/** Asks the packs about a resource as the engine does: over Pulumi's own encoding, policies and levels. */
async function ask({ type, props }: Declared): Promise<Said[]> {
  const request = new analyzer.AnalyzeRequest();
  request.setType(type);
  request.setName("asked");
  request.setUrn(`urn:pulumi:test::monofarm::${type}::asked`);
  request.setProperties(Struct.fromJavaScript(props as never));
  request.setOptions(new analyzer.AnalyzerResourceOptions());
  const analyze = makeAnalyzeRpcFun("monofarm", "0.1.0", "mandatory", policies(RULES));
  return new Promise((resolve, reject) => {
    void analyze({ request }, (error: unknown, response?: analyzer.AnalyzeResponse) => {
      if (response === undefined) reject(error instanceof Error ? error : new Error(String(error)));
      else
        resolve(
          response.getDiagnosticsList().map((diagnostic) => ({
            policy: diagnostic.getPolicyname(),
            level: diagnostic.getEnforcementlevel() === analyzer.EnforcementLevel.ADVISORY ? "advisory" : "mandatory",
            text: diagnostic.getMessage(),
          })),
        );
    });
  });
}

const SECRET = "4dabf18193072939515e22adb298388d";
const secret = (value: unknown) => ({ [SECRET]: "1b47061264138c4ac30d75fd1eb44270", value });
/** How the engine writes a text that is not known yet. */
const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const of = (resource: string, path: string, value: unknown) => mutate(resource, path, value)[resource] as Declared;
const OBJECTS = MUTANTS.filter(({ rule, resource, path, value }) =>
  judge({ own: of(resource, path, value) }).some(
    (one) => one.rule === rule && RULES.some(({ id, stack }) => id === rule && !stack),
  ),
);

describe("over Pulumi's own encoding", () => {
  const secrets = OBJECTS.filter(({ path, value }) => !path.includes("|") && value !== undefined);
  test.each(secrets.map((one) => [one.rule, one.resource, one.path, one] as const))(
    "%s: a secret %s %s is judged as what it holds",
    async (id, _resource, _path, { resource, path, value }) => {
      const rule = RULES.find((one) => one.id === id);
      const said = await ask(of(resource, path, secret(value)));
      expect([...new Set(said.map(({ policy, level }) => `${policy} ${level}`))]).toEqual([
        `${rule?.name} ${rule?.level}`,
      ]);
    },
  );

  test.each(OBJECTS.map((one) => [one.rule, one.resource, one.path.split("|")[0] ?? ""] as const))(
    "%s: an unknown %s %s is said, as an advice",
    async (id, resource, path) => {
      const rule = RULES.find((one) => one.id === id);
      const said = await ask(of(resource, path, UNKNOWN_TEXT));
      const own = said.filter(({ policy }) => policy === rule?.name);
      expect(own.map(({ level }) => level)).toEqual(["advisory"]);
      expect(own[0]?.text).toContain("undecided before the deploy");
    },
  );

  test("an unknown value hides nothing that is known already", async () => {
    const spec = "spec.template.spec";
    const half = of("worker", `${spec}.containers.0.image`, "busybox:1.31.1");
    const { props } = half as unknown as {
      props: { spec: { template: { spec: { initContainers: { image: string }[] } } } };
    };
    const [runner] = props.spec.template.spec.initContainers;
    if (runner !== undefined) runner.image = UNKNOWN_TEXT;
    const said = (await ask(half)).filter(({ policy }) => policy === "image-digest-pinned");
    expect(said.map(({ level }) => level)).toEqual(["mandatory"]);
    expect(said[0]?.text).toMatch(/Found spec\.template\.spec\.containers\[0\]\.image: busybox:1\.31\.1$/);
  });
});

test("an exemption is for resources by name", () => {
  const exempt = [{ resource: "worker-*", reason: "One machine stands for every architecture." }];
  expect(exemptionFor(exempt, "urn:pulumi:s::p::t::worker-arm64")).toBe(exempt[0]);
  expect(exemptionFor(exempt, "urn:pulumi:s::p::t::my-worker-arm64")).toBeUndefined();
  expect(exemptionFor([{ resource: "a.c", reason: "" }], "urn:pulumi:s::p::t::abc")).toBeUndefined();
});
