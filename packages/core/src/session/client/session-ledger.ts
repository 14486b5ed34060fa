/** Who has which sessions: to tell a program that makes one per request, or forgets to close one. */
import type { ProgramHost } from '../../base/program-host.ts';
import { CLIENT_RULES } from './rules.ts';

/** A session that served so few requests might as well not have been one. */
const HARDLY_USED = 1;
/** From the second such session on it is a habit. */
const HABIT = 2;

export interface LedgerEntry {
  /** Counts the host's sessions from 1. */
  readonly number: number;
  requests: number;
}

interface Ledger {
  count: number;
  hardlyUsed: number;
  readonly open: Set<LedgerEntry>;
}

const ledgers = new WeakMap<ProgramHost, Ledger>();

/** A session begins. */
export function enterSession(host: ProgramHost): LedgerEntry {
  const ledger = ledgerOf(host);
  ledger.count += 1;
  const entry: LedgerEntry = { number: ledger.count, requests: 0 };
  ledger.open.add(entry);
  return entry;
}

/** A session ends; the second one that served a single request draws a warning. */
export function leaveSession(host: ProgramHost, entry: LedgerEntry): void {
  const ledger = ledgerOf(host);
  if (!ledger.open.delete(entry) || entry.requests !== HARDLY_USED) return;
  ledger.hardlyUsed += 1;
  if (ledger.hardlyUsed < HABIT) return;
  const why = `${ledger.hardlyUsed} sessions of ${host.name} served one request each`;
  host.note({
    layer: 'pool',
    kind: 'warning',
    text: `session ${entry.number} served a single request, as others did before: make one session and keep it, so that connections can be reused`,
    cause: { rule: CLIENT_RULES.oneSession, why },
  });
}

/**
 * Warns of every session that was not closed. Call it when the program has ended.
 * @returns how many there are
 */
export function warnOfUnclosedSessions(host: ProgramHost): number {
  const { open } = ledgerOf(host);
  for (const { number, requests } of open) {
    const why = `the program on ${host.name} has ended and session ${number} is open`;
    host.note({
      layer: 'pool',
      kind: 'warning',
      text: `session ${number} was not closed after ${requests} requests: its connections stay open until the server closes them`,
      cause: { rule: CLIENT_RULES.closeSession, why },
    });
  }
  return open.size;
}

function ledgerOf(host: ProgramHost): Ledger {
  let ledger = ledgers.get(host);
  if (ledger === undefined) {
    ledger = { count: 0, hardlyUsed: 0, open: new Set() };
    ledgers.set(host, ledger);
  }
  return ledger;
}
