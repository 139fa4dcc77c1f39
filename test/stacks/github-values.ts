import { awsValues } from "./aws-values";
import type { Values } from "./golden";

/** No key of anybody's. */
export const EXAMPLE_KEY = "-----BEGIN RSA PRIVATE KEY-----\nexample\n-----END RSA PRIVATE KEY-----\n";

/** The workflow that builds and pushes images. */
const IMAGES_WORKFLOW = "monogres/monogres/.github/workflows/images.yml@refs/heads/main";

/** The farm on AWS with all that belongs to GitHub: its repository set up by Pulumi, its runners on the farm. */
export function githubValues(): Values {
  const values = awsValues();
  const client = { role: "client", architecture: "amd64", instanceTypes: ["m8id.2xlarge"], minimum: 0, maximum: 2 };
  const platform = values["monofarm:platform"] as { pools: object[] };
  return {
    ...values,
    "monofarm:platform": { ...platform, nat: true, pools: [...platform.pools, client] },
    "monofarm:github": {
      ...(values["monofarm:github"] as Values),
      stateBucket: "example-release-state",
      pusher: { environment: "images", workflow: IMAGES_WORKFLOW },
      administration: {
        app: { id: "900001", installationId: "900002", privateKey: EXAMPLE_KEY },
        reviewers: { users: [11], teams: [22] },
        actions: ["actions/checkout@*"],
      },
    },
    "monofarm:runners": {
      app: { id: "1002", installationId: "2002", privateKey: EXAMPLE_KEY },
      images: {
        controller: `registry.example/e@sha256:${"e".repeat(64)}`,
        runner: `registry.example/f@sha256:${"f".repeat(64)}`,
      },
      sets: [
        { architecture: "arm64", maximum: 4, cpu: "500m", memory: "2Gi" },
        { architecture: "amd64", maximum: 2, cpu: "500m", memory: "2Gi" },
      ],
    },
  };
}
