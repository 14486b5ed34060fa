/** What a server may be told. */
import type { Micros } from '../base/time.ts';
import { seconds } from '../base/time.ts';
import type { FileTree } from './file-tree.ts';

export const FTP_PORT = 21;

export interface FtpUser {
  /** Absent: none is asked for. */
  readonly password?: string;
  /** Present: ACCT is asked for after the password (RFC 959 §4.1.1). */
  readonly account?: string;
  /** @default true */
  readonly writable?: boolean;
  /** The directory after login. @default '/' */
  readonly home?: string;
}

export interface FtpServerOptions {
  /** What is served. */
  readonly tree: FileTree;
  /** @default 21. 0 lets the host choose. */
  readonly port?: number;
  /** By name. */
  readonly users?: Readonly<Record<string, FtpUser>>;
  /** Whether `anonymous` and `ftp` may log in with any password. @default 'write' without users, else 'no' */
  readonly anonymous?: 'no' | 'read' | 'write';
  /** FTP-30. @default 300 s */
  readonly idleTimeout?: Micros;
  /** FTP-31: for opening a data connection, and for standing still on it. @default 30 s */
  readonly dataTimeout?: Micros;
  /** Serve PORT and EPRT. @default true */
  readonly active?: boolean;
  /** Serve PASV and EPSV. @default true */
  readonly passive?: boolean;
  /** Our port of active data connections; 0 lets the host choose. @default 20 when `port` is 21, else 0 */
  readonly dataPort?: number;
  /** The address that PASV tells, where a translator stands before the server. @default our own */
  readonly passiveAddress?: string;
  /** Open data connections to anyone (FTP-17 off), to show what that leads to. @default false */
  readonly allowBounce?: boolean;
  /** Take data connections from anyone (FTP-21 off). @default false */
  readonly allowStrangers?: boolean;
  /** Sessions at one time; more are greeted with 421. @default 50 */
  readonly maxSessions?: number;
  /** FTP-11: wrong passwords before the connection is closed. @default 3 */
  readonly maxLoginFailures?: number;
  /** Called once the server listens, with its port. */
  readonly onListening?: (port: number) => void;
}

/** The options with everything filled in that has a default. */
export type FtpSettings = FtpServerOptions &
  Required<
    Pick<
      FtpServerOptions,
      | 'users'
      | 'anonymous'
      | 'idleTimeout'
      | 'dataTimeout'
      | 'active'
      | 'passive'
      | 'dataPort'
      | 'allowBounce'
      | 'allowStrangers'
      | 'maxSessions'
      | 'maxLoginFailures'
    >
  >;

export function settingsOf(options: FtpServerOptions): FtpSettings {
  return {
    users: {},
    anonymous: options.users === undefined ? 'write' : 'no',
    idleTimeout: seconds(300),
    dataTimeout: seconds(30),
    active: true,
    passive: true,
    dataPort: (options.port ?? FTP_PORT) === FTP_PORT ? FTP_PORT - 1 : 0,
    allowBounce: false,
    allowStrangers: false,
    maxSessions: 50,
    maxLoginFailures: 3,
    ...options,
  };
}

/** The user of a name, anonymous ones among them; undefined when there is none. */
export function userOf(settings: FtpSettings, name: string): FtpUser | undefined {
  if (Object.hasOwn(settings.users, name)) return settings.users[name];
  const anonymous = /^(anonymous|ftp)$/i.test(name) && settings.anonymous !== 'no';
  return anonymous ? { writable: settings.anonymous === 'write' } : undefined;
}
