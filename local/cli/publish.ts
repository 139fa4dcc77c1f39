import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

import { UserError } from "../../components/user-error";
import { CACHE } from "../directories";
import { insideNamespace, namespaceExists } from "../node/namespace";
import { candidateElsewhere, candidateHere, judged } from "../publish/candidate";
import { publish } from "../publish/publish";
import { publicationJson, publicationReport } from "../publish/report";
import { keyless } from "../publish/sign";
import { StreamProgress } from "../terminal/progress";
import { presentTools } from "../toolbox/toolbox";
import { again } from "./again";
import type { Command } from "./command";
import { architectures, options } from "./options";

const usage = `
Usage: ./farm publish [--dry-run] [--json] [--builder URI]
       ./farm publish FARM.json [TARGET…] [--arch amd64,arm64] --builder URI [--expect HEX] [--sign [--adopt]]
       [--dry-run] [--json]

Publishes a release that is green: reads every artifact to its end and holds it against its digest, stores its
provenance, then the index of packages, and last the pointer to it (docs/publish.md). Refuses a release that is not
green. Interrupted, the same command carries on; a second run stores nothing.

  no words   the last release of this machine's farm
  FARM.json  a farm elsewhere: what pulumi stack output --json says of it. With the words of ./farm submit, and of the
             same checkout: the release is planned again, not asked for. Credentials are the environment's
  --builder  URI of who runs the build, for provenance. Default: urn:monofarm:local; of a farm elsewhere there is none
  --expect   digest that ./farm submit printed last: refuses whatever else the release comes to by now
  --sign     signs the index by Sigstore, without a key, as the run of GitHub's workflow that --builder names. What is
             published already must be signed by the same
  --adopt    signs all that is published already, though nobody signed it, or somebody else did
  --dry-run  says what would be stored; reads no artifact, stores nothing
  --json     {release, isNew, index, packages: [{package, version, postgres, optionSet, architecture, sha256, size,
             provenance, how, …}], objects: [what is stored]}
`;

/** Nobody in particular: whoever has the machine. */
const LOCAL_BUILDER = "urn:monofarm:local";

/** Where Sigstore's library keeps whom to trust. */
const TRUST = join(CACHE, "sigstore");

export const command: Command = {
  usage,
  run: async (args) => {
    const known = {
      arch: { type: "string" },
      builder: { type: "string" },
      expect: { type: "string" },
      sign: { type: "boolean", default: false },
      adopt: { type: "boolean", default: false },
      "dry-run": { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    } as const;
    const { values, positionals } = options("./farm publish", args, known, "words");
    const [file, ...targets] = positionals;
    checkWords(file, values);
    if (file === undefined && !insideNamespace()) {
      if (!namespaceExists()) throw new UserError("./farm publish", "no farm that runs", "./farm up, or FARM.json");
      return again("publish", args);
    }
    const expected = values.expect === undefined ? {} : { expected: values.expect };
    const builder = values.builder ?? LOCAL_BUILDER;
    const progress = new StreamProgress();
    const request = {
      ...(targets.length > 0 && { targets }),
      ...(values.arch !== undefined && { architectures: architectures("./farm publish", values.arch) }),
    };
    const candidate =
      file === undefined ? await candidateHere(await presentTools()) : await candidateElsewhere(resolve(file), request);
    const { artifacts, build } = await judged(candidate, { builder, ...expected }, progress);
    const { buckets } = candidate.farm.s3;
    const how = {
      dryRun: values["dry-run"],
      adopt: values.adopt,
      ...(values.sign && { signer: keyless(builder, { tufCachePath: TRUST }) }),
    };
    const outcome = await publish(candidate.store, buckets, artifacts, build, how, progress);
    process.stdout.write(
      values.json
        ? `${JSON.stringify(publicationJson(build.release, outcome, buckets), null, 2)}\n`
        : publicationReport(build.release, outcome, buckets, how, process.stdout.isTTY),
    );
    return 0;
  },
};

interface Words {
  readonly arch?: string | undefined;
  readonly builder?: string | undefined;
  readonly expect?: string | undefined;
  readonly sign: boolean;
  readonly adopt: boolean;
}

/** What can be wrong before any farm is asked. @throws UserError */
function checkWords(file: string | undefined, { arch, builder, expect, sign, adopt }: Words): void {
  if (builder !== undefined && !URL.canParse(builder))
    throw new UserError("./farm publish --builder", builder, "a URI");
  if (expect !== undefined && !/^[0-9a-f]{64}$/.test(expect))
    throw new UserError("./farm publish --expect", expect, "64 lower-case hexadecimal digits");
  if (file === undefined && (arch !== undefined || sign))
    throw new UserError("./farm publish", sign ? "--sign" : "--arch", "that with FARM.json alone");
  if (adopt && !sign) throw new UserError("./farm publish", "--adopt", "that with --sign alone");
  if (file === undefined) return;
  if (!existsSync(file))
    throw new UserError("./farm publish", file, "a file with a farm's facts: pulumi stack output --json");
  if (builder === undefined)
    throw new UserError("./farm publish", "no --builder", "a URI of who runs the build on a farm elsewhere");
}
