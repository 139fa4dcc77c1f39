import { UserError } from "../../components/user-error";
import { prepareImages } from "../images/prepare";
import { pushImages, registryReferences } from "../images/push";
import { checkRegistry } from "../images/registry-names";
import { imagesLines, imagesValue } from "../images/stack-lines";
import { StreamProgress } from "../terminal/progress";
import type { Command } from "./command";
import { architectures, options } from "./options";

const usage = `
Usage: ./farm push REGISTRY [--arch amd64,arm64] [--dry-run] [--json]

Brings the farm's own images to a registry, for a farm elsewhere (docs/fork.md): makes or finds them as ./farm up does,
pushes each that is not there yet to REGISTRY/monofarm/NAME, and prints the lines of monofarm:images for a stack's file,
by digest: buildbarn, client, prometheus, workers. What else a stack names (Cluster Autoscaler, runners) is others'.
Run again it pushes nothing, and says so.

  REGISTRY   host, and what stands before the names: 111122223333.dkr.ecr.eu-west-2.amazonaws.com, ghcr.io/example.
             Credentials are crane's: what docker login or a credential helper left. Without TLS on loopback and private
             addresses alone. On ECR the repositories must be there (docs/aws.md#images)
  --arch     architectures of workers' images; arm64's is made under qemu-user. All other images are of amd64 alone, and
             workers on arm64 nodes need buildbarn's of arm64: nothing here makes that. Default: amd64
  --dry-run  prints the same lines, and asks no registry: digests are the images' own
  --json     {images: as in monofarm:images, references: [{name, reference, pushed}]}
`;

/** Names whose programs are of the machine that made them. */
const OF_AMD64 = "buildbarn, client and prometheus are of amd64: pods on arm64 nodes, workers too, need others";

export const command: Command = {
  usage,
  onMachine: true,
  run: async (args) => {
    const known = {
      arch: { type: "string", default: "amd64" },
      "dry-run": { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    } as const;
    const { values, positionals } = options("./farm push", args, known, "words");
    const [registry, second] = positionals;
    if (registry === undefined || second !== undefined)
      throw new UserError("./farm push", second ?? "no registry", "one REGISTRY, such as ghcr.io/example");
    checkRegistry("./farm push", registry);
    const wanted = architectures("./farm push", values.arch);
    if (!wanted.includes("amd64")) throw new UserError("./farm push --arch", values.arch, "amd64 or amd64,arm64");
    if (process.arch !== "x64")
      throw new UserError("machine", process.arch, "x64: the farm's images are made of this machine's programs");
    const progress = new StreamProgress();
    const { tools, images } = await prepareImages(wanted, progress);
    const references = values["dry-run"]
      ? registryReferences(registry, images)
      : await pushImages(tools.crane.path, registry, images, progress);
    if (wanted.includes("arm64")) progress.line(OF_AMD64);
    if (values["dry-run"]) progress.line(`Nothing was pushed to ${registry}`);
    else if (!references.some(({ pushed }) => pushed)) progress.line(`${registry} had all of them: nothing was pushed`);
    process.stdout.write(
      values.json
        ? `${JSON.stringify({ images: imagesValue(references), references }, null, 2)}\n`
        : imagesLines(references),
    );
    return 0;
  },
};
