import type { Cause, Rule } from '../../base/index.ts';
import { MAX_HEADER_VALUE } from '../limits.ts';
import { WS_RULES } from '../rules.ts';
import { acceptKey, isKey } from './accept-key.ts';
import type { Agreement } from './agreement.ts';
import {
  answerDeflate,
  DEFLATE_NAME,
  type DeflateAnswer,
  type DeflatePreference,
} from './deflate-parameters.ts';
import { formatExtension, parseExtensions } from './extensions.ts';
import { hasToken, headerTokens, headerValues, type HeaderList } from './header-list.ts';

export interface ServerHandshakeOptions {
  /** Subprotocols the server speaks, the preferred one first. */
  readonly protocols?: readonly string[];
  /** Which pages may connect; a request without Origin comes from no browser. @default all */
  readonly allowOrigin?: (origin: string | undefined) => boolean;
  /** Use permessage-deflate where the client offers it. @default true */
  readonly deflate?: boolean | DeflatePreference;
}

/** What the checks need of a request, from whatever HTTP layer. */
export interface UpgradeRequest {
  readonly method: string;
  /** E.g. `1.1`. */
  readonly version: string;
  readonly headers: HeaderList;
}

/** The answer to give: 101 and what was agreed, or a refusal with its rule. */
export type ServerAnswer =
  | { readonly status: 101; readonly headers: HeaderList; readonly agreement: Agreement }
  | {
      readonly status: 400 | 403 | 405 | 426;
      readonly headers: HeaderList;
      readonly cause: Cause;
    };

const PROTOCOL_FIELDS: HeaderList = [
  ['Upgrade', 'websocket'],
  ['Connection', 'Upgrade'],
];

/** Whether a request asks for WebSocket at all. */
export function asksForWebSocket(headers: HeaderList): boolean {
  return hasToken(headers, 'Upgrade', 'websocket');
}

/** RFC 6455 §4.2.1 and §4.2.2: the server's checks of the request and its answer. */
export function answerHandshake(
  request: UpgradeRequest,
  options: ServerHandshakeOptions = {},
): ServerAnswer {
  const { headers } = request;
  const refusal = refuse(request, options);
  if (refusal !== undefined) return refusal;
  const key = headerValues(headers, 'Sec-WebSocket-Key')[0]!;
  const answer: (readonly [string, string])[] = [
    ...PROTOCOL_FIELDS,
    ['Sec-WebSocket-Accept', acceptKey(key)],
  ];
  const offered = headerTokens(headers, 'Sec-WebSocket-Protocol');
  const protocol = (options.protocols ?? []).find((one) => offered.includes(one));
  if (protocol !== undefined) answer.push(['Sec-WebSocket-Protocol', protocol]);
  const deflate = chooseDeflate(headers, options);
  if (deflate !== undefined) {
    answer.push(['Sec-WebSocket-Extensions', formatExtension(deflate.extension)]);
  }
  return { status: 101, headers: answer, agreement: { protocol, deflate: deflate?.agreement } };
}

function refuse(
  request: UpgradeRequest,
  options: ServerHandshakeOptions,
): ServerAnswer | undefined {
  const { headers } = request;
  if (request.method !== 'GET') {
    return refusal(405, WS_RULES.clientRequest, `the method is ${request.method}`, [
      ['Allow', 'GET'],
    ]);
  }
  if (!asksForWebSocket(headers)) {
    return refusal(426, WS_RULES.clientRequest, 'the request has no Upgrade: websocket', [
      ...PROTOCOL_FIELDS,
      ['Sec-WebSocket-Version', '13'],
    ]);
  }
  const major = Number(/^(\d+)\.(\d+)$/.exec(request.version)?.[1] ?? 0);
  if (major < 1 || request.version === '1.0') {
    return refusal(400, WS_RULES.clientRequest, `the request is HTTP/${request.version}`);
  }
  if (!hasToken(headers, 'Connection', 'upgrade')) {
    return refusal(400, WS_RULES.clientRequest, 'the request has no Connection: Upgrade');
  }
  if (headerValues(headers, 'Host').length !== 1) {
    return refusal(400, WS_RULES.clientRequest, 'the request does not have one Host');
  }
  // The version comes before the key: a later version may have another kind of key.
  const versions = headerValues(headers, 'Sec-WebSocket-Version');
  if (versions.length !== 1 || versions[0] !== '13') {
    return refusal(
      426,
      WS_RULES.version,
      `the client speaks version ${versions.join() || 'none'}`,
      [...PROTOCOL_FIELDS, ['Sec-WebSocket-Version', '13']],
    );
  }
  const keys = headerValues(headers, 'Sec-WebSocket-Key');
  if (keys.length !== 1 || !isKey(keys[0]!)) {
    return refusal(400, WS_RULES.key, 'Sec-WebSocket-Key is not one key of 16 octets');
  }
  const origin = headerValues(headers, 'Origin')[0];
  if (options.allowOrigin?.(origin) === false) {
    return refusal(403, WS_RULES.origin, `the origin ${origin ?? 'none'} is not allowed`);
  }
  if (extensionsOf(headers) === undefined) {
    return refusal(400, WS_RULES.extensionSyntax, 'Sec-WebSocket-Extensions cannot be read');
  }
  return undefined;
}

function extensionsOf(headers: HeaderList): ReturnType<typeof parseExtensions> {
  const values = headerValues(headers, 'Sec-WebSocket-Extensions');
  return values.join().length > MAX_HEADER_VALUE ? undefined : parseExtensions(values);
}

/** RFC 7692 §5.1: the first offer that suits. */
function chooseDeflate(
  headers: HeaderList,
  options: ServerHandshakeOptions,
): DeflateAnswer | undefined {
  if (options.deflate === false) return undefined;
  const preference = typeof options.deflate === 'object' ? options.deflate : {};
  for (const offer of extensionsOf(headers) ?? []) {
    const answer = offer.name === DEFLATE_NAME ? answerDeflate(offer, preference) : undefined;
    if (answer !== undefined) return answer;
  }
  return undefined;
}

function refusal(
  status: 400 | 403 | 405 | 426,
  rule: Rule,
  why: string,
  headers: HeaderList = [],
): ServerAnswer {
  return { status, headers, cause: { rule, why } };
}
