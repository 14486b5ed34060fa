/** What an authoritative server answers: the algorithm of RFC 1034 §4.3.2 without its recursive part. */
import { readU16 } from '../base/bytes.ts';
import type { Cause } from '../base/cause.ts';
import { decodeMessage, DNS_HEADER_SIZE } from './decode-message.ts';
import { encodeMessage, MAX_DNS_MESSAGE, PLAIN_UDP_SIZE } from './encode-message.ts';
import {
  CLASS_ANY,
  CLASS_IN,
  EMPTY_MESSAGE,
  RCODES,
  RECORD_TYPES,
  type DnsMessage,
  type DnsQuestion,
  type DnsRecord,
} from './message.ts';
import { canonicalName } from './name.ts';
import { DNS_RULES } from './rules.ts';
import { named, ofType, type Zone } from './zone.ts';

/** The largest UDP answer sent, whatever the query allows: it fits every path without fragments. */
export const SERVER_UDP_SIZE = 1_232;
/** Aliases followed for one query. */
export const MAX_ALIASES = 16;

/** What became of the octets of a query. */
export interface QueryVerdict {
  /** Undefined: say nothing. */
  readonly reply: Uint8Array | undefined;
  readonly query?: DnsMessage;
  readonly response?: DnsMessage;
  /** Whether the reply was cut to fit and says so. */
  readonly truncated: boolean;
  readonly cause: Cause;
}

/** Answers the octets of a query that came over `transport`. Never throws, whatever they are. */
export function answerQuery(
  zones: readonly Zone[],
  octets: Uint8Array,
  transport: 'udp' | 'tcp',
): QueryVerdict {
  if (octets.length < DNS_HEADER_SIZE || (octets[2]! & 0x80) !== 0) {
    const why = 'it is no query';
    return { reply: undefined, truncated: false, cause: cause('noAnswerToAnswers', why) };
  }
  const decoded = decodeMessage(octets);
  if (!decoded.ok) {
    const { at, expected } = decoded.problem;
    const response = {
      ...EMPTY_MESSAGE,
      id: readU16(octets, 0),
      isResponse: true,
      opcode: (octets[2]! >> 3) & 15,
      rcode: RCODES.FORMERR,
    };
    const why = `octet ${at}: expected ${expected} (${decoded.problem.rule.id})`;
    const reply = encodeMessage(response);
    return { reply, response, truncated: false, cause: cause('formatError', why) };
  }
  const query = decoded.message;
  const { message, cause: why } = respond(zones, query);
  const response: DnsMessage = {
    ...message,
    id: query.id,
    isResponse: true,
    opcode: query.opcode,
    // RFC 1035 §4.1.1: RD is copied; recursion is not available here.
    recursionDesired: query.recursionDesired,
    // Of several questions none is repeated: they might not even fit.
    questions: query.questions.length === 1 ? query.questions : [],
    edns: query.edns && { udpSize: SERVER_UDP_SIZE, version: 0, dnssecOk: false, options: [] },
  };
  const reply = encodeMessage(response, sizeLimit(query, transport));
  return { reply, query, response, truncated: (reply[2]! & 0x02) !== 0, cause: why };
}

interface Answer {
  readonly message: DnsMessage;
  readonly cause: Cause;
}

function respond(zones: readonly Zone[], query: DnsMessage): Answer {
  if ((query.edns?.version ?? 0) > 0) {
    const why = `version ${query.edns?.version} was asked`;
    return failure(RCODES.BADVERS, cause('badVersion', why));
  }
  if (query.opcode !== 0) {
    return failure(RCODES.NOTIMP, cause('notImplemented', `opcode ${query.opcode}`));
  }
  const question = query.questions[0];
  if (question === undefined || query.questions.length > 1) {
    const why = `there are ${query.questions.length} questions`;
    return failure(RCODES.FORMERR, cause('formatError', why));
  }
  const rightClass = question.class === CLASS_IN || question.class === CLASS_ANY;
  if (!rightClass || zoneOf(zones, question.name) === undefined) {
    return failure(RCODES.REFUSED, cause('refused', `${question.name || '.'} is not ours`));
  }
  if (question.type === RECORD_TYPES.AXFR) {
    return failure(RCODES.REFUSED, cause('refused', 'zones are not transferred'));
  }
  return search(zones, question);
}

/** Steps 2 and 3 of RFC 1034 §4.3.2, again at the target of each alias. */
function search(zones: readonly Zone[], question: DnsQuestion): Answer {
  const answers: DnsRecord[] = [];
  const seen = new Set<string>();
  let name = question.name;
  for (;;) {
    const canonical = canonicalName(name);
    const zone = zoneOf(zones, canonical);
    // The chain leaves our zones, goes in a circle or on for too long: whoever asked goes on alone.
    if (zone === undefined || seen.has(canonical) || seen.size === MAX_ALIASES) {
      return ended(answers, 'alias', `the chain of aliases leads to ${name}`);
    }
    seen.add(canonical);
    const found = zone.find(canonical);
    if (found.kind === 'referral') return referral(zone, answers, found.records);
    if (found.kind === 'nothing') {
      return negative(zone, answers, RCODES.NXDOMAIN, `${name} does not exist`);
    }
    // The name is answered in the case in which it was asked.
    const records = named(found.records, name);
    const alias = ofType(records, RECORD_TYPES.CNAME)[0];
    const wantsAlias = question.type === RECORD_TYPES.CNAME || question.type === RECORD_TYPES.ANY;
    if (alias?.data.type === 'CNAME' && !wantsAlias) {
      answers.push(alias);
      name = alias.data.name;
      continue;
    }
    const matching = question.type === RECORD_TYPES.ANY ? records : ofType(records, question.type);
    if (matching.length === 0) {
      return negative(zone, answers, RCODES.NOERROR, `${name} has no records of this type`);
    }
    answers.push(...matching);
    const why = found.wildcard ? `made from a wildcard for ${name}` : `records of ${name}`;
    const answer = ended(answers, found.wildcard ? 'wildcard' : 'answer', why);
    return { ...answer, message: { ...answer.message, additionals: addressesFor(zone, matching) } };
  }
}

function referral(zone: Zone, answers: DnsRecord[], servers: readonly DnsRecord[]): Answer {
  const why = `${servers[0]?.name ?? ''} is delegated`;
  const additionals = addressesFor(zone, servers);
  // RFC 1034 §4.3.2: AA stands for the first name of the answer; a bare referral has none.
  const message = {
    ...EMPTY_MESSAGE,
    authoritative: answers.length > 0,
    answers,
    authorities: servers,
    additionals,
  };
  return { message, cause: cause('referral', why) };
}

function negative(zone: Zone, answers: DnsRecord[], rcode: number, why: string): Answer {
  const { soa } = zone;
  // DNS-20: the TTL of this SOA is how long the answer may be kept.
  const authorities = [{ ...soa, ttl: Math.min(soa.ttl, soa.data.minimum) }];
  const message = { ...EMPTY_MESSAGE, authoritative: true, rcode, answers, authorities };
  return { message, cause: cause(rcode === RCODES.NOERROR ? 'noData' : 'nameError', why) };
}

function ended(answers: DnsRecord[], rule: keyof typeof DNS_RULES, why: string): Answer {
  return { message: { ...EMPTY_MESSAGE, authoritative: true, answers }, cause: cause(rule, why) };
}

function failure(rcode: number, why: Cause): Answer {
  return { message: { ...EMPTY_MESSAGE, rcode }, cause: why };
}

/** RFC 1035 §3.3.9, §3.3.11: the addresses of name servers and mail exchanges are sent along. */
function addressesFor(zone: Zone, records: readonly DnsRecord[]): DnsRecord[] {
  return records.flatMap(({ data }) => {
    if (data.type === 'NS') return zone.addressesOf(data.name);
    return data.type === 'MX' ? zone.addressesOf(data.exchange) : [];
  });
}

/** Step 2: the zone that is the nearest ancestor of the name. */
function zoneOf(zones: readonly Zone[], name: string): Zone | undefined {
  const canonical = canonicalName(name);
  let best: Zone | undefined;
  for (const zone of zones) {
    const nearer = best === undefined || zone.origin.length > best.origin.length;
    if (nearer && zone.covers(canonical)) best = zone;
  }
  return best;
}

function sizeLimit(query: DnsMessage, transport: 'udp' | 'tcp'): number {
  if (transport === 'tcp') return MAX_DNS_MESSAGE;
  // RFC 6891 §6.2.3: values below 512 count as 512.
  const offered = Math.max(query.edns?.udpSize ?? 0, PLAIN_UDP_SIZE);
  return Math.min(offered, SERVER_UDP_SIZE);
}

function cause(rule: keyof typeof DNS_RULES, why: string): Cause {
  return { rule: DNS_RULES[rule], why };
}
