/** The `tcp` settings of a host: the names are those of TcpConfig, each with its range. */
import * as z from 'zod';
import { closed } from './closed.ts';
import { duration, size } from './quantities.ts';
import { count } from './words.ts';

const bytes = (min: number, max: number) =>
  size.refine((value) => value >= min && value <= max, `expected ${min} B … ${max} B`);

const positive = duration.refine((us) => us > 0, 'expected more than 0');

export const tcpSettings = closed({
  mss: bytes(1, 65_495).optional().describe('The MSS we advertise.'),
  sendMss: bytes(1, 65_495).optional().describe('The largest segment text our own link carries.'),
  assumedMss: bytes(1, 65_495).optional().describe('What we assume when the peer names no MSS.'),
  sendBuffer: bytes(1, 1_073_741_824)
    .optional()
    .describe('Bytes accepted and not yet acknowledged.'),
  receiveBuffer: bytes(1, 1_073_741_824)
    .optional()
    .describe('Bytes that may wait for the program.'),
  msl: positive.optional().describe('Maximum segment lifetime; TIME-WAIT lasts twice this.'),
  initialRto: positive.optional().describe('Retransmission timeout before the first sample.'),
  minRto: positive.optional().describe('Lower bound of the retransmission timeout.'),
  maxRto: positive.optional().describe('Upper bound of the retransmission timeout.'),
  clockGranularity: positive.optional().describe('G of RFC 6298.'),
  rtoAfterLostSyn: positive.optional().describe('RTO for data when the SYN itself timed out.'),
  r1: count(0, 100).optional().describe('Retransmissions before the program is told.'),
  r2: positive.optional().describe('Retransmitting for so long closes the connection.'),
  synR2: positive.optional().describe('The same for a SYN.'),
  userTimeout: positive.optional().describe('Data unacknowledged for so long aborts.'),
  delayedAck: duration.optional().describe('How long an ACK may wait; 0ms acknowledges at once.'),
  nagle: z.boolean().optional().describe('Hold back small segments while data is unacknowledged.'),
  overrideTimeout: positive
    .optional()
    .describe('How long silly window avoidance may hold data back.'),
  initialWindow: z.enum(['rfc5681', 'rfc6928']).optional().describe('Initial congestion window.'),
  limitedTransmit: z.boolean().optional().describe('RFC 3042.'),
  keepAlive: z.boolean().optional().describe('Whether idle connections are probed.'),
  keepAliveIdle: positive.optional().describe('Silence before the first probe.'),
  keepAliveInterval: positive.optional().describe('Time between unanswered probes.'),
  keepAliveProbes: count(2, 1_000)
    .optional()
    .describe('Unanswered probes that end the connection.'),
  blindAttackChecks: z.boolean().optional().describe('Follow RFC 5961.'),
  challengeAckLimit: count(1, 1_000_000).optional().describe('Challenge ACKs in one period.'),
  challengeAckPeriod: positive.optional().describe('The period of the challenge ACK limit.'),
  ignoreResetInTimeWait: z.boolean().optional().describe('RFC 1337, fix F1.'),
  reopenFromTimeWait: z.boolean().optional().describe('A new SYN may leave TIME-WAIT.'),
  finWait2Timeout: positive.optional().describe('Silence that ends FIN-WAIT-2.'),
  resetOnUnreadData: z.boolean().optional().describe('CLOSE with unread data sends a RST.'),
  hardErrors: z
    .enum(['abort', 'soft when synchronized'])
    .optional()
    .describe('What an ICMP hard error does.'),
}).meta({ description: "Settings of the host's TCP; what is absent keeps its default." });
