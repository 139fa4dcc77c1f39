import type * as pulumi from "@pulumi/pulumi";

/** A GitHub App that is installed: it asks GitHub for tokens that last an hour, where a personal one lasts for years. */
export interface GithubApp {
  readonly id: string;
  readonly installationId: string;
  /** PEM; a secret wherever it goes. */
  readonly privateKey: pulumi.Input<string>;
}
