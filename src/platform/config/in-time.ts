/**
 * What code of somebody's own gives as it is loaded, or an error where that does not come to its
 * end: no command waits for ever.
 */
export async function inTime<T>(loading: T | Promise<T>, limitMs = 10_000): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`it did not come to its end within ${limitMs / 1000} s`)),
    limitMs,
  );
  try {
    return await Promise.race([loading, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
