/** What is needed to test a provider: the contract suite, and a sandbox for it to run against. */

export type {
  Refused,
  SandboxContext,
  SandboxReply,
  SandboxRequest,
  SandboxService,
} from "./core/stand-in.ts";
export type { Fault, FaultRule } from "./sandbox/fault.ts";
export type { LogEntry } from "./sandbox/log.ts";
export { type RunningSandbox, type SandboxOptions, startSandbox } from "./sandbox/server.ts";
export type { ContractAccount } from "./testing/account.ts";
export {
  type Connected,
  type ConnectOptions,
  connectProvider,
  makeCall,
} from "./testing/connect.ts";
export { type ContractOptions, providerContract } from "./testing/contract.ts";
export type {
  ByHand,
  Environment,
  KindSample,
  Known,
  ProviderSamples,
  Receipts,
  SampleInput,
} from "./testing/samples.ts";
