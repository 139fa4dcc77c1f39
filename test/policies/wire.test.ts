import * as messages from "@pulumi/pulumi/proto/analyzer_pb";
import fc from "fast-check";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { describe, expect, test } from "vitest";

import { UNKNOWN } from "../../policies/predicates/condition";
import { properties, resource, resources } from "../../policies/wire";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

const told = (plain: Record<string, JavaScriptValue>) => properties(Struct.fromJavaScript(plain).serializeBinary());

describe("properties", () => {
  test("are what any JSON was, however deep", () => {
    const json = fc.dictionary(
      fc.string().filter((key) => key !== "__proto__"),
      fc.jsonValue({ noUnicodeString: false }).filter((value) => !JSON.stringify(value).includes("__proto__")),
    );
    fc.assert(
      fc.property(json, (plain) => {
        const clean = JSON.parse(JSON.stringify(plain)) as Record<string, JavaScriptValue>;
        expect(told(clean)).toEqual(clean);
      }),
    );
  });

  test("are in clear where the engine marks a secret, and UNKNOWN where it knows none, inside one too", () => {
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    expect(
      told({ key: { [SIGNATURE]: SECRET, value: { a: ["clear", unknown] } }, other: { [SIGNATURE]: "asset" } }),
    ).toEqual({ key: { a: ["clear", UNKNOWN] }, other: { [SIGNATURE]: "asset" } });
  });

  test("have no field that nobody sent, by a key of JavaScript's own", () => {
    // google-protobuf itself writes no such key: another, of the same length, stands in for it.
    const bytes = Buffer.from(Struct.fromJavaScript({ __other__: { hostNetwork: false } }).serializeBinary());
    const found = properties(Buffer.from(bytes.toString("latin1").replace("__other__", "__proto__"), "latin1"));
    expect(found["hostNetwork"]).toBeUndefined();
    expect(Object.keys(found)).toEqual(["__proto__"]);
  });
});

describe("a resource", () => {
  test("is its type, names, options and properties", () => {
    const request = new messages.AnalyzeRequest();
    request.setType("a:b:C");
    request.setUrn("urn:pulumi:s::p::a:b:C::one");
    request.setName("one");
    request.setProperties(Struct.fromJavaScript({ size: 2.5, on: true, off: null }));
    const options = new messages.AnalyzerResourceOptions();
    options.setIgnorechangesList(["size"]);
    options.setProtect(true);
    request.setOptions(options);
    request.setProvider(new messages.AnalyzerProviderResource());
    expect(resource(request.serializeBinary())).toEqual({
      type: "a:b:C",
      urn: "urn:pulumi:s::p::a:b:C::one",
      name: "one",
      protect: true,
      madeOf: {},
      props: { size: 2.5, on: true, off: null },
    });
  });

  test("of a stack also says what its properties were made of", () => {
    const [first, second] = [new messages.AnalyzerResource(), new messages.AnalyzerResource()];
    const made = new messages.AnalyzerPropertyDependencies();
    made.setUrnsList(["urn:x", "urn:y"]);
    first.getPropertydependenciesMap().set("policy", made);
    second.setName("second");
    const stack = new messages.AnalyzeStackRequest();
    stack.setResourcesList([first, second]);
    const found = resources(stack.serializeBinary());
    expect(found.map(({ name, madeOf, protect }) => [name, madeOf, protect])).toEqual([
      ["", { policy: ["urn:x", "urn:y"] }, false],
      ["second", {}, false],
    ]);
  });
});
