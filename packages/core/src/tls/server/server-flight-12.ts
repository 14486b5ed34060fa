/** The server's messages in TLS 1.2; the machine calls them in order (RFC 5246 §7.3). */
import { EMPTY_BYTES } from '../../base/bytes.ts';
import { invariant } from '../../base/errors.ts';
import type { AgreementKey } from '../crypto/provider.ts';
import type { Channel } from '../endpoint/channel.ts';
import { provideSessionKeys, sendFinished12, type Session12 } from '../endpoint/session-keys-12.ts';
import { extendedMasterSecret, masterSecret } from '../keys/key-schedule-12.ts';
import { MAX_TICKET_BYTES, MAX_TICKET_LIFETIME_SECONDS } from '../limits.ts';
import type { ServerFlight12 } from '../machines/key-changes.ts';
import { writeCertificateRequest } from '../messages/certificate-request.ts';
import { writeCertificate } from '../messages/certificate.ts';
import { writeProtocols } from '../messages/client-hello-extensions.ts';
import { extension, type Extension } from '../messages/extensions.ts';
import { signedKeyExchange, writeServerKeyExchange } from '../messages/key-exchange-12.ts';
import { encodeMessage, type HandshakeMessage } from '../messages/message.ts';
import { writeNewSessionTicket12 } from '../messages/new-session-ticket.ts';
import { writeServerHello } from '../messages/server-hello.ts';
import { EMPTY_RENEGOTIATION_INFO_SCSV } from '../parameters/cipher-suite.ts';
import { GROUP_CODES } from '../parameters/named-group.ts';
import { TLS12 } from '../parameters/version.ts';
import type { Basis12, Hello12 } from './start-12.ts';
import { trustedNames } from './trusted-names.ts';

export class ServerFlight12Writer implements ServerFlight12 {
  readonly known: Hello12;
  readonly basis: Basis12;
  /** The client's certificates, once they are known, for the ticket. */
  peerChain: readonly Uint8Array[] = [];
  readonly #channel: Channel;
  #ourKey: AgreementKey | undefined;
  #keys: Session12 | undefined;

  constructor(channel: Channel, known: Hello12, basis: Basis12) {
    this.#channel = channel;
    this.known = known;
    this.basis = basis;
    if (basis.kind === 'resumed') this.peerChain = basis.ticket.peerChain;
  }

  /** Known after the key exchange, or from the ticket. */
  get keys(): Session12 {
    invariant(this.#keys !== undefined, 'the session has no keys yet');
    return this.#keys;
  }

  /** The key whose public half went out in the ServerKeyExchange. */
  get ourKey(): AgreementKey {
    invariant(this.#ourKey !== undefined, 'there was no ServerKeyExchange');
    return this.#ourKey;
  }

  /** Takes the master secret of the session that goes on. */
  resume(master: Uint8Array): void {
    this.#install(master);
  }

  /** Makes the master secret out of the agreed one; the transcript ends with the ClientKeyExchange. */
  agree(preMaster: Uint8Array): void {
    const { suite, transcript, settings } = this.known;
    this.#install(
      this.known.extendedMasterSecret
        ? extendedMasterSecret(settings.crypto, suite, preMaster, transcript.digest())
        : masterSecret(settings.crypto, suite, preMaster, this.#randoms()),
    );
  }

  serverHello(): void {
    const { hello, suite, serverRandom } = this.known;
    // A new session gets no id: tickets resume it. A resumed one is shown by the client's own id.
    const sessionId = this.basis.kind === 'resumed' ? hello.sessionId : EMPTY_BYTES;
    const extensions = this.#extensions();
    const fields = { random: serverRandom, sessionId, suite: suite.code, extensions };
    const resumed = this.basis.kind === 'resumed' ? '; resuming' : '';
    this.#send(writeServerHello(fields), `TLS 1.2; ${suite.name}${resumed}`);
  }

  certificate(): void {
    if (this.basis.kind === 'resumed') return;
    const { identity } = this.basis.signing;
    const message = writeCertificate('TLS 1.2', { context: EMPTY_BYTES, chain: identity.chain });
    this.#send(message, `${identity.leaf.subjectText}; a chain of ${identity.chain.length}`);
  }

  serverKeyExchange(): void {
    if (this.basis.kind === 'resumed') return;
    const { hello, serverRandom, settings } = this.known;
    const { crypto, random } = settings;
    const { group: name, signing } = this.basis;
    const { scheme, identity } = signing;
    this.#ourKey = crypto.agreementKey(name, random);
    const share = { group: GROUP_CODES[name], key: this.#ourKey.publicKey };
    const content = signedKeyExchange(hello.random, serverRandom, share);
    const signature = crypto.sign(scheme.algorithm, identity.key, content, random);
    const message = writeServerKeyExchange({ ...share, scheme: scheme.code, signature });
    this.#send(message, `${name}; ${scheme.name}`);
  }

  certificateRequest(): void {
    const { settings } = this.known;
    if (settings.clientAuthentication === 'none') return;
    const message = writeCertificateRequest('TLS 1.2', {
      context: EMPTY_BYTES,
      schemes: settings.schemes.map(({ code }) => code),
      authorities: trustedNames(settings),
    });
    this.#send(message, settings.clientAuthentication);
  }

  serverHelloDone(): void {
    this.#send(encodeMessage('ServerHelloDone', EMPTY_BYTES), '');
  }

  newSessionTicket(): void {
    const { settings, suite, hello, protocol } = this.known;
    if (settings.tickets === undefined || !this.#sendsTicket()) return;
    const lifetimeSeconds = MAX_TICKET_LIFETIME_SECONDS;
    const contents = {
      version: TLS12,
      suite: suite.code,
      secret: this.keys.master,
      issuedAt: this.#channel.now,
      ageAdd: 0,
      lifetimeSeconds,
      maxEarlyData: 0,
      serverName: hello.serverName,
      protocol,
      extendedMasterSecret: this.known.extendedMasterSecret,
      peerChain: this.peerChain,
    };
    const sealed = settings.tickets.seal(contents, settings.random);
    // RFC 5077 §3.3: announced but not to be had, because the client's chain is long: an empty one.
    const ticket = sealed.length > MAX_TICKET_BYTES ? EMPTY_BYTES : sealed;
    this.#send(writeNewSessionTicket12({ lifetimeSeconds, ticket }), 'a ticket');
  }

  changeCipherSpec(): void {
    this.#channel.sendChangeCipherSpec();
  }

  finished(): void {
    sendFinished12(this.#channel, this.keys, this.known.transcript);
  }

  /** RFC 5077 §3.3: a new session gets a ticket; a resumed one when half of its ticket's time is over. */
  #sendsTicket(): boolean {
    const { hello, settings } = this.known;
    if (settings.tickets === undefined || hello.ticket === undefined) return false;
    if (this.basis.kind === 'full') return true;
    const { issuedAt, lifetimeSeconds } = this.basis.ticket;
    return this.#channel.now - issuedAt > (lifetimeSeconds * 1_000_000) / 2;
  }

  #extensions(): Extension[] {
    const { hello, protocol } = this.known;
    const list: Extension[] = [];
    // RFC 5746 §3.6: asked for by the extension or by the signalling suite.
    const isAsked = hello.suites.includes(EMPTY_RENEGOTIATION_INFO_SCSV);
    if (isAsked || hello.renegotiationInfo !== undefined) {
      list.push(extension('renegotiation_info', (w) => w.u8(0)));
    }
    if (hello.serverName !== undefined && this.basis.kind === 'full') {
      list.push(extension('server_name'));
    }
    if (hello.pointFormats !== undefined && this.basis.kind === 'full') {
      list.push(extension('ec_point_formats', (w) => w.vector(1, Uint8Array.of(0))));
    }
    if (this.known.extendedMasterSecret) list.push(extension('extended_master_secret'));
    if (this.#sendsTicket()) {
      list.push(extension('session_ticket'));
    }
    if (protocol !== undefined) {
      list.push(
        extension('application_layer_protocol_negotiation', (w) => writeProtocols(w, [protocol])),
      );
    }
    return list;
  }

  #randoms() {
    return { client: this.known.hello.random, server: this.known.serverRandom };
  }

  #install(master: Uint8Array): void {
    this.#keys = { suite: this.known.suite, master, randoms: this.#randoms() };
    provideSessionKeys(this.#channel, this.#keys);
  }

  #send(message: HandshakeMessage, summary: string): void {
    this.known.transcript.add(message);
    this.#channel.send(message, summary);
  }
}
