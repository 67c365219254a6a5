/** The id of the one row of the instance. */
export const instanceId = 'instance'
