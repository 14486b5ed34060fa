/**
 * RFC 6455 §5.3: octet i of the result is octet i of the data XOR octet (i mod 4) of the key. Masking
 * and unmasking are the same. A new array is returned.
 * @param key four octets, @param offset position of `data[0]` within its frame
 */
export function masked(data: Uint8Array, key: Uint8Array, offset: number): Uint8Array {
  const result = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i += 1) result[i] = data[i]! ^ key[(offset + i) & 3]!;
  return result;
}
