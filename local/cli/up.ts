import { UserError } from "../../components/user-error";
import { importImages } from "../images/import";
import { ensureImages, references } from "../images/images";
import { checkMachine, enableEmulation, installPackages } from "../node/machine";
import { ensureNamespace, insideNamespace } from "../node/namespace";
import { ensureNode } from "../node/node";
import { bundleShardRunner } from "../release/bundle";
import { artifactTable, redReport, summary } from "../release/report";
import { fetchReleaseSources, runRelease } from "../release/release";
import { isRed } from "../release/verdict";
import { writeConfig } from "../stack/config";
import { farmValues, makeVolumeFolders } from "../stack/machine";
import { pulumiUp } from "../stack/pulumi";
import { duration, type Progress, StreamProgress } from "../terminal/progress";
import { ensureTools, type Tools } from "../toolbox/toolbox";
import { again } from "./again";
import type { Command } from "./command";
import { architectures, options } from "./options";

const usage = `
Usage: ./farm up [--arch amd64,arm64] [--no-release]

Stands the farm up on this machine and builds PostgreSQL through it: prerequisites, tools, images, a Kubernetes node,
pulumi up -s local, a release. Run again it changes nothing; interrupted, the same command carries on.

  --arch         architectures to build for; arm64 runs under qemu-user, as an emulated pool. Default: amd64
  --no-release   stand the farm up, build nothing
`;

type Architectures = ("amd64" | "arm64")[];

export const command: Command = {
  summary: "stand the farm up and build PostgreSQL through it",
  usage,
  run: async (args) => {
    const { values, positionals } = options("./farm up", args, {
      arch: { type: "string", default: "amd64" },
      "no-release": { type: "boolean", default: false },
    });
    if (positionals[0] !== undefined)
      throw new UserError("./farm up", positionals[0], "options only: ./farm up --help");
    const wanted: Architectures = architectures("./farm up", values.arch);
    if (!wanted.includes("amd64")) throw new UserError("./farm up --arch", values.arch, "amd64 or amd64,arm64");
    const progress = new StreamProgress();
    // What needs the outside world comes first; all the rest happens in a network that has no way out.
    if (!insideNamespace()) {
      await outside(wanted, !values["no-release"], progress);
      return again("up", args);
    }
    return inside(wanted, !values["no-release"], progress);
  },
};

async function outside(wanted: Architectures, withRelease: boolean, progress: Progress): Promise<void> {
  checkMachine();
  const emulation = wanted.includes("arm64") && process.arch !== "arm64";
  await installPackages(emulation, progress);
  if (emulation) await enableEmulation();
  const tools = await ensureTools(progress);
  await ensureImages(tools, await bundleShardRunner(), wanted, progress);
  if (withRelease) await fetchReleaseSources({}, progress);
  await ensureNamespace();
}

async function inside(wanted: Architectures, withRelease: boolean, progress: Progress): Promise<number> {
  const started = Date.now();
  const tools = await ensureTools(progress);
  const images = await ensureImages(tools, await bundleShardRunner(), wanted, progress);
  const byName = references(images);
  const load = (socket: string) => importImages(socket, images, progress);
  const daemons = await ensureNode(tools, byName.pause ?? "", load, progress);
  const changes = await farm(tools, byName, wanted, progress);
  if (!withRelease) return 0;

  const { id, verdicts, isNew } = await runRelease(tools, {}, progress);
  process.stdout.write(`\n${artifactTable(verdicts, process.stdout.isTTY)}\n\n`);
  if (verdicts.some(isRed)) process.stdout.write(`${redReport(verdicts)}\n\n`);
  const same = daemons.length === 0 && changes === 0 && !isNew;
  process.stdout.write(
    `Release ${id}: ${summary(verdicts)}${same ? ". Nothing had to change" : ""} (${duration((Date.now() - started) / 1000)})\n\n${NEXT}`,
  );
  return verdicts.some(isRed) ? 1 : 0;
}

/** `pulumi up -s local`; gives how many resources it changed. */
async function farm(
  tools: Tools,
  images: ReturnType<typeof references>,
  wanted: Architectures,
  progress: Progress,
): Promise<number> {
  makeVolumeFolders();
  writeConfig("local", farmValues(images, wanted));
  const { created, updated, deleted, replaced } = await progress.task("pulumi up -s local", 25, (report) =>
    pulumiUp(tools, "local", report),
  );
  return created + updated + deleted + replaced;
}

const NEXT = `Go on with:
  ./farm status             daemons, pods, queue, last release
  ./farm release --all      every version, option set and extension of the example
  eval "$(./farm env)"      then plain pulumi and kubectl work on this farm
  ./farm down               stop it; --purge removes its data too
`;
