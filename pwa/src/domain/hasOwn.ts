/** CEL's library asks for it while it is loaded; browsers have it since Chrome 93 and Safari 15.4, and older ones are in use. */
const known = Object as { hasOwn?: (object: object, key: PropertyKey) => boolean }
known.hasOwn ??= (object, key) => Object.prototype.hasOwnProperty.call(object, key)
