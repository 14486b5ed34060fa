/** What the notes of TLS are about: a message and its place in the RFC, a secret, a key, an arrow. */
import type { TraceRecord } from '../../trace/index.ts';

type Note = Extract<TraceRecord, { kind: 'note' }>;

/** A sentence and its sections for TLS 1.3 (RFC 8446) and TLS 1.2 (RFC 5246 and others). */
const MESSAGES: { readonly [name: string]: readonly [text: string, tls13: string, tls12: string] } =
  {
    ClientHello: [
      'The client says what it can do: versions, cipher suites, extensions, and for TLS 1.3 its half of the key agreement.',
      'RFC 8446 §4.1.2',
      'RFC 5246 §7.4.1.2',
    ],
    ServerHello: [
      'The server chooses among what was offered; in TLS 1.3 its half of the key agreement is in it, so that everything after it is encrypted. With one random value of its own it is a HelloRetryRequest, which asks for another ClientHello.',
      'RFC 8446 §4.1.3, §4.1.4',
      'RFC 5246 §7.4.1.3',
    ],
    EncryptedExtensions: [
      "The server's answers to extensions that the keys do not depend on.",
      'RFC 8446 §4.3.1',
      '',
    ],
    CertificateRequest: [
      'The server wants to know who the client is as well.',
      'RFC 8446 §4.3.2',
      'RFC 5246 §7.4.4',
    ],
    Certificate: [
      'Who the sender is: its certificate and those between it and a root.',
      'RFC 8446 §4.4.2',
      'RFC 5246 §7.4.2',
    ],
    CertificateVerify: [
      'A signature over the handshake so far proves that the sender has the key of its certificate.',
      'RFC 8446 §4.4.3',
      'RFC 5246 §7.4.8',
    ],
    ServerKeyExchange: ["The server's half of the key agreement, signed.", '', 'RFC 8422 §5.4'],
    ServerHelloDone: ["The server's flight is complete.", '', 'RFC 5246 §7.4.5'],
    ClientKeyExchange: ["The client's half of the key agreement.", '', 'RFC 8422 §5.7'],
    ChangeCipherSpec: [
      'In TLS 1.2 everything after it is under the new key. In TLS 1.3 it means nothing: it makes the connection look familiar to middleboxes.',
      'RFC 8446 §D.4',
      'RFC 5246 §7.1',
    ],
    Finished: [
      'A MAC over the whole handshake: whoever altered a message on the way is found out here.',
      'RFC 8446 §4.4.4',
      'RFC 5246 §7.4.9',
    ],
    EndOfEarlyData: [
      'No more early data: what follows is under the key of the handshake.',
      'RFC 8446 §4.5',
      '',
    ],
    NewSessionTicket: [
      'With this ticket the client can resume the session later, without certificates.',
      'RFC 8446 §4.6.1',
      'RFC 5077 §3.3',
    ],
    KeyUpdate: ['What the sender sends next is under a new key.', 'RFC 8446 §4.6.3', ''],
    HelloRequest: [
      'The server asks for a new handshake, which is not done.',
      '',
      'RFC 5246 §7.4.1.1',
    ],
  };

/** What a secret of a key log file is for. */
const SECRETS: { readonly [label: string]: string } = {
  CLIENT_RANDOM:
    'The master secret of TLS 1.2, found by the random value of the ClientHello: all keys of both sides come from it.',
  CLIENT_EARLY_TRAFFIC_SECRET: 'It protects early data, which only the client sends.',
  EARLY_EXPORTER_SECRET:
    'It protects nothing here: programs can derive keys of their own from it before the handshake is done.',
  CLIENT_HANDSHAKE_TRAFFIC_SECRET: "It protects the client's messages of the handshake.",
  SERVER_HANDSHAKE_TRAFFIC_SECRET:
    "It protects the server's messages of the handshake after the ServerHello.",
  CLIENT_TRAFFIC_SECRET_0:
    'It protects what the client sends after the handshake, until a KeyUpdate.',
  SERVER_TRAFFIC_SECRET_0:
    'It protects what the server sends after the handshake, until a KeyUpdate.',
  EXPORTER_SECRET: 'It protects nothing here: programs can derive keys of their own from it.',
};

/** Sentences about a note of TLS; none for other records. */
export function aboutTls(records: readonly TraceRecord[], record: TraceRecord): readonly string[] {
  if (record.kind !== 'note' || record.layer !== 'tls') return [];
  const all = records.filter((other) => isOfSameEnd(other, record));
  switch (record.name) {
    case 'message':
      return aboutMessage(all, record);
    case 'key log': {
      const label = textOf(record, 'line').split(' ')[0]!;
      const where = label === 'CLIENT_RANDOM' ? 'RFC 5246 §8.1' : 'RFC 8446 §7.1';
      return [`${SECRETS[label] ?? 'A secret.'} (${where})`];
    }
    case 'key installed':
      return [
        `Records ${textOf(record, 'direction') === 'sending' ? 'that it sends' : 'that it receives'} from now on are under this key, numbered from 0 again. (RFC 8446 §5.3, RFC 5246 §6.1)`,
      ];
    case 'state':
      return [
        `${textOf(record, 'machine')}: the arrow “${textOf(record, 'arrow')}”. (${textOf(record, 'machine').includes('1.2') ? 'RFC 5246 §7.3' : 'RFC 8446 appendix A'})`,
      ];
    default:
      return [];
  }
}

/** The machine's state and the keys of both directions just before a note of TLS. */
export function tlsBefore(records: readonly TraceRecord[], record: TraceRecord): readonly string[] {
  if (record.kind !== 'note' || record.layer !== 'tls') return [];
  const before = records.filter(
    (other): other is Note => other.id < record.id && isOfSameEnd(other, record),
  );
  const state = [...before].reverse().find(({ name }) => name === 'state');
  return [
    ...(state === undefined ? [] : [`${textOf(state, 'machine')}: ${textOf(state, 'after')}`]),
    `sends ${protection(before, 'sending')}`,
    `receives ${protection(before, 'receiving')}`,
  ];
}

function aboutMessage(all: readonly TraceRecord[], record: Note): readonly string[] {
  const known = MESSAGES[textOf(record, 'name')];
  if (known === undefined) return [];
  const [text, tls13, tls12] = known;
  const isTls12 = all.some(
    (other) => other.kind === 'note' && textOf(other, 'machine').startsWith('TLS 1.2'),
  );
  const where = isTls12 ? tls12 : tls13;
  const length = record.data?.['length'];
  const size = typeof length === 'number' ? [`It has ${length} octets.`] : [];
  return [`${text} (${where === '' ? tls12 || tls13 : where})`, ...size];
}

/** `under the key of: handshake`, or that there is no key yet. */
function protection(before: readonly Note[], direction: 'sending' | 'receiving'): string {
  const installed = before.filter(
    (note) => note.name === 'key installed' && textOf(note, 'direction') === direction,
  );
  const last = installed.at(-1);
  return last === undefined
    ? 'without protection: it has no key yet'
    : `under the key of: ${textOf(last, 'protects')} (since record ${last.id})`;
}

function isOfSameEnd(record: TraceRecord, subject: Note): boolean {
  return (
    record.kind === 'note' &&
    record.layer === 'tls' &&
    record.host === subject.host &&
    record.stream === subject.stream
  );
}

function textOf({ data }: Note, key: string): string {
  const value = data?.[key];
  return typeof value === 'string' ? value : '';
}
