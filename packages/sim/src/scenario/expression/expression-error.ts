/** A mistake in an expression: where it is and what was expected there. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
  /** 1-based column in the expression's text. */
  readonly column: number;
  /** How many characters are wrong, at least 1. */
  readonly length: number;

  constructor(column: number, message: string, length = 1) {
    super(message);
    this.column = column;
    this.length = Math.max(1, length);
  }
}
