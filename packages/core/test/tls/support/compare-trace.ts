/** Compares each step of a trace, field by field, with what one of our endpoints has computed. */
import { concatBytes, EMPTY_BYTES, toHex } from '@tcplab/core';
import type { Observed } from './observed-crypto.ts';
import type { Step, Trace } from './rfc8448.ts';

export interface Witness {
  readonly side: Step['side'];
  readonly seen: Observed;
  /** Every record that went in or out, in hexadecimal. */
  readonly records: ReadonlySet<string>;
}

export interface Comparison {
  /** How many fields were compared. */
  readonly fields: number;
  /** What the endpoint has not computed, for people. */
  readonly missing: readonly string[];
}

/** @throws Error for a step that no comparison is written for: none is passed over in silence */
export function compareTrace(trace: Trace, witness: Witness): Comparison {
  const missing: string[] = [];
  let fields = 0;
  for (const step of trace.steps) {
    // "(same as server)": the values stand in the other side's step, and both sides are compared.
    if (step.fields.size === 0) continue;
    const found = compareStep(step, witness);
    for (const name of step.fields.keys()) {
      if (found[name] === undefined) throw new Error(`no comparison for ${name} of ${step.title}`);
    }
    fields += step.fields.size;
    for (const [name, isFound] of Object.entries(found)) {
      if (!isFound) missing.push(`{${step.side}} ${step.title}: ${name}`);
    }
  }
  return { fields, missing };
}

type Findings = Record<string, boolean>;

function compareStep(step: Step, witness: Witness): Findings {
  const { title } = step;
  if (title.startsWith('create an ephemeral')) return compareKeyPair(step, witness);
  if (title.startsWith('extract secret')) return compareExtract(step, witness.seen);
  if (/^(derive secret|generate resumption secret)/.test(title)) {
    return compareExpand(step, witness.seen);
  }
  if (/^derive (read|write) traffic keys/.test(title)) return compareKeys(step, witness.seen);
  if (title.startsWith('calculate finished')) return compareFinished(step, witness.seen);
  if (title.startsWith('calculate PSK binder')) return compareBinder(step, witness.seen);
  const named = /^construct an? (\w+) handshake message/.exec(title)?.[1];
  if (named !== undefined) return { [named]: sawMessage(witness.seen, step.fields.get(named)!) };
  if (/^send \w+ record/.test(title)) return compareRecord(step, witness);
  throw new Error(`no comparison for the step ${title}`);
}

const text = (step: Step, name: string): string => toHex(step.fields.get(name) ?? EMPTY_BYTES);

/** Only who has the private key can know it; the other side sees the public one in a message. */
function compareKeyPair(step: Step, { side, seen }: Witness): Findings {
  const isOurs = step.side !== side;
  const pair = seen.keyPairs.get(text(step, 'private key'));
  const inMessage = [...seen.hashed].some((bytes) => bytes.includes(text(step, 'public key')));
  return {
    'private key': isOurs || pair !== undefined,
    'public key': isOurs ? inMessage : pair === text(step, 'public key'),
  };
}

function compareExtract(step: Step, seen: Observed): Findings {
  const salt = text(step, 'salt') || '00'.repeat(32);
  const isMade = seen.macs.get(`${salt} ${text(step, 'IKM')}`) === text(step, 'secret');
  return { salt: isMade, IKM: isMade, secret: isMade };
}

/** HKDF-Expand of one block: the MAC over the info and the octet 1 (RFC 5869 §2.3). */
function expanded(seen: Observed, secret: string, info: string): string | undefined {
  return seen.macs.get(`${secret} ${info}01`);
}

/** The info ends with its context, which for a secret is a transcript's hash. */
function compareExpand(step: Step, seen: Observed): Findings {
  const info = text(step, 'info');
  const hash = text(step, 'hash');
  const made = expanded(seen, text(step, 'PRK'), info);
  return {
    PRK: made !== undefined,
    info: made !== undefined,
    expanded: made === text(step, 'expanded'),
    hash: info.endsWith(hash) && (hash.length < 64 || seen.hashes.has(hash)),
  };
}

function compareKeys(step: Step, seen: Observed): Findings {
  const secret = text(step, 'PRK');
  const key = text(step, 'key expanded');
  const iv = text(step, 'iv expanded');
  const madeKey = expanded(seen, secret, text(step, 'key info'));
  const madeIv = expanded(seen, secret, text(step, 'iv info'));
  return {
    PRK: madeKey !== undefined && madeIv !== undefined,
    'key info': madeKey !== undefined,
    'iv info': madeIv !== undefined,
    'key expanded': madeKey?.startsWith(key) === true && seen.nonces.has(key),
    // The nonce of the first record is the iv itself (RFC 8446 §5.3).
    'iv expanded': madeIv?.startsWith(iv) === true && seen.nonces.get(key)?.has(iv) === true,
  };
}

function compareFinished(step: Step, seen: Observed): Findings {
  const key = text(step, 'expanded');
  const mac = text(step, 'finished');
  return { ...compareExpand(step, seen), finished: seen.macsOf.get(key)?.includes(mac) === true };
}

function compareBinder(step: Step, seen: Observed): Findings {
  const hash = text(step, 'binder hash');
  const made = seen.macs.get(`${text(step, 'expanded')} ${hash}`);
  return {
    ...compareFinished(step, seen),
    finished: made === text(step, 'finished'),
    'ClientHello prefix': seen.hashed.has(text(step, 'ClientHello prefix')),
    'binder hash': seen.hashes.has(hash),
  };
}

/** Handshake messages went into the transcript, but tickets only into a record. */
function sawMessage(seen: Observed, message: Uint8Array): boolean {
  return seen.hashed.has(toHex(message)) || seen.inside.has(`${toHex(message)}16`);
}

function compareRecord(step: Step, { seen, records }: Witness): Findings {
  const record = step.fields.get('complete record')!;
  const payload = step.fields.get('payload')!;
  const isPlain = toHex(record.subarray(5)) === toHex(payload);
  const type = { handshake: 0x16, application_data: 0x17, alert: 0x15 }[step.title.split(' ')[1]!];
  const inner = toHex(concatBytes([payload, Uint8Array.of(type ?? 0)]));
  const isCarried = records.has(toHex(record));
  return { 'complete record': isCarried, payload: isPlain ? isCarried : seen.inside.has(inner) };
}
