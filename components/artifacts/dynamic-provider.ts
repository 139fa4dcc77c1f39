import * as pulumi from "@pulumi/pulumi";

/** The provider of this project's dynamic resources: default providers are off for all. */
export class DynamicProvider extends pulumi.ProviderResource {
  constructor(name: string, options?: pulumi.ResourceOptions) {
    super("pulumi-nodejs", name, {}, options);
  }
}
