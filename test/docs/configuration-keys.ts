import type { z } from "zod";

import { FARM_SLICES } from "../../stacks/config/farm";
import { RELEASE_SLICES } from "../../stacks/config/release";

interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly innerType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly in?: z.ZodType;
}

/** `platform.pools[0].role` → `platform`, `pools`, `0`, `role`. */
function steps(key: string): string[] {
  return [...key.matchAll(/\["([^"]+)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(
    ([, quoted, index, name]) => quoted ?? index ?? name ?? "",
  );
}

/** Whether a stack may say this key, `platform.pools[0].role`, by the schemas that check it. */
export function isConfigurationKey(key: string): boolean {
  const [first = "", ...rest] = steps(key);
  const slices: Readonly<Record<string, z.ZodType>>[] = [FARM_SLICES, RELEASE_SLICES];
  return slices.some((slice) => slice[first] !== undefined && holds(slice[first], rest));
}

function holds(schema: z.ZodType, path: readonly string[]): boolean {
  const { type, shape, innerType, element, valueType, options, in: inner } = schema.def as unknown as Definition;
  const [first, ...rest] = path;
  if (first === undefined) return true;
  if (innerType !== undefined) return holds(innerType, path);
  if (inner !== undefined) return holds(inner, path);
  if (options !== undefined) return options.some((option) => holds(option, path));
  // A key of every element is said without a number: workers.pools.replicas.
  if (element !== undefined) return holds(element, /^\d+$/.test(first) ? rest : path);
  if (valueType !== undefined) return holds(valueType, rest);
  if (shape !== undefined) return shape[first] !== undefined && holds(shape[first], rest);
  return type === "any" || type === "unknown";
}
