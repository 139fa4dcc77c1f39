import { servePack } from "../pack";
import { HERMETIC } from "./rules";

servePack("monofarm-hermetic", HERMETIC);
