/** What doctor asks the machine and the network; it changes neither. */
export interface NetworkProbe {
  /** Addresses of a name, as connections would get them. Throws `ProbeError`. */
  resolve(host: string): Promise<readonly string[]>;
  /** Opens a connection and closes it again. Throws `ProbeError`. */
  connect(host: string, port: number): Promise<{ readonly address: string; readonly ms: number }>;
  /** As far as the certificate, which is told even when it is not trusted. Throws `ProbeError`. */
  handshake(host: string, port: number): Promise<Handshake>;
  /** One GET, without secrets; any whole reply will do. Throws `ProbeError`. */
  ask(url: string): Promise<Asked>;
}

export interface Handshake {
  readonly trusted: boolean;
  /** Node's or OpenSSL's code where it is not: `CERT_HAS_EXPIRED`. */
  readonly reason?: string;
  /** Ms since the epoch. */
  readonly validFrom: number;
  readonly validTo: number;
  readonly subject: string;
  readonly issuer: string;
}

export interface Asked {
  readonly status: number;
  /** The `Date` header, in ms since the epoch. */
  readonly date?: number;
  readonly type?: string;
  readonly ms: number;
  /** When the reply came, by this machine's clock, in ms since the epoch. */
  readonly at: number;
}

export type ProbeLayer = "dns" | "tcp" | "proxy" | "tls" | "http";

export class ProbeError extends Error {
  override readonly name = "ProbeError";
  readonly layer: ProbeLayer;
  /** Of the operating system: `ENOTFOUND`, `ECONNREFUSED`, `ETIMEDOUT`. Of a proxy: `HTTP 407`. */
  readonly code: string;

  constructor(layer: ProbeLayer, code: string, message: string) {
    super(message);
    this.layer = layer;
    this.code = code;
  }
}

/** What is at a path; nothing is made, and links are followed as far as they lead. */
export interface FileFacts {
  readonly path: string;
  readonly kind: "file" | "folder" | "other";
  /** Permission bits: 0o600. */
  readonly mode: number;
  readonly size: number;
  /** Whether this user owns it; true where the platform has no owners. */
  readonly own: boolean;
  /** The operating system's code for what keeps from writing it: EACCES, EROFS. */
  readonly refused?: string;
  /** Why nobody gets to it, in words that follow a colon: a link that leads nowhere. */
  readonly lost?: string;
}

export interface Room {
  readonly bytes: number;
  /** Left out where files are not counted. */
  readonly files?: number;
}

export interface FileProbe {
  /** `undefined`: there is nothing. */
  look(path: string): FileFacts | undefined;
  /** The names of what a folder holds; none where there is no such folder. */
  list(folder: string): readonly string[];
  /** What the disk that a path is or would be on has room for; `undefined` where it cannot be told. */
  free(path: string): Room | undefined;
  /** The text of a small file; `undefined` where it cannot be read. */
  read(path: string): string | undefined;
  /** The last whole lines of a file of any size, 256 KiB at most; `undefined` where it cannot be read. */
  tail(path: string): string | undefined;
  /** Whether the system lets this process have so many more files open at once. */
  mayOpen(many: number): boolean;
}

/** Git gave no answer; the message says why, in words that follow a colon. */
export class GitError extends Error {
  override readonly name = "GitError";
}

/** Throws `GitError`. */
export interface GitProbe {
  /** Which of these paths, or of what lies in them, git tracks; by their names from `folder`. */
  tracked(folder: string, paths: readonly string[]): Promise<readonly string[]>;
  /** Tracked files of the working tree that hold one of these texts, and which. */
  holding(
    folder: string,
    texts: readonly string[],
  ): Promise<readonly { readonly file: string; readonly text: number }[]>;
}

/** What may be changed on the way to a cure; each can be taken back. */
export interface Mender {
  chmod(path: string, mode: number): void;
  /** Gives the new name; what belongs to a database goes with it. */
  moveAside(path: string): string;
  /** Writes the text in place of the old one, of which a copy is kept; gives the copy's name. */
  rewrite(path: string, text: string): string;
  /** Brings a copy back. */
  restore(path: string, copy: string): void;
}
