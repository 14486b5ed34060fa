/**
 * The key under which `using` finds what to call at the end of a scope. A realm that does not know it
 * yet (an older browser, an empty context) gets the registered symbol that compilers fall back to.
 */
export const DISPOSE: typeof Symbol.dispose = (Symbol.dispose ??
  Symbol.for('Symbol.dispose')) as typeof Symbol.dispose;
