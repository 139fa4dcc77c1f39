/**
 * Where Pulumi loads the package from. Pulumi would type-check every file with AWS' types each time that it starts it;
 * tsx only strips them, for `./farm test` checks types.
 */
require("tsx/cjs");
module.exports = require("./index.ts");
