import { createHash } from "node:crypto";
import { join } from "node:path";

import { readIndex } from "../../components/matrix/read-index";
import type { ShardResult, TargetResult } from "../../components/matrix/result";
import { listTargets, type Target } from "../../components/matrix/targets";
import type { Architecture } from "../../components/platform/platform";
import { CHECKOUT } from "../../local/directories";
import { type Artifact, judge } from "../../local/publish/judge";
import type { Build } from "../../local/publish/provenance";
import type { IndexState } from "../../local/release/verdict";
import { listSources } from "../../local/sources/list-sources";

export const HELLO = "//smoke:hello";
export const POSTGRES = "//postgres:postgres~16.9~barebones";
export const PGVECTOR = "//extensions/pgvector:pgvector~0.8.0~postgres~16.9";
export const CITEXT = "//extensions/contrib:citext~postgres~16.9";

const index = readIndex(join(CHECKOUT, "examples/postgres"));
export const TARGETS: ReadonlyMap<string, Target> = new Map(listTargets(index).map((target) => [target.label, target]));

/** What an artifact of these tests holds. */
export function content(label: string, architecture: Architecture): Buffer {
  return Buffer.from(`${label} for ${architecture}`);
}

export function sha256(text: string | Buffer): string {
  return createHash("sha256").update(text).digest("hex");
}

export function green(label: string, architecture: Architecture = "amd64"): TargetResult {
  const bytes = content(label, architecture);
  return { label, status: "built", sha256: sha256(bytes), size: bytes.length, seconds: 1 };
}

/** An index of a release that came to this. */
export function state(targets: readonly TargetResult[], change: Partial<IndexState & ShardResult> = {}): IndexState {
  const { architecture = "amd64", emulated = false, index: number = 0, ended = true } = change;
  const labels = targets.map(({ label }) => label);
  const shards = Array.from({ length: number + 1 }, () => ({ labels }));
  const job = { name: `all-${architecture}`, architecture, shards };
  const result: ShardResult = {
    version: 1,
    release: "0123456789ab",
    job: job.name,
    index: number,
    architecture,
    emulated,
    exitCode: 0,
    startedAt: "2026-11-25T10:00:00.000Z",
    seconds: 90.5,
    actions: { total: 4, cacheHits: 1, remote: 3 },
    targets: [...targets],
  };
  return { job, index: number, ended, result, ...("result" in change && { result: change.result }) };
}

export const RELEASE = {
  id: "0123456789ab",
  logs: "farm-logs",
  more: "./farm release status",
  emulated: new Set<Architecture>(),
};

export function artifacts(...states: readonly IndexState[]): readonly Artifact[] {
  return judge(RELEASE, states, TARGETS);
}

const digest = (letter: string) => letter.repeat(64);

export const BUILD: Build = {
  release: RELEASE.id,
  farm: {
    workerImages: { amd64: `registry.example/worker@sha256:${digest("a")}` },
    pools: [{ workerClass: "narrow" }, { workerClass: "wide" }],
    clientImage: `registry.example/client@sha256:${digest("c")}`,
    endpoint: "grpc://frontend.monofarm:8980",
  },
  workspace: { folder: "examples/postgres", sha256: digest("d") },
  commit: { uri: "git+https://example.org/postgres@" + "e".repeat(40), sha1: "e".repeat(40) },
  urls: new Map(listSources(index).map(({ sha256: hex, urls: [url = ""] }) => [hex, url])),
  builder: "https://example.org/release.yml@refs/heads/main",
};
