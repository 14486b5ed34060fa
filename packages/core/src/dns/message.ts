/** A DNS message as meaning, RFC 1035 §4. */

/** Record types by name. A type without a name is `TYPE` and its number (RFC 3597 §5). */
export const RECORD_TYPES = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  OPT: 41,
  AXFR: 252,
  ANY: 255,
} as const;

export type NamedType = keyof typeof RECORD_TYPES;

/** The internet, RFC 1035 §3.2.4. */
export const CLASS_IN = 1;
/** Any class, as a question only. */
export const CLASS_ANY = 255;

export const RCODES = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  BADVERS: 16,
} as const;

/** The contents of a record. Names are text without a final dot; the root is the empty text. */
export type DnsData =
  /** Dotted address. */
  | { readonly type: 'A'; readonly address: string }
  /** RFC 3596, as RFC 5952 writes it. */
  | { readonly type: 'AAAA'; readonly address: string }
  | { readonly type: 'CNAME' | 'NS' | 'PTR'; readonly name: string }
  | { readonly type: 'MX'; readonly preference: number; readonly exchange: string }
  /** Each text has at most 255 octets, one character an octet. */
  | { readonly type: 'TXT'; readonly texts: readonly string[] }
  | ({ readonly type: 'SOA' } & SoaData)
  | { readonly type: 'unknown'; readonly number: number; readonly bytes: Uint8Array };

export interface SoaData {
  /** The zone's first server. */
  readonly primary: string;
  /** The mailbox of whoever is responsible, its @ written as a dot. */
  readonly mailbox: string;
  readonly serial: number;
  /** In seconds, like the next three. */
  readonly refresh: number;
  readonly retry: number;
  readonly expire: number;
  /** RFC 2308 §4: how long a negative answer may be kept. */
  readonly minimum: number;
}

export interface DnsRecord {
  readonly name: string;
  readonly class: number;
  /** In seconds, 0 … 2^31−1. */
  readonly ttl: number;
  readonly data: DnsData;
}

export interface DnsQuestion {
  readonly name: string;
  /** A number: any of RECORD_TYPES or another. */
  readonly type: number;
  readonly class: number;
}

/** The OPT pseudo-record, RFC 6891 §6.1. */
export interface Edns {
  /** The largest UDP payload its sender can take. */
  readonly udpSize: number;
  readonly version: number;
  readonly dnssecOk: boolean;
  readonly options: readonly { readonly code: number; readonly data: Uint8Array }[];
}

export interface DnsMessage {
  readonly id: number;
  readonly isResponse: boolean;
  /** 0 is a standard query. */
  readonly opcode: number;
  readonly authoritative: boolean;
  readonly truncated: boolean;
  readonly recursionDesired: boolean;
  readonly recursionAvailable: boolean;
  /** Twelve bits with EDNS, four without. */
  readonly rcode: number;
  readonly questions: readonly DnsQuestion[];
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  /** Without the OPT record, which is `edns`. */
  readonly additionals: readonly DnsRecord[];
  readonly edns?: Edns | undefined;
}

/** A query or response with nothing in it; the rest is spread over it. */
export const EMPTY_MESSAGE: DnsMessage = {
  id: 0,
  isResponse: false,
  opcode: 0,
  authoritative: false,
  truncated: false,
  recursionDesired: false,
  recursionAvailable: false,
  rcode: 0,
  questions: [],
  answers: [],
  authorities: [],
  additionals: [],
};

/** The number of a type as people write it: `AAAA`, `TYPE65`; undefined for no type. */
export function typeNumber(text: string): number | undefined {
  const upper = text.toUpperCase();
  if (Object.hasOwn(RECORD_TYPES, upper)) return RECORD_TYPES[upper as NamedType];
  const match = /^TYPE(\d{1,5})$/.exec(upper);
  const number = Number(match?.[1] ?? Number.NaN);
  return number <= 0xffff ? number : undefined;
}

/** The name of a type: `A`, `TYPE65`. */
export function typeName(number: number): string {
  for (const [name, value] of Object.entries(RECORD_TYPES)) if (value === number) return name;
  return `TYPE${number}`;
}

/** The type of a record's data as a number. */
export function typeOf(data: DnsData): number {
  return data.type === 'unknown' ? data.number : RECORD_TYPES[data.type];
}

/** The name of a response code: `NXDOMAIN`, `RCODE11`. */
export function rcodeName(rcode: number): string {
  for (const [name, value] of Object.entries(RCODES)) if (value === rcode) return name;
  return `RCODE${rcode}`;
}
