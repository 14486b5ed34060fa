import { dottedAddress } from '@tcplab/core';
import type { PacketView } from '../../network/index.ts';
import { describePacket } from '../../trace/index.ts';
import { meets, type Condition } from '../expression/index.ts';
import type { Match } from '../schema/index.ts';

/** The condition as a predicate on packets that enter a link: it sees what a `send` record would show. */
export function packetPredicate(condition: Condition, link: string): (view: PacketView) => boolean {
  return (view) => {
    const { id, packet, size } = view;
    const hosts = new Map([
      [dottedAddress(packet.src), view.from],
      [dottedAddress(packet.dst), view.to],
    ]);
    const described = describePacket({ id, packet, size, bytes: undefined }, false);
    const record = {
      id: 0,
      timeUs: 0,
      kind: 'send',
      host: view.from,
      link,
      packet: described,
      why: '',
    };
    return meets(condition, record as Parameters<typeof meets>[1], hosts);
  };
}

/** The structured form of a fault's match as a predicate. */
export function matchPredicate(match: Match): (view: PacketView) => boolean {
  const tests: ((view: PacketView) => boolean)[] = [];
  const { from, to, proto, flags, has, port, data, resent } = match;
  if (from !== undefined) tests.push((view) => view.from === from);
  if (to !== undefined) tests.push((view) => view.to === to);
  if (proto !== undefined) tests.push((view) => view.packet.body.kind === proto);
  if (flags !== undefined) tests.push((view) => view.tcp?.flags === flags);
  if (has !== undefined) {
    tests.push((view) => [...has].every((letter) => view.tcp?.flags.includes(letter) === true));
  }
  if (port !== undefined) tests.push((view) => portsOf(view).includes(port));
  if (data !== undefined) tests.push((view) => payloadLength(view) > 0 === data);
  if (resent !== undefined) tests.push((view) => (view.tcp?.resent ?? false) === resent);
  if (match.match !== undefined) tests.push(packetPredicate(match.match.parsed, ''));
  return (view) => tests.every((test) => test(view));
}

function portsOf(view: PacketView): readonly number[] {
  const { body } = view.packet;
  return body.kind === 'tcp' || body.kind === 'udp' ? [body.srcPort, body.dstPort] : [];
}

function payloadLength(view: PacketView): number {
  const { body } = view.packet;
  return body.kind === 'tcp' || body.kind === 'udp' ? body.payload.length : 0;
}
