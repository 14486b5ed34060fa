/** The engine's version: a replay needs the same one. Kept equal to package.json by a test. */
export const ENGINE_VERSION = '0.1.0';
