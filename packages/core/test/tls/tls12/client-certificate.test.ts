/** RFC 5246 §7.4.4, §7.4.6, §7.4.8: the request for a client's certificate, and its proof. */
import { describe, expect, it } from 'vitest';
import { EMPTY_BYTES } from '@tcplab/core';
import { flipped, hex, message } from '../support/hello.ts';
import { Rogue12 } from '../support/rogue-12.ts';
import { CLIENT_IDENTITY, ROOT } from '../support/world.ts';

const ILLEGAL = 'fatal illegal_parameter';

describe('a CertificateRequest', () => {
  const say = (body: string): Rogue12 => {
    const client = { identities: [CLIENT_IDENTITY] };
    const rogue = new Rogue12({ victim: 'client', client }).until('WAIT_CR_SHD');
    return rogue.say(22, message(13, hex(body)));
  };

  it.each([
    ['as it should be', '020140 0002 0403 0000', 'WAIT_SHD'],
    ['with names', '0140 0002 0403 0004 0002 3000', 'WAIT_SHD'],
    ['with strange types and schemes', '03ff0005 0004 0a0a 0203 0000', 'WAIT_SHD'],
    ['TLS-H02 without types', '00 0002 0403 0000', 'fatal decode_error'],
    ['TLS-H02 without schemes', '0140 0000 0000', 'fatal decode_error'],
    ['TLS-H02 with half a scheme', '0140 0003 040305 0000', 'fatal decode_error'],
    ['TLS-H02 as TLS 1.1 had it', '0140 0000', 'fatal decode_error'],
    ['TLS-H02 with an empty name', '0140 0002 0403 0002 0000', 'fatal decode_error'],
    ['TLS-H02 with a name cut short', '0140 0002 0403 0003 0002 30', 'fatal decode_error'],
    ['TLS-H02 without names', '0140 0002 0403', 'fatal decode_error'],
    ['TLS-H02 with an octet behind', '0140 0002 0403 0000 00', 'fatal decode_error'],
    ['TLS-H02 with nothing', '', 'fatal decode_error'],
  ])('%s', (_what, body, expected) => {
    expect(say(body).outcome).toBe(expected);
  });

  it.each([
    ['our kind and our scheme', '0140000204030000', 'a chain of 1'],
    ['all kinds', '0301024000020403 0000', 'a chain of 1'],
    ['a kind that is not ours', '0101000204030000', 'empty'],
    ['schemes that are not ours', '0140000204010000', 'empty'],
    ['schemes that nobody has', '01400002ffff0000', 'empty'],
  ])('is answered by what it asks for: %s', (_what, body, expected) => {
    const rogue = say(body).say(22, message(14, EMPTY_BYTES));
    const sent = rogue.events.flatMap((e) =>
      e.kind === 'message' && e.direction === 'sent' ? [e] : [],
    );
    expect(sent.find((e) => e.name === 'Certificate')?.summary).toContain(expected);
    const proves = expected !== 'empty';
    expect(sent.some((e) => e.name === 'CertificateVerify')).toBe(proves);
  });
});

describe('the proof of a client', () => {
  const asked = {
    client: { identities: [CLIENT_IDENTITY] },
    server: { clientAuthentication: 'request', trust: [ROOT.certificate] },
  } as const;
  const there = (): Rogue12 => new Rogue12({ victim: 'server', ...asked }).until('WAIT_CV');

  it.each([
    ['TLS-H11 SHA-1', '0203 0001 00', ILLEGAL],
    ['TLS-H11 a scheme of another key', '0401 0001 00', ILLEGAL],
    ['TLS-H11 RSA-PSS', '0804 0001 00', ILLEGAL],
    ['TLS-H11 unknown', 'ffff 0001 00', ILLEGAL],
    ['TLS-H10 no signature', '0403 0000', 'fatal decrypt_error'],
    ['TLS-H10 no DER', '0403 0001 00', 'fatal decrypt_error'],
    ['TLS-H02 cut short', '0403 0002 00', 'fatal decode_error'],
    ['TLS-H02 an octet behind', '0403 0000 00', 'fatal decode_error'],
    ['TLS-H02 as TLS 1.1 had it', '0000', 'fatal decode_error'],
  ])('%s', (_what, body, expected) => {
    expect(there().say(22, message(15, hex(body))).outcome).toBe(expected);
  });

  it('TLS-H10 each octet of the signature counts', () => {
    const length = there().take().fragment.length;
    for (let at = 8; at < length; at += 5) {
      const rogue = there();
      rogue.say(22, flipped(rogue.take().fragment, at));
      expect(rogue.outcome, `octet ${at}`).toBe('fatal decrypt_error');
    }
  });

  it.each([
    ['PKI-01 no X.509', '000004000001ff', 'fatal bad_certificate'],
    ['TLS-H02 a certificate of no length', '000003000000', 'fatal decode_error'],
    ['TLS-H02 a list cut short', '000005000001ff', 'fatal decode_error'],
    ['TLS-H02 an octet behind', '00000000', 'fatal decode_error'],
    ['none, where none is demanded', '000000', 'WAIT_CKE'],
  ])('comes with a certificate: %s', (_what, body, expected) => {
    const rogue = new Rogue12({ victim: 'server', ...asked }).until('WAIT_CERT');
    expect(rogue.say(22, message(11, hex(body))).outcome).toBe(expected);
  });

  it('TLS-H12 none where one is demanded: handshake_failure', () => {
    const server = { clientAuthentication: 'require', trust: [ROOT.certificate] } as const;
    const demanding = new Rogue12({ victim: 'server', server }).until('WAIT_CERT');
    expect(demanding.say(22, message(11, hex('000000'))).outcome).toBe('fatal handshake_failure');
  });

  it('TLS-H01 is due with a certificate and only then', () => {
    const rogue = there();
    const verify = rogue.take().fragment;
    expect(rogue.say(20, hex('01')).outcome).toBe('fatal unexpected_message');
    const anonymous = new Rogue12({ victim: 'server', server: asked.server }).until('WAIT_CCS');
    expect(anonymous.say(22, verify).outcome).toBe('fatal unexpected_message');
    const unasked = new Rogue12({ victim: 'server' }).until('WAIT_CKE');
    expect(unasked.say(22, message(11, hex('000000'))).outcome).toBe('fatal unexpected_message');
  });
});
