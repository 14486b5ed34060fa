/** What a role reads at most before it refuses. Every limit has a status that says so (see `rules.ts`). */
export interface HttpLimits {
  /** Octets of the start line. RFC 9112 §3 recommends at least 8,000. */
  readonly startLine: number;
  /** Empty lines before a request line. */
  readonly emptyLines: number;
  /** Field lines of a header. */
  readonly fieldCount: number;
  /** Octets of all field lines of a header. */
  readonly fieldBytes: number;
  /** Octets of one chunk's size line. */
  readonly chunkLine: number;
  /** Octets of all chunk extensions of a message. */
  readonly chunkExtensions: number;
  readonly trailerCount: number;
  readonly trailerBytes: number;
  /** Octets of content, after removal of chunking. */
  readonly bodyBytes: number;
  /** Interim responses before one final response. */
  readonly informational: number;
}

export const DEFAULT_HTTP_LIMITS: HttpLimits = {
  startLine: 8_192,
  emptyLines: 4,
  fieldCount: 100,
  fieldBytes: 65_536,
  chunkLine: 1_024,
  chunkExtensions: 16_384,
  trailerCount: 32,
  trailerBytes: 8_192,
  bodyBytes: Number.MAX_SAFE_INTEGER,
  informational: 32,
};
