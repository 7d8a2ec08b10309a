import type { Form } from './catalogue'
import type { Content } from './content'
import { expressionsHere, ready } from './expressions'

/**
 * A content with its computed values; the same where the form has none. They are never stored and never sent:
 * whoever shows or counts a content derives them. Twin of Form.Derive in sync/catalogue.
 */
export const derive = (form: Form | undefined, content: Content): Content =>
  form && expressionsHere() && form.fields.some((field) => field.type === 'computed')
    ? ready().derive(form, content)
    : content
