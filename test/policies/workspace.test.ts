import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { STARTUP_FLAGS } from "../../components/matrix/run-shard/bazel";
import { HERMETIC } from "../../policies/hermetic/rules";
import { UNKNOWN } from "../../policies/predicates/condition";
import { readRc } from "../../policies/views/bazelrc";
import { starlarkCalls } from "../../policies/views/starlark";
import { STARLARK } from "../../policies/views/workspace";
import { lintWorkspace } from "../../policies/workspace";

const EXAMPLE = readFileSync(join(__dirname, "../../examples/postgres/.bazelrc"), "utf8");

const FOLDER = join(__dirname, "../../examples/postgres");

const findings = (bazelrc: string, files: Record<string, string> = {}, downloader?: string) =>
  lintWorkspace(
    { bazelrc: readRc(bazelrc, (path) => files[path]), files, ...(downloader !== undefined && { downloader }) },
    HERMETIC,
    STARTUP_FLAGS,
  );
const lint = (...args: Parameters<typeof findings>) =>
  findings(...args).map(({ rule, where, found }) => `${rule.id} ${where}: ${found}`);

describe("the example workspace", () => {
  test("holds every rule about Bazel's flags", () => {
    expect(lint(EXAMPLE)).toEqual([]);
  });

  test("leaves one thing open: its platforms' image comes from whoever runs the farm", () => {
    const starlark = readdirSync(FOLDER, { recursive: true, encoding: "utf8" }).filter((path) => STARLARK.test(path));
    expect(starlark.length).toBeGreaterThan(10);
    const files = Object.fromEntries(starlark.map((path) => [path, readFileSync(join(FOLDER, path), "utf8")]));
    const found = findings(EXAMPLE, files);
    expect(found.map(({ rule, isUndecided }) => [rule.id, isUndecided])).toEqual([["H27", true]]);
  });
});

describe("a line more is found under the configuration that builds remotely", () => {
  test.each([
    ["build --action_env=PATH", ["H07 .bazelrc with --config=remote: environment[0]: --action_env=PATH"]],
    ["build:remote --stamp", ["H07 .bazelrc with --config=remote: --stamp: true"]],
    [
      "build:remote --remote_upload_local_results",
      ["H06 .bazelrc with --config=remote: --remote_upload_local_results: true"],
    ],
    ["build:remote --remote_local_fallback", ["H06 .bazelrc with --config=remote: --remote_local_fallback: true"]],
    [
      "build:bes --bes_backend=grpcs://events.example\nbuild:remote --config=bes",
      ["H24 .bazelrc with --config=remote: --bes_backend: grpcs://events.example"],
    ],
    ["build:bes --stamp\nbuild:remote --config bes", ["H07 .bazelrc with --config=remote: --stamp: true"]],
    [
      "build --strategy=CppCompile=local\nbuild --strategy=remote",
      ["H06 .bazelrc with --config=remote: strategies[0]: --strategy=CppCompile=local"],
    ],
    ["build '--test_env=HOME' # quoted", ["H07 .bazelrc with --config=remote: environment[0]: --test_env=HOME"]],
    ["build --stamp\ncommon --nostamp", ["H07 .bazelrc with --config=remote: --stamp: true"]],
    ["build --repo_env=MONOFARM_SOURCES=/sources --strategy=remote", []],
    ["build:linux-arm64 --stamp", []],
    ["# build --stamp", []],
  ])("%j", (line, found) => {
    expect(lint(`${EXAMPLE}\n${line}\n`)).toEqual(found);
  });
});

test("flags as Monogres' own farm has them: events leave the farm, and the downloader blocks nothing", () => {
  const monogres = [
    "common --keep_going",
    "build --nostamp --incompatible_strict_action_env --experimental_guard_against_concurrent_changes",
    "build:remote --jobs=50 --noremote_upload_local_results --remote_timeout=5m --spawn_strategy=remote",
    "build:bes-buildbuddy --bes_backend=grpcs://app.buildbuddy.io",
    "build:remote-buildbarn --config=remote --config=bes-buildbuddy --remote_executor=grpcs://rbe.monogres.dev",
  ].join("\n");
  expect(lint(monogres, {}, "rewrite ftp.gnu.org/(.*) mirrors.kernel.org/$1")).toEqual([
    "H24 .bazelrc with --config=remote-buildbarn: --bes_backend: grpcs://app.buildbuddy.io",
    "H08 downloader configuration: last: rewrite ftp.gnu.org/(.*) mirrors.kernel.org/$1",
  ]);
});

describe("what an rc file imports", () => {
  test("is held as if it stood there, also where it imports more, or itself", () => {
    const files = {
      "ci.bazelrc": "import tools/local.bazelrc\n",
      "tools/local.bazelrc": "build --spawn_strategy=local\n",
    };
    const rc = `${EXAMPLE}\nimport %workspace%/ci.bazelrc\nbuild:remote --genrule_strategy=local\n`;
    expect(lint(rc, files)).toEqual(["H06 .bazelrc with --config=remote: --genrule_strategy: local"]);
    const itself = { "ci.bazelrc": "import %workspace%/ci.bazelrc\nbuild --stamp\n" };
    expect(lint(`${EXAMPLE}\ntry-import %workspace%/ci.bazelrc\n`, itself)).toEqual([
      "H07 .bazelrc with --config=remote: --stamp: true",
    ]);
  });

  test("leaves undecided what its flags decide, where it is on somebody's machine alone", () => {
    const found = findings(`${EXAMPLE}\ntry-import %workspace%/user.bazelrc\n`);
    const where = ".bazelrc, try-import %workspace%/user.bazelrc";
    expect(found.map((one) => [one.rule.id, one.where, one.isUndecided])).toEqual(
      ["H06", "H07", "H24"].map((id) => [id, where, true]),
    );
    expect(found[0]?.found).toBe("what is not here, which only a build can tell");
  });
});

const IMAGE = `docker://ghcr.io/monogres/rbe@sha256:${"1".repeat(64)}`;
const platform = (name: string, arch: string, image: string) =>
  `platform(name = "${name}", exec_properties = {"Arch": "${arch}", "OSFamily": "linux", "class": "narrow", "container-image": "${image}"})`;

describe("Starlark and lock files", () => {
  test.each<[string, Record<string, string>, string[]]>([
    [
      "an archive without a hash",
      { "WORKSPACE.bazel": 'http_archive(\n    name = "x",\n    urls = ["https://x.example/x.zip"],\n)' },
      ["H26 WORKSPACE.bazel: calls[0].with.integrity: nothing"],
    ],
    ["an archive with a hash", { "a.bzl": 'def deps():\n    http_archive(name = "x", sha256 = "0123")' }, []],
    [
      "an archive whose hash is an expression",
      { "a.bzl": 'http_archive(name = "x", sha256 = SHA)' },
      ["H26 a.bzl: calls[0].with.sha256: an expression, which only a build can tell"],
    ],
    [
      "an archive with an empty hash",
      { "a.bzl": 'http_archive(name = "x", sha256 = "")' },
      ["H26 a.bzl: calls[0].with.integrity: nothing"],
    ],
    [
      "an archive that may be there already",
      { "a.bzl": 'maybe(\n    http_archive,\n    name = "x",\n)' },
      ["H26 a.bzl: calls[0].with.integrity: nothing"],
    ],
    [
      "archives of a list",
      { "a.bzl": "[http_archive(name = n, urls = [u]) for n, u in ARCHIVES.items()]" },
      ["H26 a.bzl: calls[0].with.integrity: nothing"],
    ],
    [
      "an archive by another name",
      { "a.bzl": 'load("@bazel_tools//:http.bzl", _fetch = "http_archive")\ndef deps():\n    _fetch(name = "x")' },
      ["H26 a.bzl: calls[1].with.integrity: nothing"],
    ],
    [
      "an archive by a name of the module's",
      { "a.bzl": 'fetch = use_repo_rule("@bazel_tools//:http.bzl", "http_file")\nfetch(name = "x")' },
      ["H26 a.bzl: calls[1].with.integrity: nothing"],
    ],
    ["a function that has a rule's name", { "a.bzl": "def http_archive(name):\n    pass" }, []],
    [
      "a folder of one machine, by Bazel's own rule",
      { "a.bzl": 'def deps():\n    native.local_repository(name = "x", path = "/x")' },
      ["H26 a.bzl: calls[0].rule: local_repository"],
    ],
    [
      "a branch of git",
      { "deps/git.bzl": 'git_repository(name = "x", remote = "r", branch = "main")' },
      ["H26 deps/git.bzl: calls[0].with.commit: nothing"],
    ],
    [
      "a folder of one machine",
      { "MODULE.bazel": 'local_path_override(module_name = "x", path = "../x")', "MODULE.bazel.lock": "{}" },
      ["H28 MODULE.bazel: lock.lockFileVersion: nothing", "H26 MODULE.bazel: calls[0].rule: local_path_override"],
    ],
    [
      "modules without a lock file that is enforced",
      { "MODULE.bazel": 'module(name = "x")', "MODULE.bazel.lock": '{"lockFileVersion": 24}' },
      ["H28 MODULE.bazel: flags.set.lockfile_mode: nothing"],
    ],
    [
      "packages of Maven without a lock file",
      { "x.bzl": 'maven.install(artifacts = ["junit:junit:4.13"])' },
      ["H28 x.bzl: calls[0].with.lock_file: nothing"],
    ],
    ["two platforms of one image", { BUILD: `${platform("a", "amd64", IMAGE)}\n${platform("b", "arm64", IMAGE)}` }, []],
    [
      "an image by tag",
      { BUILD: platform("a", "amd64", "docker://ghcr.io/monogres/rbe:latest") },
      ["H27 platforms: platforms[0].properties[container-image]: docker://ghcr.io/monogres/rbe:latest"],
    ],
    [
      "two images of one architecture, in two files",
      { BUILD: platform("a", "amd64", IMAGE), "x/BUILD": platform("b", "amd64", IMAGE.replace("1", "2")) },
      ["H27 platforms: platforms[0].images: 2"],
    ],
    [
      "a platform without an image",
      { BUILD: 'platform(name = "a", exec_properties = {"Arch": "amd64", "OSFamily": "linux", "class": "wide"})' },
      ["H27 platforms: platforms[0].properties[container-image]: nothing"],
    ],
    [
      "a platform without a class",
      { BUILD: platform("a", "amd64", IMAGE).replace('"class": "narrow", ', "") },
      ["H27 platforms: platforms[0].properties.class: nothing"],
    ],
    ["a platform that says nothing of how actions are executed", { BUILD: 'platform(name = "a")' }, []],
  ])("%s", (_what, files, found) => {
    expect(lint(EXAMPLE, files)).toEqual(found);
  });
});

test("Starlark is read as far as values are texts, lists and dictionaries", () => {
  const text = [
    '# http_archive(name = "comment")',
    '"""A docstring with http_archive(name = "docstring")."""',
    "http_archive(",
    '    name = "a" "b",  # (',
    "    urls = ['https://x.example/(1)', \"two\"],",
    "    strip = True,",
    "    sha256 = HASHES[0],",
    '    env = {"A": "b", "C": str(1)},',
    ")",
    "x = http_archive(name = 'value')",
    "maven.install(",
  ].join("\n");
  expect(starlarkCalls(text)).toEqual([
    {
      rule: "http_archive",
      with: {
        name: "ab",
        urls: ["https://x.example/(1)", "two"],
        strip: true,
        sha256: UNKNOWN,
        env: { A: "b", C: UNKNOWN },
      },
    },
    { rule: "str", with: {} },
    { rule: "http_archive", with: { name: "value" } },
    { rule: "maven.install", with: {} },
  ]);
});
