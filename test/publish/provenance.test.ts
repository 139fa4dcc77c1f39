import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, test } from "vitest";

import { commitOf, repositoryUri } from "../../local/publish/commit";
import { provenance, statementSchema } from "../../local/publish/provenance";
import { artifacts, BUILD, green, PGVECTOR, POSTGRES, state, TARGETS } from "./values";

const [postgres, pgvector] = artifacts(state([green(POSTGRES), green(PGVECTOR)], { index: 7 }));

describe("the provenance of an artifact", () => {
  if (postgres === undefined || pgvector === undefined) throw new Error("no artifacts");
  const { subject, predicate } = provenance(pgvector, BUILD);

  test("is a statement of in-toto's with SLSA's predicate", () => {
    expect(statementSchema.parse(provenance(pgvector, BUILD))).toEqual(provenance(pgvector, BUILD));
    expect(subject).toEqual([{ name: PGVECTOR, digest: { sha256: green(PGVECTOR).sha256 } }]);
  });

  test("says what was asked for, and what the farm chose", () => {
    expect(predicate.buildDefinition.externalParameters).toEqual({
      target: PGVECTOR,
      workspace: "examples/postgres",
      optionSet: TARGETS.get(PGVECTOR)?.group.optionSet,
      platform: "linux/amd64",
    });
    const { bazelFlags, ...chosen } = predicate.buildDefinition.internalParameters;
    expect(chosen).toEqual({
      workerImage: BUILD.farm.workerImages.amd64,
      clientImage: BUILD.farm.clientImage,
      remoteExecution: "grpc://frontend.monofarm:8980",
    });
    expect(bazelFlags).toContain("--config=remote");
    expect(bazelFlags).toContain("--config=linux-amd64");
    expect(bazelFlags.join(" ")).not.toMatch(/Xmx| -- /);
  });

  test("names all that went in: the commit, the workspace, both sources, both images", () => {
    const named = predicate.buildDefinition.resolvedDependencies;
    expect(named.map(({ name }) => name)).toEqual([
      "repository",
      "workspace",
      "source",
      "source",
      "worker image",
      "client image",
    ]);
    expect(named[0]).toMatchObject({ digest: { gitCommit: "e".repeat(40) } });
    const sources = named.filter(({ name }) => name === "source");
    expect(sources.map(({ uri }) => uri)).toEqual([
      expect.stringMatching(/\/\/.*postgres/),
      expect.stringMatching(/\/\/.*pgvector/),
    ]);
    const inputs = [...pgvector.target.group.sources, ...pgvector.target.sources];
    expect(sources.map(({ digest }) => digest["sha256"])).toEqual(inputs);
    expect(named.at(-2)).toMatchObject({ digest: { sha256: "a".repeat(64) } });
  });

  test("has one source where there is one", () => {
    const { resolvedDependencies } = provenance(postgres, BUILD).predicate.buildDefinition;
    expect(resolvedDependencies.filter(({ name }) => name === "source")).toHaveLength(1);
  });

  test("says who built it and when, and where its logs are", () => {
    expect(predicate.runDetails).toEqual({
      builder: { id: BUILD.builder },
      metadata: {
        invocationId: "0123456789ab/all-amd64/00007",
        startedOn: "2026-11-25T10:00:00.000Z",
        finishedOn: "2026-11-25T10:01:30.500Z",
      },
    });
  });

  test("names no commit where none has the workspace", () => {
    const { release, farm, workspace, urls, builder } = BUILD;
    const { resolvedDependencies } = provenance(postgres, { release, farm, workspace, urls, builder }).predicate
      .buildDefinition;
    expect(resolvedDependencies.map(({ name }) => name)).not.toContain("repository");
  });
});

describe("the commit of a workspace", () => {
  const folder = mkdtempSync(join(tmpdir(), "monofarm-commit-"));
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, encoding: "utf8" }).trim();
  const commit = () => {
    git("add", ".");
    git("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "--message", "a");
    return git("rev-parse", "HEAD");
  };
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test("is the last that changed it, and none where it has changed since", async () => {
    expect(await commitOf("workspace", folder)).toBeUndefined();
    git("init", "--quiet");
    git("remote", "add", "origin", "https://token@example.org/own/er.git");
    mkdirSync(join(folder, "workspace"));
    writeFileSync(join(folder, "workspace", "BUILD.bazel"), "");
    const first = commit();
    writeFileSync(join(folder, "other"), "");
    commit();
    expect(await commitOf("workspace", folder)).toEqual({
      uri: `git+https://example.org/own/er@${first}`,
      sha1: first,
    });
    writeFileSync(join(folder, "workspace", "BUILD.bazel"), "# changed");
    expect(await commitOf("workspace", folder)).toBeUndefined();
  });

  test("is none where a file lies in it that Git ignores, but for Bazel's links: it is packed all the same", async () => {
    git("checkout", "--quiet", "--", "workspace");
    writeFileSync(join(folder, ".gitignore"), "*.log\n/workspace/bazel-*\n");
    const sha1 = commit();
    symlinkSync("/tmp", join(folder, "workspace", "bazel-out"));
    expect((await commitOf("workspace", folder))?.sha1).toHaveLength(40);
    expect((await commitOf("workspace", folder))?.sha1).not.toBe(sha1);
    for (const name of ["a.log", "untracked"]) {
      writeFileSync(join(folder, "workspace", name), "");
      expect(await commitOf("workspace", folder), name).toBeUndefined();
      rmSync(join(folder, "workspace", name));
    }
    expect(await commitOf("workspace", folder)).toBeDefined();
  });

  test.each([
    ["https://x-access-token:secret@github.com/o/r.git", "git+https://github.com/o/r"],
    ["git@github.com:o/r.git", "git+ssh://github.com/o/r"],
    ["/srv/git/r", undefined],
    ["", undefined],
  ])("is of %j as %j", (remote, uri) => {
    expect(repositoryUri(remote)).toBe(uri);
  });
});
