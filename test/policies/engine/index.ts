import { readFileSync } from "node:fs";

import * as pulumi from "@pulumi/pulumi";

import type { Declared } from "../golden";

class Anything extends pulumi.CustomResource {
  constructor({ type, props, protect = false }: Declared, name: string, made: Record<string, pulumi.Input<unknown>>) {
    super(type, name, { ...props, ...made }, { protect });
  }
}

const file = new pulumi.Config().require("resources");
const declared = JSON.parse(readFileSync(file, "utf8")) as Record<string, Declared>;
const resources = new Map<string, Anything>();

for (const [name, one] of Object.entries(declared)) {
  const made = Object.entries(one.madeOf ?? {}).flatMap(([property, [source = ""]]) => {
    const from = resources.get(source);
    return from === undefined ? [] : [[property, from.id] as const];
  });
  resources.set(name, new Anything(one, name, Object.fromEntries(made)));
}
