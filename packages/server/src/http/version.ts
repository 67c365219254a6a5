/** The version of this server, as its replies name it. */
export const serverVersion = '0.1.0'
