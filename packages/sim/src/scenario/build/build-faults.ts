/** The faults of a scenario: packet by packet, before anything happens by chance. */
import {
  ACK,
  bytesPayload,
  EMPTY_BYTES,
  EMPTY_PAYLOAD,
  flagsOfLetters,
  NEVER,
  NO_OPTIONS,
  patternPayload,
  us,
  utf8Bytes,
  type Ipv4Packet,
} from '@tcplab/core';
import { FaultRule, type LinkDirection, type Verdict } from '../../network/index.ts';
import type { Simulation } from '../../simulation.ts';
import type { Fault, InjectedSegment } from '../schema/index.ts';
import { matchPredicate } from './packet-predicate.ts';

/** A fault in a run: it can tell whether it ever did anything. */
export interface BuiltFault {
  readonly name: string;
  readonly hits: number;
}

type PacketFault = Exclude<Fault, { kind: 'inject' }>;

/** Puts all faults on the links. A fault counts its packets over all links together. */
export function buildFaults(
  simulation: Simulation,
  faults: readonly Fault[],
): readonly BuiltFault[] {
  const built: BuiltFault[] = [];
  let rules = 0;
  for (const [index, fault] of faults.entries()) {
    const name = fault.name ?? `${fault.kind} #${index + 1}`;
    if (fault.kind === 'inject') {
      scheduleInjection(simulation, fault.segment, name);
      continue;
    }
    const rule = ruleOf(fault, name);
    for (const direction of simulation.directions) direction.impairments.splice(rules, 0, rule);
    rules += 1;
    built.push(rule);
    if (fault.kind === 'hold' && fault.until !== undefined) {
      scheduleRelease(simulation, fault.as, fault.until);
    }
  }
  return built;
}

function ruleOf(fault: PacketFault, name: string): FaultRule {
  const { nth, every, first, after, before } = fault.match;
  return new FaultRule({
    name,
    match: matchPredicate(fault.match),
    verdict: verdictOf(fault),
    select: {
      ...(nth === undefined ? {} : { nth }),
      ...(every === undefined ? {} : { every }),
      ...(first === undefined ? {} : { first }),
    },
    window: { from: us(after ?? 0), to: before === undefined ? NEVER : us(before) },
  });
}

function verdictOf(fault: PacketFault): Verdict {
  switch (fault.kind) {
    case 'drop':
      return { kind: 'drop', why: 'The scenario drops it.' };
    case 'delay':
      return { kind: 'delay', by: us(fault.by), why: 'The scenario delays it.' };
    case 'duplicate': {
      const { copies, by } = fault;
      return { kind: 'duplicate', copies, by: us(by), why: 'The scenario duplicates it.' };
    }
    case 'corrupt':
      return { kind: 'corrupt', bits: fault.bits, why: 'The scenario damages it.' };
    case 'hold':
      return { kind: 'hold', name: fault.as, why: `The scenario holds it as ${fault.as}.` };
  }
}

/** Lets go of what a hold fault keeps, on whichever link. */
export function release(simulation: Simulation, hold: string): void {
  for (const link of simulation.links) link.release(hold, simulation.now);
}

function scheduleRelease(simulation: Simulation, hold: string, at: number): void {
  simulation.at(us(at), () => release(simulation, hold), {
    target: 'network',
    action: `release ${hold}`,
    why: `The scenario releases what it held as ${hold}.`,
  });
}

function scheduleInjection(simulation: Simulation, segment: InjectedSegment, name: string): void {
  const { at, from, to } = segment;
  simulation.at(us(at), () => {
    const direction = directionBetween(simulation, from, to);
    const why = `${name}: the scenario forges a segment from ${from}.`;
    const [source, target] = [simulation.station(from).address, simulation.station(to).address];
    simulation.inject(direction, forge(segment, source, target), why);
  });
}

/** The direction of the link from one host to another. */
export function directionBetween(simulation: Simulation, from: string, to: string): LinkDirection {
  const link = simulation.linkBetween(from, to);
  return link.forward.from.name === from ? link.forward : link.backward;
}

function forge(segment: InjectedSegment, from: number, to: number): Ipv4Packet {
  const flags = flagsOfLetters(segment.flags) ?? 0;
  return {
    src: from,
    dst: to,
    ttl: 64,
    identification: 0,
    dscp: 0,
    ecn: 0,
    dontFragment: true,
    moreFragments: false,
    fragmentOffset: 0,
    options: EMPTY_BYTES,
    body: {
      kind: 'tcp',
      srcPort: segment.srcPort,
      dstPort: segment.dstPort,
      seq: segment.seq,
      ack: segment.ack ?? 0,
      flags: segment.ack === undefined ? flags : flags | ACK,
      wnd: segment.wnd ?? 65_535,
      up: 0,
      options: NO_OPTIONS,
      payload: payloadOf(segment),
    },
  };
}

function payloadOf(segment: InjectedSegment) {
  if (segment.text !== undefined) return bytesPayload(utf8Bytes(segment.text));
  return segment.size === undefined ? EMPTY_PAYLOAD : patternPayload(0, segment.size);
}
