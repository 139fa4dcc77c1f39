import * as pulumi from "@pulumi/pulumi";

/** A random pair of S3 keys, made once and kept as secrets in the stack's state. */
export class Credentials extends pulumi.dynamic.Resource {
  declare readonly accessKeyId: pulumi.Output<string>;
  declare readonly secretAccessKey: pulumi.Output<string>;

  constructor(name: string, options?: pulumi.CustomResourceOptions) {
    super(
      provider,
      name,
      { accessKeyId: undefined, secretAccessKey: undefined },
      {
        ...options,
        additionalSecretOutputs: ["accessKeyId", "secretAccessKey"],
      },
    );
  }
}

const provider: pulumi.dynamic.ResourceProvider = {
  create: async () => {
    const { randomBytes } = await import("node:crypto");
    const accessKeyId = randomBytes(10).toString("hex");
    const secretAccessKey = randomBytes(30).toString("base64url");
    return { id: randomBytes(8).toString("hex"), outs: { accessKeyId, secretAccessKey } };
  },
};
