/** How late an event may come and still be counted in its place. */
export const latenessMs = 300_000;
