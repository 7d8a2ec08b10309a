package catalogue

import "niangjia/sync/record"

// Check is a rule that an entry must keep before it is submitted, told at a field.
type Check struct {
	Rule    *Condition `json:"rule"`
	Field   string     `json:"field"`
	Message Text       `json:"message"`
}

// Broken gives the checks that a content does not keep, in the form's order. One says nothing while its field is
// not asked, or where it cannot be evaluated: a day that is still empty is what `required` is for.
func (f *Form) Broken(c record.Content) []*Check {
	var broken []*Check
	for _, check := range f.Checks {
		if field := f.Field(check.Field); field != nil && field.Shown(c) && check.Rule.Fails(c) {
			broken = append(broken, check)
		}
	}
	return broken
}
