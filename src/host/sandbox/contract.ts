// What every sandbox provider gives. Everything that a run starts goes through `SandboxProvider.start`, with a profile.
import type { Duplex } from 'node:stream';
import type { CpuTime, ExecResult, ProxyAddress } from '../../plugin-api.ts';

export type ProviderName = 'bubblewrap' | 'unshare' | 'none';
export type ProfileKind = 'action' | 'setup' | 'service' | 'gate';

/** Later mounts lie on top of earlier ones. With the provider `none` nothing is mounted: `Sandboxed.inside` translates instead. */
export interface Mount {
  /** Folder or file of this machine; ignored for `temporary`. */
  readonly from: string;
  /** Absolute path inside. */
  readonly at: string;
  /** `temporary`: an empty folder in memory that ends with the process. */
  readonly mode: 'read-only' | 'read-write' | 'temporary';
}
/** Where things stand inside every sandbox. */
export const insidePaths = {
  /** Root of the tree's repository; the scope is a folder below it. */
  tree: '/workspace',
  scratch: '/scratch',
  /** Files of plugins and of the runner that commands execute. */
  assets: '/bexpert',
} as const;

export type Network =
  /** Its own loopback only. */
  | { readonly kind: 'none' }
  /** The machine's network; for service plugins that are trusted code of ours, never for code of a tree. */
  | { readonly kind: 'machine' }
  /** Only these host names, by an HTTP(S) proxy of the runner. `*` stands for all. */
  | { readonly kind: 'hosts'; readonly hosts: readonly string[] };

export interface Limits {
  readonly processes: number;
  /** Bytes that may be written to standard output and standard error together before the process is ended. */
  readonly outputBytes: number;
  /** Bytes by which the writable mounts may grow. */
  readonly diskBytes: number;
}
export const defaultLimits: Limits = {
  processes: 512,
  outputBytes: 256 * 1024 * 1024,
  diskBytes: 4 * 1024 * 1024 * 1024,
};

export interface StartSpec {
  readonly argv: readonly [string, ...string[]];
  readonly profile: ProfileKind;
  readonly mounts: readonly Mount[];
  /** As seen inside. */
  readonly cwd: string;
  /** Complete: nothing is inherited. Providers add only what `baseEnvironment` says. */
  readonly env: Readonly<Record<string, string>>;
  readonly network: Network;
  /** Network namespace to join; its `network` must be `none`. */
  readonly pod?: Pod;
  readonly limits?: Partial<Limits>;
  readonly timeoutMs?: number;
  /** Bytes of each stream kept for the result; default 1 MiB. */
  readonly keepBytes?: number;
  /** Written to standard input, which is then closed; undefined: nothing, closed at once; 'pipe': the caller writes. */
  readonly stdin?: string | 'pipe';
  /** Aborting it kills every process of the start. */
  readonly signal: AbortSignal;
  /** Called with each chunk as it comes, before the result. */
  readonly onOutput?: (stream: 'stdout' | 'stderr', chunk: Uint8Array) => void;
}

/** A running process namespace (or process group, where the machine has no namespaces). */
export interface Sandboxed {
  /** Pid of the outermost process on this machine. */
  readonly pid: number;
  readonly stdin: NodeJS.WritableStream | undefined;
  readonly ended: Promise<ExecResult>;
  cpu(): Promise<CpuTime>;
  /** Stops every process of it with SIGSTOP; resolves when all stand still. Throws a PluginError `service/not-frozen`. */
  freeze(): Promise<void>;
  /** Lets them go on. Microseconds of CPU time that they used although they were frozen. */
  thaw(): number;
  /** SIGTERM (or `signal`) to the command, 2 s, then SIGKILL to all of it. */
  stop(signal?: NodeJS.Signals): Promise<ExecResult>;
}

/** A network namespace that several starts share. */
export interface Pod extends AsyncDisposable {
  readonly id: string;
  /** A TCP port on the pod's 127.0.0.1 that nothing listens on. */
  freePort(): Promise<number>;
  /** Makes something outside reachable inside, at the address that is returned. */
  admit(target: ProxyAddress | { readonly socketPath: string }): Promise<ProxyAddress & AsyncDisposable>;
  /** Listens inside; connections come to the runner. */
  listen(onConnection: (socket: Duplex) => void): Promise<ProxyAddress & AsyncDisposable>;
  /** From the runner to an address inside. Rejects when nothing listens there. */
  connect(address: ProxyAddress): Promise<Duplex>;
}

export interface SandboxProvider extends AsyncDisposable {
  readonly name: ProviderName;
  /** True where files, processes and the network are really walled off. */
  readonly isolates: boolean;
  start(spec: StartSpec): Promise<Sandboxed>;
  openPod(): Promise<Pod>;
  /** Path that a command sees for a path of `insidePaths`: itself where mounts exist, else the folder mounted there. */
  inside(path: string, mounts: readonly Mount[]): string;
}

/** Why a provider cannot work here, found by running a write that must fail and one that must succeed. */
export interface Probe {
  readonly provider: ProviderName;
  readonly ok: boolean;
  readonly reason?: string;
  /** What a person can do about it. */
  readonly todo?: string;
}
