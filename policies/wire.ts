/**
 * What the engine asks about, read off its bytes: most resources are looked at by few rules or none, so that properties stay
 * bytes until a rule asks for them. Numbers are those of the fields in pulumi/analyzer.proto and google/protobuf/struct.proto.
 */
import { Reader } from "protobufjs/minimal";

import { UNKNOWN } from "./predicates/condition";
import type { Resource } from "./rule";

/** How Pulumi's engine writes a value that is not known yet, by type (sdk/go/common/resource/plugin/rpc.go). */
const UNKNOWNS: ReadonlySet<string> = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** Key and value by which it marks an object as a secret (sdk/go/common/resource/sig). */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

type Fields = Record<string, unknown>;

/** The resource of a `pulumirpc.AnalyzeRequest`, or of a `pulumirpc.AnalyzerResource`, which says more. */
export function resource(message: Uint8Array): Resource {
  let [type, urn, name, protect] = ["", "", "", false];
  let struct: Uint8Array | undefined;
  const madeOf: Record<string, readonly string[]> = {};
  fields(message, (field, reader) => {
    if (field === 1) type = reader.string();
    else if (field === 2) struct = reader.bytes();
    else if (field === 3) urn = reader.string();
    else if (field === 4) name = reader.string();
    else if (field === 5) protect = isProtected(reader.bytes());
    else if (field === 9) addEntry(madeOf, reader.bytes(), strings);
    else return "passed over";
  });
  let read: Fields | undefined;
  return {
    type,
    urn,
    name,
    protect,
    madeOf,
    get props() {
      return (read ??= struct === undefined ? {} : properties(struct));
    },
  };
}

/** The resources of a `pulumirpc.AnalyzeStackRequest`. */
export function resources(message: Uint8Array): Resource[] {
  return list(message, (reader) => resource(reader.bytes()));
}

/** A `google.protobuf.Struct` as the engine fills it: secrets in clear, what is not known yet as `UNKNOWN`. */
export function properties(struct: Uint8Array): Fields {
  const plain: Fields = {};
  fields(struct, (field, reader) => {
    if (field === 1) addEntry(plain, reader.bytes(), value);
    else return "passed over";
  });
  return plain;
}

function value(message: Uint8Array): unknown {
  let found: unknown = null;
  fields(message, (field, reader) => {
    if (field === 2) found = reader.double();
    else if (field === 3) found = known(reader.string());
    else if (field === 4) found = reader.bool();
    else if (field === 5) found = revealed(properties(reader.bytes()));
    else if (field === 6) found = list(reader.bytes(), (items) => value(items.bytes()));
    else return "passed over";
  });
  return found;
}

function known(text: string): unknown {
  return UNKNOWNS.has(text) ? UNKNOWN : text;
}

function revealed(object: Fields): unknown {
  return object[SIGNATURE] === SECRET ? object["value"] : object;
}

/** Whether a `pulumirpc.AnalyzerResourceOptions` protects its resource. */
function isProtected(options: Uint8Array): boolean {
  let protect = false;
  fields(options, (field, reader) => {
    if (field === 1) protect = reader.bool();
    else return "passed over";
  });
  return protect;
}

/** The urns of a `pulumirpc.AnalyzerPropertyDependencies`. */
function strings(message: Uint8Array): string[] {
  return list(message, (reader) => reader.string());
}

/** A message that is a list, in its field 1. */
function list<Item>(message: Uint8Array, item: (reader: Reader) => Item): Item[] {
  const items: Item[] = [];
  fields(message, (field, reader) => {
    if (field === 1) items.push(item(reader));
    else return "passed over";
  });
  return items;
}

/** Adds an entry of a map. Its key is a field of the object itself, `__proto__` too: nothing gives an object what it has not. */
function addEntry<Value>(map: Record<string, Value>, message: Uint8Array, read: (message: Uint8Array) => Value): void {
  let key = "";
  let inner: Uint8Array = new Uint8Array();
  fields(message, (field, reader) => {
    if (field === 1) key = reader.string();
    else if (field === 2) inner = reader.bytes();
    else return "passed over";
  });
  if (key === "__proto__") Object.defineProperty(map, key, { value: read(inner), enumerable: true });
  else map[key] = read(inner);
}

/** Reads a message field by field. */
function fields(message: Uint8Array, read: (field: number, reader: Reader) => "passed over" | undefined): void {
  const reader = Reader.create(message);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (read(tag >>> 3, reader) === "passed over") reader.skipType(tag & 7);
  }
}
