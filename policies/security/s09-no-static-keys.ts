import { matches, any, not } from "../predicates/condition";
import { rule } from "../rule";
import { ACTIONS_SECRETS } from "../views/github";
import { STATIC_KEYS } from "../views/aws";

/** Names of keys of the clouds, with whatever before and after. */
const CLOUD_KEYS =
  "(^|_)((AWS|GCP|GCLOUD|GOOGLE|AZURE)_(.*_)?(KEYS?|SECRETS?|CREDENTIALS?)|ARM_(CLIENT_SECRET|ACCESS_KEY))(_|$)";

export const noStaticKeys = rule({
  id: "S09",
  name: "no-static-keys",
  level: "mandatory",
  severity: "critical",
  slsa: "Unforgeable",
  key: "the program: use OIDC and Pod Identity",
  requires: "no IAM users, access keys, key pairs, nor cloud keys among GitHub's secrets",
  because: "a key that does not expire is lost some day",
  objects: [
    { on: STATIC_KEYS, must: any() },
    { on: ACTIONS_SECRETS, must: not(matches("$name", CLOUD_KEYS)) },
  ],
});
