/** The rules of RFC 6455 and RFC 7692 that decide something here; notes and errors carry them. */
import type { Rule } from '../base/index.ts';

const rule = (id: string, rfc: string, level: Rule['level'], text: string): Rule => ({
  id,
  rfc,
  level,
  text,
});

export const WS_RULES = {
  clientRequest: rule(
    'WS-H01',
    'RFC 6455 §4.2.1',
    'MUST',
    'The client opens with a GET of HTTP/1.1 or later that has Host, Upgrade: websocket and Connection: Upgrade.',
  ),
  key: rule(
    'WS-H02',
    'RFC 6455 §4.2.1',
    'MUST',
    'Sec-WebSocket-Key stands once and is 16 octets in base 64.',
  ),
  version: rule(
    'WS-H03',
    'RFC 6455 §4.4',
    'MUST',
    'A version other than 13 is answered with the versions the server speaks.',
  ),
  origin: rule(
    'WS-H04',
    'RFC 6455 §10.2',
    'SHOULD',
    'A server that serves only some sites refuses a foreign Origin with 403.',
  ),
  status: rule(
    'WS-H05',
    'RFC 6455 §4.1',
    'MUST',
    'Only status 101 opens the connection; any other answer is plain HTTP.',
  ),
  upgrade: rule(
    'WS-H06',
    'RFC 6455 §4.1',
    'MUST',
    'The answer has Upgrade: websocket and Connection: Upgrade.',
  ),
  accept: rule(
    'WS-H07',
    'RFC 6455 §4.1',
    'MUST',
    'Sec-WebSocket-Accept is the base 64 of the SHA-1 of the key and the fixed GUID.',
  ),
  extensionAsked: rule(
    'WS-H08',
    'RFC 6455 §4.1',
    'MUST',
    'The server uses only extensions that the client offered.',
  ),
  protocolAsked: rule(
    'WS-H09',
    'RFC 6455 §4.1',
    'MUST',
    'The server chooses only a subprotocol that the client offered.',
  ),
  extensionSyntax: rule(
    'WS-H10',
    'RFC 6455 §9.1',
    'MUST',
    'A header that does not fit the grammar of extensions fails the handshake.',
  ),
  handshake: rule(
    'WS-H11',
    'RFC 6455 §4.1',
    'rule',
    'After a right answer of the server the connection is OPEN.',
  ),
  reservedBits: rule(
    'WS-F01',
    'RFC 6455 §5.2',
    'MUST',
    'Reserved bits are 0 unless an extension gives them a meaning.',
  ),
  opcode: rule('WS-F02', 'RFC 6455 §5.2', 'MUST', 'An unknown opcode fails the connection.'),
  minimalLength: rule(
    'WS-F03',
    'RFC 6455 §5.2',
    'MUST',
    'A length is written in the shortest form, and its top bit is 0.',
  ),
  clientMasks: rule(
    'WS-F04',
    'RFC 6455 §5.1',
    'MUST',
    'Frames of the client are masked; a server closes on one that is not.',
  ),
  serverDoesNotMask: rule(
    'WS-F05',
    'RFC 6455 §5.1',
    'MUST',
    'Frames of the server are not masked; a client closes on one that is.',
  ),
  controlFrame: rule(
    'WS-F06',
    'RFC 6455 §5.5',
    'MUST',
    'A control frame has at most 125 octets and is not fragmented.',
  ),
  fragments: rule(
    'WS-F07',
    'RFC 6455 §5.4',
    'MUST',
    'Fragments of one message follow each other; only control frames come in between.',
  ),
  ping: rule('WS-P01', 'RFC 6455 §5.5.2', 'MUST', 'A Ping is answered with a Pong of its data.'),
  keepAlive: rule(
    'WS-P02',
    'RFC 6455 §5.5.2',
    'MAY',
    'A Ping asks whether the peer still answers; silence ends the connection.',
  ),
  utf8: rule(
    'WS-D01',
    'RFC 6455 §8.1',
    'MUST',
    'Text that is not UTF-8 fails the connection, as early as it is seen.',
  ),
  tooBig: rule(
    'WS-D02',
    'RFC 6455 §10.4',
    'SHOULD',
    'Frames and messages have a largest size; a longer one is answered with 1009.',
  ),
  close: rule(
    'WS-C01',
    'RFC 6455 §5.5.1',
    'MUST',
    'A Close is answered with a Close that repeats its code, and nothing is sent after it.',
  ),
  closeBody: rule(
    'WS-C02',
    'RFC 6455 §5.5.1',
    'MUST',
    'The body of a Close is empty or begins with a two-octet code.',
  ),
  closeCode: rule(
    'WS-C03',
    'RFC 6455 §7.4',
    'MUST',
    'Codes below 1000, reserved ones and ones above 4999 are never sent.',
  ),
  serverClosesFirst: rule(
    'WS-C04',
    'RFC 6455 §7.1.1',
    'MUST',
    'After the closing handshake the server closes the TCP connection and the client waits for it.',
  ),
  closeTimeout: rule(
    'WS-C05',
    'RFC 6455 §7.1.1',
    'MAY',
    'Who waits too long for the end closes the TCP connection itself.',
  ),
  abnormal: rule(
    'WS-C06',
    'RFC 6455 §7.1.5',
    'rule',
    'A connection that ends without a Close frame has the code 1006.',
  ),
  deflateOffer: rule(
    'WS-X01',
    'RFC 7692 §7.1',
    'MUST',
    'An offer of permessage-deflate with unknown, repeated or wrong parameters is declined.',
  ),
  deflateAnswer: rule(
    'WS-X02',
    'RFC 7692 §7.1',
    'MUST',
    'An answer with parameters that do not fit the offer fails the connection.',
  ),
  deflateData: rule(
    'WS-X03',
    'RFC 7692 §7.2.2',
    'rule',
    'A compressed message is a DEFLATE stream without its last four octets.',
  ),
} as const;
