import * as z from 'zod';
import {
  ConnectionError,
  TimeoutError,
  formatMicros,
  patternPayload,
  us,
  type Process,
  type ProgramHost,
} from '@tcplab/core';
import { FtpError, openFtp, type FtpClient } from '@tcplab/core/ftp';
import { closed } from '../schema/closed.ts';
import { duration } from '../schema/quantities.ts';
import { count, hostReference, port } from '../schema/words.ts';
import { appKind } from './app-kind.ts';
import { bulkSize } from './settings.ts';

const path = z.string().min(1).max(1_000);

const step = z.union(
  [
    closed({ list: z.string().max(1_000).describe('The directory; empty for where it is.') }),
    closed({ get: path, from: count(0).optional().describe('Go on at this byte (REST).') }),
    closed({ put: path, text: z.string().max(1_000_000).optional(), size: bulkSize.optional() }),
    closed({ remove: path }),
    closed({
      command: z
        .string()
        .min(3)
        .max(500)
        .describe('Any command and its argument, e.g. PORT 10,0,0,3,0,25.'),
    }),
    closed({ pause: duration }),
  ],
  'expected one of list, get, put, remove, command, pause',
);

const settings = closed({
  to: hostReference.describe('The host it connects to.'),
  port: port.optional().describe('Default: 21.'),
  mode: z
    .enum(['passive', 'active'])
    .optional()
    .describe('Who opens data connections. Default: passive.'),
  extended: z.boolean().optional().describe('Use EPSV and EPRT where they work. Default: true.'),
  user: z.string().min(1).optional().describe('Default: anonymous.'),
  password: z.string().optional(),
  timeout: duration.optional().describe('For replies and for data that stand still. Default: 30s.'),
  resume: z
    .boolean()
    .optional()
    .describe('Connect again after a failure and go on where a get stopped. Default: false.'),
  steps: z.array(step).min(1, 'expected at least one step').max(1_000),
});

type Settings = z.output<typeof settings>;
type Step = z.output<typeof step>;

/** How often a client that resumes connects again. */
const MAX_ATTEMPTS = 5;

/** Logs in and moves files. */
export const ftpClient = appKind({
  key: 'ftp-client',
  about: 'Logs in to an FTP server and lists, gets and puts files, one step after the other.',
  settings,
  needs: ({ to }) => ({ peers: [to] }),
  *run(host, given) {
    const work = new FtpWork(host, given);
    const attempts = given.resume === true ? MAX_ATTEMPTS : 1;
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      if (yield* work.attempt()) return;
    }
  },
});

/** The steps, and how far they have come: what a resumed transfer needs to know. */
class FtpWork {
  readonly #host: ProgramHost;
  readonly #given: Settings;
  #next = 0;
  /** Bytes of the present file that have arrived. */
  #got = 0;

  constructor(host: ProgramHost, given: Settings) {
    this.#host = host;
    this.#given = given;
  }

  /** Does the steps that are left over one control connection. @returns whether all are done */
  *attempt(): Process<boolean> {
    const { steps, user, password } = this.#given;
    let client: FtpClient | undefined;
    try {
      client = yield* this.#open();
      yield* client.login(user, password);
      while (this.#next < steps.length) {
        yield* this.#perform(client, steps[this.#next]!);
        this.#next += 1;
        this.#got = 0;
      }
      yield* client.quit();
      return true;
    } catch (error) {
      client?.close();
      this.#failed(error);
      return error instanceof FtpError && !error.isTransient;
    }
  }

  #open(): Process<FtpClient> {
    const { to, port: number, mode, extended, timeout } = this.#given;
    return openFtp(this.#host, to, {
      ...(number === undefined ? {} : { port: number }),
      ...(mode === undefined ? {} : { mode }),
      ...(extended === undefined ? {} : { extended }),
      ...(timeout === undefined ? {} : { timeout: us(timeout) }),
    });
  }

  *#perform(client: FtpClient, given: Step): Process {
    const began = this.#host.now();
    if ('pause' in given) yield* this.#host.sleep(us(given.pause));
    else if ('list' in given)
      this.#tell(began, `list ${given.list}`, (yield* client.list(given.list)).length);
    else if ('get' in given)
      this.#tell(began, `get ${given.get}`, yield* this.#get(client, given.get, given.from ?? 0));
    else if ('put' in given) yield* this.#put(client, given);
    else if ('remove' in given) {
      yield* client.remove(given.remove);
      this.#tell(began, `remove ${given.remove}`, 0);
    } else {
      const [verb = '', ...rest] = given.command.split(' ');
      const reply = yield* client.command(verb, rest.join(' '));
      this.#tell(began, `${given.command}: ${reply.code}`, 0);
    }
  }

  *#get(client: FtpClient, name: string, from: number): Process<number> {
    const offset = from + this.#got;
    yield* client.getParts(name, (part) => void (this.#got += part.length), { from: offset });
    return this.#got;
  }

  *#put(client: FtpClient, given: Extract<Step, { put: string }>): Process {
    const began = this.#host.now();
    const data = given.size === undefined ? (given.text ?? '') : patternPayload(0, given.size);
    yield* client.put(given.put, data);
    this.#tell(began, `put ${given.put}`, data.length);
  }

  #tell(began: number, what: string, size: number): void {
    const took = us(this.#host.now() - began);
    this.#host.note({
      layer: 'app',
      kind: 'done',
      text: `${what}: ${size} after ${formatMicros(took)}.`,
      data: { what, size, tookUs: took },
    });
  }

  #failed(error: unknown): void {
    const expected =
      error instanceof FtpError ||
      error instanceof ConnectionError ||
      error instanceof TimeoutError;
    if (!expected) throw error;
    this.#host.note({
      layer: 'app',
      kind: 'failure',
      text: `The transfer failed: ${error.message}.`,
      data: {
        error: error.message,
        code: error instanceof FtpError ? error.reply.code : 0,
        got: this.#got,
      },
    });
  }
}
