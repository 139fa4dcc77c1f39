import { is, matches, every, some, includes, all, not } from "../predicates/condition";
import { rule } from "../rule";
import { IAM_STATEMENTS } from "../views/aws";

export const iamLeast = rule({
  id: "S08",
  name: "iam-least",
  level: "mandatory",
  severity: "critical",
  slsa: "Unforgeable",
  key: "components/artifacts/aws/aws-artifacts.ts",
  requires: 'no action "*" and no service\'s "*" on every resource; roles of workers neither write buckets nor sign',
  because: "one leaked role must not be the whole farm",
  objects: [
    {
      on: IAM_STATEMENTS,
      when: is("Effect", "Allow"),
      must: all(
        not(includes("Action", "*")),
        not(all(some("Action", matches("", ":\\*$")), includes("Resource", "*"))),
      ),
    },
    {
      on: IAM_STATEMENTS,
      when: all(is("Effect", "Allow"), matches("$name", "worker")),
      must: every("Action", not(matches("", "^(s3:Put|s3:Delete|s3:\\*|kms:Sign|kms:\\*|iam:|sts:)"))),
    },
  ],
});
