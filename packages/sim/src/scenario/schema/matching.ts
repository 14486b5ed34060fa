/** Which packets a fault touches: the structured form, with room for an expression. */
import * as z from 'zod';
import { duration } from './quantities.ts';
import { condition, count, flags, hostReference, numbersFromOne, port } from './words.ts';

/** What a packet must be. All that are given must hold. */
const packetShape = {
  from: hostReference.optional().describe('The host that sends it.'),
  to: hostReference.optional().describe('The host it goes to.'),
  proto: z.enum(['tcp', 'udp', 'icmp']).optional(),
  flags: flags.optional().describe('Exactly these control bits, e.g. SA.'),
  has: flags.optional().describe('At least these control bits.'),
  port: port.optional().describe('Source or destination port.'),
  data: z.boolean().optional().describe('Whether it carries payload.'),
  resent: z.boolean().optional().describe('Whether TCP sends it again.'),
  match: condition.optional(),
};

/** Which of the matching packets are touched. */
const selectionShape = {
  nth: numbersFromOne.optional().describe('Only these of the matching packets, counted from 1.'),
  every: count(1).optional().describe('Every k-th of the matching packets.'),
  first: count(1).optional().describe('At most so many.'),
  after: duration.optional().describe('From this moment on.'),
  before: duration.optional().describe('Until this moment.'),
};

export const matchShape = { ...packetShape, ...selectionShape };

export type Match = z.output<z.ZodObject<typeof matchShape>>;
