import { UserError } from "../../components/user-error";
import { CACHE, STATE } from "../directories";
import { withFarm } from "../node/farm-lock";
import { insideNamespace } from "../node/namespace";
import { stopNode } from "../node/stop";
import type { Command } from "./command";
import { options } from "./options";

const usage = `
Usage: ./farm down [--purge]

Stops the farm: every process, mount, cgroup, interface and network namespace that it made, and nothing else. Its data
stay in ${STATE}, so that ./farm up carries on. Debian packages, and the kernel's way to run
arm64 programs where --arch asked for it, stay too.

  --purge   the data too: cluster, volumes, artifacts, Pulumi's state. What is slow to make again (tools, images,
            sources) stays in ${CACHE}.
`;

export const command: Command = {
  usage,
  onMachine: true,
  run: async (args) => {
    const { values } = options("./farm down", args, { purge: { type: "boolean" } });
    if (insideNamespace()) {
      throw new UserError("./farm down", "a shell inside the farm's network namespace", "a shell outside it");
    }
    const { daemons, processes, mounts, namespace, data } = await withFarm(() => stopNode(values.purge ?? false));
    if (daemons + processes + mounts === 0 && !namespace && !data) {
      process.stdout.write("Nothing of the farm was running.\n");
      return 0;
    }
    const network = namespace ? ", the network namespace" : "";
    const state = data ? " and all data" : "";
    process.stdout.write(
      `Removed ${daemons} daemons, ${processes} other processes, ${mounts} mounts${network}${state}.\n`,
    );
    return 0;
  },
};
