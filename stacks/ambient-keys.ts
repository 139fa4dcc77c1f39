import { UserError } from "../components/user-error";

/** A pair of S3 keys. */
export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/**
 * The S3 keys of whoever runs this, in the usual variables: where pods have no role of their own, a release's pods get them.
 * @throws UserError naming the variable that is missing
 */
export function ambientKeys(environment: Readonly<Record<string, string | undefined>>): Keys {
  const need = (name: string) => {
    const value = environment[name] ?? "";
    if (value === "") throw new UserError(name, "nothing", "a key of the farm's S3 service, for the pods of releases");
    return value;
  };
  return { accessKeyId: need("AWS_ACCESS_KEY_ID"), secretAccessKey: need("AWS_SECRET_ACCESS_KEY") };
}
