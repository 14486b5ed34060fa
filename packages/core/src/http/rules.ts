/** The rules of HTTP/1.1 that this folder keeps, by id: RFC 9110 (meaning) and RFC 9112 (syntax). */
import type { Rule, RuleLevel } from '../base/cause.ts';

function rule(id: string, rfc: string, level: RuleLevel, text: string): Rule {
  return { id, rfc, level, text };
}

export const HTTP_RULES = {
  bareLf: rule(
    'H-L01',
    'RFC 9112 §2.2',
    'robust',
    'A line ends with CR LF; a lone LF is refused, because readers that accept it see other messages than readers that do not.',
  ),
  bareCr: rule(
    'H-L02',
    'RFC 9112 §2.2',
    'MUST',
    'A CR that no LF follows makes the element invalid.',
  ),
  startLineLimit: rule(
    'H-L03',
    'RFC 9112 §3',
    'MUST',
    'A request line longer than the server reads gets 414.',
  ),
  emptyLines: rule(
    'H-L04',
    'RFC 9112 §2.2',
    'SHOULD',
    'A server ignores an empty line or a few before a request line, but not any number.',
  ),

  requestLine: rule(
    'H-R01',
    'RFC 9112 §3',
    'SHOULD',
    'A request line is method, target and version with exactly one space between; anything else gets 400.',
  ),
  method: rule('H-R02', 'RFC 9110 §9.1', 'rule', 'A method is a token.'),
  methodKnown: rule(
    'H-R03',
    'RFC 9110 §9.1',
    'SHOULD',
    'A method that the server does not implement gets 501, one the resource does not allow 405.',
  ),
  target: rule(
    'H-R04',
    'RFC 9112 §3.2',
    'SHOULD',
    'A target holds only characters of a URI; an invalid one is not repaired but refused.',
  ),
  targetForm: rule(
    'H-R05',
    'RFC 9112 §3.2',
    'MUST',
    'CONNECT takes the authority form, OPTIONS alone the asterisk, all others the origin or the absolute form.',
  ),
  version: rule(
    'H-R06',
    'RFC 9112 §2.3',
    'rule',
    'A version is HTTP/ and two digits with a dot, in capitals.',
  ),
  versionMajor: rule('H-R07', 'RFC 9110 §15.6.6', 'rule', 'Another major version than 1 gets 505.'),
  statusLine: rule(
    'H-R08',
    'RFC 9112 §4',
    'rule',
    'A status line is version, three digits and an optional reason.',
  ),

  fieldLine: rule('H-F01', 'RFC 9112 §5', 'rule', 'A field line is a token, a colon and a value.'),
  spaceBeforeColon: rule(
    'H-F02',
    'RFC 9112 §5.1',
    'MUST',
    'White space between field name and colon gets 400: it has hidden fields from one of two readers.',
  ),
  obsFold: rule(
    'H-F03',
    'RFC 9112 §5.2',
    'MUST',
    'A folded line gets 400 from a server; a client replaces the fold by a space.',
  ),
  fieldValue: rule(
    'H-F04',
    'RFC 9110 §5.5',
    'MUST',
    'CR, LF and NUL in a value are dangerous and refused, other control characters are invalid.',
  ),
  fieldCount: rule('H-F05', 'RFC 6585 §5', 'robust', 'Too many fields get 431.'),
  fieldBytes: rule('H-F06', 'RFC 6585 §5', 'robust', 'Too many octets of fields get 431.'),
  leadingSpace: rule(
    'H-F07',
    'RFC 9112 §2.2',
    'MUST',
    'White space between the start line and the first field is refused.',
  ),

  hostMissing: rule(
    'H-H01',
    'RFC 9112 §3.2',
    'MUST',
    'A request of HTTP/1.1 without Host gets 400.',
  ),
  hostRepeated: rule(
    'H-H02',
    'RFC 9112 §3.2',
    'MUST',
    'A request with more than one Host gets 400.',
  ),
  hostInvalid: rule(
    'H-H03',
    'RFC 9112 §3.2',
    'MUST',
    'A Host that is no host with an optional port gets 400.',
  ),

  lengthSyntax: rule(
    'H-B01',
    'RFC 9112 §6.3',
    'MUST',
    'A Content-Length that is not only digits is an unrecoverable error.',
  ),
  lengthRepeated: rule(
    'H-B02',
    'RFC 9110 §8.6',
    'MUST',
    'More than one Content-Length is refused, whether the values differ or not.',
  ),
  lengthTooLarge: rule(
    'H-B03',
    'RFC 9110 §8.6',
    'MUST',
    'A Content-Length beyond exact integers is refused rather than read wrong.',
  ),
  lengthAndCoding: rule(
    'H-B04',
    'RFC 9112 §6.1',
    'MAY',
    'A message with Content-Length and Transfer-Encoding is refused: it may be an attempt at smuggling.',
  ),
  codingNotFinal: rule(
    'H-B05',
    'RFC 9112 §6.3',
    'MUST',
    'Where chunked is not the one final transfer coding, the length cannot be known: 400.',
  ),
  codingUnknown: rule(
    'H-B06',
    'RFC 9112 §6.1',
    'SHOULD',
    'A transfer coding other than chunked gets 501.',
  ),
  codingIn10: rule(
    'H-B07',
    'RFC 9112 §6.1',
    'MUST',
    'Transfer-Encoding in a message of HTTP/1.0 is faulty framing.',
  ),
  bodyLimit: rule(
    'H-B08',
    'RFC 9110 §15.5.14',
    'MAY',
    'Content longer than the server is willing to read gets 413.',
  ),
  incomplete: rule(
    'H-B09',
    'RFC 9112 §8',
    'MUST',
    'A message whose connection ended before it did is incomplete.',
  ),
  noBody: rule(
    'H-B10',
    'RFC 9112 §6.3',
    'MUST',
    'A response to HEAD and one with status 1xx, 204 or 304 ends with its fields.',
  ),
  untilClose: rule(
    'H-B11',
    'RFC 9112 §6.3',
    'rule',
    'A response without length and transfer coding lasts until the connection closes.',
  ),
  resetContent: rule('H-B12', 'RFC 9110 §15.3.6', 'MUST', 'A 205 response has no content.'),

  chunkSize: rule(
    'H-C01',
    'RFC 9112 §7.1',
    'rule',
    'A chunk size is hexadecimal digits alone: no sign, prefix, space or separator.',
  ),
  chunkOverflow: rule(
    'H-C02',
    'RFC 9112 §7.1',
    'MUST',
    'A chunk size beyond exact integers is refused rather than read wrong.',
  ),
  chunkLine: rule(
    'H-C03',
    'RFC 9112 §7.1.1',
    'SHOULD',
    'The octets of chunk extensions are limited, per line and per message.',
  ),
  chunkEnd: rule('H-C04', 'RFC 9112 §7.1', 'rule', 'CR LF follows the octets of a chunk.'),
  chunkExtension: rule(
    'H-C05',
    'RFC 9112 §7.1.1',
    'MUST',
    'Chunk extensions are ignored, if they are chunk extensions.',
  ),
  trailers: rule(
    'H-C06',
    'RFC 9112 §7.1.2',
    'robust',
    'Trailer fields are kept apart from the header and limited like it.',
  ),

  expect: rule(
    'H-E01',
    'RFC 9110 §10.1.1',
    'MUST',
    'Who expects 100-continue hears 100 or a final status before the server reads the content.',
  ),
  expectUnknown: rule(
    'H-E02',
    'RFC 9110 §10.1.1',
    'MAY',
    'Another expectation than 100-continue gets 417.',
  ),

  persist: rule(
    'H-K01',
    'RFC 9112 §9.3',
    'rule',
    'A connection of HTTP/1.1 persists unless a message says close; one of HTTP/1.0 only if it says keep-alive.',
  ),
  closeAsked: rule(
    'H-K02',
    'RFC 9112 §9.6',
    'MUST',
    'After a message with the close option its sender sends nothing more and the connection closes after the response.',
  ),
  idleTimeout: rule(
    'H-K03',
    'RFC 9112 §9.5',
    'MAY',
    'A server closes a connection that was idle for longer than it wants to keep it.',
  ),
  requestLimit: rule(
    'H-K04',
    'RFC 9112 §9.5',
    'MAY',
    'A server serves so many requests on a connection and closes it with the last.',
  ),
  peerClosed: rule('H-K05', 'RFC 9112 §9.5', 'SHOULD', 'Who sees the other end close closes too.'),
  lingeringClose: rule(
    'H-K06',
    'RFC 9112 §9.6',
    'SHOULD',
    'A server closes its writing side first and reads on for a while, lest a reset destroys its last response.',
  ),
  slowClient: rule(
    'H-K07',
    'RFC 9110 §15.5.9',
    'SHOULD',
    'A request that does not arrive in time gets 408 with the close option.',
  ),
  shutdown: rule(
    'H-K08',
    'RFC 9112 §9.5',
    'SHOULD',
    'A server that stops finishes what it is answering and says close.',
  ),

  clientGone: rule(
    'H-K09',
    'RFC 9112 §9.5',
    'SHOULD',
    'Who waits watches for the other end closing: a program whose client is gone is ended.',
  ),

  upgrade: rule(
    'H-U01',
    'RFC 9110 §7.8',
    'rule',
    'A 101 answers an Upgrade that was asked for; what follows belongs to the new protocol.',
  ),
  upgradeUnasked: rule(
    'H-U02',
    'RFC 9110 §7.8',
    'MUST',
    'A switch to a protocol that the client did not offer is refused.',
  ),
  connect: rule(
    'H-U03',
    'RFC 9110 §9.3.6',
    'rule',
    'A successful answer to CONNECT ends HTTP on the connection.',
  ),

  pipelining: rule(
    'H-P01',
    'RFC 9112 §9.3.2',
    'MUST',
    'Pipelined requests are answered in the order in which they came.',
  ),
  unsolicited: rule(
    'H-P02',
    'RFC 9112 §9.2',
    'MUST',
    'Octets that answer no request are no response; the connection closes.',
  ),
  informational: rule(
    'H-P03',
    'RFC 9110 §15.2',
    'MUST',
    'Interim responses come before the final one; any number is allowed, an endless one is not borne.',
  ),

  contentCorrupt: rule(
    'H-D01',
    'RFC 9110 §8.4.1',
    'rule',
    'Content that its coding cannot have produced is refused.',
  ),
  contentBomb: rule(
    'H-D02',
    'RFC 9110 §17.5',
    'robust',
    'Decoded content is limited in size: a few octets can stand for gigabytes.',
  ),

  date: rule('H-S01', 'RFC 9110 §6.6.1', 'MUST', 'An origin server with a clock sends Date.'),
  allow: rule(
    'H-S02',
    'RFC 9110 §10.2.1',
    'MUST',
    'A 405 response lists the allowed methods in Allow.',
  ),
  head: rule('H-S03', 'RFC 9110 §9.3.2', 'MUST', 'HEAD is GET without the content.'),
  options: rule(
    'H-S04',
    'RFC 9110 §9.3.7',
    'SHOULD',
    'OPTIONS tells what may be asked of a resource, or of the server for *.',
  ),
  hsts: rule(
    'H-S05',
    'RFC 6797 §7.2',
    'MUST',
    'Strict-Transport-Security is sent over secure transport only.',
  ),
  handlerFailed: rule(
    'H-S06',
    'RFC 9110 §15.6.1',
    'rule',
    'A program that fails to make a response makes it 500.',
  ),
  respond: rule(
    'H-S07',
    'RFC 9110 §3.4',
    'rule',
    'A server answers each request with one final response.',
  ),
  preconditionFailed: rule(
    'H-V01',
    'RFC 9110 §13.1.1',
    'MUST',
    'A request whose If-Match or If-Unmodified-Since does not hold is not carried out: 412.',
  ),
  notModified: rule(
    'H-V02',
    'RFC 9110 §13.1.2',
    'MUST',
    'To a GET for what the client has already, by tag or else by date, the answer is 304 without the content.',
  ),
  misdirected: rule(
    'H-S08',
    'RFC 9110 §7.4',
    'MUST',
    'A request for an https resource that did not come over TLS gets 421.',
  ),
} as const satisfies Record<string, Rule>;
