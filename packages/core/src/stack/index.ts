/**
 * stack: the Internet layer of one host. Takes IPv4 packets in and out, finds the connection, listener
 * or socket a packet belongs to (RFC 9293 §3.10.7, RFC 1122 §3.2.1.3), chooses ports and initial sequence
 * numbers, answers what nobody waits for, and keeps the connection table.
 *
 * Start reading at `host-stack.ts`, then `tcp-layer.ts`. Deliberately absent: forwarding (a host is not a router), IPv6,
 * Ethernet and ARP: links carry datagrams.
 */
export * from './connection-table.ts';
export * from './host-stack.ts';
export * from './rules.ts';
export type { OpenOptions, PassiveOptions, StackEvent } from './tcp-layer.ts';
