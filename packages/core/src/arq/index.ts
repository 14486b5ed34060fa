/**
 * arq: reliable data transfer over datagrams, as textbooks teach it before TCP: stop-and-wait,
 * go-back-N and selective repeat (RFC 3366 §1.4).
 *
 * Start reading at `stop-and-wait.machine.ts`, then the other two machines; `sender.ts` and
 * `receiver.ts` are the two ends, sans-IO over whole datagrams; `reliably.ts` has the processes that
 * run them over a UDP socket.
 * Deliberately absent: connection set-up (a receiver takes the first transfer that speaks to it),
 * measured round-trip times, and congestion control. Each of them is a reason for TCP.
 */
export * from './frame.ts';
export * from './go-back-n.machine.ts';
export * from './receiver.ts';
export * from './reliably.ts';
export * from './rules.ts';
export * from './selective-repeat.machine.ts';
export * from './sender.ts';
export * from './sequence-space.ts';
export * from './stop-and-wait.machine.ts';
