/**
 * The most that one kind of metadata may hold: 8 KB, counted as the UTF-8 bytes of the compact JSON
 * text of the value as it is stored, so after a merge. Exactly this many bytes are accepted.
 */
export const metadataLimit = 8_192
