import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { run } from "../run";

const APT = "/etc/apt";

/** Asks for the sources of what the machine's own lines ask binaries of; only Debian's archive surely has them. */
export function sourceLines(text: string): string {
  const stanza = (lines: string) => lines.replace(/^Types:.*$/m, "Types: deb-src").replace(/^Architectures:.*\n/m, "");
  if (/^Types:/m.test(text)) {
    const stanzas = text.split(/\n\s*\n/).filter((part) => /^URIs:.*\/debian/m.test(part));
    return stanzas.map(stanza).join("\n\n");
  }
  const lines = text.split("\n").filter((line) => /^deb(-src)? .*\/debian/.test(line));
  return lines.map((line) => line.replace(/^deb(-src)? /, "deb-src ")).join("\n");
}

/**
 * Downloads one file of a Debian source package, `apt://package@version/file`, from the archive that the machine uses;
 * apt checks its signatures. The machine's own lists stay as they are.
 */
export async function fetchDebianSource(url: string, file: string): Promise<void> {
  const [, name = "", version = "", wanted = ""] = /^apt:\/\/([^@/]+)@([^/]+)\/([^/]+)$/.exec(url) ?? [];
  if (wanted === "") throw new Error("allowed: apt://package@version/file");
  const work = mkdtempSync(join(tmpdir(), "monofarm-apt-"));
  try {
    const parts = join(work, "parts");
    for (const folder of ["parts", "lists/partial", "cache/archives/partial"])
      mkdirSync(join(work, folder), { recursive: true });
    for (const path of aptFiles()) {
      const lines = sourceLines(readFileSync(path, "utf8"));
      if (lines.trim() !== "") writeFileSync(join(parts, path.replaceAll("/", "_")), `${lines}\n`);
    }
    const options = [
      `Dir::Etc::SourceList=/dev/null`,
      `Dir::Etc::SourceParts=${parts}`,
      `Dir::State::Lists=${join(work, "lists")}`,
      `Dir::Cache=${join(work, "cache")}`,
      "APT::Sandbox::User=root",
    ].flatMap((option) => ["-o", option]);
    await run("apt-get", [...options, "update", "--quiet"]);
    await run("apt-get", [...options, "source", "--download-only", `${name}=${version}`], { cwd: work });
    copyFileSync(join(work, wanted), file);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function aptFiles(): string[] {
  const folder = join(APT, "sources.list.d");
  const parts = existsSync(folder) ? readdirSync(folder).filter((name) => /\.(list|sources)$/.test(name)) : [];
  return [join(APT, "sources.list"), ...parts.map((name) => join(folder, name))].filter((path) => existsSync(path));
}
