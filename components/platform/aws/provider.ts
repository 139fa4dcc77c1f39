import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** Declares the provider of everything of a farm's that is AWS': one account and region, and each resource says whose it is. */
export function declareAwsProvider(
  name: string,
  { region, account }: { readonly region: string; readonly account: string },
  options: pulumi.ResourceOptions,
): aws.Provider {
  return new aws.Provider(
    name,
    {
      region: region as aws.Region,
      allowedAccountIds: [account],
      defaultTags: { tags: { "farm.build/part-of": "monofarm" } },
    },
    options,
  );
}
