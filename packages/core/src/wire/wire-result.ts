/** What a decoder gives back: the value, or the first thing that was wrong. It never throws. */
import type { Rule } from '../base/cause.ts';

export interface WireProblem {
  /** The header in which the problem stands. */
  readonly layer: 'ip' | 'tcp' | 'udp' | 'icmp';
  /** `checksum`: the octets changed on their way. `malformed`: they can mean nothing. */
  readonly kind: 'checksum' | 'malformed';
  /** Offset in the datagram of the octet that is wrong, from 0. */
  readonly at: number;
  /** For people: what had to stand there. */
  readonly expected: string;
  /** For people: what stands there. */
  readonly found: string;
  readonly rule: Rule;
}

export type WireResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: WireProblem };

/** The good answer. */
export function decoded<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

/** The bad answer. */
export function refused(problem: WireProblem): {
  readonly ok: false;
  readonly problem: WireProblem;
} {
  return { ok: false, problem };
}

/** A checksum that does not fit, said in the same words for every layer. */
export function wrongChecksum(
  layer: WireProblem['layer'],
  at: number,
  found: number,
  rule: Rule,
): { readonly ok: false; readonly problem: WireProblem } {
  const names = { ip: 'IPv4 header', tcp: 'TCP', udp: 'UDP', icmp: 'ICMP' };
  return refused({
    layer,
    kind: 'checksum',
    at,
    expected: `a ${names[layer]} checksum that fits the octets`,
    found: `0x${found.toString(16).padStart(4, '0')}`,
    rule,
  });
}

/** The problem in one sentence, e.g. for a discard in a trace. */
export function describeProblem(problem: WireProblem): string {
  return `${problem.layer}, octet ${problem.at}: expected ${problem.expected}, found ${problem.found}`;
}
