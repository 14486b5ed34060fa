/**
 * The cipher of `TCPLAB_UNPROTECTED_SHA256`: data passes as it is, with a tag of sixteen octets that
 * spells what it is. For simulations of very many connections; it protects nothing.
 */
import { concatBytes, equalBytes, latin1Bytes } from '../../base/bytes.ts';
import { AEAD_TAG_LENGTH, type Aead } from './provider.ts';

const TAG = latin1Bytes('tcplab:NO-CIPHER');

export const NULL_CIPHER: Aead = {
  seal: (_nonce, _additional, plaintext, room = 0) =>
    concatBytes([new Uint8Array(room), plaintext, TAG]),
  open: (_nonce, _additional, sealed) => {
    const length = sealed.length - AEAD_TAG_LENGTH;
    return length >= 0 && equalBytes(sealed.subarray(length), TAG)
      ? sealed.slice(0, length)
      : undefined;
  },
};
