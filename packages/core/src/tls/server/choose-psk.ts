/** Resumption (RFC 8446 §4.2.11): a ticket of ours that fits, its binder, and whether early data may come. */
import { equalBytes } from '../../base/bytes.ts';
import type { Micros } from '../../base/time.ts';
import type { Channel } from '../endpoint/channel.ts';
import { KeySchedule } from '../keys/key-schedule.ts';
import type { Transcript } from '../keys/transcript.ts';
import { MAX_PSK_IDENTITIES } from '../limits.ts';
import { withoutBinders, type PskIdentity } from '../messages/client-hello-extensions.ts';
import type { ClientHello } from '../messages/client-hello.ts';
import { CIPHER_SUITES, NULL_SUITE, type CipherSuite } from '../parameters/cipher-suite.ts';
import { TLS13 } from '../parameters/version.ts';
import { refuse, type Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';
import type { ServerSettings } from './server-settings.ts';
import type { TicketContents } from './ticket-keys.ts';

const PSK_DHE_KE = 1;

export interface ChosenPsk {
  readonly index: number;
  readonly ticket: TicketContents;
  readonly identity: PskIdentity;
  readonly binder: Uint8Array;
  readonly early: KeySchedule;
}

export interface PskQuestion {
  readonly settings: ServerSettings;
  readonly hello: ClientHello;
  readonly suite: CipherSuite;
  /** Before the ClientHello in question. */
  readonly transcript: Transcript;
}

/** The first PSK that can be used; undefined for a full handshake. */
export function choosePsk(
  channel: Channel,
  question: PskQuestion,
): ChosenPsk | Refusal | undefined {
  const { settings, hello, suite, transcript } = question;
  const offer = hello.psk;
  if (offer === undefined || settings.tickets === undefined) return undefined;
  if (hello.pskModes?.includes(PSK_DHE_KE) !== true) return undefined;
  for (let index = 0; index < Math.min(offer.identities.length, MAX_PSK_IDENTITIES); index += 1) {
    const identity = offer.identities[index]!;
    const ticket = settings.tickets.open(identity.identity);
    if (ticket === undefined || !isUsable(ticket, question, channel.now)) continue;
    const early = KeySchedule.early(settings.crypto, suite.hash, ticket.secret);
    const covered = withoutBinders(hello.message, offer);
    const expected = early.binder(transcript.digestWith(suite.hash, covered));
    const binder = offer.binders[index]!;
    if (equalBytes(binder, expected)) return { index, ticket, identity, binder, early };
    const why = `the binder of PSK ${index} does not fit the ClientHello`;
    return refuse('decrypt_error', RULES.binder, why);
  }
  return undefined;
}

function isUsable(
  ticket: TicketContents,
  { hello, suite, settings }: PskQuestion,
  now: Micros,
): boolean {
  const issuedSuite = [...CIPHER_SUITES, NULL_SUITE].find(({ code }) => code === ticket.suite);
  const ageSeconds = Math.floor((now - ticket.issuedAt) / 1_000_000);
  // A server that demands a certificate does not resume a session without one.
  const isAuthenticated =
    settings.clientAuthentication !== 'require' || ticket.peerChain.length > 0;
  return (
    ticket.version === TLS13 &&
    issuedSuite?.hash === suite.hash &&
    ticket.serverName === hello.serverName &&
    ageSeconds >= 0 &&
    ageSeconds <= ticket.lifetimeSeconds &&
    isAuthenticated
  );
}
