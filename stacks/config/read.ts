import * as pulumi from "@pulumi/pulumi";

import { checkConfig, type CrossCheck, type Slices, type Values } from "./check";

/** Reads the configuration of the stack that runs. @throws IndexError as `checkConfig` does */
export function readConfig<S extends Slices>(slices: S, crossCheck?: CrossCheck<S>): Values<S> {
  return checkConfig(slices, pulumi.runtime.allConfig(), `stacks/Pulumi.${pulumi.getStack()}.yaml`, crossCheck);
}
