/** A network in CIDR notation that is no large part of the internet: a /8 at most. */
export const NETWORK = "/([89]|[1-9][0-9]+)$";
