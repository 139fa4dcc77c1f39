import { existsSync } from "node:fs";

import { UserError } from "../../components/user-error";
import { STATE } from "../directories";
import { importImages } from "../images/import";
import { ensureImages, type Image, references } from "../images/images";
import { prepareImages } from "../images/prepare";
import { withFarm } from "../node/farm-lock";
import { ensureNamespace, insideNamespace } from "../node/namespace";
import { ensureNode } from "../node/node";
import { bundlePrograms } from "../release/bundle";
import { summary, verdictReport } from "../release/report";
import { checkRelease, fetchReleaseSources, isAnotherDeclared, releaseStatus, runRelease } from "../release/release";
import { isRed } from "../release/verdict";
import { checkFarmConfig } from "../stack/check";
import { writeConfig } from "../stack/config";
import { farmValues, makeVolumeFolders } from "../stack/machine";
import { pulumiUp } from "../stack/pulumi";
import { duration, type Progress, StreamProgress } from "../terminal/progress";
import { checkSpace } from "../toolbox/space";
import { presentTools, type Tools } from "../toolbox/toolbox";
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

/** MiB that a new farm takes: images in containerd, artifacts, both stores of the shards as the example fills them. */
const NEW_MIB = 12_288;

/** MiB without which a farm that stands would soon be full. */
const STANDING_MIB = 2048;

export const command: Command = {
  usage,
  onMachine: true,
  run: async (args) => {
    const { values } = options("./farm up", args, {
      arch: { type: "string", default: "amd64" },
      "no-release": { type: "boolean", default: false },
    });
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
  checkFarmConfig(wanted);
  if (withRelease) checkRelease({});
  checkSpace("for a farm", [{ directory: STATE, mebibytes: existsSync(STATE) ? STANDING_MIB : NEW_MIB }]);
  await prepareImages(wanted, progress);
  if (withRelease) await fetchReleaseSources({}, progress);
  await ensureNamespace();
}

async function inside(wanted: Architectures, withRelease: boolean, progress: Progress): Promise<number> {
  const started = Date.now();
  const tools = await presentTools();
  const images = await ensureImages(tools, await bundlePrograms(), wanted, progress);
  const changed = await withFarm(() => farm(tools, images, wanted, progress));
  if (!withRelease) return 0;

  // What was released last stays; the stack's own release is for a farm that has none.
  const another = await isAnotherDeclared(tools);
  const { id, verdicts, isNew } = another ? await releaseStatus(tools) : await runRelease(tools, {}, progress);
  process.stdout.write(verdictReport(verdicts, process.stdout.isTTY));
  const same = !changed && !isNew ? ". Nothing had to change" : "";
  const seconds = duration((Date.now() - started) / 1000);
  if (another)
    process.stdout.write(`What was released last is left as it is; ./farm release builds the stack's own.\n`);
  process.stdout.write(`Release ${id}: ${summary(verdicts)}${same} (${seconds})\n\n${NEXT}`);
  return verdicts.some(isRed) ? 1 : 0;
}

/** The node and `pulumi up -s local`; tells whether anything had to change. */
async function farm(
  tools: Tools,
  images: readonly Image[],
  wanted: Architectures,
  progress: Progress,
): Promise<boolean> {
  const byName = references(images);
  const load = (socket: string) => importImages(socket, images, progress);
  const daemons = await ensureNode(tools, byName.pause ?? "", load, progress);
  makeVolumeFolders();
  writeConfig("local", farmValues(byName, wanted));
  const { created, updated, deleted, replaced } = await progress.task("pulumi up -s local", 25, (report) =>
    pulumiUp(tools, "local", report),
  );
  return daemons.length + created + updated + deleted + replaced > 0;
}

const NEXT = `Go on with:
  ./farm status             daemons, pods, queue, alerts, last release
  ./farm release --all      every version, option set and extension of the example
  eval "$(./farm env)"      then plain pulumi and kubectl work on this farm
  ./farm down               stop it; --purge removes its data too
`;
