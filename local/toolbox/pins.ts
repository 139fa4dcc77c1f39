import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { UserError } from "../../components/user-error";
import type { GoModule, ModuleName } from "./catalog";
import type { GoEnvironment } from "./go";

/** What a Go module of the toolbox is built from. */
export interface Pins {
  /** Folder of `go.mod` and `go.sum`. */
  readonly directory: string;
  readonly goMod: string;
  readonly goSum: string;
  /** Files of the farm's own, by path: programs that no module has, and what they embed. */
  readonly sources: Readonly<Record<string, string>>;
}

/** Files that programs of the farm's own are made of. */
const SOURCE = /\.(go|html|css|svg)$/;

/** Reads the pins of a module. */
export function readPins(name: ModuleName, toolbox: string = __dirname): Pins {
  const directory = join(toolbox, name);
  return {
    directory,
    goMod: readFileSync(join(directory, "go.mod"), "utf8"),
    goSum: readFileSync(join(directory, "go.sum"), "utf8"),
    sources: Object.fromEntries(
      readdirSync(directory, { recursive: true, encoding: "utf8" })
        .filter((file) => SOURCE.test(file))
        .sort()
        .map((file) => [file, readFileSync(join(directory, file), "utf8")]),
    ),
  };
}

/** The version that `go.mod` requires of a module, without its `v`: `1.37.2`. */
export function pinnedVersion(pins: Pins, module: string): string {
  const escaped = module.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const version = new RegExp(`^(?:require )?\\s*${escaped} v(\\S+)`, "m").exec(pins.goMod)?.[1];
  if (version === undefined)
    throw new UserError(join(pins.directory, "go.mod"), `no ${module}`, "a require line for it");
  return version;
}

/** The oldest Go that builds these pins: the `go` line of `go.mod`. */
export function neededGo(pins: Pins): string {
  return /^go (\S+)/m.exec(pins.goMod)?.[1] ?? "1";
}

/** Version of the programs of a module: as they report it, without `v`. */
export function toolVersion(tool: GoModule, pins: Pins): string {
  return tool.version ?? pinnedVersion(pins, tool.module);
}

/** Arguments of `go build`, but for where the programs go. */
export function buildArguments(tool: GoModule, pins: Pins): string[] {
  const variables = Object.entries(tool.variables?.(toolVersion(tool, pins)) ?? {});
  return [
    "build",
    "-v",
    "-trimpath",
    "-buildvcs=false",
    `-mod=${tool.vendor === undefined ? "readonly" : "vendor"}`,
    ...(tool.tags === undefined ? [] : [`-tags=${tool.tags.join(",")}`]),
    ...(tool.withoutInlining === undefined ? [] : [`-gcflags=${tool.withoutInlining}=-l`]),
    `-ldflags=${["-s -w", ...variables.map(([name, value]) => `-X ${name}=${value}`)].join(" ")}`,
  ];
}

/**
 * Name of what a build makes: sha256 of everything that decides its bytes (pins, sources, changes to them, arguments,
 * packages, Go's version and target).
 */
export function buildKey(tool: GoModule, pins: Pins, go: Pick<GoEnvironment, "version" | "os" | "arch">): string {
  const parts: unknown[] = [pins.goMod, pins.goSum, buildArguments(tool, pins), tool.programs, tool.vendor ?? []];
  if (Object.keys(pins.sources).length > 0) parts.push(pins.sources);
  return createHash("sha256")
    .update(JSON.stringify([...parts, go.version, go.os, go.arch]))
    .digest("hex");
}
