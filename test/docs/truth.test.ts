import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

import { describe, expect, test } from "vitest";

import { UserError } from "../../components/user-error";
import type { Command } from "../../local/cli/command";
import { CHECKOUT } from "../../local/directories";
import { isConfigurationKey } from "./configuration-keys";
import { codeOf, DOCUMENTS, linesOf } from "./documents";

const LINES = DOCUMENTS.flatMap(linesOf);

/** Words of a shell command up to its end, quotes taken away. */
function shellWords(text: string): string[] {
  const words = text.replace(/ # .*$/, "").matchAll(/'([^']*)'|"([^"]*)"|([^\s;&|)<>"']+)|([;&|)<>"'])/g);
  const found: string[] = [];
  for (const [, single, double, plain, end] of words) {
    if (end !== undefined) break;
    found.push(single ?? double ?? plain ?? "");
  }
  return found;
}

/** `./farm up --arch …` wherever it stands: the command and the words after it. */
function farmCommands(text: string): string[][] {
  return [...text.matchAll(/(?:^|[\s"(])\.\/farm(?: (\S.*))?$/g)].map(([, rest = ""]) => shellWords(rest));
}

/** The options that a command itself takes, by asking it for one that it does not. */
async function optionsOf(name: string): Promise<string[]> {
  const { command } = (await import(`../../local/cli/${name}.ts`)) as { command: Command };
  try {
    await command.run(["--no-such-option"]);
  } catch (error) {
    if (error instanceof UserError) return error.allowed.match(/--[a-z-]+/g) ?? [];
    throw error;
  }
  throw new Error(`./farm ${name} takes any option`);
}

describe("what the documents say of ./farm", () => {
  const said = LINES.flatMap(({ where, text }) => farmCommands(text).map((words) => ({ where, words })));
  const { stderr } = spawnSync(join(CHECKOUT, "farm"), ["no-such-command"], { encoding: "utf8" });
  const commands = /a command: (.*)$/m.exec(stderr)?.[1]?.split(", ") ?? [];

  test("is found: more than thirty commands, of most kinds", () => {
    expect(said.length).toBeGreaterThan(30);
    expect(new Set(said.map(({ words: [name] }) => name)).size).toBeGreaterThan(8);
    expect(farmCommands(`eval "$(./farm env)" && a`)).toEqual([["env"]]);
    expect(farmCommands("./farm plan --hours 2   # in --time")).toEqual([["plan", "--hours", "2"]]);
  });

  test("are commands that there are, with options that they take", async () => {
    const wrong: string[] = [];
    const known = new Map<string, string[]>();
    for (const { where, words } of said) {
      const [name, ...rest] = words;
      if (name === undefined) continue;
      if (!commands.includes(name)) {
        wrong.push(`${where}: ./farm ${name}`);
        continue;
      }
      const options = known.get(name) ?? (await optionsOf(name));
      known.set(name, options);
      for (const word of rest.filter((each) => each.startsWith("--"))) {
        if (!options.includes(word.split("=")[0] ?? "")) wrong.push(`${where}: ./farm ${name} ${word}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test("leaves no command out", () => {
    const names = new Set(said.map(({ words: [name] }) => name));
    expect(commands.length).toBeGreaterThan(10);
    expect(commands.filter((name) => !names.has(name))).toEqual([]);
  });
});

describe("what the documents say of configuration", () => {
  const keys = LINES.flatMap(({ where, text }) => [
    ...[...text.matchAll(/monofarm:([A-Za-z][\w.[\]"/]*)(?![\w:])/g)].map(([, key = ""]) => ({ where, key })),
    ...[...text.matchAll(/^farm_set '?"?([\w.[\]]+)/g)].map(([, key = ""]) => ({ where, key })),
  ]);

  test("is found, in shell too", () => {
    expect(keys.length).toBeGreaterThan(60);
    expect(keys.map(({ key }) => key)).toContain("github.administration.app.privateKey");
    expect(isConfigurationKey('platform.pools[0].nodeSelector["kubernetes.io/arch"]')).toBe(true);
    for (const none of ["platform.pool", "platform.pools[0].rôle", "images.workers.riscv", "release.shards"])
      expect(isConfigurationKey(none), none).toBe(false);
  });

  test("are keys that the schemas have", () => {
    const wrong = keys.filter(({ key }) => !isConfigurationKey(key.replace(/\.$/, "")));
    expect(wrong).toEqual([]);
  });
});

/** The rooms of the repository: what begins with one of these is a path. */
const ROOM = /^(components|stacks|local|docs|examples|test|policies|charts|bench|\.ci)\//;

describe("what the documents say of files", () => {
  test("is there, where it names one", () => {
    const paths = LINES.flatMap(({ where, text }) =>
      text
        .split(/[\s"'`,;()]+/)
        .filter((word) => ROOM.test(word))
        .map((word) => ({ where, path: word.replace(/[:.]$/, "").replace(/<[^>]*>|NAME/g, "*") })),
    );
    expect(paths.length).toBeGreaterThan(40);
    expect(paths.filter(({ path }) => globSync(path, { cwd: CHECKOUT }).length === 0)).toEqual([]);
  });

  /** GitHub's anchors of a document's headings. */
  const anchors = (text: string) =>
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replace(/[^\w\- ]/g, "")
        .replaceAll(" ", "-"),
    );

  test("is where its links lead, to the heading", () => {
    const links = DOCUMENTS.flatMap(({ file, text }) =>
      [...text.matchAll(/\]\(([^)\s]+)\)/g)]
        .map(([, link = ""]) => link)
        .filter((link) => !/^https?:/.test(link))
        .map((link) => ({ file, link })),
    );
    expect(links.length).toBeGreaterThan(30);
    const wrong = links.filter(({ file, link }) => {
      const [path = "", anchor] = link.split("#");
      const target = path === "" ? file : normalize(join(dirname(file), path));
      if (!existsSync(join(CHECKOUT, target))) return true;
      return anchor !== undefined && !anchors(readFileSync(join(CHECKOUT, target), "utf8")).includes(anchor);
    });
    expect(wrong).toEqual([]);
  });
});

describe("shell in the documents", () => {
  const blocks = DOCUMENTS.flatMap((document) => document.blocks).filter(({ language }) => language === "sh");

  test("is found in the fork's guide, in lists too", () => {
    expect(blocks.filter(({ where }) => where.startsWith("docs/fork.md")).length).toBeGreaterThan(8);
    expect(codeOf("a.md", "1. x\n\n   ```sh\n   a \\\n     b\n   ```\n").blocks).toEqual([
      { where: "a.md:4", language: "sh", text: "a \\\n  b" },
    ]);
  });

  test.each(blocks)("$where is what bash reads", ({ text }) => {
    execFileSync("bash", ["-n"], { input: text, stdio: ["pipe", "ignore", "pipe"] });
  });
});
