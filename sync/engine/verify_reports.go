package engine

// reports compares where a signed report is looked for. It is read from its line itself, whose bytes are held by its hash.
func (v *Verification) reports(l Line, have, right Reader) error {
	if l.Account != "" {
		return nil
	}
	own, err := parseOwn(l.Bytes)
	if err != nil || own.Report == nil {
		return err
	}
	return v.same("a signed report's place", own.Report.ID, func(r Reader) (any, error) { return r.Meta(metaReport(own.Report.ID)) }, have, right)
}
