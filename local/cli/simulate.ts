import { Simulation } from "../simulation/simulation";
import { presentTools } from "../toolbox/toolbox";
import type { Command } from "./command";
import { options } from "./options";

const usage = `
Usage: ./farm simulate

Shows the reference farm on AWS, stacks/Pulumi.aws.yaml, as pulumi preview does, without an account: Pulumi's own engine
runs the program over simulated providers, which say yes to everything and make nothing. What AWS itself would refuse,
it does not show. Account, images and names of buckets are examples.
`;

export const command: Command = {
  usage,
  run: async (args) => {
    options("./farm simulate", args, {});
    const simulation = await Simulation.start(await presentTools());
    try {
      const preview = await simulation.pulumi(["preview"]);
      process.stdout.write(`SIMULATED: no cloud was asked, nothing was made.\n\n${preview}`);
      return 0;
    } finally {
      simulation.end();
    }
  },
};
