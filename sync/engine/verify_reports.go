package engine

// reports compares where signed reports are looked for. Each is read from its line itself, whose bytes are held by its hash.
func (v *Verification) reports(have, right Reader) error {
	for _, id := range v.signed {
		if err := v.same("a signed report's place", id, func(r Reader) (any, error) { return r.Meta(metaReport(id)) }, have, right); err != nil {
			return err
		}
	}
	return nil
}
