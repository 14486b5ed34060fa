import { type Cause, type RandomStream, type Rule } from '../../base/index.ts';
import { WS_RULES } from '../rules.ts';
import { acceptKey, newKey } from './accept-key.ts';
import type { Agreement } from './agreement.ts';
import {
  agreeDeflate,
  DEFLATE_NAME,
  offerDeflate,
  type DeflateAgreement,
  type DeflatePreference,
} from './deflate-parameters.ts';
import { formatExtension, parseExtensions } from './extensions.ts';
import { hasToken, headerTokens, headerValues, type HeaderList } from './header-list.ts';

export interface ClientHandshakeOptions {
  /** Subprotocols, the preferred one first. */
  readonly protocols?: readonly string[];
  /** The page's origin, where a browser sends the request. */
  readonly origin?: string;
  /** Offer permessage-deflate. @default false */
  readonly deflate?: boolean | DeflatePreference;
}

/** A request that was sent and whose answer is awaited. */
export interface ClientHandshake {
  readonly key: string;
  readonly options: ClientHandshakeOptions;
  /** What the GET request carries besides Host. */
  readonly headers: HeaderList;
}

/** RFC 6455 §4.1: the client's part of the request. */
export function startHandshake(
  random: RandomStream,
  options: ClientHandshakeOptions = {},
): ClientHandshake {
  const key = newKey(random);
  const headers: [string, string][] = [
    ['Upgrade', 'websocket'],
    ['Connection', 'Upgrade'],
    ['Sec-WebSocket-Key', key],
    ['Sec-WebSocket-Version', '13'],
  ];
  if (options.origin !== undefined) headers.push(['Origin', options.origin]);
  const protocols = options.protocols ?? [];
  if (protocols.length > 0) headers.push(['Sec-WebSocket-Protocol', protocols.join(', ')]);
  const preference = deflatePreference(options);
  if (preference !== undefined) {
    headers.push(['Sec-WebSocket-Extensions', formatExtension(offerDeflate(preference))]);
  }
  return { key, options, headers };
}

/** RFC 6455 §4.1, the client's checks of the answer: what was agreed, or the rule that it breaks. */
export function checkResponse(
  handshake: ClientHandshake,
  status: number,
  headers: HeaderList,
): Agreement | Cause {
  if (status !== 101) return because(WS_RULES.status, `the server answered ${status}, not 101`);
  if (headerValues(headers, 'Upgrade').join().toLowerCase() !== 'websocket') {
    return because(WS_RULES.upgrade, 'the answer has no Upgrade: websocket');
  }
  if (!hasToken(headers, 'Connection', 'upgrade')) {
    return because(WS_RULES.upgrade, 'the answer has no Connection: Upgrade');
  }
  const accepts = headerValues(headers, 'Sec-WebSocket-Accept');
  if (accepts.length !== 1 || accepts[0] !== acceptKey(handshake.key)) {
    return because(WS_RULES.accept, 'Sec-WebSocket-Accept does not answer our key');
  }
  const deflate = checkExtensions(handshake, headers);
  if (deflate !== undefined && 'rule' in deflate) return deflate;
  const protocols = headerTokens(headers, 'Sec-WebSocket-Protocol');
  const [protocol] = protocols;
  const offered = handshake.options.protocols ?? [];
  if (protocols.length > 1 || (protocol !== undefined && !offered.includes(protocol))) {
    return because(WS_RULES.protocolAsked, `the server chose the subprotocol ${protocols.join()}`);
  }
  return { protocol, deflate };
}

function checkExtensions(
  handshake: ClientHandshake,
  headers: HeaderList,
): DeflateAgreement | Cause | undefined {
  const extensions = parseExtensions(headerValues(headers, 'Sec-WebSocket-Extensions'));
  if (extensions === undefined) {
    return because(WS_RULES.extensionSyntax, 'Sec-WebSocket-Extensions cannot be read');
  }
  const preference = deflatePreference(handshake.options);
  const [first, second] = extensions;
  if (first === undefined) return undefined;
  if (second !== undefined || first.name !== DEFLATE_NAME || preference === undefined) {
    const names = extensions.map((one) => one.name).join();
    return because(WS_RULES.extensionAsked, `the server uses ${names}`);
  }
  const agreement = agreeDeflate(first, preference);
  const why = `the server answered ${formatExtension(first)}`;
  return agreement ?? because(WS_RULES.deflateAnswer, why);
}

function deflatePreference(options: ClientHandshakeOptions): DeflatePreference | undefined {
  return options.deflate === true ? {} : options.deflate || undefined;
}

function because(rule: Rule, why: string): Cause {
  return { rule, why };
}
