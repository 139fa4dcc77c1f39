import { existsSync } from "node:fs";
import { resolve } from "node:path";

import { UserError } from "../../components/user-error";
import { submit } from "../release/elsewhere";
import { releaseDigest } from "../release/release-digest";
import { summary, verdictReport } from "../release/report";
import { isRed } from "../release/verdict";
import { StreamProgress } from "../terminal/progress";
import type { Command } from "./command";
import { architectures, options } from "./options";

const usage = `
Usage: ./farm submit FARM.json [TARGET…] [--arch amd64,arm64]

Builds targets through a farm elsewhere, and follows them; the exit code is 1 where a target is red. The last line ends in
a digest over all that is green, for ./farm publish --expect.

Needs pulumi and kubectl on PATH, and what fetches sources: go, for modules, and apt-get, for Debian's (PostgreSQL 15.18),
whose repositories it asks for sources by itself: bookworm's, over https where TCP 443 alone is open, as to the farm's
own runners. In the environment: PULUMI_BACKEND_URL and credentials for the farm's buckets. On AWS also aws on PATH. On
any other cluster:
AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, which the release's pods get too, and PULUMI_CONFIG_PASSPHRASE or
PULUMI_CONFIG_PASSPHRASE_FILE, since the release's state then holds them.

  FARM.json  what pulumi stack output --json says of the farm, inside the checkout
  TARGET     a label of the workspace; * stands for anything in it. Default: what stacks/Pulumi.release.yaml names
  --arch     architectures to build for, of those that the farm has workers for
`;

export const command: Command = {
  usage,
  run: async (args) => {
    const spec = { arch: { type: "string" } } as const;
    const { values, positionals } = options("./farm submit", args, spec, "words");
    const [file, ...targets] = positionals;
    if (file === undefined || !existsSync(file))
      throw new UserError("./farm submit", file ?? "no file", "a file with a farm's facts: pulumi stack output --json");
    const request = {
      ...(targets.length > 0 && { targets }),
      ...(values.arch !== undefined && { architectures: architectures("./farm submit", values.arch) }),
    };
    const { id, verdicts } = await submit(resolve(file), request, new StreamProgress());
    process.stdout.write(verdictReport(verdicts, process.stdout.isTTY));
    process.stdout.write(`Release ${id}: ${summary(verdicts)}; digest ${releaseDigest(verdicts)}\n`);
    return verdicts.some(isRed) ? 1 : 0;
  },
};
