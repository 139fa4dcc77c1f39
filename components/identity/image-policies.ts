import { type PolicyDocument, policyDocument } from "./policy-document";

const PULL = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];
const PUSH = ["ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart"];

/** The policy of a repository: images come from those who are named alone, not through it from anywhere, and none is deleted. */
export function repositoryPolicy(pushers: readonly string[]): PolicyDocument {
  const deny = { Effect: "Deny", Principal: "*" } as const;
  return policyDocument(
    { ...deny, Sid: "OnlyPushers", Action: PUSH, Condition: { ArnNotEquals: { "aws:PrincipalArn": pushers } } },
    { ...deny, Sid: "NothingFromElsewhere", Action: ["ecr:BatchImportUpstreamImage", "ecr:ReplicateImage"] },
    { ...deny, Sid: "NothingLost", Action: ["ecr:BatchDeleteImage", "ecr:PutImageTagMutability"] },
  );
}

/** What a role may do that pushes images to these repositories, by ARN. */
export function pusherPolicy(repositories: readonly string[]): PolicyDocument {
  return policyDocument(
    { Sid: "SignIn", Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
    { Sid: "Push", Effect: "Allow", Action: [...PULL, ...PUSH], Resource: repositories },
  );
}

/** What a node may do: pull, also what EKS' own add-ons are made of, and have nothing fetched from another registry. */
export function nodePullPolicy(): PolicyDocument {
  return policyDocument(
    { Sid: "SignIn", Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
    { Sid: "Pull", Effect: "Allow", Action: PULL, Resource: "*" },
  );
}

/** Images without a tag go after a month: what a push left half done. Whatever has a tag stays. */
export const LIFECYCLE = {
  rules: [
    {
      rulePriority: 1,
      description: "untagged images, after a month",
      selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 30 },
      action: { type: "expire" },
    },
  ],
} as const;
