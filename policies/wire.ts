import type { Struct, Value } from "google-protobuf/google/protobuf/struct_pb";

import { UNKNOWN } from "./predicates/condition";

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

/** Properties as the engine sends them: secrets in clear, what is not known yet as `UNKNOWN`. */
export function properties(struct: Struct | undefined): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  struct?.getFieldsMap().forEach((value: Value, key: string) => {
    plain[key] = decode(value.toJavaScript());
  });
  return plain;
}

function decode(value: unknown): unknown {
  if (typeof value === "string") return UNKNOWNS.has(value) ? UNKNOWN : value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(decode);
  const fields = value as Record<string, unknown>;
  if (fields[SIGNATURE] === SECRET) return decode(fields["value"]);
  return Object.fromEntries(Object.entries(fields).map(([key, inner]) => [key, decode(inner)]));
}
