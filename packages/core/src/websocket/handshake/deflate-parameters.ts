/** permessage-deflate, RFC 7692 §7.1: offers, answers and what they mean for each direction. */
import { MAX_WINDOW_BITS } from '../deflate/alphabet.ts';
import type { Extension, ExtensionParameter } from './extensions.ts';

export const DEFLATE_NAME = 'permessage-deflate';

/** How one side compresses what it sends. */
export interface DeflateDirection {
  /** Whether messages may refer to earlier ones. */
  readonly contextTakeover: boolean;
  /** How far back matches may lie: 2^8 … 2^15 octets. */
  readonly windowBits: number;
}

export interface DeflateAgreement {
  readonly server: DeflateDirection;
  readonly client: DeflateDirection;
}

/** What a server wants of it. */
export interface DeflatePreference {
  /** Neither side refers to earlier messages: less memory, less compression. @default false */
  readonly noContextTakeover?: boolean;
}

/** RFC 7692 §7.1: what the client offers; it can limit its own window if the server asks. */
export function offerDeflate(preference: DeflatePreference): Extension {
  const parameters: ExtensionParameter[] = [];
  if (preference.noContextTakeover === true) {
    parameters.push(flag('client_no_context_takeover'), flag('server_no_context_takeover'));
  }
  parameters.push(flag('client_max_window_bits'));
  return { name: DEFLATE_NAME, parameters };
}

export interface DeflateAnswer {
  readonly agreement: DeflateAgreement;
  readonly extension: Extension;
}

/** The server's answer to one offer; undefined declines it (RFC 7692 §7.1: wrong parameters). */
export function answerDeflate(
  offer: Extension,
  preference: DeflatePreference,
): DeflateAnswer | undefined {
  const asked = readParameters(offer, 'offer');
  if (asked === undefined) return undefined;
  const none = preference.noContextTakeover === true;
  const serverTakeover = !none && !asked.serverNoTakeover;
  const clientTakeover = !none && !asked.clientNoTakeover;
  const serverBits = asked.serverBits ?? MAX_WINDOW_BITS;
  const parameters: ExtensionParameter[] = [];
  if (!serverTakeover) parameters.push(flag('server_no_context_takeover'));
  if (!clientTakeover) parameters.push(flag('client_no_context_takeover'));
  if (asked.serverBits !== undefined) {
    parameters.push({ name: 'server_max_window_bits', value: String(serverBits) });
  }
  // The client's window is never limited: every window fits into ours.
  return {
    agreement: {
      server: { contextTakeover: serverTakeover, windowBits: serverBits },
      client: { contextTakeover: clientTakeover, windowBits: MAX_WINDOW_BITS },
    },
    extension: { name: DEFLATE_NAME, parameters },
  };
}

/** What the server's answer means for a client that sent `offerDeflate`; undefined: it is wrong. */
export function agreeDeflate(
  answer: Extension,
  preference: DeflatePreference,
): DeflateAgreement | undefined {
  const said = readParameters(answer, 'answer');
  if (said === undefined) return undefined;
  // RFC 7692 §7.1.1.1: who accepts an offer with this parameter must repeat it.
  if (preference.noContextTakeover === true && !said.serverNoTakeover) return undefined;
  const clientNoTakeover = said.clientNoTakeover || preference.noContextTakeover === true;
  return {
    server: {
      contextTakeover: !said.serverNoTakeover,
      windowBits: said.serverBits ?? MAX_WINDOW_BITS,
    },
    client: { contextTakeover: !clientNoTakeover, windowBits: said.clientBits ?? MAX_WINDOW_BITS },
  };
}

interface Parameters {
  readonly serverNoTakeover: boolean;
  readonly clientNoTakeover: boolean;
  readonly serverBits: number | undefined;
  readonly clientBits: number | undefined;
}

/** RFC 7692 §7.1: unknown, repeated and ill-formed parameters make the whole element wrong. */
function readParameters(
  { parameters }: Extension,
  from: 'offer' | 'answer',
): Parameters | undefined {
  const seen = new Map<string, string | undefined>();
  for (const { name, value } of parameters) {
    if (seen.has(name)) return undefined;
    seen.set(name, value);
    if (!isRight(name, value, from)) return undefined;
  }
  const bits = (name: string): number | undefined => {
    const value = seen.get(name);
    return value === undefined ? undefined : Number(value);
  };
  return {
    serverNoTakeover: seen.has('server_no_context_takeover'),
    clientNoTakeover: seen.has('client_no_context_takeover'),
    serverBits: bits('server_max_window_bits'),
    clientBits: bits('client_max_window_bits'),
  };
}

function isRight(name: string, value: string | undefined, from: 'offer' | 'answer'): boolean {
  switch (name) {
    case 'server_no_context_takeover':
    case 'client_no_context_takeover':
      return value === undefined;
    case 'server_max_window_bits':
      return isWindowBits(value);
    case 'client_max_window_bits':
      // §7.1.2.2: in an offer it may stand without a value, "I can limit my window".
      return (value === undefined && from === 'offer') || isWindowBits(value);
    default:
      return false;
  }
}

/** RFC 7692 §7.1.2: 8 … 15 without leading zeros. */
function isWindowBits(value: string | undefined): boolean {
  return value !== undefined && /^([89]|1[0-5])$/.test(value);
}

function flag(name: string): ExtensionParameter {
  return { name, value: undefined };
}
