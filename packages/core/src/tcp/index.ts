/**
 * tcp: the Transmission Control Protocol, RFC 9293, with RFC 5681 and RFC 6582 (congestion control and
 * NewReno), RFC 6298 (retransmission timer), RFC 3042, RFC 5961, RFC 1337 and RFC 6528.
 *
 * Start reading at `machine.ts` (the states), then `tcb.ts` (the variables), then
 * `segment-arrives/otherwise.ts` and one of its steps, then `connection.ts` (the outside).
 * Deliberately absent: ports and addresses (that is `stack`), the octets (that is `wire`), security
 * compartments, and so far SACK, timestamps, window scaling, ECN and Fast Open.
 */
export type { CongestionController } from './congestion/controller.ts';
export { phaseMachine, type CongestionPhase, type PhaseArrow } from './congestion/phase.machine.ts';
export * from './config.ts';
export * from './connection.ts';
export * from './events.ts';
export type { IcmpError } from './icmp.ts';
export * from './invariants.ts';
export * from './iss.ts';
export * from './journal.ts';
export * from './listener.ts';
export { tcpMachine, type TcpActions, type TcpArrow } from './machine.ts';
export { because, TCP_RULES, tcpRule, type TcpRuleId } from './rules.ts';
export { respondClosed } from './segment-arrives/closed.ts';
export { isSynchronized, type Tcb } from './tcb.ts';
export { TIMERS, type TimerRow } from './timers.ts';
export type { CloseOptions } from './user-calls/close.ts';
export type { SendOptions } from './user-calls/send.ts';
export type { TcpStatus } from './user-calls/status.ts';
