/** One query to one server and its answer: over UDP, or over TCP where the answer was cut. */
import type { Cause } from '../base/cause.ts';
import { CallError, ConnectionError, TimeoutError } from '../base/errors.ts';
import type { Process } from '../base/process.ts';
import type { ProgramHost } from '../base/program-host.ts';
import type { Micros } from '../base/time.ts';
import { within } from '../base/within.ts';
import { decodeMessage } from './decode-message.ts';
import { encodeMessage } from './encode-message.ts';
import { CLASS_IN, EMPTY_MESSAGE, typeName, type DnsMessage, type DnsQuestion } from './message.ts';
import { sameName } from './name.ts';
import { DNS_RULES } from './rules.ts';
import { framed, receiveFramed } from './tcp-framing.ts';

/** RFC 9715: an answer of this size needs no fragments on common paths. */
export const RESOLVER_UDP_SIZE = 1_232;

export interface ServerAddress {
  /** Dotted address. */
  readonly address: string;
  readonly port: number;
}

/** A question and how to put it. */
export interface Ask {
  readonly server: ServerAddress;
  readonly name: string;
  readonly type: number;
  /** Offer large UDP answers (RFC 6891). */
  readonly edns: boolean;
  readonly deadline: Micros;
}

/**
 * Asks once.
 * @returns the answer, whatever its response code
 * @throws TimeoutError, ConnectionError when none came
 */
export function* askServer(host: ProgramHost, ask: Ask): Process<DnsMessage> {
  const query = makeQuery(host, ask);
  const overUdp = yield* askByDatagram(host, ask, query);
  if (!overUdp.truncated) return overUdp;
  // DNS-19: a message with TC is not used; TCP has room.
  note(host, ask, 'truncated', 'asks again over TCP', {
    rule: DNS_RULES.truncation,
    why: 'the answer was too large for a datagram',
  });
  const now = (): Micros => host.now();
  return yield* within(askByStream(host, ask, makeQuery(host, ask)), ask.deadline, now, tooLate);
}

/** DNS-23: the id is drawn afresh for every query, from a stream nobody else draws from. */
function makeQuery(host: ProgramHost, ask: Ask): DnsMessage {
  const question: DnsQuestion = { name: ask.name, type: ask.type, class: CLASS_IN };
  const edns = { udpSize: RESOLVER_UDP_SIZE, version: 0, dnssecOk: false, options: [] };
  return {
    ...EMPTY_MESSAGE,
    id: host.random('dns id').below(0x1_0000),
    recursionDesired: true,
    questions: [question],
    edns: ask.edns ? edns : undefined,
  };
}

function* askByDatagram(host: ProgramHost, ask: Ask, query: DnsMessage): Process<DnsMessage> {
  if (host.datagram === undefined) throw new CallError('no UDP', `${host.name} has no datagrams`);
  // DNS-23: a new socket has a new random port, which an attacker would have to guess too.
  const socket = host.datagram();
  try {
    yield* socket.connect(ask.server.address, ask.server.port);
    yield* socket.sendTo(encodeMessage(query), ask.server.address, ask.server.port);
    for (;;) {
      const { bytes } = yield* socket.receiveFrom(ask.deadline);
      const answer = matching(bytes, query);
      if (typeof answer !== 'string') return answer;
      // Going on to wait makes a forged answer harmless, unless it guesses everything.
      note(host, ask, 'ignored', answer, { rule: DNS_RULES.matchAnswer, why: answer });
    }
  } finally {
    socket.close();
  }
}

function* askByStream(host: ProgramHost, ask: Ask, query: DnsMessage): Process<DnsMessage> {
  const stream = yield* host.connect(ask.server.address, ask.server.port);
  try {
    yield* stream.sendAll(framed(encodeMessage(query)));
    for (;;) {
      const bytes = yield* receiveFramed(stream);
      if (bytes === undefined) {
        throw new ConnectionError('connection closed', 'before the answer was whole');
      }
      const answer = matching(bytes, query);
      if (typeof answer !== 'string') return answer;
      note(host, ask, 'ignored', answer, { rule: DNS_RULES.matchAnswer, why: answer });
    }
  } finally {
    stream.close();
  }
}

function tooLate(): Error {
  return new TimeoutError('no answer over TCP in time');
}

/** DNS-22: the answer to this query, or why these octets are not. */
function matching(bytes: Uint8Array, query: DnsMessage): DnsMessage | string {
  const decoded = decodeMessage(bytes);
  if (!decoded.ok) return `octet ${decoded.problem.at}: expected ${decoded.problem.expected}`;
  const { message } = decoded;
  if (!message.isResponse) return 'it is a query';
  if (message.id !== query.id) return `its id is ${message.id}, not ${query.id}`;
  if (message.opcode !== query.opcode) return `its opcode is ${message.opcode}`;
  const asked = query.questions[0]!;
  const repeated = message.questions[0];
  // A server that could not read the query may leave the question out.
  if (repeated === undefined && message.rcode !== 0) return message;
  const same =
    message.questions.length === 1 &&
    repeated !== undefined &&
    sameName(repeated.name, asked.name) &&
    repeated.type === asked.type &&
    repeated.class === asked.class;
  return same ? message : 'it answers another question';
}

function note(host: ProgramHost, ask: Ask, kind: string, what: string, cause: Cause): void {
  const question = `${ask.name || '.'} ${typeName(ask.type)}`;
  const text = `${question} at ${ask.server.address}: ${what}`;
  host.note({ layer: 'dns', kind, text, cause, data: { question, server: ask.server.address } });
}
