/** What a push says of which the words did not arrive. A lock screen is read by whoever holds the phone: it names nothing. */
export const lockScreen = { title: '娘家', body: '有新的消息，点开看一看。' }
