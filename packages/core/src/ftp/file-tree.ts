/** Files and directories in memory, with limits, and times from the clock of the run. */
import { bytesPayload, concatPayloads, EMPTY_PAYLOAD, type Payload } from '../base/payload.ts';
import type { Micros } from '../base/time.ts';
import { utf8Bytes } from '../base/utf8.ts';
import { namesOf, splitPath } from './path.ts';

export const MAX_TREE_BYTES = 67_108_864;
export const MAX_TREE_ENTRIES = 10_000;
/** 2026-01-01 00:00:00 UTC in seconds since 1970: where the clock of a run starts, unless told. */
export const DEFAULT_EPOCH = 1_767_225_600;

export interface FileTreeOptions {
  /** The clock of the run. */
  readonly now: () => Micros;
  /** The date at which that clock is zero, in seconds since 1970. @default DEFAULT_EPOCH */
  readonly epoch?: number;
  /** Octets of all files. Described payloads count too. @default MAX_TREE_BYTES */
  readonly maxBytes?: number;
  /** Files and directories. @default MAX_TREE_ENTRIES */
  readonly maxEntries?: number;
}

interface Directory {
  readonly kind: 'directory';
  readonly entries: Map<string, Entry>;
  modified: number;
}

interface File {
  readonly kind: 'file';
  contents: Payload;
  modified: number;
}

type Entry = Directory | File;

/** What a listing shows of an entry. */
export interface FileFacts {
  readonly name: string;
  readonly kind: 'file' | 'directory';
  /** In octets; 0 for a directory. */
  readonly size: number;
  /** Seconds since 1970. */
  readonly modified: number;
}

/** Why the tree did not do what it was asked. */
export type TreeProblem =
  | 'not found'
  | 'not a directory'
  | 'is a directory'
  | 'exists already'
  | 'not empty'
  | 'no space left'
  | 'not possible';

export class FileTree {
  readonly #options: FileTreeOptions;
  readonly #root: Directory;
  #bytes = 0;
  #entries = 0;

  constructor(options: FileTreeOptions) {
    this.#options = options;
    this.#root = { kind: 'directory', entries: new Map(), modified: 0 };
    this.#root.modified = this.date();
  }

  /** Octets of all files. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The present date in seconds since 1970. */
  date(): number {
    const elapsed = Math.floor(this.#options.now() / 1_000_000);
    return (this.#options.epoch ?? DEFAULT_EPOCH) + elapsed;
  }

  /** Facts of what stands at an absolute path. */
  stat(path: string): FileFacts | undefined {
    const entry = this.#find(path);
    return entry === undefined ? undefined : factsOf(splitPath(path)?.name ?? '/', entry);
  }

  /** Facts of everything in a directory, sorted by name. */
  list(path: string): readonly FileFacts[] | TreeProblem {
    const entry = this.#find(path);
    if (entry === undefined) return 'not found';
    if (entry.kind === 'file') return 'not a directory';
    const names = [...entry.entries.keys()].sort((a, b) => (a < b ? -1 : 1));
    return names.map((name) => factsOf(name, entry.entries.get(name)!));
  }

  read(path: string): Payload | TreeProblem {
    const entry = this.#find(path);
    if (entry === undefined) return 'not found';
    return entry.kind === 'file' ? entry.contents : 'is a directory';
  }

  /**
   * Puts a file there, or replaces its octets. Missing directories are not made.
   * @param from octets of the old file that stay before `contents`. @default 0
   */
  write(path: string, contents: Payload | Uint8Array | string, from = 0): TreeProblem | undefined {
    const problem = this.canWrite(path);
    if (problem !== undefined) return problem;
    const { directory, name } = this.#place(path)!;
    const old = directory.entries.get(name);
    const before = old?.kind === 'file' ? old.contents : EMPTY_PAYLOAD;
    const kept = before.slice(0, Math.min(from, before.length));
    const added = payloadOf(contents);
    const growth = kept.length + added.length - before.length;
    if (this.#bytes + growth > (this.#options.maxBytes ?? MAX_TREE_BYTES)) return 'no space left';
    const whole = concatPayloads([kept, added]);
    if (old?.kind === 'file') {
      old.contents = whole;
      old.modified = this.date();
    } else this.#insert(directory, name, { kind: 'file', contents: whole, modified: this.date() });
    this.#bytes += growth;
    return undefined;
  }

  /** Whether a file could be written there now, as far as names and number of entries go. */
  canWrite(path: string): TreeProblem | undefined {
    const place = this.#place(path);
    if (place === undefined) return path === '/' ? 'is a directory' : 'not found';
    const old = place.directory.entries.get(place.name);
    if (old?.kind === 'directory') return 'is a directory';
    return old === undefined && this.#isFull ? 'no space left' : undefined;
  }

  /** Octets that still fit. */
  get free(): number {
    return (this.#options.maxBytes ?? MAX_TREE_BYTES) - this.#bytes;
  }

  makeDirectory(path: string): TreeProblem | undefined {
    const place = this.#place(path);
    if (place === undefined) return path === '/' ? 'exists already' : 'not found';
    if (place.directory.entries.has(place.name)) return 'exists already';
    if (this.#isFull) return 'no space left';
    const made: Directory = { kind: 'directory', entries: new Map(), modified: this.date() };
    this.#insert(place.directory, place.name, made);
    return undefined;
  }

  removeFile(path: string): TreeProblem | undefined {
    const entry = this.#find(path);
    if (entry === undefined) return 'not found';
    if (entry.kind === 'directory') return 'is a directory';
    this.#bytes -= entry.contents.length;
    this.#take(path);
    return undefined;
  }

  removeDirectory(path: string): TreeProblem | undefined {
    const entry = this.#find(path);
    if (entry === undefined) return 'not found';
    if (entry.kind === 'file') return 'not a directory';
    if (entry === this.#root) return 'not possible';
    if (entry.entries.size > 0) return 'not empty';
    this.#take(path);
    return undefined;
  }

  /** A file at the new path is replaced; a directory is not. */
  rename(from: string, to: string): TreeProblem | undefined {
    const entry = this.#find(from);
    if (entry === undefined) return 'not found';
    // A directory cannot be moved into itself.
    if (entry === this.#root || `${to}/`.startsWith(`${from}/`)) {
      return from === to ? undefined : 'not possible';
    }
    const place = this.#place(to);
    if (place === undefined) return to === '/' ? 'exists already' : 'not found';
    const old = place.directory.entries.get(place.name);
    if (old?.kind === 'directory' || (old !== undefined && entry.kind === 'directory')) {
      return 'exists already';
    }
    if (old !== undefined) this.removeFile(to);
    this.#take(from);
    this.#insert(place.directory, place.name, entry);
    return undefined;
  }

  get #isFull(): boolean {
    return this.#entries >= (this.#options.maxEntries ?? MAX_TREE_ENTRIES);
  }

  #find(path: string): Entry | undefined {
    let entry: Entry = this.#root;
    for (const name of namesOf(path)) {
      const next: Entry | undefined =
        entry.kind === 'directory' ? entry.entries.get(name) : undefined;
      if (next === undefined) return undefined;
      entry = next;
    }
    return entry;
  }

  #place(path: string): { readonly directory: Directory; readonly name: string } | undefined {
    const split = splitPath(path);
    const directory = split === undefined ? undefined : this.#find(split.directory);
    return split === undefined || directory?.kind !== 'directory'
      ? undefined
      : { directory, name: split.name };
  }

  #insert(directory: Directory, name: string, entry: Entry): void {
    directory.entries.set(name, entry);
    directory.modified = this.date();
    this.#entries += 1;
  }

  #take(path: string): void {
    const place = this.#place(path);
    if (place?.directory.entries.delete(place.name) !== true) return;
    place.directory.modified = this.date();
    this.#entries -= 1;
  }
}

function factsOf(name: string, entry: Entry): FileFacts {
  const size = entry.kind === 'file' ? entry.contents.length : 0;
  return { name, kind: entry.kind, size, modified: entry.modified };
}

function payloadOf(contents: Payload | Uint8Array | string): Payload {
  if (typeof contents === 'string') return bytesPayload(utf8Bytes(contents));
  return contents instanceof Uint8Array ? bytesPayload(contents.slice()) : contents;
}
