import { committedConfig } from "../../local/stack/stack-file";
import type { Values } from "./golden";

const digest = (letter: string) => `registry.example/${letter}@sha256:${letter.repeat(64)}`;

/** Account of AWS' own examples. */
export const ACCOUNT = "111122223333";

/** stacks/Pulumi.aws.yaml with what belongs to an account. */
export function awsValues(): Values {
  const values = committedConfig("aws");
  const workflow = "monogres/monogres/.github/workflows/release.yml@refs/heads/main";
  return {
    ...values,
    "monofarm:platform": {
      ...(values["monofarm:platform"] as Values),
      account: ACCOUNT,
      administrators: [`arn:aws:iam::${ACCOUNT}:role/farm-administrator`],
    },
    "monofarm:images": {
      buildbarn: digest("a"),
      client: digest("b"),
      autoscaler: digest("1"),
      prometheus: digest("2"),
      workers: { amd64: digest("c"), arm64: digest("d") },
    },
    "monofarm:artifacts": { ...(values["monofarm:artifacts"] as Values), prefix: "example-farm-" },
    "monofarm:github": {
      repositoryId: "123456",
      planner: { environment: "build", workflow },
      publisher: { environment: "release", workflow },
    },
  };
}
