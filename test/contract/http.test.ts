import { samples } from "../providers/http/samples.ts";
import { contractOf } from "../support/contract.ts";

await contractOf("http", samples);
