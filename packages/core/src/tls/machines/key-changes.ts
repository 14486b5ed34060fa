/** What the machines' lower labels do: keys change direction by direction, messages go out in order. */

/** What a key protects: TLS 1.3 has three generations, TLS 1.2 one. */
export type Epoch = 'early data' | 'handshake' | 'application' | 'session';

/** K_recv and K_send of RFC 8446, appendix A. */
export interface KeyChanges {
  receiveWith(epoch: Epoch): void;
  sendWith(epoch: Epoch): void;
}

/** The messages of the client's second flight in TLS 1.3; those that are not due write nothing. */
export interface ClientFlight {
  changeCipherSpec(): void;
  endOfEarlyData(): void;
  certificate(): void;
  finished(): void;
}

/** The messages of the server's flight in TLS 1.3. */
export interface ServerFlight {
  serverHello(): void;
  encryptedExtensions(): void;
  certificateRequest(): void;
  certificate(): void;
  finished(): void;
}

/** The messages of the client's flight in TLS 1.2; those that are not due write nothing. */
export interface ClientFlight12 {
  certificate(): void;
  clientKeyExchange(): void;
  certificateVerify(): void;
  changeCipherSpec(): void;
  finished(): void;
}

/** The messages of the server's flights in TLS 1.2; those that are not due write nothing. */
export interface ServerFlight12 {
  serverHello(): void;
  certificate(): void;
  serverKeyExchange(): void;
  certificateRequest(): void;
  serverHelloDone(): void;
  newSessionTicket(): void;
  changeCipherSpec(): void;
  finished(): void;
}
