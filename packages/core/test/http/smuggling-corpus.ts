/** Requests that two readers have been known to understand differently, and what we say to each. */

/** Octets of the request (`\n` is CR LF, `␊` a lone LF, `␍` a lone CR), the rule and the status. */
export type Case = readonly [title: string, text: string, rule: string, status: number];

const GET = 'GET / HTTP/1.1\nHost: h\n';
const POST = 'POST / HTTP/1.1\nHost: h\n';
const CHUNKED = `${POST}Transfer-Encoding: chunked\n\n`;

export const SMUGGLING_CORPUS: readonly Case[] = [
  // Lines
  ['LF ends the request line', 'GET / HTTP/1.1␊Host: h\n\n', 'H-L01', 400],
  ['LF ends a field', 'GET / HTTP/1.1\nHost: h␊X: y\n\n', 'H-L01', 400],
  ['LF ends the header', 'GET / HTTP/1.1\nHost: h\n␊', 'H-L01', 400],
  ['CR in a value', `${GET}X: a␍b\n\n`, 'H-L02', 400],
  ['CR CR LF', `${GET}X: a␍\n\n`, 'H-L02', 400],
  ['CR in the request line', 'GET /␍ HTTP/1.1\nHost: h\n\n', 'H-L02', 400],
  ['many empty lines first', `${'\n'.repeat(10)}${GET}\n`, 'H-L04', 400],

  // Request line
  ['two spaces', 'GET  / HTTP/1.1\nHost: h\n\n', 'H-R01', 400],
  ['two spaces before the version', 'GET /  HTTP/1.1\nHost: h\n\n', 'H-R01', 400],
  ['a tab as separator', 'GET\t/ HTTP/1.1\nHost: h\n\n', 'H-R02', 400],
  ['a space first', ' GET / HTTP/1.1\nHost: h\n\n', 'H-R02', 400],
  ['a space last', 'GET / HTTP/1.1 \nHost: h\n\n', 'H-R01', 400],
  ['a space in the target', 'GET /a b HTTP/1.1\nHost: h\n\n', 'H-R01', 400],
  ['no version (HTTP/0.9)', 'GET /\n\n', 'H-R01', 400],
  ['no target', 'GET HTTP/1.1\nHost: h\n\n', 'H-R01', 400],
  ['method with a delimiter', 'GE(T / HTTP/1.1\nHost: h\n\n', 'H-R02', 400],
  ['method with NUL', 'GE\u0000T / HTTP/1.1\nHost: h\n\n', 'H-R02', 400],
  ['method with a high octet', 'G\u00c9T / HTTP/1.1\nHost: h\n\n', 'H-R02', 400],
  ['a TLS hello', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000', 'H-R02', 400],
  ['lower-case version', 'GET / http/1.1\nHost: h\n\n', 'H-R06', 400],
  ['version with two digits', 'GET / HTTP/1.10\nHost: h\n\n', 'H-R06', 400],
  ['version with a leading zero', 'GET / HTTP/01.1\nHost: h\n\n', 'H-R06', 400],
  ['version without minor', 'GET / HTTP/1\nHost: h\n\n', 'H-R06', 400],
  ['version with a comma', 'GET / HTTP/1,1\nHost: h\n\n', 'H-R06', 400],
  ['version 2', 'PRI * HTTP/2.0\n\nSM\n\n', 'H-R07', 505],
  ['version 0.9 by name', 'GET / HTTP/0.9\nHost: h\n\n', 'H-R07', 505],
  ['version 9.9', 'GET / HTTP/9.9\nHost: h\n\n', 'H-R07', 505],

  // Targets
  ['a fragment', 'GET /a#b HTTP/1.1\nHost: h\n\n', 'H-R04', 400],
  ['a high octet', 'GET /\u00e9 HTTP/1.1\nHost: h\n\n', 'H-R04', 400],
  ['NUL in the target', 'GET /\u0000 HTTP/1.1\nHost: h\n\n', 'H-R04', 400],
  ['DEL in the target', 'GET /\u007f HTTP/1.1\nHost: h\n\n', 'H-R04', 400],
  ['a tab in the target', 'GET /\t HTTP/1.1\nHost: h\n\n', 'H-R04', 400],
  ['a backslash', 'GET \\ HTTP/1.1\nHost: h\n\n', 'H-R04', 400],
  ['a broken escape', 'GET /%2 HTTP/1.1\nHost: h\n\n', 'H-R05', 400],
  ['a path without slash', 'GET index HTTP/1.1\nHost: h\n\n', 'H-R05', 400],
  ['only a query', 'GET ?a HTTP/1.1\nHost: h\n\n', 'H-R05', 400],
  ['asterisk for GET', 'GET * HTTP/1.1\nHost: h\n\n', 'H-R05', 400],
  ['authority for GET', 'GET h:80 HTTP/1.1\nHost: h\n\n', 'H-R05', 400],
  ['origin form for CONNECT', 'CONNECT / HTTP/1.1\nHost: h\n\n', 'H-R05', 400],
  ['CONNECT without port', 'CONNECT h HTTP/1.1\nHost: h\n\n', 'H-R05', 400],
  ['CONNECT with port 0', 'CONNECT h:0 HTTP/1.1\nHost: h\n\n', 'H-R05', 400],
  ['CONNECT with a user', 'CONNECT u@h:80 HTTP/1.1\nHost: h\n\n', 'H-R05', 400],
  ['absolute form with a user', 'GET http://u@h/ HTTP/1.1\nHost: h\n\n', 'H-R05', 400],
  ['absolute form without host', 'GET http:///x HTTP/1.1\nHost: h\n\n', 'H-R05', 400],
  ['absolute form of another scheme', 'GET gopher://h/ HTTP/1.1\nHost: h\n\n', 'H-R05', 400],

  // Host
  ['no Host', 'GET / HTTP/1.1\n\n', 'H-H01', 400],
  ['no Host in absolute form', 'GET http://h/ HTTP/1.1\n\n', 'H-H01', 400],
  ['two Hosts', `${GET}Host: h\n\n`, 'H-H02', 400],
  ['two Hosts in HTTP/1.0', 'GET / HTTP/1.0\nHost: a\nhost: b\n\n', 'H-H02', 400],
  ['an empty Host', 'GET / HTTP/1.1\nHost:\n\n', 'H-H03', 400],
  ['Host with a path', 'GET / HTTP/1.1\nHost: h/x\n\n', 'H-H03', 400],
  ['Host with a user', 'GET / HTTP/1.1\nHost: u@h\n\n', 'H-H03', 400],
  ['Host with a scheme', 'GET / HTTP/1.1\nHost: http://h\n\n', 'H-H03', 400],
  ['Host with a space', 'GET / HTTP/1.1\nHost: a b\n\n', 'H-H03', 400],
  ['Host as a list', 'GET / HTTP/1.1\nHost: a, b\n\n', 'H-H03', 400],
  ['Host with a bad port', 'GET / HTTP/1.1\nHost: h:8a\n\n', 'H-H03', 400],
  ['Host with port 65536', 'GET / HTTP/1.1\nHost: h:65536\n\n', 'H-H03', 400],

  // Fields
  ['a space before the colon', `${GET}X : y\n\n`, 'H-F02', 400],
  ['a tab before the colon', `${GET}Content-Length\t: 5\n\n`, 'H-F02', 400],
  ['a folded line', `${GET}X: a\n b\n\n`, 'H-F03', 400],
  ['a line folded with a tab', `${GET}Transfer-Encoding:\n\tchunked\n\n`, 'H-F03', 400],
  ['white space before the first field', 'GET / HTTP/1.1\n Host: h\n\n', 'H-F07', 400],
  ['no colon', `${GET}nonsense\n\n`, 'H-F01', 400],
  ['no name', `${GET}: y\n\n`, 'H-F01', 400],
  ['a space in a name', `${GET}X Y: z\n\n`, 'H-F01', 400],
  ['a high octet in a name', `${GET}X\u00ff: z\n\n`, 'H-F01', 400],
  ['a quote in a name', `${GET}"X": z\n\n`, 'H-F01', 400],
  ['NUL in a value', `${GET}X: a\u0000b\n\n`, 'H-F04', 400],
  ['ESC in a value', `${GET}X: a\u001bb\n\n`, 'H-F04', 400],
  ['DEL in a value', `${GET}X: a\u007fb\n\n`, 'H-F04', 400],
  ['a vertical tab before chunked', `${POST}Transfer-Encoding: \u000bchunked\n\n`, 'H-F04', 400],

  // Content-Length
  ['a signed length', `${POST}Content-Length: +5\n\nhello`, 'H-B01', 400],
  ['a negative length', `${POST}Content-Length: -1\n\n`, 'H-B01', 400],
  ['a hexadecimal length', `${POST}Content-Length: 0x5\n\nhello`, 'H-B01', 400],
  ['a length with a fraction', `${POST}Content-Length: 5.0\n\nhello`, 'H-B01', 400],
  ['a length with an exponent', `${POST}Content-Length: 1e1\n\nhello`, 'H-B01', 400],
  ['a length with a space inside', `${POST}Content-Length: 1 1\n\nhello`, 'H-B01', 400],
  ['a length with an underscore', `${POST}Content-Length: 1_1\n\nhello`, 'H-B01', 400],
  ['an empty length', `${POST}Content-Length:\n\nhello`, 'H-B01', 400],
  ['a length in other digits', `${POST}Content-Length: \u00b2\n\nhello`, 'H-B01', 400],
  ['a list of lengths', `${POST}Content-Length: 5, 6\n\nhello`, 'H-B02', 400],
  ['a list of equal lengths', `${POST}Content-Length: 5, 5\n\nhello`, 'H-B02', 400],
  ['two lengths', `${POST}Content-Length: 5\nContent-Length: 6\n\nhello`, 'H-B02', 400],
  ['two equal lengths', `${POST}Content-Length: 5\nContent-Length: 5\n\nhello`, 'H-B02', 400],
  ['an endless length', `${POST}Content-Length: 99999999999999999999\n\n`, 'H-B03', 400],
  ['a length of 2^64', `${POST}Content-Length: 18446744073709551616\n\n`, 'H-B03', 400],

  // Transfer-Encoding
  [
    'length, then chunked',
    `${POST}Content-Length: 6\nTransfer-Encoding: chunked\n\n0\n\nX`,
    'H-B04',
    400,
  ],
  [
    'chunked, then length',
    `${POST}Transfer-Encoding: chunked\nContent-Length: 6\n\n0\n\nX`,
    'H-B04',
    400,
  ],
  ['a coding that is not chunked', `${POST}Transfer-Encoding: xchunked\n\n`, 'H-B05', 400],
  ['identity', `${POST}Transfer-Encoding: identity\n\n`, 'H-B05', 400],
  ['an empty coding', `${POST}Transfer-Encoding:\n\n`, 'H-B05', 400],
  ['chunked twice', `${POST}Transfer-Encoding: chunked, chunked\n\n`, 'H-B05', 400],
  [
    'chunked in two lines',
    `${POST}Transfer-Encoding: chunked\nTransfer-Encoding: chunked\n\n`,
    'H-B05',
    400,
  ],
  ['chunked not last', `${POST}Transfer-Encoding: chunked, gzip\n\n`, 'H-B05', 400],
  [
    'chunked, then identity in another line',
    `${POST}Transfer-Encoding: chunked\nTransfer-Encoding: identity\n\n`,
    'H-B05',
    400,
  ],
  ['chunked with a parameter', `${POST}Transfer-Encoding: chunked;a=b\n\n`, 'H-B05', 400],
  ['chunked in quotes', `${POST}Transfer-Encoding: "chunked"\n\n`, 'H-B05', 400],
  ['chunked with a comma after it', `${POST}Transfer-Encoding: chunked,\n\n`, 'H-B05', 400],
  ['chunked with a no-break space', `${POST}Transfer-Encoding: chunked\u00a0\n\n`, 'H-B05', 400],
  ['gzip, then chunked', `${POST}Transfer-Encoding: gzip, chunked\n\n`, 'H-B06', 501],
  ['chunked in HTTP/1.0', 'POST / HTTP/1.0\nTransfer-Encoding: chunked\n\n0\n\n', 'H-B07', 400],

  // Chunks
  ['a prefixed size', `${CHUNKED}0x5\nhello\n0\n\n`, 'H-C01', 400],
  ['a signed size', `${CHUNKED}+5\nhello\n0\n\n`, 'H-C01', 400],
  ['a negative size', `${CHUNKED}-5\nhello\n0\n\n`, 'H-C01', 400],
  ['a space before the size', `${CHUNKED} 5\nhello\n0\n\n`, 'H-C01', 400],
  ['an empty size', `${CHUNKED}\nhello\n0\n\n`, 'H-C01', 400],
  ['a size with an underscore', `${CHUNKED}0_5\nhello\n0\n\n`, 'H-C01', 400],
  ['no hexadecimal digit', `${CHUNKED}g\nhello\n0\n\n`, 'H-C01', 400],
  ['a space after the size', `${CHUNKED}5 \nhello\n0\n\n`, 'H-C05', 400],
  ['an extension without name', `${CHUNKED}5;\nhello\n0\n\n`, 'H-C05', 400],
  ['an extension with a control character', `${CHUNKED}5;a\u0001\nhello\n0\n\n`, 'H-C05', 400],
  ['an extension with a lone LF', `${CHUNKED}5;a␊hello\n0\n\n`, 'H-L01', 400],
  ['an extension with a lone CR', `${CHUNKED}5;a␍b\nhello\n0\n\n`, 'H-L02', 400],
  ['a size line with a lone LF', `${CHUNKED}5␊hello\n0\n\n`, 'H-L01', 400],
  ['a size of 2^64 + 5', `${CHUNKED}10000000000000005\nhello\n0\n\n`, 'H-C02', 400],
  ['a size of 2^53', `${CHUNKED}20000000000000\nhello\n0\n\n`, 'H-C02', 400],
  ['more octets than the size says', `${CHUNKED}4\nhello\n0\n\n`, 'H-C04', 400],
  ['LF after a chunk', `${CHUNKED}5\nhello␊0\n\n`, 'H-C04', 400],
  ['fewer octets than the size says', `${CHUNKED}7\nhello\n0\n\n`, 'H-C04', 400],
  ['a trailer with a space before the colon', `${CHUNKED}0\nX : y\n\n`, 'H-F02', 400],
  ['a folded trailer', `${CHUNKED}0\nX: y\n z\n\n`, 'H-F03', 400],
  ['a lone LF ends the trailers', `${CHUNKED}0\n␊`, 'H-L01', 400],

  // Expectations
  ['another expectation', `${POST}Expect: magic\nContent-Length: 5\n\nhello`, 'H-E02', 417],
];

/** The octets of a case. */
export function octetsOf(text: string): Uint8Array {
  const plain = text.replaceAll('\n', '\r\n').replaceAll('␊', '\n').replaceAll('␍', '\r');
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}
